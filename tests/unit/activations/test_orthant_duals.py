"""Piecewise linear functions, ELU and SELU: duals against quadrature, limits, both number systems and the checker."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from certify import stax
from certify.activations import Pair, Parity, Relation
from certify.activations.exponential_linear import SELU_ALPHA, SELU_SCALE, ExponentialLinear
from certify.activations.normal_orthants import Normal
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic
from certify.checker.activations import facts_of, odd_about_a_constant
from certify.checker.budget import Budget
from certify.checker.dual_base import Covariance
from certify.checker.duals import dual_of
from certify.checker.interval import ZERO, from_fraction, to_fractions
from certify.checker.networks import read_network
from certify.errors import InputError

Bounds = tuple[Fraction, Fraction]
BENT = stax.PiecewiseLinear(["-1/2", 0, 2], [1, -1, "1/2", 3], "1/3")
ACTIVATIONS = [stax.HardTanh(), stax.Relu6(), BENT, stax.Elu(), stax.Elu("1/3"), stax.Selu()]
CASES = [
    (Fraction(3, 4), Fraction(5, 4), Fraction(1, 3)),
    (Fraction(1), Fraction(1), Fraction(-9, 10)),
    (Fraction(3, 2), Fraction(1, 2), Fraction(9, 10)),
]
RELATIONS = {
    (1, True): Relation.EQUAL,
    (1, False): Relation.PARALLEL,
    (-1, True): Relation.OPPOSITE,
    (-1, False): Relation.ANTIPARALLEL,
}


def evaluate(number: Any, activation: Any, a: Fraction, b: Fraction, rho: Fraction, **known: Any) -> list[Bounds]:
    q1, q2, r = a * a, b * b, a * b * rho
    with number.active():
        pair = Pair(number, *map(number.exact, (q1, q2, r)), discriminant=number.exact(q1 * q2 - r * r), **known)
        found = [number.endpoints(value) for value in activation.duals(number)(pair)]
    return [(low * Fraction(2) ** exponent, high * Fraction(2) ** exponent) for low, high, exponent in found]


def checked(activation: Any, a: Fraction, b: Fraction, rho: Fraction, bits: int, orientation: int = 0) -> list[Bounds]:
    (read,) = read_network(repr(stax.serial(stax.Dense(), activation))).activations
    dual = dual_of(read, bits, Budget(None).charge)
    points = [dual.point(from_fraction(q, bits)) for q in (a * a, b * b)]
    r = a * b * rho
    moments = Covariance(from_fraction(r, bits), from_fraction(a * a * b * b - r * r, bits), ZERO, ZERO, orientation)
    return [to_fractions(value) for value in dual.pair(points[0], points[1], moments)]


def definition(activation: Any) -> tuple[Callable[[float], float], Callable[[float], float], list[float]]:
    """(s, s', kinks) in float64, from the name."""
    if isinstance(activation, ExponentialLinear):
        scale, alpha = map(float, activation.parameters)
        return (
            lambda x: scale * (x if x > 0 else alpha * np.expm1(x)),
            lambda x: scale * (1 if x > 0 else alpha * np.exp(x)),
            [0.0],
        )
    places, slopes, offset = activation.pieces
    knots = [float(place) for place in places]

    def slope(x: float) -> float:
        return float(slopes[sum(x > knot for knot in knots)])

    def value(x: float) -> float:
        cuts = sorted([0.0, x, *(knot for knot in knots if min(0, x) < knot < max(0, x))])
        total = sum((high - low) * slope((low + high) / 2) for low, high in pairwise(cuts))
        return float(offset) + (total if x > 0 else -total)

    return value, slope, knots


def quadrature(f: Callable[[float], float], knots: list[float], a: float, b: float, rho: float) -> float:
    """E f(u) f(v) by Gauss and Legendre between the kinks, on [-10, 10] standard deviations."""
    places, weights = np.polynomial.legendre.leggauss(24)
    w = np.sqrt(1 - rho * rho)

    def grid(cuts: list[float]) -> tuple[Any, Any]:
        ends = sorted({-10.0, 10.0, *np.arange(-9.0, 10.0, 2.0), *(cut for cut in cuts if -10 < cut < 10)})
        pieces = [((p + q) / 2 + (q - p) / 2 * places, (q - p) / 2 * weights) for p, q in pairwise(ends)]
        return np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])

    function = np.vectorize(f, otypes=[float])
    total = 0.0
    for x, weight in zip(*grid([knot / a for knot in knots]), strict=True):
        ys, inner = grid([(knot / b - rho * x) / w for knot in knots])
        total += (
            weight
            * f(a * x)
            * np.exp(-x * x / 2)
            * np.sum(inner * function(b * (rho * x + w * ys)) * np.exp(-ys * ys / 2))
        )
    return total / (2 * np.pi)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_duals_are_the_means_that_quadrature_finds(activation: Any) -> None:
    value, slope, knots = definition(activation)
    for a, b, rho in CASES[1:]:
        for function, (low, high) in zip(
            (value, slope), evaluate(ArbArithmetic(100), activation, a, b, rho), strict=True
        ):
            assert abs(quadrature(function, knots, float(a), float(b), float(rho)) - float(low)) < 1e-12
            assert high - low < Fraction(1, 2**60)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_balls_intervals_and_checker_overlap(activation: Any) -> None:
    source = random.Random(repr(activation))
    pairs = [(Fraction(source.randint(1, 30), 10), Fraction(source.randint(1, 30), 10)) for _ in range(6)]
    cases = [(a, b, Fraction(source.randint(-999, 999), 1000)) for a, b in pairs]
    one, two, tiny = Fraction(1), Fraction(2), Fraction(1, 10**6)
    cases += [*CASES, (one, one, 1 - Fraction(1, 2**40)), (one, two, -1 + Fraction(1, 2**40)), (one, two, -one / 2)]
    cases += [(tiny, tiny, one / 2), (tiny, two, -one / 2), (one, one, Fraction(0))]
    for case in cases:
        balls = evaluate(ArbArithmetic(90), activation, *case)
        intervals, integers = evaluate(MpmathArithmetic(60), activation, *case), checked(activation, *case, 90)
        for group in zip(balls, intervals, integers, strict=True):
            assert max(low for low, _ in group) <= min(high for _, high in group)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_values_at_exactly_related_points_are_limits_of_values_nearby(activation: Any) -> None:
    for a, b in ((Fraction(1), Fraction(1)), (Fraction(2, 3), Fraction(3, 2))):
        for sign in (1, -1):
            near = evaluate(ArbArithmetic(300), activation, a, b, sign * (1 - Fraction(1, 2**120)))
            known = evaluate(ArbArithmetic(120), activation, a, b, Fraction(sign), relation=RELATIONS[sign, a == b])
            for one, other, third in zip(
                near, known, checked(activation, a, b, Fraction(sign), 120, sign), strict=True
            ):
                assert abs(one[0] - other[0]) < Fraction(1, 2**50)
                assert max(other[0], third[0]) <= min(other[1], third[1])


def test_special_cases_are_the_functions_that_they_are_called() -> None:
    number = ArbArithmetic(100)
    for other, same in (
        (stax.PiecewiseLinear([0], [0, 1]), stax.Relu()),
        (stax.PiecewiseLinear([0], [-1, 1]), stax.Abs()),
        (stax.PiecewiseLinear([-1, 1], [0, 1, 0]), stax.HardTanh()),
        (stax.PiecewiseLinear([0, 6], [0, 1, 0]), stax.Relu6()),
    ):
        for case in CASES:
            for one, two in zip(evaluate(number, other, *case), evaluate(number, same, *case), strict=True):
                assert max(one[0], two[0]) <= min(one[1], two[1])
    assert stax.Selu().parameters == (SELU_SCALE, SELU_ALPHA)


@pytest.mark.parametrize(
    "activation",
    [*ACTIVATIONS, stax.PiecewiseLinear([-2, 2], [-1, 0, 1]), stax.PiecewiseLinear([0], [-1, 2])],
    ids=repr,
)
def test_library_and_checker_agree_on_symmetries(activation: Any) -> None:
    (read,) = read_network(repr(stax.serial(stax.Dense(), activation))).activations
    facts = facts_of(read)
    assert {Parity.EVEN: 1, Parity.ODD: -1, Parity.NONE: 0}[activation.parity] == facts.parity
    assert activation.homogeneity == facts.degree
    assert activation.vanishes_at_zero == facts.vanishes_at_zero
    assert activation.is_odd_about_a_constant == odd_about_a_constant(read)
    function = definition(activation)[0]
    values = [(function(x), function(-x)) for x in (0.3, 1.7, 5.0)]
    assert (activation.parity is Parity.EVEN) == all(abs(p - m) < 1e-12 for p, m in values)
    assert (activation.parity is Parity.ODD) == all(abs(p + m) < 1e-12 for p, m in values)


def test_tails_and_orthants_against_known_values() -> None:
    number = ArbArithmetic(100)
    with number.active():
        normal = Normal(number)
        half = number.exact(Fraction(1, 2))
        # T(h, 1) = c(h) (1 - c(h)) / 2 and P(X > 0, Y > 0) = 1/4 + asin(rho) / 2 pi.
        for h in (Fraction(0), Fraction(1, 3), Fraction(2), Fraction(9)):
            x = number.exact(h)
            tail = normal.tail(x)
            assert (normal.owen(x, number.exact(1)) - half * tail * (1 - tail)).contains(0)
            assert (tail + normal.tail(-x) - 1).contains(0)
            assert (tail - (x / number.sqrt(number.exact(2))).erfc() / 2).contains(0)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("PiecewiseLinear([], [1])", "give a list of numbers"),
        ("PiecewiseLinear([0], [1])", "one slope more than breakpoints"),
        ("PiecewiseLinear([1, 0], [1, 2, 3])", "let them increase"),
        ("PiecewiseLinear([0], [1, 1])", "leave out what is no kink"),
        ("PiecewiseLinear(3, [1, 1])", "give a list of numbers"),
        ("Elu(0)", "must be positive"),
        ("Elu('x')", "alpha of Elu"),
    ],
)
def test_bad_parameters_are_refused(text: str, part: str) -> None:
    with pytest.raises(InputError, match=part):
        stax.parse(f"serial(Dense(), {text})")


def test_a_planted_slip_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Normal.share
    monkeypatch.setattr(
        Normal, "share", lambda self, h, g: honest(self, h, g) * self.number.exact(1 + Fraction(1, 2**40))
    )
    case = CASES[0]
    for activation in (stax.HardTanh(), stax.Elu()):
        planted, right = evaluate(ArbArithmetic(90), activation, *case), checked(activation, *case, 90)
        assert not all(max(a, c) <= min(b, d) for (a, b), (c, d) in zip(planted, right, strict=True))
