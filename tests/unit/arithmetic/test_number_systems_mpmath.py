"""What is particular to the intervals on mpmath: directed rounding, precision carried along, cosines at extremes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest
from hypothesis import given, settings
from mpmath.libmp import from_int, from_man_exp, mpf_add, round_ceiling, to_rational
from number_systems import contains, ends, hull, precisions, rationals

from certify.arithmetic.mpmath_intervals import Interval, MpmathArithmetic
from certify.errors import InputError


def test_libmp_s_addition_needs_operands_no_wider_than_the_precision() -> None:
    wide, narrow = from_int(2**1000 - 1), from_man_exp(2**127 - 1, -107)
    found = Fraction(*map(int, to_rational(mpf_add(wide, narrow, 128, round_ceiling))))
    exact = 2**1000 - 1 + Fraction(2**127 - 1, 2**107)
    assert found < exact, "mpmath's upper bound is a bound now: the condition in mpmath_intervals may be dropped"
    arithmetic = MpmathArithmetic(128)
    x = Interval(narrow, narrow, 128)
    assert contains(arithmetic, x + (2**1000 - 1), exact)
    assert contains(arithmetic, (2**1000 - 1) - x, 2 * (2**1000 - 1) - exact)


@settings(deadline=None, max_examples=100)
@given(precisions, precisions, rationals, rationals)
def test_operands_of_different_precision_combine_at_the_larger_one(
    first: int, second: int, a: Fraction, b: Fraction
) -> None:
    x, y = MpmathArithmetic(first).exact(a), MpmathArithmetic(second).exact(b)
    arithmetic = MpmathArithmetic(max(first, second))
    for result, exact in ((x + y, a + b), (x - y, a - b), (x * y, a * b)):
        assert contains(arithmetic, result, exact)
        assert result.bits == max(first, second)
        assert max(result.lo[3], result.hi[3]) <= result.bits


@pytest.mark.parametrize("shift", [0, 1, 700])
def test_a_root_of_a_perfect_square_is_a_point_and_of_its_neighbours_is_not(shift: int) -> None:
    arithmetic = MpmathArithmetic(900)
    root = (2**400 - 3**200) << shift
    assert ends(arithmetic, arithmetic.sqrt(arithmetic.exact(root * root))) == (root, root)
    for neighbour in (root * root - 1, root * root + 1):
        if shift:
            continue
        low, high = ends(arithmetic, arithmetic.sqrt(arithmetic.exact(neighbour)))
        assert low * low < neighbour < high * high


def test_a_root_of_what_touches_zero_starts_at_zero() -> None:
    arithmetic = MpmathArithmetic(53)
    for low in (Fraction(-1), Fraction(0)):
        assert ends(arithmetic, arithmetic.sqrt(hull(arithmetic, low, Fraction(4)))) == (0, 2)


def test_an_interval_cannot_be_changed_ordered_or_mixed_with_floats() -> None:
    x = MpmathArithmetic(53).exact(1)
    with pytest.raises((FrozenInstanceError, AttributeError)):
        x.lo = x.hi  # type: ignore[misc]
    with pytest.raises(TypeError):
        _ = x < 2  # type: ignore[operator]
    for operation in (x.__add__, x.__sub__, x.__mul__, x.__truediv__, x.__rsub__, x.__rtruediv__):
        assert operation(0.5) is NotImplemented  # type: ignore[operator]


@pytest.mark.parametrize("ends_of_divisor", [(-1, 1), (0, 1), (-1, 0), (0, 0)])
def test_division_by_an_interval_that_contains_zero_is_an_error(ends_of_divisor: tuple[int, int]) -> None:
    arithmetic = MpmathArithmetic(53)
    divisor = hull(arithmetic, *map(Fraction, ends_of_divisor))
    with pytest.raises(ArithmeticError, match="contains zero"):
        _ = arithmetic.exact(1) / divisor
    with pytest.raises(ArithmeticError, match="contains zero"):
        _ = 1 / divisor


def test_exp_saturates_to_the_left_and_overflows_to_the_right() -> None:
    arithmetic = MpmathArithmetic(64)
    far = arithmetic.exact(Fraction(10) ** 300)
    low, high, exponent = arithmetic.endpoints(arithmetic.exp(-far))
    assert (low, high) == (0, 1)
    assert exponent == -(2**21)
    for overflowing in (far, hull(arithmetic, -(Fraction(10) ** 300), Fraction(2**21))):
        with pytest.raises(ArithmeticError, match="exp overflows"):
            arithmetic.exp(overflowing)
    just_inside = arithmetic.exp(arithmetic.exact(2**21 - 1))
    assert arithmetic.is_positive(just_inside)
    assert arithmetic.endpoints(just_inside)[2] > 3 * 10**6 - 100


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ("-1", "1/2", None, 1),  # 0 inside
        ("3", "4", -1, None),  # pi inside
        ("6", "7", None, 1),  # 2 pi inside
        ("-4", "-3", -1, None),
        ("1", "2", None, None),  # monotone
        ("3", "7", -1, 1),
        ("0", "100", -1, 1),
        ("-1/10", "4", -1, 1),
        ("-7", "-6", None, 1),
    ],
)
def test_the_cosine_reaches_one_exactly_where_a_multiple_of_pi_lies_inside(
    a: str, b: str, low: int | None, high: int | None
) -> None:
    arithmetic = MpmathArithmetic(53)
    found_low, found_high = ends(arithmetic, arithmetic.cos(hull(arithmetic, Fraction(a), Fraction(b))))
    assert (found_low == -1) == (low == -1)
    assert (found_high == 1) == (high == 1)
    cosines = [arithmetic.cos(arithmetic.exact(Fraction(end))) for end in (a, b)]
    if low is None:
        assert found_low == min(ends(arithmetic, cosine)[0] for cosine in cosines)
    if high is None:
        assert found_high == max(ends(arithmetic, cosine)[1] for cosine in cosines)


def test_the_cosine_of_an_angle_too_large_to_reduce_is_everything() -> None:
    arithmetic = MpmathArithmetic(53)
    for angle in (Fraction(2**9000), -Fraction(2**9000), Fraction(2**8192)):
        assert ends(arithmetic, arithmetic.cos(arithmetic.exact(angle))) == (-1, 1)
    low, high = ends(arithmetic, arithmetic.cos(arithmetic.exact(2**8191)))
    assert high - low < Fraction(1, 2**50)


def test_a_precision_of_no_bits_is_refused() -> None:
    with pytest.raises(InputError, match="at least 2 bits"):
        MpmathArithmetic(1)
