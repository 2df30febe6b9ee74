"""Elementary functions contain mpmath's values at four times the precision, and are tight."""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from certify.checker import elementary
from certify.checker.answers import Unsupported
from certify.checker.interval import Interval

RANDOM = random.Random(7)


@pytest.fixture(autouse=True)
def _many_digits() -> Iterator[None]:
    with mpmath.workprec(1600):
        yield


def exact(mantissa: int, exponent: int) -> Any:
    return mpmath.ldexp(mpmath.mpf(mantissa), exponent)


def lost_bits(x: Interval, value: Any, bits: int) -> float:
    """log2 of the relative width times 2**bits, after asserting containment."""
    low, high = exact(x[0], x[2]), exact(x[1], x[2])
    assert low <= value <= high, (x, value)
    return float(mpmath.log((high - low) / abs(value), 2)) + bits if high > low else -1.0


def arguments(count: int, largest: int) -> Iterator[tuple[int, int, int]]:
    """Random precisions, mantissas and exponents, with values below 2**largest in magnitude."""
    for _ in range(count):
        bits = RANDOM.randint(2, 202)
        mantissa = (RANDOM.getrandbits(bits) or 1) * RANDOM.choice([-1, 1])
        size = RANDOM.choice([RANDOM.randint(-6, largest), RANDOM.randint(-2 * bits - 9, largest)])
        yield bits, mantissa, size - mantissa.bit_length()


@pytest.mark.parametrize(
    ("function", "reference", "largest"),
    [
        (elementary.arctan, mpmath.atan, 1),
        (elementary.exponential, mpmath.exp, 10),
        (elementary.exponential_minus_one, mpmath.expm1, 10),
    ],
)
def test_values_at_points_are_contained_and_tight(
    function: Callable[[Interval, int], Interval], reference: Callable[[Any], Any], largest: int
) -> None:
    for bits, mantissa, exponent in arguments(700, largest):
        result = function((mantissa, mantissa, exponent), bits)
        assert lost_bits(result, reference(exact(mantissa, exponent)), bits) < 4


@pytest.mark.parametrize(
    ("function", "reference", "largest"),
    [
        (elementary.arctan, mpmath.atan, 3),
        (elementary.exponential, mpmath.exp, 8),
        (elementary.exponential_minus_one, mpmath.expm1, 8),
    ],
)
def test_values_inside_wide_arguments_are_contained(
    function: Callable[[Interval, int], Interval], reference: Callable[[Any], Any], largest: int
) -> None:
    for bits, mantissa, exponent in arguments(300, largest):
        width = RANDOM.getrandbits(RANDOM.randint(1, max(2, mantissa.bit_length())))
        low, high, scale = function((mantissa, mantissa + width, exponent), bits)
        for part in range(5):
            value = reference(exact(4 * mantissa + part * width, exponent - 2))
            assert exact(low, scale) <= value <= exact(high, scale)


def test_the_arctangent_of_zero_is_exactly_zero() -> None:
    assert elementary.arctan((0, 0, -7), 90)[:2] == (0, 0)
    assert elementary.exponential((0, 0, 5), 90) == (1, 1, 0)
    assert elementary.exponential_minus_one((0, 0, 5), 90)[:2] == (0, 0)


def test_constants_are_contained_and_tight() -> None:
    for bits in (2, 10, 64, 65, 200, 777):
        assert lost_bits(elementary.pi(bits), mpmath.pi, bits) < 0
        assert lost_bits(elementary.log_two(bits), mpmath.log(2), bits) < 0


def test_cosines_of_rationals_of_any_size() -> None:
    for _ in range(300):
        bits = RANDOM.randint(2, 202)
        value = Fraction(RANDOM.getrandbits(RANDOM.randint(1, 600)), RANDOM.getrandbits(20) + 1) * RANDOM.choice(
            [-1, 1]
        )
        low, high, exponent = elementary.cosine(value, bits)
        true = mpmath.cos(mpmath.mpf(value.numerator) / value.denominator)
        assert exact(low, exponent) <= true <= exact(high, exponent)
        assert exact(high - low, exponent) <= mpmath.ldexp(1, 2 - bits)
    assert elementary.cosine(Fraction(0), 50) == (1, 1, 0)


def test_large_exponentials_are_refused_and_tiny_ones_stay_positive() -> None:
    with pytest.raises(Unsupported):
        elementary.exponential((1, 1, 1000), 64)
    low, high, exponent = elementary.exponential((-1, -1, 1000), 64)
    assert low == 0
    assert high >= 1
    assert exponent < -(10**6)
    assert elementary.exponential((-1 << 1100, 0, -100), 64)[0] == 0


def leg(bits: int) -> Interval:
    value = RANDOM.getrandbits(bits)
    return value, value + RANDOM.choice([0, 1, 3]), RANDOM.choice([-bits, RANDOM.randint(-3 * bits, bits)])


def test_angles_are_contained_in_every_quadrant() -> None:
    for _ in range(700):
        bits = RANDOM.randint(2, 202)
        opposite, adjacent = leg(bits), leg(bits)
        if RANDOM.random() < 0.5:
            adjacent = (-adjacent[1], -adjacent[0], adjacent[2])
        low, high, exponent = elementary.angle(opposite, adjacent, bits)
        for y in opposite[:2]:
            for x in adjacent[:2]:
                if x or y:
                    value = mpmath.atan2(exact(y, opposite[2]), exact(x, adjacent[2]))
                    assert exact(low, exponent) <= value <= exact(high, exponent)


def test_inclinations_are_contained_and_keep_relative_accuracy() -> None:
    for _ in range(700):
        bits = RANDOM.randint(8, 202)
        opposite, adjacent = leg(bits), leg(bits)
        if RANDOM.random() < 0.5:
            opposite = (-opposite[1], -opposite[0], opposite[2])
        low, high, exponent = elementary.inclination(opposite, adjacent, bits)
        for y in opposite[:2]:
            for x in adjacent[:2]:
                if x or y:
                    value = mpmath.atan2(exact(y, opposite[2]), exact(x, adjacent[2]))
                    assert exact(low, exponent) <= value <= exact(high, exponent)
    small = elementary.inclination((5, 5, -900), (7, 7, 0), 100)
    assert lost_bits(small, mpmath.atan(exact(5, -900) / 7), 100) < 4


def test_the_angle_of_an_exact_zero_leg() -> None:
    right = elementary.angle((3, 3, -40), (0, 0, 0), 80)
    assert lost_bits(right, mpmath.pi / 2, 80) < 4
    assert elementary.angle((0, 0, 0), (3, 3, -40), 80)[:2] == (0, 0)
    assert lost_bits(elementary.angle((0, 0, 0), (-3, -3, -40), 80), mpmath.pi, 80) < 4


def test_two_legs_that_may_vanish_give_everything() -> None:
    assert elementary.angle((0, 1, 0), (-1, 1, 0), 60) == (0, 4, 0)
    assert elementary.inclination((-1, 1, 0), (0, 1, 0), 60) == (-2, 2, 0)
