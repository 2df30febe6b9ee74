"""The smallest eigenvalue of a float64 ball matrix, enclosed by float64 alone: guesses by LAPACK, then one proof."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas, lapack

from certify.kernels.float64.memory import new_array
from certify.spectrum.blocked import factor_in_blocks, workers_for
from certify.spectrum.fixed_point import Dyadic
from certify.spectrum.float_bounds import UNIT, FloatMatrix, prove_lower_float, rayleigh_upper_float

FloatArray = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

_STEPS = 40
_ROUNDS = 6
_SINGLE = 1024
"""From this order on a factor in single precision gives the first shift: below, it saves nothing."""
_SINGLE_STEPS = 16
_SINGLE_RANGE = 2.0**40
_ROWS = 256
_VECTOR_BITS = 30
_FACTOR_BITS = 50


@dataclass(frozen=True)
class FloatBounds:
    """lower <= lambda_min(A) <= upper for every A of the ball, by a shift, a factor and a vector.

    factor: n x n, its lower triangle a multiple of 2**factor_exponent; vector: integers.
    """

    lower: Fraction
    upper: Fraction
    shift: Dyadic
    factor: FloatArray
    factor_exponent: int
    vector: tuple[int, ...]


def enclose_in_float(matrix: FloatMatrix, rel_width: Fraction, progress: Progress | None = None) -> FloatBounds | None:
    """Bounds with upper - lower about half of rel_width * lower or less, lower > 0; None where float64 cannot.

    Method: Lanczos on the inverse, from factors whose shifts approach the smallest eigenvalue from below until the
    Ritz value is known well enough, the first of a large matrix in single precision; then the shift a quarter of the
    width below the Rayleigh quotient, and the proof.
    """
    say = progress or (lambda stage, done, total: None)
    noise = float(matrix.radius_row_sums.max()) + matrix.n * UNIT * _row_norm(matrix.mid)
    buffer = new_array(*matrix.mid.shape)
    start = np.random.default_rng(matrix.n).standard_normal(matrix.n)
    guess = _Guess(math.inf, math.inf, start / np.linalg.norm(start))
    shift = width = 0.0
    rough = _single_guess(matrix.mid, guess.vector, buffer) if matrix.n >= _SINGLE else None
    if rough is not None:
        guess = _Guess(math.inf, math.inf, rough.vector)
        shift = max(0.0, rough.value - 2 * rough.error)
    for round_ in range(_ROUNDS):
        say("float64 factors", round_, _ROUNDS)
        factor = factor_in_float(matrix.mid, shift, buffer)
        if factor is None:
            if shift <= 0:
                return None
            shift = max(0.0, shift - 4 * max(guess.value - shift, width)) if guess.value < math.inf else 0.0
            continue
        found = _lanczos(factor, shift, guess.vector, float(rel_width) / 64, _STEPS)
        guess = found if found.value < guess.value else guess
        width = float(min(rel_width, Fraction(1, 2))) * guess.value
        if guess.value <= 0 or 8 * noise > width:
            return None
        if guess.error <= width / 32:
            break
        shift = guess.value - max(4 * guess.error, width / 16)
    return _prove(matrix, guess, width, buffer, say)


@dataclass(frozen=True)
class _Guess:
    value: float
    error: float
    vector: FloatArray


def _single_guess(mid: FloatArray, start: FloatArray, buffer: FloatArray) -> _Guess | None:
    """The smallest eigenvalue from a factor in single precision, in the memory of the buffer; None where that has too
    few digits or too short a range."""
    if not 1 / _SINGLE_RANGE < float(np.diagonal(mid).max()) < _SINGLE_RANGE:
        return None
    single = buffer.reshape(-1).view(np.float32)[: mid.size].reshape(mid.shape)
    _copy_lower(single, mid)
    _, info = lapack.spotrf(single.T, lower=0, clean=0, overwrite_a=1)
    if info:
        return None
    found = _lanczos(single, 0.0, start, 0.0, _SINGLE_STEPS)
    return found if math.isfinite(found.value) and np.isfinite(found.vector).all() else None


def _prove(matrix: FloatMatrix, guess: _Guess, width: float, buffer: FloatArray, say: Progress) -> FloatBounds | None:
    vector = np.rint(np.ldexp(guess.vector, _VECTOR_BITS + math.ceil(math.log2(matrix.n) / 2)))
    scale = 2.0 ** -math.floor(math.log2(float(np.abs(vector).max())))
    upper = rayleigh_upper_float(matrix, vector * scale)
    shift = float(upper) - width / 4
    factor = factor_in_float(matrix.mid, shift, buffer)
    if factor is None:
        shift = float(upper) - width / 2
        factor = factor_in_float(matrix.mid, shift, buffer)
        if factor is None:
            return None
    exponent = _round_factor(factor, matrix.n, width)
    lower = prove_lower_float(matrix, shift, factor, lambda done, total: say("float64 residual", done, total))
    return FloatBounds(lower, upper, _dyadic(shift), factor, exponent, tuple(int(v) for v in vector.tolist()))


def factor_in_float(mid: FloatArray, shift: float, buffer: FloatArray) -> FloatArray | None:
    """L with L L' close to mid - shift I, in the lower triangle of the buffer (what is above it is of no meaning);
    None where LAPACK meets a pivot that is not positive."""
    workers = workers_for(len(mid))
    if workers is not None:
        return factor_in_blocks(workers, mid, shift, buffer)
    _copy_lower(buffer, mid)
    buffer[np.diag_indices_from(buffer)] -= shift
    # In C order the lower triangle is LAPACK's upper one, and U'U = A gives L = U'.
    _, info = lapack.dpotrf(buffer.T, lower=0, clean=0, overwrite_a=1)
    return buffer if info == 0 else None


def _copy_lower(target: NDArray[Any], source: FloatArray) -> None:
    """The lower triangle, and a little more, with the precision of the target."""
    for top in range(0, len(source), _ROWS):
        rows = slice(top, min(top + _ROWS, len(source)))
        np.copyto(target[rows, : rows.stop], source[rows, : rows.stop], casting="same_kind")


def _round_factor(factor: FloatArray, n: int, width: float) -> int:
    """Round the factor, in place, to multiples of 2**exponent, which is returned: so fine that a row of the residual
    changes by less than a sixteenth of the width, n products with entries below the largest."""
    largest = float(np.abs(factor[:, 0]).max())
    largest = max(largest, float(np.abs(np.diagonal(factor)).max()))
    exponent = math.floor(math.log2(width / (32 * n * largest)))
    exponent = max(exponent, math.frexp(largest)[1] - _FACTOR_BITS)
    for i in range(n):
        row = factor[i, : i + 1]
        np.ldexp(np.rint(np.ldexp(row, -exponent, out=row), out=row), exponent, out=row)
    return exponent


def _lanczos(factor: NDArray[Any], shift: float, start: FloatArray, tolerance: float, steps: int) -> _Guess:
    """Ritz value, its error and vector of the smallest eigenvalue of L L' + shift I, by Lanczos on the inverse.

    With full reorthogonalisation (Golub and Van Loan, Matrix Computations, 4th ed., 10.1).
    """
    n = len(factor)
    basis = [start]
    diagonal: list[float] = []
    off: list[float] = []
    value, error, weights = math.inf, math.inf, np.ones(1)
    for _ in range(min(steps, n)):
        image = _solve(factor, basis[-1])
        diagonal.append(float(basis[-1] @ image))
        stacked = np.array(basis)
        for _ in range(2):
            image -= stacked.T @ (stacked @ image)
        norm = float(np.linalg.norm(image))
        values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(off, 1) + np.diag(off, -1))
        top, weights = float(values[-1]), vectors[:, -1]
        residual = norm * abs(float(weights[-1]))
        gap = top - float(values[-2]) if len(values) > 1 else top
        # The residual bounds the error of the inverse's Ritz value, its square over the gap estimates it.
        spread = min(residual, residual * residual / gap if gap > 0 else math.inf)
        value = shift + 1 / top
        error = spread / (top * top)
        if error <= tolerance * value or norm <= 1e-14 * top:
            break
        off.append(norm)
        basis.append(image / norm)
    # One more solve damps what rounding left of the large eigenvalues, which would spoil the Rayleigh quotient.
    vector = _solve(factor, weights @ np.array(basis[: len(weights)]))
    return _Guess(value, error, vector / np.linalg.norm(vector))


def _solve(factor: NDArray[Any], vector: FloatArray) -> FloatArray:
    """(L L')^-1 v; the transposed factor is LAPACK's upper triangle."""
    upper: Any = factor.T
    solve = blas.strsv if factor.dtype == np.float32 else blas.dtrsv
    middle = solve(upper, vector.astype(factor.dtype, copy=False), lower=0, trans=1)
    return np.asarray(solve(upper, middle, lower=0, trans=0, overwrite_x=1), dtype=np.float64)


def _row_norm(mid: FloatArray) -> float:
    return max(float(np.abs(mid[top : top + 512]).sum(axis=1).max()) for top in range(0, len(mid), 512))


def _dyadic(value: float) -> Dyadic:
    numerator, denominator = value.as_integer_ratio()
    return Dyadic(numerator, 1 - denominator.bit_length())
