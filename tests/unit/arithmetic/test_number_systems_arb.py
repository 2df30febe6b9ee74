"""What is particular to Arb: the global precision comes back, infinities raise at once, end points are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given, settings
from number_systems import contains, ends, precisions, rationals

from certify.arithmetic.arb_balls import LARGEST_ALIGNMENT, ArbArithmetic
from certify.errors import InputError


def test_the_precision_is_set_inside_and_restored_after_nesting_and_exceptions() -> None:
    before = ctx.prec
    outer, inner = ArbArithmetic(200), ArbArithmetic(71)
    assert ctx.prec == before
    with outer.active():
        assert ctx.prec == 200
        with inner.active(), inner.active():
            assert ctx.prec == 71
        assert ctx.prec == 200
        with pytest.raises(ArithmeticError), inner.active():
            inner.sqrt(inner.exact(-1))
        assert ctx.prec == 200
    assert ctx.prec == before
    with pytest.raises(KeyError), outer.active():
        raise KeyError
    assert ctx.prec == before


@pytest.mark.parametrize("function", ["sqrt", "exp", "cos", "atan", "endpoints"])
@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "[+/- inf]"])
def test_what_is_not_finite_raises_where_it_is_met(function: str, text: str) -> None:
    arithmetic = ArbArithmetic(64)
    with arithmetic.active(), pytest.raises(ArithmeticError):
        getattr(arithmetic, function)(arb(text))


def test_a_quotient_by_zero_is_never_positive_never_within_and_has_no_end_points() -> None:
    arithmetic = ArbArithmetic(64)
    with arithmetic.active():
        third = arithmetic.exact(Fraction(1, 3))
        quotient = 1 / (third * 3 - 1)
        assert not arithmetic.is_positive(quotient)
        assert not arithmetic.is_within(quotient, arithmetic.exact(10**9))
        assert not arithmetic.is_within(arb("inf"), arithmetic.exact(1))
        with pytest.raises(ArithmeticError, match="endpoints"):
            arithmetic.endpoints(quotient)


@settings(deadline=None, max_examples=200)
@given(precisions, rationals, rationals)
def test_the_end_points_are_midpoint_and_radius_to_the_last_bit(bits: int, q: Fraction, error: Fraction) -> None:
    arithmetic = ArbArithmetic(bits)
    with arithmetic.active():
        ball = arithmetic.exact(q) + arithmetic.exact(error) * (arithmetic.exact(Fraction(1, 3)) * 3 - 1)
        low, high = ends(arithmetic, ball)
    assert low <= q <= high
    centre, radius = (
        int(part) * Fraction(2) ** int(exponent) for part, exponent in (ball.mid().man_exp(), ball.rad().man_exp())
    )
    assert (low, high) == (centre - radius, centre + radius)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("base", [0, 10**30, -(10**30)])
def test_end_points_too_far_apart_are_rounded_outward(sign: int, base: int) -> None:
    arithmetic = ArbArithmetic(64)
    far = base - 2**100
    one = 2 ** (LARGEST_ALIGNMENT - 1)
    # A radius far below the midpoint, then a midpoint far below the radius; both exponents may be astronomical.
    assert arithmetic.endpoints(arb((sign, base), (1, far))) == (
        sign * one - 1,
        sign * one + 1,
        base - one.bit_length() + 1,
    )
    low, high, exponent = arithmetic.endpoints(arb((sign, far), (1, base)))
    assert (low, high) == ((-one, one + 1) if sign > 0 else (-one - 1, one))
    assert exponent == base - one.bit_length() + 1


@settings(deadline=None, max_examples=100)
@given(precisions, rationals.filter(lambda q: q != 0))
def test_numbers_made_outside_of_the_context_are_still_enclosures(bits: int, q: Fraction) -> None:
    arithmetic = ArbArithmetic(bits)
    assert contains(arithmetic, arithmetic.exact(q), q)


def test_a_precision_of_no_bits_is_refused() -> None:
    with pytest.raises(InputError, match="at least 2 bits"):
        ArbArithmetic(1)
