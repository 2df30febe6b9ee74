"""Batch normalisation: values of the reference page, invariants, the adjoint, and what is refused by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, arb_mat, ctx

from certify import stax
from certify.arithmetic.analytic_integrals import integrate
from certify.kernels.batch_maps import BatchLayer

FIVE = [[2, 1, 0.5, 0, 0.25], [1, 3, 0, 0.25, 0], [0.5, 0, 1, -0.5, 0], [0, 0.25, -0.5, 2, 0.5], [0.25, 0, 0, 0.5, 1.5]]
FOUR = [[2, 1, 0.5, 0], [1, 3, 0, 0.25], [0.5, 0, 1, -0.5], [0, 0.25, -0.5, 2]]
NET = "serial(Dense(), BatchNorm(), Relu(), Dense())"
POINTS = [[2, 0, 0, "1/2"], [0, 1, 0, 0], ["1/2", 0, 1, 0], [0, 0, "1/3", 2]]


@pytest.fixture(autouse=True)
def working_precision() -> Any:
    before, ctx.prec = ctx.prec, 110
    yield
    ctx.prec = before


def unit(n: int, i: int, j: int) -> arb_mat:
    matrix = arb_mat(n, n)
    matrix[i, j] = matrix[i, j] + arb(0.5)
    matrix[j, i] = matrix[j, i] + arb(0.5)
    return matrix


def near(ball: arb, printed: str) -> bool:
    """The ball lies within a unit of the last printed digit but one, which sources round as they like."""
    slack = arb(10) ** (2 - len(printed.partition(".")[2]))
    return bool(abs(ball - arb(printed)) < slack) and bool(ball.rad() < slack)


def test_forward_values() -> None:
    found = BatchLayer(arb_mat(FIVE)).forward(60)
    assert near(found[0, 0], "0.4182658145448757527007")
    assert near(found[0, 1], "0.1335930214527715676304")
    found = BatchLayer(arb_mat(FOUR)).forward(60)
    assert near(found[0, 0], "0.390800946525928906")
    assert near(found[0, 1], "0.089219478824749571")
    assert near(found[3, 3], "0.603177067225414978")


def test_backward_values() -> None:
    first, second = BatchLayer(arb_mat(FIVE)).backward([unit(5, 0, 0), unit(5, 0, 1)], 60)
    assert near(first[0, 0], "0.330057973418655533")
    assert near(second[0, 0], "-0.0684291047141167704")


def test_the_identity_gives_rational_gradients() -> None:
    eye = arb_mat([[int(i == j) for j in range(5)] for i in range(5)])
    (found,) = BatchLayer(eye).backward([unit(5, 0, 0)], 60)
    for (i, j), value in {(0, 0): (1, 2), (0, 1): (-1, 8), (1, 1): (1, 16), (1, 2): (1, 48)}.items():
        assert (found[i, j] - arb(value[0]) / value[1]).contains(0)


def test_the_trace_is_half_the_batch_and_scale_and_shift_do_not_matter() -> None:
    plain = BatchLayer(arb_mat(FOUR)).forward(60)
    shifted = BatchLayer(arb_mat(FOUR) * 7 + arb_mat(4, 4, [3] * 16)).forward(60)
    assert (plain.trace() - 2).contains(0)
    assert plain.overlaps(shifted)


@pytest.mark.parametrize("batch", [FOUR, FIVE])
def test_the_tangent_is_the_adjoint_of_the_backward_map(batch: Any) -> None:
    n, layer = len(batch), BatchLayer(arb_mat(batch))
    direction = arb_mat([[1 + i * j - (i - j) ** 2 for j in range(n)] for i in range(n)])
    forward = layer.tangent(direction, 60)
    pairs = [(0, 0), (0, 1), (2, 3)]
    for (i, j), back in zip(pairs, layer.backward([unit(n, *pair) for pair in pairs], 60), strict=True):
        inner = sum((x * y for x, y in zip(direction.entries(), back.entries(), strict=True)), arb(0))
        assert inner.overlaps(forward[i, j])
        assert inner.rad() < 1e-14


def test_integrals_of_known_value_are_enclosed() -> None:
    first, second = integrate(lambda z: [1 / (1 + z), z.exp()], 60)
    assert (first - arb(2).log()).contains(0)
    assert (second - arb(1).exp() + 1).contains(0)
    assert first.rad() < 1e-16


def test_too_few_nodes_still_enclose() -> None:
    (value,) = integrate(lambda z: [1 / (z + arb(0.01))], 4)
    assert (value - arb(101).log()).contains(0)
    assert value.rad() > 1e-9


def finite_ntk(x: Any, width: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    (batch, d), weights, v = x.shape, rng.standard_normal((width, x.shape[1])), rng.standard_normal(width)
    h = x @ weights.T / np.sqrt(d)
    centred = h - h.mean(axis=0)
    deviation = np.sqrt((centred**2).mean(axis=0))
    y = centred / deviation
    rows = []
    for i in range(batch):
        g = np.zeros((batch, width))
        g[i] = v / np.sqrt(width) * (y[i] > 0)
        g = (g - g.mean(axis=0) - y * (g * y).mean(axis=0)) / deviation
        rows.append(np.concatenate([(g.T @ x).ravel() / np.sqrt(d), np.maximum(y[i], 0) / np.sqrt(width)]))
    return np.array(rows) @ np.array(rows).T


def test_finite_networks_agree() -> None:
    x = np.round(2 * np.eye(5) + np.random.default_rng(2).standard_normal((5, 5)) / 4, 2)
    kernel: Any = stax.parse(NET).kernel(x, bits=24)
    samples = np.array([finite_ntk(x, 600, seed) for seed in range(40)])
    error = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    assert (np.abs(samples.mean(axis=0) - kernel.mid) <= 5 * error + 0.02).all()


def test_parametrisations_and_the_output_layer() -> None:
    net = "serial(Dense(W_var={w}), BatchNorm(), Relu(), Dense(W_var={v}, b_var={b}){end})"
    plain: Any = stax.parse(net.format(w=1, v=1, b=0, end="")).kernel(POINTS, get=("nngp", "ntk"), bits=20)
    other: Any = stax.parse(net.format(w=5, v=3, b=2, end="")).kernel(POINTS, get=("nngp", "ntk"), bits=20)
    assert np.allclose(other.nngp.mid, 3 * plain.nngp.mid + 2)
    # The first weights have variance 5: their gradient shrinks by it, and the output multiplies it by 3.
    assert np.allclose(other.ntk.mid - plain.nngp.mid - 1, 3 * (plain.ntk.mid - plain.nngp.mid) / 5)
    standard: Any = stax.parse(net.format(w=5, v=3, b=2, end=", parametrization='ntk'")).kernel(POINTS, bits=20)
    assert np.allclose(standard.mid - 3 * plain.nngp.mid - 2, 3 * (plain.ntk.mid - plain.nngp.mid))


def test_the_kernel_is_as_narrow_as_asked() -> None:
    found: Any = stax.parse(NET).kernel(POINTS, bits=40)
    diagonal = [found.upper_exact[i, i] for i in range(4)]
    for i, j in np.ndindex(4, 4):
        assert (found.upper_exact[i, j] - found.lower_exact[i, j]) ** 2 <= Fraction(1, 10**20) * diagonal[i] * diagonal[
            j
        ]


@pytest.mark.parametrize(
    ("text", "rows", "options", "parts"),
    [
        (NET, POINTS[:3], {}, ("batch of 3", "infinite NTK")),
        (NET, POINTS[:2], {"get": "nngp"}, ("batch of 2", "degenerate")),
        (NET, POINTS[:1], {}, ("batch of 1", "degenerate")),
        (NET, POINTS, {"x2": POINTS, "bits": 10}, ("two batches", "linearly independent")),
        (NET, POINTS, {"arithmetic": "mpmath"}, ("BatchNorm", "'arb'")),
        (NET, [*POINTS, POINTS[0]], {"bits": 10}, ("BatchNorm", "may be equal")),
        ("serial(Dense(), BatchNorm(), Erf(), Dense())", POINTS, {}, ("BatchNorm(), Relu()",)),
        ("serial(BatchNorm(), Relu(), Dense())", POINTS, {}, ("BatchNorm",)),
        ("serial(Dense(), BatchNorm(), Relu())", POINTS, {}, ("Dense()", "end")),
    ],
)
def test_what_has_no_kernel_is_refused_by_name(
    text: str, rows: Any, options: Any, parts: tuple[str, ...], refused: Any
) -> None:
    with refused(*parts):
        stax.parse(text).kernel(rows, **options)


def test_eps_is_zero(refused: Any) -> None:
    with refused("eps of BatchNorm", "eps=0"):
        stax.BatchNorm(eps=1)
    assert repr(stax.BatchNorm()) == "BatchNorm()"
    assert stax.parse(NET).parametrization == "s4"


def test_three_points_have_an_nngp() -> None:
    found: Any = stax.parse(NET).kernel(POINTS[:3], get="nngp", bits=30)
    assert abs(np.trace(found.mid) - 1.5) < 1e-8


def test_a_batch_of_eight_at_depth_two() -> None:
    """Boxes near the end of the integral stay narrow, whatever the condition of the covariance."""
    rows = np.random.default_rng(0).standard_normal((8, 10))
    net = stax.parse("serial(Dense(), BatchNorm(), Relu(), Dense(), BatchNorm(), Relu(), Dense())")
    found: Any = net.kernel(rows, bits=36)
    assert (found.rad <= 1e-10 * np.sqrt(np.outer(np.diag(found.mid), np.diag(found.mid)))).all()


def test_an_exchangeable_batch_has_a_closed_form() -> None:
    """At covariance a I + b 11' of four points: 1/2 on the diagonal and J_1(-1/3) / 2 off it."""
    found = BatchLayer(arb_mat([[5 if i == j else 2 for j in range(4)] for i in range(4)])).forward(90)
    assert near(found[0, 1], "0.08474829402108313323073")
    assert (found[2, 2] - arb(0.5)).contains(0)
