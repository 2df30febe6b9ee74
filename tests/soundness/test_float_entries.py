"""The bulk path: every float64 ball meets the enclosure of Arb, on points that try to break it."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from certify import InputError, stax
from certify.points import load_points

ACTIVATIONS = [
    *("Relu()", "Abs()", "LeakyRelu('1/10')", "ABRelu(2, -1)", "Erf()", "Erf(2, '1/3', 1)", "Sigmoid_like()", "Gelu()"),
    *("Sin()", "Sin(1, 2, 1)", "Cos()", "Rbf('1/4')", "Exp()", "Gaussian()", "Gabor()", "Sign()", "Step()"),
    *("Monomial(3)", "Polynomial([1, 2, 0, '1/2'])", "Hermite(4)", "RectifiedMonomial(2)"),
]


def adversaries(seed: int, columns: int) -> np.ndarray[Any, Any]:
    """Points in general position, in a cluster and opposite to it, and copies at distances from 1e-17 to 1."""
    rng = np.random.default_rng(seed)
    rows = [
        *rng.standard_normal((6, columns)),
        *(rng.standard_normal(columns) + 0.1 * rng.standard_normal((4, columns))),
    ]
    for k in range(10):
        step = 10.0 ** rng.uniform(-17, 0) * rng.standard_normal(columns)
        rows.append(rng.choice([-1, 1]) * rows[k] + step)
    rows += [np.nextafter(rows[0], 9.0), -rows[1], 2 * rows[2], rows[3].copy(), 1e150 * rows[4], -1e-150 * rows[5]]
    return np.array(rows)


def misses(found: Any, exact: Any) -> list[tuple[int, int]]:
    """Where the float64 ball and the enclosure have no number in common."""
    low, high = found.lower_exact, found.upper_exact
    return [(int(i), int(j)) for i, j in np.argwhere((low > exact.upper_exact) | (high < exact.lower_exact))]


def widest(found: Any, exact: Any) -> float:
    top = np.array([float(exact.upper_exact[i, i]) for i in range(exact.shape[0])])
    scale = np.sqrt(np.outer(top, top))
    assert (found.rad[scale == 0] < 1e-300).all()
    return float((found.rad / np.where(scale > 0, scale, 1.0)).max())


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", ["0", "1/10"])
def test_unit_rows(activation: str, bias: str) -> None:
    layers = f"{activation}, Dense(W_var=2, b_var='{bias}')"
    net = stax.parse(f"serial(Dense(W_var=2, b_var='{bias}'), {layers}, {layers})")
    points = load_points(adversaries(len(activation), 3))
    found = net.kernel(points, arithmetic="float", normalize="unit", get=("ntk", "nngp"))
    exact = net.kernel(points, bits=128, arithmetic="arb", normalize="unit", get=("ntk", "nngp"))
    for mine, reference in zip(found, exact, strict=True):
        assert mine.arithmetic == "float"
        assert misses(mine, reference) == []
        assert widest(mine, reference) < 1e-12
        assert np.array_equal(mine.mid, mine.mid.T)
        assert np.array_equal(mine.rad, mine.rad.T)


@pytest.mark.parametrize("activation", ["Relu()", "Monomial(3)", "Sign()", "RectifiedMonomial(2)", "Abs()"])
def test_different_norms_under_a_homogeneous_network(activation: str) -> None:
    net = stax.parse(f"serial(Dense(), {activation}, Dense(W_var=3), {activation}, Dense())")
    rows = adversaries(5, 3) * np.array([10.0 ** ((k % 7) - 3) for k in range(26)])[:, None]
    kept = np.abs(rows).max(axis=1) < 1e100
    points = load_points(rows[kept & (np.abs(rows).max(axis=1) > 1e-100)])
    found = net.kernel(points, arithmetic="float")
    exact = net.kernel(points, bits=128, arithmetic="arb")
    assert found.arithmetic == "float"
    assert misses(found, exact) == []
    assert widest(found, exact) < 1e-12


def test_two_sets_of_points() -> None:
    net = stax.parse("serial(Dense(), Relu(), Dense(), Erf(), Dense())")
    rows = adversaries(9, 4)
    first, second = load_points(rows[:11]), load_points(rows[11:])
    found = net.kernel(first, second, arithmetic="float", normalize="unit")
    exact = net.kernel(first, second, arithmetic="arb", bits=128, normalize="unit")
    assert found.arithmetic == "float"
    assert found.shape == (11, 15)
    assert misses(found, exact) == []


def test_more_points_than_a_tile_holds() -> None:
    net = stax.parse("serial(Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense())")
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((1, 8)) * rng.choice([0.0, 1.0, -1.0], (600, 1)) + rng.standard_normal((600, 8))
    found = net.kernel(rows, normalize="unit")
    assert found.arithmetic == "float"
    chosen = rng.choice(600, 40, replace=False)
    exact = net.kernel(rows[chosen], arithmetic="arb", bits=128, normalize="unit")
    part = np.ix_(chosen, chosen)
    low, high = found.mid[part] - found.rad[part], found.mid[part] + found.rad[part]
    assert ((low <= exact.upper) & (exact.lower <= high)).all()
    assert np.array_equal(found.mid, found.mid.T)
    again = net.kernel(rows, normalize="unit")
    assert found == again


def test_a_small_matrix_and_asked_bits_stay_with_arb() -> None:
    net = stax.parse("serial(Dense(), Relu(), Dense())")
    assert net.kernel([[1, 2], [2, 1]]).arithmetic == "arb"
    rows = np.random.default_rng(0).standard_normal((300, 3))
    assert net.kernel(rows, normalize="unit").arithmetic == "float"
    assert net.kernel(rows[:210], normalize="unit", bits=60, get="nngp").arithmetic == "arb"
    with pytest.raises(InputError, match="bits=60"):
        net.kernel(rows, arithmetic="float", bits=60)


def test_the_faces_of_a_float_enclosure_hold_the_exact_bounds() -> None:
    net = stax.parse("serial(Dense(), Relu(), Dense())")
    found = net.kernel(adversaries(2, 3), arithmetic="float", normalize="unit")
    for i, j in np.ndindex(found.shape):
        mid, rad = Fraction(float(found.mid[i, j])), Fraction(float(found.rad[i, j]))
        assert found.lower_exact[i, j] == mid - rad
        assert found.upper_exact[i, j] == mid + rad
        assert Fraction(float(found.lower[i, j])) <= mid - rad
        assert mid + rad <= Fraction(float(found.upper[i, j]))
    assert found.contains(found.mid).all()
    assert "float" in repr(found)


def moderate(seed: int, columns: int) -> np.ndarray[Any, Any]:
    """The adversaries without those of extreme size, at norms between 1/8 and 8, one of them zero."""
    rows = adversaries(seed, columns)[:-2]
    return np.array([*(row * 2.0 ** ((k % 7) - 3) for k, row in enumerate(rows)), np.zeros(columns)])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", ["0", "1/10"])
def test_different_norms_layer_by_layer(activation: str, bias: str) -> None:
    layers = f"{activation}, Dense(b_var='{bias}')"
    net = stax.parse(f"serial(Dense(b_var='{bias}'), {layers}, {layers})")
    points = load_points(moderate(len(activation), 3))
    if activation == "Exp()":
        points = load_points(moderate(len(activation), 3) / 8)
    for kernel in ("ntk", "nngp"):
        found = net.kernel(points, arithmetic="float", get=kernel)
        exact = net.kernel(points, bits=128, arithmetic="arb", get=kernel)
        assert found.arithmetic == "float"
        assert misses(found, exact) == []
        assert widest(found, exact) <= 2.0**-42
        assert np.array_equal(found.mid, found.mid.T)


def test_two_sets_of_different_norms_and_layers_before_the_first_activation() -> None:
    net = stax.parse("serial(Dense(), Dense(W_var=2, b_var=1), Erf(), Dense(), Gelu(), Dense(b_var='1/3'))")
    rows = moderate(9, 4)
    first, second = load_points(rows[:11]), load_points(rows[11:])
    found = net.kernel(first, second, arithmetic="float")
    exact = net.kernel(first, second, arithmetic="arb", bits=128)
    assert found.arithmetic == "float"
    assert misses(found, exact) == []


@pytest.mark.parametrize("scale", [1e-160, 1e-90, 1e90, 1e160])
@pytest.mark.parametrize("activation", ["Relu()", "Erf()", "Exp()", "Rbf()", "Monomial(5)", "Gabor()"])
def test_values_beyond_float64_are_seen_and_answered_by_arb(activation: str, scale: float) -> None:
    net = stax.parse(f"serial(Dense(), {activation}, Dense(), {activation}, Dense())")
    points = load_points(moderate(3, 2)[:8] * scale)
    with suppress(InputError):
        found = net.kernel(points, arithmetic="float")
        assert misses(found, net.kernel(points, bits=80, arithmetic="arb")) == []


SLOW = ["Sigmoid()", "Softplus()", "Mish()", "HardTanh()", "Relu6()", "Selu()", "Elu()"]


@pytest.mark.parametrize(
    "activation", ["Swish()", "Tanh()", *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_activations_without_a_closed_form_on_unit_rows(activation: str) -> None:
    net = stax.parse(f"serial(Dense(W_var=2, b_var='1/10'), {activation}, Dense(W_var=2))")
    points = load_points(adversaries(len(activation), 3)[:-2])
    found = net.kernel(points, arithmetic="float", normalize="unit")
    exact = net.kernel(points, bits=128, arithmetic="arb", normalize="unit")
    assert found.arithmetic == "float"
    assert misses(found, exact) == []
    assert widest(found, exact) < 1e-12


def test_activations_without_a_closed_form_at_different_norms_are_left_to_arb() -> None:
    net = stax.parse("serial(Dense(), Elu(), Dense())")
    assert net.kernel([[1, 0], [0, 2], [3, 1]], arithmetic="float").arithmetic == "arb"
