"""The factors are good guesses: small residuals, honest failures, the same at every tile size."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import flint
import numpy as np
import pytest
from exact_matrices import is_semidefinite, make_ball_of, midpoints, with_spectrum

from certify.spectrum import cholesky as module
from certify.spectrum.cholesky import NotPositive, TiledFactor, cholesky
from certify.spectrum.cholesky_float import float_cholesky, float_cholesky_allows
from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix
from certify.spectrum.threads import blas_threads, flint_threads
from certify.spectrum.triangular import descent_direction, solve


def residual(ball: FixedPointBall, shift: Fraction, factor: ScaledMatrix) -> Fraction:
    """Largest |mid - shift * I - L L'| entry, over exact rationals."""
    product = factor.matrix * factor.matrix.transpose()
    unit = Fraction(2) ** (2 * factor.exponent)
    target = midpoints(ball)
    return max(
        abs(target[i][j] - (shift if i == j else 0) - int(product[i, j]) * unit)
        for i in range(ball.n)
        for j in range(ball.n)
    )


def gram(n: int, inner: int, seed: int) -> FixedPointBall:
    """Integer Gram matrix of n random vectors of the given dimension."""
    random = Random(seed)
    rows = [[random.randint(-9, 9) for _ in range(inner)] for _ in range(n)]
    product = flint.fmpz_mat(rows) * flint.fmpz_mat(rows).transpose()
    return FixedPointBall(product, 0, (0,) * n)


@pytest.fixture(params=[3, 4, 96])
def tile(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(module, "TILE", request.param)
    return int(request.param)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8, 9, 13])
@pytest.mark.parametrize("bits", [30, 60, 200])
def test_the_factor_reproduces_the_matrix_to_its_rounding(tile: int, n: int, bits: int) -> None:
    ball = gram(n, n + 3, n)
    shift = Dyadic(1, -5)
    exponent = ball.magnitude // 2 - bits
    factor = cholesky(ball, shift, exponent)
    assert isinstance(factor, TiledFactor)
    largest = Fraction(2) ** ((ball.magnitude + 1) // 2)
    assert residual(ball, shift.fraction(), factor.matrix()) <= 2 * n * largest * Fraction(2) ** exponent


@pytest.mark.parametrize("exponent", [-40, -4])
def test_a_shift_of_any_unit_is_taken_off(exponent: int) -> None:
    ball = gram(4, 9, 1)
    factor = cholesky(ball, Dyadic(-3, exponent), -80)
    assert isinstance(factor, TiledFactor)
    assert residual(ball, -3 * Fraction(2) ** exponent, factor.matrix()) <= Fraction(1, 2**60)


@pytest.mark.parametrize("rank", [1, 2, 3, 4, 6, 8])
def test_a_rank_deficient_matrix_fails_at_its_first_dependent_row(tile: int, rank: int) -> None:
    ball = gram(9, rank, rank)
    failure = cholesky(ball, Dyadic(1, -30), -60)
    assert isinstance(failure, NotPositive)
    assert failure.index == rank
    leading = [row[:rank] for row in midpoints(ball)[:rank]]
    assert is_semidefinite(leading, strict=True)


@pytest.mark.parametrize("position", range(7))
def test_the_direction_of_a_failure_shows_the_failed_pivot(tile: int, position: int) -> None:
    ball = gram(8, 12, 5)
    matrix = midpoints(ball)
    matrix[position][position] -= 5000
    ball = FixedPointBall.from_integers([[int(entry) for entry in row] for row in matrix])
    failure = cholesky(ball, Dyadic(0, 0), -60)
    assert isinstance(failure, NotPositive)
    assert failure.index == position
    v = descent_direction(failure, 8, 80)
    form = sum(v[i] * matrix[i][j] * v[j] for i in range(8) for j in range(8)) / Fraction(2) ** 160
    pivot = failure.pivot * Fraction(2) ** -120
    assert form < 0
    assert abs(form - pivot) < Fraction(1, 2**30)


def test_solving_inverts_the_factored_matrix(tile: int) -> None:
    matrix = with_spectrum([Fraction(1, 10**12), 1, 2, 3, 4, 5, 6, 7])
    ball = make_ball_of(matrix)(128)
    factor = cholesky(ball, Dyadic(0, 0), -128)
    assert isinstance(factor, TiledFactor)
    start = [1 << 60] * 8
    solution = solve(factor, start)
    scale = Fraction(2) ** (2 * (factor.exponent + factor.fraction_bits))
    back = [sum(a * z for a, z in zip(row, solution, strict=True)) / scale for row in midpoints(ball)]
    assert max(abs(b - s) for b, s in zip(back, start, strict=True)) < Fraction(2) ** 30


def test_lapack_gives_a_factor_with_a_float64_residual() -> None:
    rng = np.random.default_rng(0)
    array = rng.standard_normal((30, 40))
    array = array @ array.T
    ball = FixedPointBall.from_float64(np.minimum(array, array.T), 0.0, 60)
    for exponent in (-40, -30, -60):
        factor = float_cholesky(*ball.float64, Fraction(1, 100), exponent)
        assert factor is not None
        assert residual(ball, Fraction(1, 100), factor) < Fraction(2) ** ball.magnitude * Fraction(1, 2**25)


def test_lapack_says_where_there_is_no_factor() -> None:
    ball = FixedPointBall.from_integers([[1, 2], [2, 1]])
    assert float_cholesky(*ball.float64, Fraction(0), -40) is None


def test_the_forecast_for_float64_follows_the_width() -> None:
    assert float_cholesky_allows(100, 0, Fraction(1, 10**6))
    assert not float_cholesky_allows(100, 0, Fraction(1, 10**14))
    assert not float_cholesky_allows(100, 30, Fraction(1, 10**6))


def test_thread_counts_are_restored() -> None:
    before = flint.ctx.threads
    with flint_threads(before + 1), blas_threads(5):
        assert flint.ctx.threads == before + 1
    assert flint.ctx.threads == before
    with pytest.raises(ValueError, match="no number"), flint_threads(before + 1):
        int("no number")
    assert flint.ctx.threads == before
