"""The checker's Hermite series against the library's, at random and extreme variances, and its tables."""

import random
from fractions import Fraction
from math import factorial

import pytest

from certify.activations import SERIES, Pair, Relation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.checker import limits
from certify.checker.activations import StripFunction, hermite_coefficients
from certify.checker.answers import Unsupported
from certify.checker.budget import Budget
from certify.checker.dual_base import Covariance
from certify.checker.elementary import logarithm
from certify.checker.hermite_duals import StripDual
from certify.checker.hermite_tables import build_table, choose_rule
from certify.checker.interval import ZERO, Interval, TooWide, from_fraction, to_fractions
from certify.checker.strip_functions import STRIP_FUNCTIONS

NAMES = sorted(STRIP_FUNCTIONS)
RELATIONS = {
    (1, True): Relation.EQUAL,
    (1, False): Relation.PARALLEL,
    (-1, True): Relation.OPPOSITE,
    (-1, False): Relation.ANTIPARALLEL,
}


def checked(
    name: str, q1: Fraction, q2: Fraction, r: Fraction, bits: int, orientation: int = 0
) -> list[tuple[Fraction, Fraction]]:
    dual = StripDual(StripFunction(name), bits, Budget(None).charge)
    points = [dual.point(from_fraction(q, bits)) for q in (q1, q2)]
    moments = Covariance(from_fraction(r, bits), ZERO, ZERO, ZERO, orientation)
    return [to_fractions(value) for value in dual.pair(points[0], points[1], moments)]


def proved(
    name: str, q1: Fraction, q2: Fraction, r: Fraction, bits: int, relation: Relation = Relation.GENERIC
) -> list[tuple[Fraction, Fraction]]:
    number = ArbArithmetic(bits)
    with number.active():
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r), relation)
        found = [number.endpoints(value) for value in SERIES[name]().duals(number)(pair)]
    return [(low * Fraction(2) ** exponent, high * Fraction(2) ** exponent) for low, high, exponent in found]


def assert_overlap(first: list[tuple[Fraction, Fraction]], second: list[tuple[Fraction, Fraction]]) -> None:
    for (low, high), (lower, upper) in zip(first, second, strict=True):
        assert low <= upper
        assert lower <= high


def test_the_checker_knows_the_activations_of_the_library() -> None:
    assert sorted(SERIES) == NAMES
    for name, data in STRIP_FUNCTIONS.items():
        assert (data.strip, data.slope) == (SERIES[name].strip, SERIES[name].slope_bound)


@pytest.mark.parametrize("name", NAMES)
def test_checker_and_library_overlap_at_random_pairs(name: str) -> None:
    source = random.Random(name)
    for _ in range(5):
        a, b = (Fraction(source.randint(1, 9), 10) for _ in range(2))
        pair = a * a, b * b, a * b * Fraction(source.randint(-1000, 1000), 1000)
        found = checked(name, *pair, 60)
        assert_overlap(found, proved(name, *pair, 60))
        assert all(high - low < Fraction(1, 2**50) for low, high in found)


@pytest.mark.parametrize("name", NAMES)
def test_checker_and_library_overlap_at_extreme_pairs(name: str) -> None:
    tiny, half, third = Fraction(1, 10**150), Fraction(1, 2), Fraction(1, 3)
    for a, b, rho in (
        (tiny, tiny, third),
        (tiny, half, -third),
        (half, half, 1 - Fraction(1, 2**60)),
        (half, half, Fraction(1)),
        (half, third, Fraction(-1)),
        (half, third, Fraction(0)),
    ):
        pair = a * a, b * b, a * b * rho
        assert_overlap(checked(name, *pair, 60), proved(name, *pair, 60))
        if abs(rho) == 1:
            relation = RELATIONS[int(rho), a == b]
            assert_overlap(checked(name, *pair, 60, int(rho)), proved(name, *pair, 60, relation))


@pytest.mark.parametrize("name", NAMES)
def test_the_point_with_itself_is_the_pair_of_two_equal_points(name: str) -> None:
    dual = StripDual(StripFunction(name), 60, Budget(None).charge)
    q = from_fraction(Fraction(2, 7), 60)
    alone, other = dual.point(q), dual.point(q)
    moments = Covariance(q, ZERO, ZERO, ZERO, 1)
    same, pair = dual.pair(alone, alone, moments), dual.pair(alone, other, moments)
    assert_overlap([to_fractions(x) for x in same], [to_fractions(x) for x in pair])


@pytest.mark.parametrize("name", NAMES)
def test_a_variance_of_zero_leaves_the_value_at_zero_and_a_mean(name: str) -> None:
    dual = StripDual(StripFunction(name), 60, Budget(None).charge)
    nothing, something = dual.point(ZERO), dual.point(from_fraction(Fraction(4, 9), 60))
    number = ArbArithmetic(60)
    with number.active():
        for found, zeros in (
            (dual.at_zero(nothing, something, False), (True, False)),
            (dual.at_zero(nothing, nothing, True), (True, True)),
        ):
            q = number.exact(Fraction(4, 9))
            value, _ = SERIES[name]().duals(number)(Pair(number, q * 0, q, q * 0, Relation.GENERIC, *zeros))
            low, high, exponent = number.endpoints(value)
            scale = Fraction(2) ** exponent
            assert_overlap([to_fractions(found)], [(low * scale, high * scale)])


def test_the_table_holds_weighted_hermite_polynomials() -> None:
    rule = choose_rule(70, Fraction(1, 3), Fraction(3, 2), 200)
    table = build_table(rule)
    for j in (0, 1, 7, rule.last // 2, rule.last):
        node = table.nodes[j]
        weight = to_fractions(node.weight)
        for k in (0, 1, 2, 5, 20, rule.terms - 1):
            value = sum(c * node.place**i for i, c in enumerate(hermite_coefficients(k)))
            # w h_k with h_k = value / sqrt(k!): compare squares, with signs apart.
            low, high = (Fraction(table.rows[k][j] + side * node.slip, 2**rule.bits) for side in (-1, 1))
            for w in weight:
                if low * high > 0:
                    assert min(low**2, high**2) * factorial(k) <= (w * value) ** 2 * (1 + Fraction(1, 2**60))
                    assert (w * value) ** 2 <= max(low**2, high**2) * factorial(k) * (1 + Fraction(1, 2**60))
                    assert (value > 0) == (low > 0)
                else:
                    assert (w * value) ** 2 <= max(low**2, high**2) * factorial(k)
        assert node.slip < 2**40


def test_a_variance_that_needs_too_long_a_series_is_unsupported() -> None:
    with pytest.raises(Unsupported, match="too large for the Hermite series"):
        checked("Tanh", Fraction(10**6), Fraction(10**6), Fraction(1), 128)
    assert limits.MAX_SERIES == 40_000_000


def test_tables_and_series_are_charged_before_they_are_made() -> None:
    dual = StripDual(StripFunction("Tanh"), 60, Budget(0.001).charge)
    point = dual.point(from_fraction(Fraction(1), 60))
    with pytest.raises(Unsupported, match="over the limit"):
        dual.pair(point, point, Covariance(from_fraction(Fraction(1), 60), ZERO, ZERO, ZERO, 1))


def test_logarithms_hold_what_exponentials_undo() -> None:
    from certify.checker.elementary import exponential

    source = random.Random(3)
    for _ in range(100):
        value = Fraction(source.randint(250, 4000), 1000)
        x: Interval = from_fraction(value, 100)
        low, high = to_fractions(exponential(logarithm(x, 90), 100))
        assert low <= value <= high
        assert high - low < Fraction(1, 2**80)
    for outside in (Fraction(1, 5), Fraction(5), Fraction(-1)):
        with pytest.raises(TooWide):
            logarithm(from_fraction(outside, 50), 50)
