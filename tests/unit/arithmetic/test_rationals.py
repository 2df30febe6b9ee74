"""A number in a table is read exactly, or refused before it can do harm."""

from __future__ import annotations

import decimal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.arithmetic.rationals import is_text, ratio_of_text, ratio_of_value

Refused = Callable[..., AbstractContextManager[None]]

DECIMALS = st.from_regex(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?", fullmatch=True)
RATIOS = st.from_regex(r"[+-]?[0-9]{1,30}/[1-9][0-9]{0,30}", fullmatch=True)


@given(DECIMALS | RATIOS)
def test_decimals_and_ratios_are_exact_and_in_lowest_terms(cell: str) -> None:
    exact = Fraction(cell)
    assert ratio_of_text(f" {cell}\t") == (exact.numerator, exact.denominator)
    assert not is_text(cell)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_the_binary_fraction_that_it_is(value: float) -> None:
    exact = Fraction(value)
    assert ratio_of_value(value) == ratio_of_value(np.float64(value)) == (exact.numerator, exact.denominator)


@given(st.floats(width=16, allow_nan=False, allow_infinity=False))
def test_narrow_floats_are_exact(value: float) -> None:
    assert (
        Fraction(*ratio_of_value(np.float16(value))) == Fraction(*ratio_of_value(np.float32(value))) == Fraction(value)
    )


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (7, Fraction(7)),
        (np.uint64(2**64 - 1), Fraction(2**64 - 1)),
        (Fraction(-2, 6), Fraction(-1, 3)),
        ("0.1", Fraction(1, 10)),
        (decimal.Decimal("1.10"), Fraction(11, 10)),
        (decimal.Decimal("1E+20"), Fraction(10**20)),
        (0.1, Fraction(3602879701896397, 36028797018963968)),
        (np.longdouble(1) / 3, None),
        (-0.0, Fraction(0)),
    ],
)
def test_values_of_every_kind_are_exact(value: object, exact: Fraction | None) -> None:
    if exact is None:
        exact = Fraction(*np.longdouble(value).as_integer_ratio())  # type: ignore[arg-type]
        assert exact != Fraction(1, 3)
    assert ratio_of_value(value) == (exact.numerator, exact.denominator)


def test_a_number_of_5000_digits_is_read() -> None:
    digits = "123456789" * 555
    exact, power = 0, 1
    for digit in reversed(digits):
        exact += int(digit) * power
        power *= 10
    assert ratio_of_text(digits) == (exact, 1)
    assert ratio_of_text("-." + digits) == (-exact, power)


@pytest.mark.parametrize("cell", ["1e5000", "-1E-5000", "0.5e+5000", "1e0000000000005000"])
def test_exponents_up_to_5000_are_read(cell: str) -> None:
    assert Fraction(*ratio_of_text(cell)) == Fraction(cell)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("abc", "no number"),
        ("1,5", "no number"),
        ("1_000", "no number"),
        ("0x10", "no number"),
        ("1.5/2", "no number"),
        ("1/-2", "no number"),
        ("--1", "no number"),
        (".", "no number"),
        ("e5", "no number"),
        ("1e", "no number"),
        ("\u0661", "no number"),
        ("1/0", "divides by zero"),
        ("0/000", "divides by zero"),
        ("nan", "not finite"),
        ("-Inf", "not finite"),
        ("Infinity", "not finite"),
        ("1e5001", "exponent beyond 5000"),
        ("1e-5001", "exponent beyond 5000"),
        ("1e30000000", "exponent beyond 5000"),
        ("0e" + "9" * 4000, "exponent beyond 5000"),
        ("1" * 5001, "5001 characters"),
        ("\x1b[31mred", "'\\x1b[31mred'"),
    ],
)
def test_refused_cells(refused: Refused, cell: str, reason: str) -> None:
    start = time.perf_counter()
    with refused(reason):
        ratio_of_text(cell)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "truth value"),
        (np.bool_(False), "truth value"),
        (float("nan"), "not finite"),
        (float("-inf"), "not finite"),
        (np.longdouble("inf"), "not finite"),
        (decimal.Decimal("NaN"), "not finite"),
        (decimal.Decimal("sNaN"), "no number"),
        (decimal.Decimal("1e999999"), "exponent"),
        (1j, "complex"),
        (None, "NoneType"),
        (b"1", "bytes"),
        ({}, "dict"),
    ],
)
def test_refused_values(refused: Refused, value: object, reason: str) -> None:
    with refused(reason):
        ratio_of_value(value)


@pytest.mark.parametrize("cell", ["petal width", "x1", "NA", "?", "1 2"])
def test_headings(cell: str) -> None:
    assert is_text(cell)


@pytest.mark.parametrize("cell", ["", " ", "1", "1/3", "1/0", "nan", "-inf", "1e99999"])
def test_numbers_that_are_refused_are_still_no_headings(cell: str) -> None:
    assert not is_text(cell)
