"""+ - * / and sqrt of both number systems enclose exact rational results at every precision."""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from number_systems import both_systems, contains, ends, hull, positive_rationals, precisions, rationals

OPERATIONS = [operator.add, operator.sub, operator.mul, operator.truediv]


@both_systems
@settings(deadline=None, max_examples=150)
@given(precisions, rationals)
@example(2, Fraction(7))
@example(53, Fraction(1, 10))
def test_a_rational_is_enclosed_and_is_a_point_where_it_is_representable(system: Any, bits: int, q: Fraction) -> None:
    arithmetic = system(bits)
    with arithmetic.active():
        x = arithmetic.exact(q)
    low, high = ends(arithmetic, x)
    assert low <= q <= high
    assert high - low <= abs(q) * Fraction(4, 2**bits)
    power_of_two_below = q.denominator & (q.denominator - 1) == 0
    odd_part = abs(q.numerator) // max(q.numerator & -q.numerator, 1)
    assert (low == high) == (power_of_two_below and odd_part.bit_length() <= bits)


@both_systems
@pytest.mark.parametrize("operation", OPERATIONS)
@settings(deadline=None, max_examples=150)
@given(precisions, st.lists(rationals, min_size=3, max_size=3), st.sampled_from(OPERATIONS))
def test_the_four_operations_enclose_the_exact_result_and_compose(
    operation: Any, system: Any, bits: int, values: list[Fraction], second: Any
) -> None:
    arithmetic = system(bits)
    a, b, c = values
    if (operation is operator.truediv and b == 0) or (second is operator.truediv and c == 0):
        return
    with arithmetic.active():
        x, y, z = (arithmetic.exact(value) for value in values)
        first = operation(x, y)
        assert contains(arithmetic, first, operation(a, b))
        assert contains(arithmetic, -first, -operation(a, b))
        assert contains(arithmetic, second(first, z), second(operation(a, b), c))


@both_systems
@pytest.mark.parametrize("operation", OPERATIONS)
@settings(deadline=None, max_examples=150)
@given(precisions, rationals, st.one_of(st.integers(-9, 9), st.integers(-(2**1000), 2**1000)))
def test_python_integers_mix_with_numbers_on_either_side(
    operation: Any, system: Any, bits: int, q: Fraction, n: int
) -> None:
    arithmetic = system(bits)
    with arithmetic.active():
        x = arithmetic.exact(q)
        if not (operation is operator.truediv and n == 0):
            assert contains(arithmetic, operation(x, n), operation(q, n))
        if not (operation is operator.truediv and q == 0):
            assert contains(arithmetic, operation(n, x), operation(n, q))


@both_systems
@settings(deadline=None, max_examples=150)
@given(precisions, st.lists(rationals, min_size=4, max_size=4), st.fractions(0, 1, max_denominator=97))
def test_operations_on_wide_enclosures_enclose_every_pair_of_members(
    system: Any, bits: int, values: list[Fraction], weight: Fraction
) -> None:
    arithmetic = system(bits)
    a, b, c, d = values
    with arithmetic.active():
        x, y = hull(arithmetic, a, b), hull(arithmetic, c, d)
        for s, t in ((a, c), (a, d), (b, c), (b, d), (a + weight * (b - a), c + weight * (d - c))):
            assert contains(arithmetic, x, s)
            assert contains(arithmetic, x + y, s + t)
            assert contains(arithmetic, x - y, s - t)
            assert contains(arithmetic, x * y, s * t)
            if c * d > 0 and (arithmetic.is_positive(y) or arithmetic.is_positive(-y)):
                assert contains(arithmetic, x / y, s / t)


@both_systems
@settings(deadline=None, max_examples=200)
@given(precisions, positive_rationals)
def test_the_square_of_the_root_s_ends_brackets_the_radicand(system: Any, bits: int, q: Fraction) -> None:
    arithmetic = system(bits)
    with arithmetic.active():
        low, high = ends(arithmetic, arithmetic.sqrt(arithmetic.exact(q)))
    assert low >= 0
    assert low * low <= q <= high * high
    assert high - low <= high * Fraction(16, 2**bits)


@both_systems
@settings(deadline=None, max_examples=100)
@given(precisions, st.integers(0, 2**40), st.integers(-300, 300))
def test_the_root_of_a_representable_square_is_enclosed(system: Any, bits: int, n: int, exponent: int) -> None:
    arithmetic = system(bits)
    root = n * Fraction(2) ** exponent
    with arithmetic.active():
        assert contains(arithmetic, arithmetic.sqrt(arithmetic.exact(root * root)), root)


@both_systems
@pytest.mark.parametrize("bits", [2, 24, 53, 128])
def test_the_root_cuts_off_what_lies_below_zero(system: Any, bits: int) -> None:
    arithmetic = system(bits)
    with arithmetic.active():
        third = arithmetic.exact(Fraction(1, 3))
        nothing = third * 3 - 1  # around zero
        for touching in (nothing, nothing * 2**200, nothing + arithmetic.exact(Fraction(1, 2**500))):
            low, high = ends(arithmetic, touching)
            assert low < 0 <= high
            root_low, root_high = ends(arithmetic, arithmetic.sqrt(touching))
            assert root_low <= 0
            assert root_high**2 >= high
            assert root_high**2 <= 4 * high + (high == 0)
        assert ends(arithmetic, arithmetic.sqrt(arithmetic.exact(0))) == (0, 0)
        with pytest.raises(ArithmeticError, match="negative throughout"):
            arithmetic.sqrt(-third)


@both_systems
@settings(deadline=None, max_examples=100)
@given(precisions, rationals)
def test_positive_is_claimed_only_of_positive_numbers(system: Any, bits: int, q: Fraction) -> None:
    arithmetic = system(bits)
    with arithmetic.active():
        x = arithmetic.exact(q)
        assert arithmetic.is_positive(x) == (q > 0)
        assert not arithmetic.is_positive(x - x)


@both_systems
@settings(deadline=None, max_examples=200)
@given(precisions, st.lists(rationals, min_size=4, max_size=4))
@example(53, [Fraction(-1), Fraction(1), Fraction(1), Fraction(3)])
@example(53, [Fraction(-2), Fraction(2), Fraction(1), Fraction(3)])
@example(53, [Fraction(-4), Fraction(4), Fraction(1), Fraction(3)])
def test_within_is_claimed_only_of_radii_below_the_whole_target(system: Any, bits: int, values: list[Fraction]) -> None:
    arithmetic = system(bits)
    with arithmetic.active():
        x, target = hull(arithmetic, *values[:2]), hull(arithmetic, *values[2:])
        (low, high), (smallest, _) = ends(arithmetic, x), ends(arithmetic, target)
        if arithmetic.is_within(x, target):
            assert (high - low) / 2 <= smallest
        elif bits >= 8:
            assert (high - low) * Fraction(51, 100) >= smallest
