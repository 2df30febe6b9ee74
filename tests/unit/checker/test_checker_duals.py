"""Dual activations against printed values, against quadrature, and against each other at related points."""

import math
import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest

from certify.checker.activations import Activation, facts_of
from certify.checker.budget import Budget
from certify.checker.dual_base import Covariance
from certify.checker.duals import dual_of
from certify.checker.interval import ZERO, Interval, from_fraction
from certify.checker.networks import read_network

RANDOM = random.Random(99)
free = Budget(None).charge
BITS = 110


def activation(text: str) -> Activation:
    return read_network(f"serial(Dense(), {text})").activations[0]


def moments(q1: Fraction, q2: Fraction, r: Fraction, bits: int = BITS, orientation: int = 0) -> Covariance:
    return Covariance(
        from_fraction(r, bits),
        from_fraction(q1 * q2 - r * r, bits),
        from_fraction(q1 + q2 - 2 * r, bits),
        from_fraction(q1 + q2 + 2 * r, bits),
        orientation,
    )


def duals(text: str, q1: Fraction, q2: Fraction, r: Fraction, bits: int = BITS, orientation: int = 0) -> list[Interval]:
    dual = dual_of(activation(text), bits, free)
    points = [dual.point(from_fraction(q, bits)) for q in (q1, q2)]
    return list(dual.pair(points[0], points[1], moments(q1, q2, r, bits, orientation)))


def ends(x: Interval) -> tuple[Fraction, Fraction]:
    return x[0] * Fraction(2) ** x[2], x[1] * Fraction(2) ** x[2]


def printed(text: str) -> tuple[Fraction, Fraction]:
    """The numbers that a decimal rounded or cut to its last digit may stand for."""
    ulp = Fraction(1, 10 ** len(text.partition(".")[2]))
    return Fraction(text) - ulp, Fraction(text) + ulp


SPOTS = [
    ("Erf()", "0.1481191106310176455403437", "0.4525529684828718118137705"),
    ("Gelu()", "0.1620157197456116951812286", "0.3131906678140634458788756"),
    ("Sin()", "0.1249099904584326283964762", "0.3885071285741593984755102"),
    ('Rbf(gamma="1/2")', "0.5134171190325920268719864", "0.5134171190325920268719864"),
    ("Exp()", "3.793667894683177735396304", "3.793667894683177735396304"),
    ("Gaussian()", "0.3554342702865108302980839", "0.05987101689273062834891924"),
    ("Monomial(4)", "13.36669629629629", "43.87555"),
]


@pytest.mark.parametrize(("text", "value", "slope"), SPOTS)
def test_printed_values_overlap_the_enclosures(text: str, value: str, slope: str) -> None:
    q1, q2, r = Fraction(3, 5), Fraction(7, 5), Fraction(1, 3)
    for enclosure, decimal in zip(duals(text, q1, q2, r), (value, slope), strict=True):
        (low, high), (first, last) = ends(enclosure), printed(decimal)
        assert low <= last
        assert first <= high
        assert high - low < Fraction(1, 2**90)


def test_exact_rational_duals_of_powers() -> None:
    q1, q2, r = Fraction(3, 5), Fraction(7, 5), Fraction(1, 3)
    for text, value, slope in (
        ("Monomial(2)", Fraction(239, 225), Fraction(4, 3)),
        ("Monomial(3)", Fraction(617, 225), Fraction(239, 25)),
    ):
        for enclosure, exact in zip(duals(text, q1, q2, r), (value, slope), strict=True):
            assert ends(enclosure)[0] <= exact <= ends(enclosure)[1]


def test_gelu_at_correlation_one_half() -> None:
    low, high = ends(duals("Gelu()", Fraction(1), Fraction(1), Fraction(1, 2))[0])
    first, last = printed("0.227294915021991535018066760911")
    assert low <= last
    assert first <= high


Real = Callable[[float], float]


def _normal_distribution(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def _density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _hermite(k: int) -> Real:
    def value(x: float) -> float:
        older, newer = 1.0, x
        if k == 0:
            return older
        for j in range(1, k):
            older, newer = newer, x * newer - j * older
        return newer / math.sqrt(math.factorial(k))

    return value


SMOOTH: list[tuple[str, Real, Real]] = [
    (
        'Erf(a=2, b="1/2", c=3)',
        lambda x: 2 * math.erf(x / 2) + 3,
        lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x / 4),
    ),
    ("Gelu()", lambda x: x * _normal_distribution(x), lambda x: _normal_distribution(x) + x * _density(x)),
    ('Sin(a=2, b="3/2", c="1/3")', lambda x: 2 * math.sin(1.5 * x + 1 / 3), lambda x: 3 * math.cos(1.5 * x + 1 / 3)),
    ('Cos(b="1/2", c="-2/3")', lambda x: math.cos(x / 2 - 2 / 3), lambda x: -math.sin(x / 2 - 2 / 3) / 2),
    ("Cos()", math.cos, lambda x: -math.sin(x)),
    (
        'Rbf(gamma="1/3")',
        lambda x: math.sqrt(2) * math.sin(math.sqrt(2 / 3) * x + math.pi / 4),
        lambda x: math.sqrt(4 / 3) * math.cos(math.sqrt(2 / 3) * x + math.pi / 4),
    ),
    ('Gaussian(a=3, b="-1/4")', lambda x: 3 * math.exp(-x * x / 4), lambda x: -1.5 * x * math.exp(-x * x / 4)),
    ('Exp(a=2, b="-1/2")', lambda x: 2 * math.exp(-x / 2), lambda x: -math.exp(-x / 2)),
    (
        "Gabor()",
        lambda x: math.exp(-x * x) * math.sin(x),
        lambda x: math.exp(-x * x) * (math.cos(x) - 2 * x * math.sin(x)),
    ),
    ('Polynomial([1, "-1/2", 0, "1/4"])', lambda x: 1 - x / 2 + x**3 / 4, lambda x: -0.5 + 0.75 * x * x),
    ("Hermite(5)", _hermite(5), lambda x: math.sqrt(5) * _hermite(4)(x)),
    ("Hermite(4)", _hermite(4), lambda x: 2 * _hermite(3)(x)),
    ("Identity(), Monomial(1)", lambda x: x, lambda x: 1.0),
]


def expectation(first: Real, second: Real, q1: float, q2: float, r: float) -> float:
    """E first(u) second(v) by the trapezoidal rule in independent coordinates, off by 1e-13 or so where smooth."""
    step, reach = 0.2, 45
    slope, rest = r / math.sqrt(q1), math.sqrt(q2 - r * r / q1)
    grid = [step * k for k in range(-reach, reach + 1)]
    weights = [step * _density(z) for z in grid]
    total = 0.0
    for z, weight in zip(grid, weights, strict=True):
        inner = math.fsum(w * second(slope * z + rest * y) for y, w in zip(grid, weights, strict=True))
        total += weight * first(math.sqrt(q1) * z) * inner
    return total


@pytest.mark.parametrize(("text", "function", "derivative"), SMOOTH)
def test_duals_of_smooth_activations_agree_with_quadrature(text: str, function: Real, derivative: Real) -> None:
    for q1, q2, r in ((0.75, 1.5, -0.625), (1.25, 0.5, 0.25)):
        value, slope = duals(text, Fraction(q1), Fraction(q2), Fraction(r))
        for enclosure, s in ((value, function), (slope, derivative)):
            low, high = map(float, ends(enclosure))
            reference = expectation(s, s, q1, q2, r)
            scale = math.sqrt(expectation(s, s, q1, q1, 0.9999999 * q1) * expectation(s, s, q2, q2, 0.9999999 * q2))
            assert low - 1e-11 * scale <= reference <= high + 1e-11 * scale
            assert high - low <= 1e-15 * scale


HOMOGENEOUS: list[tuple[str, int, Real, Real]] = [
    ("Relu()", 1, lambda x: max(x, 0.0), lambda x: float(x > 0)),
    ("Abs()", 1, abs, lambda x: math.copysign(1, x)),
    ('LeakyRelu("1/4")', 1, lambda x: x if x > 0 else x / 4, lambda x: 1.0 if x > 0 else 0.25),
    ('ABRelu("1/2", -3)', 1, lambda x: -3 * x if x > 0 else x / 2, lambda x: -3.0 if x > 0 else 0.5),
    ("Sign()", 0, lambda x: math.copysign(1, x), lambda x: 0.0),
    ("Step()", 0, lambda x: float(x > 0), lambda x: 0.0),
    ("RectifiedMonomial(0)", 0, lambda x: float(x > 0), lambda x: 0.0),
    ("RectifiedMonomial(1)", 1, lambda x: max(x, 0.0), lambda x: float(x > 0)),
    ("RectifiedMonomial(2)", 2, lambda x: max(x, 0.0) ** 2, lambda x: 2 * max(x, 0.0)),
    ("RectifiedMonomial(5)", 5, lambda x: max(x, 0.0) ** 5, lambda x: 5 * max(x, 0.0) ** 4),
]

# Nodes and weights of Gauss and Legendre on [-1, 1] with eight points.
_NODES = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363]
_WEIGHTS = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763]


def angular(function: Real, degree: int, q1: float, q2: float, r: float) -> float:
    """E s(u) s(v) for a positively homogeneous s: a radial moment times an integral over directions, split at zeros."""
    slope, rest = r / math.sqrt(q1), math.sqrt(q2 - r * r / q1)
    kink = math.atan2(-slope, rest)
    breaks = sorted({x % (2 * math.pi) for x in (math.pi / 2, 3 * math.pi / 2, kink, kink + math.pi)})
    breaks.append(breaks[0] + 2 * math.pi)
    total = 0.0
    for left, right in pairwise(breaks):
        for part in range(8):
            a, b = left + (right - left) * part / 8, left + (right - left) * (part + 1) / 8
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                for sign in (-1, 1):
                    t = (a + b) / 2 + sign * node * (b - a) / 2
                    u, v = math.sqrt(q1) * math.cos(t), slope * math.cos(t) + rest * math.sin(t)
                    total += weight * (b - a) / 2 * function(u) * function(v)
    return total / (2 * math.pi) * 2**degree * math.factorial(degree)


@pytest.mark.parametrize(("text", "degree", "function", "derivative"), HOMOGENEOUS)
def test_duals_of_homogeneous_activations_agree_with_quadrature(
    text: str, degree: int, function: Real, derivative: Real
) -> None:
    for q1, q2, r in ((0.75, 1.5, -0.625), (1.25, 0.5, 0.25), (1.0, 1.0, 0.984375)):
        value, slope = duals(text, Fraction(q1), Fraction(q2), Fraction(r))
        for enclosure, s, power in ((value, function, degree), (slope, derivative, max(degree - 1, 0))):
            low, high = map(float, ends(enclosure))
            scale = 2.0**power * math.factorial(power)
            assert abs(angular(s, power, q1, q2, r) - low) <= 1e-13 * scale
            assert high - low <= 1e-15 * scale


EVERYTHING = [text for text, *_ in SMOOTH] + [text for text, *_ in HOMOGENEOUS] + ["Sigmoid_like()", "Erf()", "Sin()"]


@pytest.mark.parametrize("text", EVERYTHING)
def test_enclosures_at_two_precisions_overlap_and_shrink(text: str) -> None:
    for _ in range(20):
        q1, q2 = (Fraction(RANDOM.randint(1, 10**6), 10 ** RANDOM.randint(3, 9)) for _ in range(2))
        r = Fraction(math.isqrt(int(q1 * q2 * 10**24)), 10**12) * Fraction(RANDOM.randint(-999, 999), 1000)
        bits = RANDOM.randint(30, 150)
        for coarse, fine in zip(duals(text, q1, q2, r, bits), duals(text, q1, q2, r, 4 * bits), strict=True):
            (a, b), (c, d) = ends(coarse), ends(fine)
            assert a <= d
            assert c <= b
            assert d - c <= (b - a) or d == c


@pytest.mark.parametrize("text", EVERYTHING)
def test_values_at_exactly_related_points_are_limits_of_values_nearby(text: str) -> None:
    """At angle 0 and pi the short formulas agree with the general ones up to the square root of what is left."""
    q1, q2, bits = Fraction(4, 9), Fraction(9, 4), 300
    for sign in (1, -1):
        near = duals(text, q1, q2, sign * (1 - Fraction(1, 2**200)), bits)
        at = duals(text, q1, q2, Fraction(sign), bits, sign)
        for one, other in zip(near, at, strict=True):
            assert abs(ends(one)[0] - ends(other)[0]) < Fraction(1, 2**80)


def test_the_dual_at_variance_zero_is_the_value_at_zero_times_the_mean() -> None:
    bits = 80
    for text, both, one in (
        ("Step()", Fraction(1, 4), Fraction(1, 4)),
        ("RectifiedMonomial(0)", Fraction(1), Fraction(1, 2)),
        ("Sign()", Fraction(0), Fraction(0)),
        ("Relu()", Fraction(0), Fraction(0)),
        ("RectifiedMonomial(3)", Fraction(0), Fraction(0)),
        ("Polynomial([2, 0, 1])", Fraction(4), Fraction(2 * 4)),
        ("Erf(c=5)", Fraction(25), Fraction(25)),
    ):
        dual = dual_of(activation(text), bits, free)
        nothing, something = dual.point(ZERO), dual.point(from_fraction(Fraction(2), bits))
        for found, expected in (
            (dual.at_zero(nothing, nothing, True), both),
            (dual.at_zero(nothing, something, False), one),
        ):
            assert ends(found) == (expected, expected)


def test_cosine_and_exponential_at_variance_zero() -> None:
    for text, expected in (("Cos()", math.exp(-1)), ("Exp()", math.exp(1)), ("Gaussian()", 1 / math.sqrt(5))):
        dual = dual_of(activation(text), 80, free)
        low, high = ends(dual.at_zero(dual.point(ZERO), dual.point(from_fraction(Fraction(2), 80)), False))
        assert abs(float(low) - expected) < 1e-14
        assert abs(float(high) - expected) < 1e-14


def test_constant_activations_have_constant_duals_and_no_slope() -> None:
    for text, square in (
        ("Polynomial([3])", 9),
        ("Monomial(0)", 1),
        ("Hermite(0)", 1),
        ("Erf(a=0, c=2)", 4),
        ("Erf(b=0, c=2)", 4),
        ("Rbf(gamma=0)", 1),
        ("Gaussian(a=3, b=0)", 9),
        ("Exp(a=3, b=0)", 9),
        ("Cos(b=0)", 1),
        ("Sin(b=0)", 0),
        ("Polynomial([0])", 0),
        ("ABRelu(0, 0)", 0),
    ):
        value, slope = duals(text, Fraction(2), Fraction(3), Fraction(1))
        assert ends(value)[0] <= square <= ends(value)[1]
        assert slope[:2] == (0, 0)
        assert facts_of(activation(text)).constant
        assert facts_of(activation(text)).zero == (square == 0)


def test_even_and_odd_activations_have_even_and_odd_duals() -> None:
    q1, q2, r = Fraction(3, 5), Fraction(7, 5), Fraction(1, 3)
    for text in EVERYTHING:
        parity = facts_of(activation(text)).parity
        plus, minus = (ends(duals(text, q1, q2, sign * r)[0]) for sign in (1, -1))
        if parity:
            reflected = minus if parity > 0 else (-minus[1], -minus[0])
            assert plus[0] <= reflected[1]
            assert reflected[0] <= plus[1]
        else:
            assert all(plus[0] - sign * minus[0] for sign in (1, -1))
            assert abs(plus[0] - minus[0]) > Fraction(1, 10**6)
