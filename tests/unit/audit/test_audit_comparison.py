"""Entries are compared exactly, in units that are what they are called."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify import stax
from properties.audit.answers import FORMATS, floor_log2_root, values_of
from properties.audit.comparison import Truth, compare, disagreements, relative_to_root

NET = stax.parse("serial(Dense())")
"""Its kernel is <x, y> / d: on the line, the exact product."""


def truth_of(*points: float | int | str) -> Truth:
    return Truth.of(NET.kernel([[point] for point in points]))


def truth_within(radius: Fraction) -> Truth:
    """A 1 x 1 kernel known to be 1 up to a radius."""
    low, high = np.empty((1, 1), object), np.empty((1, 1), object)
    low[0, 0], high[0, 0] = 1 - radius, 1 + radius
    return Truth(low, high, (Fraction(1),))


@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_the_unit_is_the_ulp_of_the_root(size: float) -> None:
    exact = Fraction(size) ** 2
    assert Fraction(2) ** FORMATS["float64"].ulp_exponent(exact) == Fraction(math.ulp(size))


@given(st.floats(min_value=0, max_value=2.0**127, width=32))
def test_the_unit_of_single_precision_is_its_spacing(size: float) -> None:
    exponent = FORMATS["float32"].ulp_exponent(Fraction(size) ** 2)
    assert Fraction(2) ** exponent == Fraction(float(np.spacing(np.float32(size))))


@given(st.fractions(min_value=0).filter(bool))
def test_the_root_of_any_rational_lies_between_two_powers(square: Fraction) -> None:
    exponent = floor_log2_root(square)
    assert Fraction(4) ** exponent <= square < Fraction(4) ** (exponent + 1)


@pytest.mark.parametrize(("name", "largest"), [(name, float(np.finfo(name).max)) for name in ("float64", "float32")])
def test_formats_end_where_numpy_says(name: str, largest: float) -> None:
    assert FORMATS[name].largest == Fraction(largest)


def test_the_tolerance_is_met_exactly() -> None:
    ulp = math.ulp(1.0)
    for steps, wrong in ((7, False), (8, True)):
        found = compare(values_of(np.array([[1 + steps * ulp]]), "float64"), truth_of(1), Fraction(7))
        assert bool(found.errors) is wrong
        assert found.largest_ulps == steps
    # A third of an ulp beyond is beyond.
    assert compare(values_of(np.array([[1 + 7 * ulp]]), "float64"), truth_of(1), Fraction(20, 3)).errors


def test_an_error_is_told_in_both_units() -> None:
    (error,) = compare(values_of(np.array([[4.5]]), "float64"), truth_of(2), Fraction(10)).errors
    assert error.ulps == 0.5 / math.ulp(4.0)
    assert error.relative == 0.125
    assert (error.value, error.proved) == (4.5, 4.0)


def test_the_yardstick_off_the_diagonal_is_the_product_of_norms() -> None:
    truth = Truth.of(NET.kernel([[1, 0], [0, 1]]))
    values = np.array([[0.5, 1e-17], [1e-17, 0.5]])
    assert not compare(values_of(values, "float64"), truth, Fraction(1)).errors
    assert compare(values_of(values + np.array([[0, 1e-3], [0, 0]]), "float64"), truth, Fraction(1)).errors


def test_an_enclosure_wider_than_the_tolerance_leaves_entries_undecided() -> None:
    wide = truth_within(Fraction(1, 10**6))
    inside = compare(values_of(np.array([[1.0]]), "float64"), wide, Fraction(10))
    assert (inside.undecided, inside.errors) == (1, ())
    outside = compare(values_of(np.array([[1.1]]), "float64"), wide, Fraction(10))
    assert (outside.undecided, len(outside.errors)) == (0, 1)
    assert not compare(values_of(np.array([[1.0]]), "float64"), truth_within(Fraction(0)), Fraction(0)).undecided


def test_what_no_format_holds_is_no_fault() -> None:
    for value in (math.inf, math.nan, 3.0):
        found = compare(values_of(np.array([[value]]), "float32"), truth_of("1e30"), Fraction(1))
        assert (found.out_of_range, found.errors, found.nans, found.infinities) == (1, (), (), ())
    held = compare(values_of(np.array([[math.inf]]), "float64"), truth_of("1e30"), Fraction(1))
    assert held.infinities == ((0, 0),)


def test_nan_is_a_finding_of_its_own() -> None:
    found = compare(values_of(np.array([[math.nan]]), "float64"), truth_of(1), Fraction(1))
    assert (found.nans, found.errors) == (((0, 0),), ())


def test_disagreements_are_sorted_and_exact() -> None:
    first = np.array([[1.0, 2.0], [3.0, math.nan]])
    second = np.array([[1.0, 2.5], [3.0 + 1e-15, 4.0]])
    ulps = np.full((2, 2), Fraction(1, 2**52), object)
    assert [entry[:2] for entry in disagreements(first, second, ulps, Fraction(1))] == [(0, 1), (1, 0)]
    assert [entry[:2] for entry in disagreements(first, second, ulps, Fraction(10))] == [(0, 1)]


@pytest.mark.parametrize("scale", [Fraction(10) ** -400, Fraction(1), Fraction(10) ** 400])
def test_relative_errors_have_no_range(scale: Fraction) -> None:
    assert relative_to_root(3 * scale, 4 * scale**2) == pytest.approx(1.5, rel=1e-12)
    assert relative_to_root(scale, Fraction(0)) == math.inf
