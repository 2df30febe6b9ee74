"""Printed values of the literature lie where the enclosures say, and infinite series agree with closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flint import arb

from certify import stax
from certify.activations import Pair, Relation
from certify.arithmetic.arb_balls import ArbArithmetic

NUMBER = ArbArithmetic(200)


def duals(activation: Any, q1: Any, q2: Any, r: Any, relation: Relation = Relation.GENERIC) -> tuple[Any, Any]:
    with NUMBER.active():
        q1, q2, r = (NUMBER.exact(Fraction(v)) for v in (q1, q2, r))
        return activation.duals(NUMBER)(Pair(NUMBER, q1, q2, r, relation))  # type: ignore[no-any-return]


def agrees(value: Any, printed: str) -> bool:
    """All of the ball lies within one unit of the last printed digit."""
    low, high, exponent = NUMBER.endpoints(value)
    scale, unit = Fraction(2) ** exponent, Fraction(1, 10 ** len(printed.partition(".")[2]))
    return Fraction(printed) - unit <= low * scale and high * scale <= Fraction(printed) + unit


# Variances 3/5 and 7/5, covariance 1/3.
PRINTED = [
    (stax.Erf(), "0.1481191106310176455403437", "0.4525529684828718118137705"),
    (stax.Gelu(), "0.1620157197456116951812286", "0.3131906678140634458788756"),
    (stax.Sin(), "0.1249099904584326283964762", "0.3885071285741593984755102"),
    (stax.Rbf("1/2"), "0.5134171190325920268719864", "0.5134171190325920268719864"),
    (stax.Exp(), "3.793667894683177735396304", "3.793667894683177735396304"),
    (stax.Gaussian(), "0.3554342702865108302980839", "0.05987101689273062834891924"),
    (stax.Monomial(4), "13.36669629629629", "43.87555"),
]


@pytest.mark.parametrize(("activation", "value", "slope"), PRINTED, ids=lambda v: repr(v))
def test_the_table_of_duals(activation: Any, value: str, slope: str) -> None:
    found = duals(activation, "3/5", "7/5", "1/3")
    assert agrees(found[0], value)
    assert agrees(found[1], slope)
    assert not agrees(found[0] * (1 + arb(10) ** -4), value)


@pytest.mark.parametrize(
    ("degree", "value", "slope"),
    [(2, Fraction(239, 225), Fraction(4, 3)), (3, Fraction(617, 225), Fraction(239, 25))],
)
def test_the_table_of_duals_where_it_is_rational(degree: int, value: Fraction, slope: Fraction) -> None:
    found = duals(stax.Monomial(degree), "3/5", "7/5", "1/3")
    with NUMBER.active():
        assert found[0].contains(NUMBER.exact(value))
        assert found[1].contains(NUMBER.exact(slope))


def test_gelu_at_unit_variance() -> None:
    assert agrees(duals(stax.Gelu(), 1, 1, "1/2")[0], "0.227294915021991535018066760911")


def double_factorial(k: int) -> int:
    return math.prod(range(k, 0, -2))


def relu(k: int) -> Any:
    if k == 0:
        return 1 / (2 * arb.pi())
    if k == 1:
        return arb(1) / 4
    return arb(0) if k % 2 else arb(double_factorial(k - 3) ** 2) / (2 * arb.pi() * math.factorial(k))


def step(k: int) -> Any:
    if k == 0:
        return arb(1) / 4
    return arb(double_factorial(k - 2) ** 2) / (2 * arb.pi() * math.factorial(k)) if k % 2 else arb(0)


def erf(k: int) -> Any:
    return 2 / arb.pi() * (arb(2) / 3) ** k * math.comb(k - 1, k // 2) / arb(4) ** (k // 2) / k if k % 2 else arb(0)


def sine(k: int) -> Any:
    return (-arb(1)).exp() / math.factorial(k) if k % 2 else arb(0)


def exponential(k: int) -> Any:
    return arb(1).exp() / math.factorial(k)


def gaussian(k: int) -> Any:
    return arb(0) if k % 2 else arb(math.comb(k, k // 2)) / (3 * arb(9) ** (k // 2))


SQUARES: list[tuple[Any, Callable[[int], Any]]] = [
    (stax.Relu(), relu),
    (stax.Step(), step),
    (stax.Erf(), erf),
    (stax.Sin(), sine),
    (stax.Exp(), exponential),
    (stax.Gaussian(), gaussian),
]


@pytest.mark.parametrize(("activation", "square"), SQUARES, ids=lambda v: getattr(v, "__name__", repr(v)))
@pytest.mark.parametrize("rho", ["1/2", "-1/2", "9/10"])
def test_the_squared_hermite_coefficients_sum_to_the_dual(
    activation: Any, square: Callable[[int], Any], rho: str
) -> None:
    order = 150
    with NUMBER.active():
        r = NUMBER.exact(Fraction(rho))
        terms = [square(k) for k in range(order)]
        total = sum((c * r**k for k, c in enumerate(terms)), arb(0))
        whole = duals(activation, 1, 1, 1, Relation.EQUAL)[0]
        rest = (whole - sum(terms, arb(0))) * abs(r) ** order
        value = duals(activation, 1, 1, rho)[0]
        assert whole - sum(terms, arb(0)) > -(arb(10) ** -50)
        assert abs(value - total) <= rest + arb(10) ** -50
        assert rest < 1e-8


def test_the_first_hermite_coefficients_of_gelu() -> None:
    value, slope = duals(stax.Gelu(), 1, 1, 0)
    with NUMBER.active():
        assert value.overlaps(1 / (4 * arb.pi()))
        assert slope.overlaps(arb(1) / 4)


@pytest.mark.parametrize("k", range(7))
def test_hermite_at_unit_variance_is_a_power_of_the_correlation(k: int) -> None:
    value, slope = duals(stax.Hermite(k), 1, 1, "-2/7")
    with NUMBER.active():
        rho = NUMBER.exact(Fraction(-2, 7))
        assert value.overlaps(rho**k)
        assert slope.overlaps(k * rho ** (k - 1) if k else arb(0))
