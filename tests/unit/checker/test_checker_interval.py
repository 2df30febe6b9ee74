"""Interval operations contain every exact result, at random precisions from 2 to 202 bits."""

import random
from collections.abc import Callable
from fractions import Fraction

import pytest

from certify.checker import interval
from certify.checker.interval import Interval, TooWide

RANDOM = random.Random(20240607)


def some_interval(bits: int, sign: str = "any") -> Interval:
    """A random interval: thin or wide, of any sign, with exponents far apart now and then."""
    first = RANDOM.getrandbits(RANDOM.randint(1, bits))
    width = RANDOM.choice([0, 0, 1, RANDOM.getrandbits(3), RANDOM.getrandbits(bits)])
    low = first if sign == "positive" else first * RANDOM.choice([-1, 1]) - RANDOM.choice([0, width // 2])
    exponent = RANDOM.choice([0, RANDOM.randint(-bits, bits), RANDOM.randint(-1000, 1000)])
    return low + (sign == "positive"), low + width + (sign == "positive"), exponent


def ends(x: Interval) -> tuple[Fraction, Fraction]:
    scale = Fraction(2) ** x[2]
    return x[0] * scale, x[1] * scale


def holds(x: Interval, value: Fraction) -> bool:
    low, high = ends(x)
    return low <= value <= high


def samples(x: Interval) -> list[Fraction]:
    low, high = ends(x)
    inside = [low, high, (low + high) / 2, low + (high - low) / 3]
    return [*inside, Fraction(0)] if low <= 0 <= high else inside


@pytest.mark.parametrize(
    ("operation", "exact"),
    [
        (interval.add, lambda x, y: x + y),
        (interval.subtract, lambda x, y: x - y),
        (interval.multiply, lambda x, y: x * y),
    ],
)
def test_sums_and_products_contain_every_exact_result(
    operation: Callable[[Interval, Interval, int], Interval], exact: Callable[[Fraction, Fraction], Fraction]
) -> None:
    for _ in range(1500):
        bits = RANDOM.randint(2, 202)
        x, y = some_interval(bits), some_interval(bits)
        result = operation(x, y, bits)
        assert result[0] <= result[1]
        assert max(abs(result[0]), abs(result[1])) <= 2**bits
        assert all(holds(result, exact(a, b)) for a in samples(x) for b in samples(y)), (x, y, bits)


def test_quotients_contain_every_exact_result() -> None:
    for _ in range(1500):
        bits = RANDOM.randint(2, 202)
        x, y = some_interval(bits), some_interval(bits, "positive")
        if RANDOM.random() < 0.5:
            y = interval.negative(y)
        result = interval.divide(x, y, bits)
        assert all(holds(result, a / b) for a in samples(x) for b in samples(y)), (x, y, bits)


def test_thin_operations_are_accurate_to_a_few_ulps() -> None:
    for _ in range(500):
        bits = RANDOM.randint(8, 202)
        values = [RANDOM.getrandbits(bits) | 1 << (bits - 1) for _ in range(2)]
        x, y = [(value, value, RANDOM.randint(-99, 99)) for value in values]
        for result in (interval.multiply(x, y, bits), interval.divide(x, y, bits), interval.root(x, bits)):
            assert result[1] - result[0] <= 2
            assert result[0].bit_length() >= bits - 2


@pytest.mark.parametrize("divisor", [(0, 0, 0), (-1, 1, 5), (0, 3, -2), (-3, 0, 7)])
def test_dividing_by_what_may_be_zero_is_refused(divisor: Interval) -> None:
    with pytest.raises(TooWide):
        interval.divide(interval.ONE, divisor, 53)


def test_square_roots_contain_the_root_by_squaring() -> None:
    for _ in range(1500):
        bits = RANDOM.randint(2, 202)
        x = some_interval(bits, "positive")
        low, high = ends(interval.root(x, bits))
        first, last = ends(x)
        assert low >= 0
        assert low**2 <= first
        assert high**2 >= last
        assert high**2 <= last * (1 + Fraction(4, 2**bits)) ** 2


def test_square_roots_of_squares_are_exact() -> None:
    for value in (0, 1, 4, 9, 10**40):
        assert interval.root((value * value, value * value, -6), 200)[0] * Fraction(2) ** interval.root(
            (value * value, value * value, -6), 200
        )[2] == Fraction(value, 8)


def test_square_root_lifts_a_rounded_zero_and_refuses_a_negative_number() -> None:
    assert interval.root((-3, 4, 0), 20)[0] == 0
    with pytest.raises(TooWide):
        interval.root((-4, -3, 0), 20)


def test_squares_are_never_negative_and_contain_every_square() -> None:
    for _ in range(800):
        bits = RANDOM.randint(2, 202)
        x = some_interval(bits)
        result = interval.square(x, bits)
        assert result[0] >= 0
        assert all(holds(result, a * a) for a in samples(x))


def test_rationals_are_enclosed_and_short_dyadics_exact() -> None:
    for _ in range(800):
        bits = RANDOM.randint(2, 202)
        value = Fraction(RANDOM.randint(-(10**30), 10**30), RANDOM.randint(1, 10**30))
        assert holds(interval.from_fraction(value, bits), value)
        assert holds(interval.from_integer(value.numerator, bits), Fraction(value.numerator))
    assert interval.from_fraction(Fraction(2), 100)[:2] == (1, 1)
    assert interval.from_fraction(Fraction(-3, 8), 100) == (-3, -3, -3)
    assert interval.from_fraction(Fraction(0), 100)[:2] == (0, 0)


def test_exponents_far_apart_neither_overflow_nor_lose_containment() -> None:
    far = 10**9
    total = interval.add((1, 1, far), (-3, 5, -far), 64)
    assert total[0] << (total[2] - (far - 200)) < 1 << 200
    assert total[1] << (total[2] - (far - 200)) > 1 << 200
    assert interval.add((0, 0, far), (3, 3, -far), 64) == (3, 3, -far)
    assert interval.multiply((1, 1, far), (1, 1, -far), 64) == (1, 1, 0)


def test_fixed_point_ends_lie_outside() -> None:
    for _ in range(800):
        x = some_interval(60)
        exponent = RANDOM.randint(-1100, 1100)
        low, high = interval.to_fixed(x, exponent)
        scale = Fraction(2) ** exponent
        first, last = ends(x)
        assert low * scale <= first
        assert last <= high * scale
        assert first - low * scale < scale
        assert high * scale - last < scale


def test_negative_parts_are_dropped_only_below_zero() -> None:
    assert interval.not_below_zero((-5, 7, 3)) == (0, 7, 3)
    assert interval.not_below_zero((2, 7, 3)) == (2, 7, 3)
    assert interval.not_below_zero((-5, -1, 3))[:2] == (0, 0)


def test_top_bounds_magnitudes() -> None:
    for _ in range(300):
        x = some_interval(80)
        if any(x[:2]):
            assert all(abs(value) < Fraction(2) ** interval.top(x) for value in ends(x))
    assert interval.top((0, 0, 500)) < -(10**15)
