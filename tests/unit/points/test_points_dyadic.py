"""Arrays of floats become the same points as their numbers one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from certify.points import load_points
from certify.points.dyadic import dyadic_rows

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SIMPLE = st.sampled_from([0.0, -0.0, 1.0, -1.5, 2.0**-1074, -(2.0**1023), 0.1, 3.0, 2.0**52 + 1])


@given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=FINITE | SIMPLE))
def test_rows_are_the_numbers_in_lowest_terms(array: np.ndarray) -> None:
    rows, denominator = dyadic_rows(array)
    expected = [[Fraction(value) for value in row] for row in array.tolist()]
    assert [[Fraction(value, denominator) for value in row] for row in rows] == expected
    assert all(type(value) is int for row in rows for value in row)
    assert denominator == max(value.denominator for row in expected for value in row)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_of_every_width_are_read_exactly(dtype: type) -> None:
    array = (np.random.default_rng(0).standard_normal((5000, 3)) * 10).astype(dtype)
    points = load_points(array)
    assert points.as_fractions()[4999] == tuple(Fraction(float(value)) for value in array[4999])
    assert points.content_sha256() == load_points(points.as_fractions()).content_sha256()
