"""The residual bound and the Rayleigh quotient hold for whatever factor, shift and vector they are given."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import flint
import pytest
from exact_matrices import Matrix, encloses, is_semidefinite, midpoints, rational, shifted
from hypothesis import given
from hypothesis import strategies as st

from certify.spectrum import residual as module
from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix
from certify.spectrum.residual import prove_lower, rayleigh_midpoint, rayleigh_upper

small = st.integers(-20, 20)


@st.composite
def balls(draw: st.DrawFn) -> FixedPointBall:
    n = draw(st.integers(1, 4))
    rows = [draw(st.lists(small, min_size=i + 1, max_size=i + 1)) for i in range(n)]
    exact = FixedPointBall.from_integers(rows, draw(st.integers(-3, 3)))
    radii = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    return FixedPointBall(exact.mid, exact.exponent, tuple(radii))


def members(ball: FixedPointBall) -> list[Matrix]:
    """Matrices at the edge of the ball: the radius spent on the diagonal, or on one pair."""
    unit = Fraction(2) ** ball.exponent
    found = [midpoints(ball)]
    for sign in (-1, 1):
        matrix = midpoints(ball)
        for i, radius in enumerate(ball.radius_row_sums):
            matrix[i][i] += sign * radius * unit
        found.append(matrix)
        if ball.n > 1:
            matrix = midpoints(ball)
            least = min(ball.radius_row_sums[:2])
            matrix[0][1] += sign * least * unit
            matrix[1][0] += sign * least * unit
            found.append(matrix)
    return found


def lower_by_definition(ball: FixedPointBall, shift: Dyadic, factor: ScaledMatrix) -> Fraction:
    n, matrix = ball.n, midpoints(ball)
    unit = Fraction(2) ** factor.exponent
    low = [[int(factor.matrix[i, j]) * unit if j <= i else Fraction(0) for j in range(n)] for i in range(n)]
    rows = []
    for i in range(n):
        total = ball.radius_row_sums[i] * Fraction(2) ** ball.exponent
        for j in range(n):
            product = sum((low[i][k] * low[j][k] for k in range(n)), Fraction(0))
            total += abs(matrix[i][j] - (shift.fraction() if i == j else 0) - product)
        rows.append(total)
    return shift.fraction() - max(rows)


@given(balls(), small, st.integers(-4, 4), st.integers(-4, 4), st.randoms(use_true_random=False))
def test_any_factor_and_shift_give_a_true_lower_bound(
    ball: FixedPointBall, value: int, exponent: int, unit: int, random: Random
) -> None:
    factor = ScaledMatrix(flint.fmpz_mat([[random.randint(-5, 5) for _ in range(ball.n)] for _ in range(ball.n)]), unit)
    shift = Dyadic(value, exponent)
    lower = prove_lower(ball, shift, factor)
    assert lower == lower_by_definition(ball, shift, factor)
    for member in members(ball):
        assert is_semidefinite(shifted(member, lower))


@given(balls(), st.data())
def test_any_vector_gives_a_true_upper_bound(ball: FixedPointBall, data: st.DataObject) -> None:
    vector = data.draw(st.lists(small, min_size=ball.n, max_size=ball.n).filter(any))
    upper = rayleigh_upper(ball, vector)
    squares = sum(v * v for v in vector)
    for member in members(ball):
        form = sum(vector[i] * member[i][j] * vector[j] for i in range(ball.n) for j in range(ball.n))
        assert form / squares <= upper
        assert not is_semidefinite(shifted(member, upper), strict=True)
    exact = FixedPointBall(ball.mid, ball.exponent, (0,) * ball.n)
    assert rayleigh_upper(exact, vector) == rayleigh_midpoint(ball, vector) <= upper


def test_the_bounds_are_sharp_so_one_unit_more_is_false() -> None:
    ball = FixedPointBall.from_integers([[2, 1], [1, 2]])
    factor = ScaledMatrix(flint.fmpz_mat([[1, 0], [1, 0]]), 0)
    lower, upper = prove_lower(ball, Dyadic(1, 0), factor), rayleigh_upper(ball, [1, -1])
    assert lower == upper == 1
    matrix = midpoints(ball)
    assert encloses(matrix, lower, upper)
    assert not encloses(matrix, lower + Fraction(1, 2**200), upper)
    assert not encloses(matrix, lower, upper - Fraction(1, 2**200))


def test_the_radius_is_needed_in_both_bounds() -> None:
    ball = FixedPointBall(flint.fmpz_mat([[2, 1], [1, 2]]), 0, (1, 1))
    worst = rational([[1, 1], [1, 1]])
    best = rational([[3, 1], [1, 3]])
    factor = ScaledMatrix(flint.fmpz_mat([[1, 0], [1, 0]]), 0)
    lower, upper = prove_lower(ball, Dyadic(1, 0), factor), rayleigh_upper(ball, [1, -1])
    assert (lower, upper) == (0, 2)
    assert encloses(worst, lower, upper)
    assert encloses(best, lower, upper)
    assert not is_semidefinite(shifted(worst, lower + Fraction(1, 2**200)))
    assert is_semidefinite(shifted(best, upper - Fraction(1, 2**200)), strict=True)


@pytest.mark.parametrize("tile", [1, 2, 3, 5])
def test_tiles_change_nothing(tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(tile)
    n = 7
    ball = FixedPointBall.from_integers(
        [[random.randint(-(2**70), 2**70) for _ in range(i + 1)] for i in range(n)], -70
    )
    factor = ScaledMatrix(flint.fmpz_mat([[random.randint(-99, 99) for _ in range(n)] for _ in range(n)]), -6)
    expected = lower_by_definition(ball, Dyadic(-5, 0), factor)
    monkeypatch.setattr(module, "_TILE", tile)
    assert prove_lower(ball, Dyadic(-5, 0), factor) == expected


def test_a_factor_of_another_shape_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="1 x 2"):
        prove_lower(FixedPointBall.from_integers([[1]]), Dyadic(0, 0), ScaledMatrix(flint.fmpz_mat([[1, 2]]), 0))


@pytest.mark.parametrize("vector", [[0, 0], [1], [1, 2, 3]])
def test_a_vector_that_cannot_be_divided_by_is_refused(vector: list[int]) -> None:
    with pytest.raises(ArithmeticError):
        rayleigh_upper(FixedPointBall.from_integers([[1, 0], [0, 1]]), vector)
