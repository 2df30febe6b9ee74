"""Cutting into tiles loses nothing: not an entry, not a failure, not a bound, at any size of tile and leaf."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import isqrt
from random import Random

import flint
import pytest

from certify.spectrum import diagonal_tile
from certify.spectrum.cholesky import TiledFactor, cholesky
from certify.spectrum.diagonal_tile import factor_diagonal
from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix
from certify.spectrum.memory import tidy_memory
from certify.spectrum.residual import prove_lower
from certify.spectrum.threads import product_threads
from certify.spectrum.tiles import (
    LowerTriangle,
    first_rows,
    lower_blocks,
    lower_triangle,
    round_right,
    shift_left,
    subtract_diagonal,
    tile_bounds,
)

SIZE = 13


@pytest.fixture(params=[1, 2, 3, 5, 24])
def leaf(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(diagonal_tile, "LEAF", request.param)
    return int(request.param)


def random_matrix(rows: int, columns: int, bits: int, seed: int) -> flint.fmpz_mat:
    random = Random(seed)
    limit = 1 << bits
    return flint.fmpz_mat([[random.randint(-limit, limit) for _ in range(columns)] for _ in range(rows)])


def gram(n: int, inner: int, bits: int) -> flint.fmpz_mat:
    half = random_matrix(n, inner, bits, n + inner)
    return half * half.transpose()


@pytest.mark.parametrize("n", [1, 2, 71, 72, 73, 149, 569])
@pytest.mark.parametrize("size", [1, 72, 1000])
def test_bounds_cut_everything_into_about_equal_parts(n: int, size: int) -> None:
    bounds = tile_bounds(n, size)
    heights = [b - a for a, b in pairwise(bounds)]
    assert (bounds[0], bounds[-1]) == (0, n)
    assert 1 <= min(heights) <= max(heights) <= min(size, min(heights) + 1)


@pytest.mark.parametrize("bits", [0, 1, 5, 70])
def test_shifts_round_to_nearest(bits: int) -> None:
    matrix = random_matrix(3, 4, 90, bits)
    rounded = round_right(matrix, bits)
    for entry, near in zip(matrix.entries(), rounded.entries(), strict=True):
        assert 2 * abs(int(entry) - (int(near) << bits)) <= 1 << bits
    assert shift_left(matrix, -bits) == rounded
    assert shift_left(matrix, bits) == matrix * 2**bits


def test_the_diagonal_is_taken_off_a_copy() -> None:
    matrix = flint.fmpz_mat([[5, 1], [1, 7]])
    assert subtract_diagonal(matrix, 3) == flint.fmpz_mat([[2, 1], [1, 4]])
    assert matrix == flint.fmpz_mat([[5, 1], [1, 7]])
    assert first_rows(matrix, 1) == flint.fmpz_mat([[5, 1]])


@pytest.mark.parametrize("bits", [20, 150])
def test_a_diagonal_tile_is_factored_and_inverted(leaf: int, bits: int) -> None:
    matrix = gram(SIZE, SIZE + 4, bits)
    fraction_bits = isqrt(max(matrix.entries())).bit_length()
    found = factor_diagonal(matrix, fraction_bits)
    assert found.failure is None
    assert found.lower.is_lower_triangular()
    error = found.lower * found.lower.transpose() - matrix
    assert max(map(abs, error.entries())) <= 4 << fraction_bits
    unit = flint.fmpz_mat([[int(r == c) << found.inverse_bits for c in range(SIZE)] for r in range(SIZE)])
    defect = found.inverse * found.lower - unit
    assert max(map(abs, defect.entries())) < 1 << found.inverse_bits - fraction_bits


@pytest.mark.parametrize("rank", [0, 1, 2, 5, 6, 7, 12])
def test_a_diagonal_tile_fails_at_its_first_dependent_row(leaf: int, rank: int) -> None:
    matrix = subtract_diagonal(gram(SIZE, rank, 60) if rank else flint.fmpz_mat(SIZE, SIZE), 1 << 90)
    found = factor_diagonal(matrix, 64)
    assert found.size == rank
    assert found.failure is not None
    pivot, row = found.failure
    assert pivot <= 0
    assert len(row) == rank
    assert pivot == int(matrix[rank, rank]) - sum(entry * entry for entry in row)


def test_a_factor_in_tiles_is_the_same_as_its_one_matrix() -> None:
    ball = FixedPointBall(gram(SIZE, SIZE + 4, 60), -120, (1,) * SIZE)
    matrix = random_matrix(SIZE, SIZE, 60, 1)
    tiled = lower_triangle(ScaledMatrix(matrix, -60), 4)
    expected = flint.fmpz_mat([[matrix[r, c] if c <= r else 0 for c in range(SIZE)] for r in range(SIZE)])
    assert isinstance(tiled, LowerTriangle)
    assert tuple(tiled) == (expected, -60)
    assert tiled == ScaledMatrix(expected, -60) != ScaledMatrix(matrix, -60)
    for shift in (Dyadic(0, 0), Dyadic(3, -130)):
        assert prove_lower(ball, shift, tiled) == prove_lower(ball, shift, ScaledMatrix(matrix, -60))


@pytest.mark.parametrize("exponent", [-70, -60, -50])
def test_a_factorisation_leaves_the_tiles_of_the_ball_alone(exponent: int) -> None:
    ball = FixedPointBall(gram(SIZE, SIZE + 4, 60), -120, (0,) * SIZE)
    factor = cholesky(ball, Dyadic(1, -20), exponent)
    assert isinstance(factor, TiledFactor)
    assert ball.tiles
    for bounds, rows in ball.tiles.items():
        fresh = FixedPointBall(ball.mid, ball.exponent, ball.radius_row_sums)
        assert rows == list(lower_blocks(fresh, bounds, keep=False))
        assert not fresh.tiles
    alone = FixedPointBall(ball.mid, ball.exponent, ball.radius_row_sums)
    assert prove_lower(ball, factor.shift, factor.matrix()) == prove_lower(alone, factor.shift, factor.matrix())


def test_the_float64_array_is_that_of_every_entry() -> None:
    ball = FixedPointBall(gram(SIZE, SIZE + 4, 60), -120, (0,) * SIZE)
    array, exponent = ball.float64
    for r in range(SIZE):
        for c in range(SIZE):
            assert array[r, c] == float(Fraction(int(ball.mid[r, c])) / Fraction(2) ** (exponent + 120))


def test_tidying_changes_no_number() -> None:
    matrix = random_matrix(5, 5, 200, 0)
    product = matrix * matrix
    pi = flint.arb.pi()
    del product
    tidy_memory()
    assert matrix == random_matrix(5, 5, 200, 0)
    assert flint.arb.pi().overlaps(pi)


def test_small_matrices_stay_on_one_thread() -> None:
    assert (product_threads(100), product_threads(5000)) == (1, 2)
