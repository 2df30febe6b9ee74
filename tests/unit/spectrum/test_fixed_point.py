"""A fixed-point ball holds every matrix it was made for."""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np
import pytest
from exact_matrices import midpoints, rational
from hypothesis import given
from hypothesis import strategies as st

from certify.spectrum.fixed_point import Dyadic, FixedPointBall, floor_log2, scaled

doubles = st.floats(allow_nan=False, allow_infinity=False, width=64)
sizes = st.integers(1, 4)
precisions = st.sampled_from([2, 17, 52, 58, 62, 63, 64, 128, 1000, 2200])


@st.composite
def symmetric_floats(draw: st.DrawFn, elements: st.SearchStrategy[float]) -> np.ndarray:
    n = draw(sizes)
    array = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            array[i, j] = array[j, i] = draw(elements)
    return array


def distances(ball: FixedPointBall, matrix: list[list[Fraction]]) -> list[Fraction]:
    """Row sums of |A - mid| in the unit of the ball."""
    pairs = zip(midpoints(ball), matrix, strict=True)
    unit = Fraction(2) ** ball.exponent
    return [sum((abs(a - b) for a, b in zip(x, y, strict=True)), Fraction(0)) / unit for x, y in pairs]


@given(symmetric_floats(doubles), precisions)
def test_a_float64_matrix_lies_in_its_ball(array: np.ndarray, bits: int) -> None:
    ball = FixedPointBall.from_float64(array, 0.0, bits)
    gaps = distances(ball, rational(array.tolist()))
    assert all(gap <= radius for gap, radius in zip(gaps, ball.radius_row_sums, strict=True))
    assert all(radius <= ball.n for radius in ball.radius_row_sums)


@given(symmetric_floats(doubles))
def test_every_float64_matrix_is_exact_at_2200_bits(array: np.ndarray) -> None:
    ball = FixedPointBall.from_float64(array, 0.0, 2200)
    assert ball.max_radius == 0
    assert midpoints(ball) == rational(array.tolist())


@given(symmetric_floats(doubles), st.data(), precisions)
def test_both_ends_of_the_radii_lie_in_the_ball(array: np.ndarray, data: st.DataObject, bits: int) -> None:
    positive = st.floats(0.0, 1e300) | st.floats(0.0, 1e-300)
    radii = np.array([[data.draw(positive) for _ in row] for row in array])
    radii = np.minimum(radii, radii.T)
    ball = FixedPointBall.from_float64(array, radii, bits)
    for sign in (-1, 1):
        member = rational(array.tolist())
        member = [
            [a + sign * Fraction(float(r)) for a, r in zip(x, y, strict=True)]
            for x, y in zip(member, radii, strict=True)
        ]
        gaps = distances(ball, member)
        assert all(gap <= radius for gap, radius in zip(gaps, ball.radius_row_sums, strict=True))


def test_a_radius_far_below_the_unit_still_counts() -> None:
    ball = FixedPointBall.from_float64(np.array([[1.0]]), 5e-324, 60)
    assert ball.radius_row_sums == (1,)


def test_the_smallest_radius_beside_the_largest_still_counts() -> None:
    radii = np.array([[2.0**1000, 5e-324], [5e-324, 2.0**1000]])
    ball = FixedPointBall.from_float64(np.zeros((2, 2)), radii, 2200)
    assert ball.max_radius >= 2**1000 + Fraction(5e-324)


def test_the_radius_of_a_zero_matrix_keeps_its_scale() -> None:
    ball = FixedPointBall.from_float64(np.zeros((2, 2)), np.array([[0.0, 1e-300], [1e-300, 0.0]]), 60)
    assert Fraction(1e-300) <= ball.max_radius <= Fraction(1e-300) * (1 + Fraction(1, 2**30))


@given(
    st.lists(st.tuples(st.integers(-99, 99), st.integers(0, 9), st.integers(-9, 9)), min_size=3, max_size=3), precisions
)
def test_both_ends_of_given_intervals_lie_in_the_ball(triples: list[tuple[int, int, int]], bits: int) -> None:
    (a, da, ea), (b, db, eb), (c, dc, ec) = triples
    ball = FixedPointBall.from_endpoints([[(a, a + da, ea)], [(b, b + db, eb), (c, c + dc, ec)]], bits)
    for top in (0, 1):
        x, y, z = scaled(a + top * da, ea), scaled(b + top * db, eb), scaled(c + top * dc, ec)
        gaps = distances(ball, [[x, y], [y, z]])
        assert all(gap <= radius for gap, radius in zip(gaps, ball.radius_row_sums, strict=True))


def test_a_point_interval_that_the_grid_holds_has_no_radius() -> None:
    ball = FixedPointBall.from_endpoints([[(3, 3, -1)], [(1, 1, -2), (5, 5, 0)]], 40)
    assert ball.max_radius == 0
    assert midpoints(ball) == rational([[1.5, 0.25], [0.25, 5]])


def test_an_empty_interval_is_refused() -> None:
    with pytest.raises(ArithmeticError, match=r"\(1, 0\)"):
        FixedPointBall.from_endpoints([[(0, 0, 0)], [(2, 1, 0), (0, 0, 0)]], 40)


def test_float64_neither_overflows_nor_underflows() -> None:
    ball = FixedPointBall.from_integers([[3 << 3000, 1 << 2900], [1 << 2900, 5 << 2990]], 500)
    array, exponent = ball.float64
    assert exponent == 3502
    assert array.tolist() == [[0.75, 2.0**-102], [2.0**-102, 5 * 2.0**-12]]
    small, exponent = FixedPointBall.from_integers([[3]], -5000).float64
    assert (small.tolist(), exponent) == ([[0.75]], -4998)


def test_bounds_on_the_diagonal_count_the_radius() -> None:
    ball = FixedPointBall(flint.fmpz_mat([[4, 1], [1, -7]]), 1, (2, 3))
    assert ball.diagonal_upper == 20
    assert ball.least_diagonal_lower == -20
    assert ball.max_radius == 6
    assert ball.magnitude == 4


@pytest.mark.parametrize(
    ("rows", "radii"), [([[1, 2], [3, 4]], (0, 0)), ([[1, 2, 3]], (0,)), ([[1]], (0, 0)), ([[1]], (-1,)), ([], ())]
)
def test_what_is_no_symmetric_ball_is_refused(rows: list[list[int]], radii: tuple[int, ...]) -> None:
    with pytest.raises(ArithmeticError):
        FixedPointBall(flint.fmpz_mat(rows) if rows else flint.fmpz_mat(0, 0), 0, radii)


@given(st.fractions(min_value=Fraction(1, 10**30), max_value=10**30))
def test_floor_log2_is_the_floor(value: Fraction) -> None:
    k = floor_log2(value)
    assert Fraction(2) ** k <= value < Fraction(2) ** (k + 1)


def test_a_dyadic_is_its_fraction() -> None:
    assert Dyadic(-3, -2).fraction() == Fraction(-3, 4)
    assert Dyadic(-3, 2).fraction() == -12
