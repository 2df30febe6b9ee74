"""The oracles against values from the literature and against each other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from certify import stax
from certify.activations import Activation
from certify.points import load_points
from properties.oracles.finite import sample_kernels
from properties.oracles.hermite import SMOOTHED, series_dual
from properties.oracles.monomials import monomial_rank, occurring_degrees
from properties.oracles.textbook import DUALS, ball, textbook_entry, textbook_kernel, textbook_slopes
from properties.oracles.wick import exact_kernel, hermite_coefficients, moments, polynomial_dual

# Spot values of the papers at q1 = 3/5, q2 = 7/5, r = 1/3: (V, V') to 24 digits.
SPOTS: dict[Activation, tuple[str, str]] = {
    stax.Erf(): ("0.1481191106310176455403437", "0.4525529684828718118137705"),
    stax.Gelu(): ("0.1620157197456116951812286", "0.3131906678140634458788756"),
    stax.Sin(): ("0.1249099904584326283964762", "0.3885071285741593984755102"),
    stax.Rbf("1/2"): ("0.5134171190325920268719864", "0.5134171190325920268719864"),
    stax.Exp(): ("3.793667894683177735396304", "3.793667894683177735396304"),
    stax.Gaussian(): ("0.3554342702865108302980839", "0.05987101689273062834891924"),
}


@pytest.mark.parametrize("activation", SPOTS, ids=repr)
def test_textbook_duals_have_the_published_values(activation: Activation) -> None:
    before = ctx.prec
    ctx.prec = 200
    try:
        found = DUALS[type(activation).__name__](
            activation, ball(Fraction(3, 5)), ball(Fraction(7, 5)), ball(Fraction(1, 3))
        )
    finally:
        ctx.prec = before
    for value, published in zip(found, SPOTS[activation], strict=True):
        digits = len(published.split(".")[1])
        assert abs(_middle(value) - Fraction(published)) <= Fraction(1, 10**digits)


def _middle(x: Any) -> Fraction:
    mantissa, exponent = (int(part) for part in x.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def test_textbook_entries_have_the_published_values() -> None:
    # Jacot et al. 2018, figure 1: three hidden ReLU layers, beta^2 = 1/100, n0 = 2, opposite points of the circle.
    dense = stax.Dense(b_var="1/100")
    net = stax.serial(dense, stax.Relu(), dense, stax.Relu(), dense, stax.Relu(), dense)
    found = textbook_kernel(net, load_points([[1, 0], [-1, 0]]), "ntk", "none", 2000)
    assert found[0, 0].holds(Fraction("0.2825"))
    published = Fraction("0.0643537701454649841724037960076")
    assert abs(found[0, 1].low - published) < Fraction(1, 10**30)
    nngp = textbook_kernel(net, load_points([[1, 0], [-1, 0]]), "nngp", "none", 2000)
    assert abs(nngp[0, 1].low - Fraction("0.0480965897954615709114432450451")) < Fraction(1, 10**30)


@pytest.mark.parametrize("name", sorted(SMOOTHED))
def test_hermite_series_and_textbook_agree(name: str) -> None:
    activation = _simple(name)
    before = ctx.prec
    ctx.prec = 256
    try:
        series = series_dual(activation, Fraction(3, 4), Fraction(5, 3), Fraction(-1, 2), 120)
        book = DUALS[name](activation, ball(Fraction(9, 16)), ball(Fraction(25, 9)), ball(Fraction(-5, 8)))
        assert series[0].overlaps(book[0])
        assert series[0].rad() < arb(2) ** -80
        if name not in ("Sign", "Step"):
            assert series[1].overlaps(book[1])
    finally:
        ctx.prec = before


def _simple(name: str) -> Activation:
    arguments = {
        "GaussianMixture": ([1, -2], [-1, "-1/2"]),
        "SineMixture": ([1, -2], ["1/2", 1], [0, 1]),
        "LeakyRelu": ("1/3",),
        "ABRelu": (2, -1),
        "RectifiedMonomial": (3,),
        "Erf": (2, "1/2", 1),
    }
    made: Activation = getattr(stax, name)(*arguments.get(name, ()))
    return made


def test_series_that_are_too_short_are_refused() -> None:
    with pytest.raises(ValueError, match="terms on"):
        series_dual(stax.Relu(), Fraction(1), Fraction(1), Fraction(9, 10), 3)


def test_moments_are_those_of_isserlis() -> None:
    q, p, r = Fraction(2), Fraction(3), Fraction(1)
    table = moments(q, p, r, 4)
    assert table[1][1] == r
    assert table[2][2] == q * p + 2 * r * r
    assert table[4][0] == 3 * q * q
    assert table[3][1] == 3 * q * r
    assert table[2][1] == 0


def test_polynomial_duals_have_the_published_values() -> None:
    at = Fraction(3, 5), Fraction(7, 5), Fraction(1, 3)
    assert polynomial_dual([0, 0, Fraction(1)], Fraction(1), *at) == (Fraction(239, 225), Fraction(4, 3))  # type: ignore[list-item]
    assert polynomial_dual([0, 0, 0, Fraction(1)], Fraction(1), *at) == (Fraction(617, 225), Fraction(239, 25))  # type: ignore[list-item]


def test_hermite_polynomials() -> None:
    assert hermite_coefficients(4) == [3, 0, -6, 0, 1]


def test_the_square_has_a_known_null_vector() -> None:
    # x^2 without bias on (1,0), (0,1), (1,1), (1,-1): (2, 2, -1, -1) annihilates NNGP and NTK.
    net = stax.serial(stax.Dense(), stax.Monomial(2), stax.Dense())
    points = load_points([[1, 0], [0, 1], [1, 1], [1, -1]])
    for kernel in ("ntk", "nngp"):
        gram = exact_kernel(net, points, kernel)
        assert gram is not None
        assert all(2 * row[0] + 2 * row[1] - row[2] - row[3] == 0 for row in gram)
    assert monomial_rank(points, {2}) == 3


@pytest.mark.parametrize(
    ("activation", "columns", "hidden", "bias", "dimension"),
    [
        (stax.Monomial(2), 3, 2, True, 35),
        (stax.Monomial(2), 3, 2, False, 15),
        (stax.Monomial(3), 2, 2, True, 55),
        (stax.Monomial(3), 2, 2, False, 10),
        (stax.Polynomial([0, 1, 0, 1]), 2, 2, False, 30),
        (stax.Polynomial([-1, 0, 1]), 1, 1, False, 2),
        (stax.Polynomial([0, 1, 0, 0, 1]), 2, 1, False, 7),
        (stax.Polynomial([0, 1, 0, 0, 1]), 2, 2, False, 57),
        (stax.Polynomial([0, 0, 0, 1, 1]), 2, 2, False, 108),
    ],
)
def test_dimensions_are_the_published_ones(
    activation: Activation, columns: int, hidden: int, bias: bool, dimension: int
) -> None:
    dense = stax.Dense(b_var=1 if bias else 0)
    net = stax.serial(*[layer for _ in range(hidden) for layer in (dense, activation)], dense)
    degrees = occurring_degrees(net)
    assert degrees is not None
    rows = np.random.default_rng(dimension).integers(-50, 51, (dimension + 3, columns))
    assert monomial_rank(load_points(rows), degrees) == dimension


def test_slopes_of_relu_are_half_the_weight_variance() -> None:
    net = stax.serial(stax.Dense(), stax.Relu(), stax.Dense(W_var=3), stax.Relu(), stax.Dense())
    found = textbook_slopes(net, (Fraction(2), Fraction(1)), "none", 200)
    assert [round(float(value), 12) for value in found] == [1.5, 0.5]


def test_finite_networks_average_to_the_limit() -> None:
    net = stax.serial(stax.Dense(W_var=2, b_var="1/2"), stax.Gelu(), stax.Dense(W_var=3, b_var=1))
    x = np.array([[1.0, 2.0], [-1.0, 0.5]])
    found = sample_kernels(net, x, "ntk", width=512, replicates=100, seed=0)
    limit = np.array([[float(textbook_entry(net, *_products(u, v), "ntk").mid()) for v in x] for u in x])
    assert (np.abs(found.mean - limit) < 6 * found.error).all()
    assert (found.error < 0.05 * np.abs(limit).max()).all()


def _products(u: Any, v: Any) -> tuple[Any, Any, Any]:
    return arb(float(u @ u) / 2), arb(float(v @ v) / 2), arb(float(u @ v) / 2)
