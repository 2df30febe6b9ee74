"""The integer series behind the mpmath intervals: every stage encloses before guard bits or rounding hide an error."""

from __future__ import annotations

from math import isqrt
from typing import Any

import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath.libmp import from_man_exp

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_functions import (
    atan_of_positive,
    cos_at_scale,
    cos_bounds,
    exp_at_scale,
    exp_bounds,
    ln2_bounds,
    pi_bounds,
    reduce_modulo,
)

scales = st.integers(8, 600)
fractions_of = st.integers(0, 2**64)
few_examples = settings(deadline=None, max_examples=150)


def between(low: int, value: arb, high: int) -> bool:
    """Decided by Arb, at a precision that leaves no doubt."""
    return bool(arb(low) <= value) and bool(value <= arb(high))


def power(exponent: int) -> arb:
    return arb((1, exponent))


@few_examples
@given(scales)
def test_pi_and_ln_2_lie_between_bounds_at_most_two_units_apart(scale: int) -> None:
    with ArbArithmetic(scale + 200).active():
        for (low, high), constant in ((pi_bounds(scale), arb.pi()), (ln2_bounds(scale), arb.const_log2())):
            assert between(low, constant * power(scale), high)
            assert high - low <= 2


@few_examples
@given(scales, st.integers(-(2**30), 2**30), st.integers(-40, 40), st.integers(3, 40))
def test_a_reduction_modulo_pi_or_ln_2_encloses_the_remainder(
    scale: int, mantissa: int, exponent: int, guard: int
) -> None:
    x = from_man_exp(mantissa, exponent)
    with ArbArithmetic(scale + 400).active():
        for bounds, constant in ((pi_bounds, arb.pi()), (ln2_bounds, arb.const_log2())):
            k, low, high = reduce_modulo(x, scale, bounds(scale + guard), guard)
            remainder = (arb((mantissa, exponent)) - k * constant) * power(scale)
            assert between(low, remainder, high)


@few_examples
@given(scales, st.integers(2, 20), fractions_of, st.integers(0, 1000))
def test_the_series_of_exp_encloses_both_ends_of_its_argument(
    scale: int, halvings: int, share: int, width: int
) -> None:
    coarse = scale
    scale = coarse + halvings
    low, width = (13 << coarse) // 10 * share // 2**64, min(width, (1 << coarse) // 16)
    total, upper = exp_at_scale(low, low + width, halvings, scale)
    with ArbArithmetic(scale + 200).active():
        assert between(total, (arb(low) * power(-coarse)).exp() * power(scale), upper)
        assert between(total, (arb(low + width) * power(-coarse)).exp() * power(scale), upper)
    assert upper - total <= (2 * scale + 20 + 2 * width) << halvings + 3


@few_examples
@given(st.integers(2, 500), st.integers(1, 2**70), st.integers(-300, 300))
def test_the_series_of_atan_encloses(bits: int, mantissa: int, shift: int) -> None:
    magnitude = max(shift, -(bits // 2) - 1)
    exponent = magnitude - mantissa.bit_length()
    low, high, scale = atan_of_positive(mantissa, exponent, magnitude, bits)
    with ArbArithmetic(scale + 200 + abs(exponent)).active():
        assert between(low, arb((mantissa, exponent)).atan() * power(scale), high)


@few_examples
@given(scales, st.integers(2, 20), fractions_of)
def test_the_series_of_cos_encloses(coarse: int, halvings: int, share: int) -> None:
    scale = coarse + halvings
    angle = (16 << coarse) // 10 * share // 2**64
    value, error = cos_at_scale(angle, halvings, scale)
    with ArbArithmetic(scale + 200).active():
        assert between(value - error, (arb(angle) * power(-coarse)).cos() * power(scale), value + error)


@pytest.mark.parametrize("bits", [2, 8, 53, 128])
@pytest.mark.parametrize("k", [-7, -1, 1, 2, 3, 1000, 10**6])
def test_arguments_a_hair_beside_multiples_of_the_period_are_reduced_soundly(bits: int, k: int) -> None:
    with ArbArithmetic(4000).active():
        for width in (bits, bits + isqrt(bits) + 12, 2 * bits + 40, 1000):
            for constant in (arb.const_log2(), arb.pi() / 2):
                middle = k * constant * power(width)
                for mantissa in (int(middle.floor().unique_fmpz()), int(middle.ceil().unique_fmpz())):
                    x, exact = from_man_exp(mantissa, -width), arb((mantissa, -width))
                    if abs(mantissa) >> width < 2**20:
                        low, high = map(value_of, exp_bounds(x, bits))
                        assert low <= exact.exp() <= high
                    first, last, bounds = cos_bounds(x, bits)
                    low, high = map(value_of, bounds)
                    assert low <= exact.cos() <= high
                    assert first <= int((exact / arb.pi()).floor().unique_fmpz()) <= last <= first + 1
    assert ctx.prec < 4000


def value_of(x: Any) -> arb:
    sign, mantissa, exponent, _ = x
    return arb((int(-mantissa if sign else mantissa), int(exponent)))
