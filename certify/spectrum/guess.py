"""Guesses of the smallest eigenvalue and its eigenvector, by float64 and by inverse iteration on a fixed-point factor.

Nothing here is proved and nothing has to be: the residual and the Rayleigh quotient decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import frexp, ldexp

import numpy as np
from scipy.linalg import LinAlgError, eigh

from certify.spectrum.cholesky import TiledFactor
from certify.spectrum.fixed_point import FloatArray
from certify.spectrum.threads import blas_threads
from certify.spectrum.triangular import solve

_START_BITS = 60
_MOST_STEPS = 120


@dataclass(frozen=True)
class FloatGuess:
    """LAPACK's smallest eigenvalue of the rounded midpoint matrix.

    value and noise: multiples of 2**exponent of the array; noise is a rough size of the error in the value.
    vector: float64 eigenvector of norm 1.
    """

    value: float
    noise: float
    vector: FloatArray


def float_guess(array: FloatArray) -> FloatGuess | None:
    """Smallest eigenpair of a symmetric n x n array (entries below 1), or None where LAPACK does not converge."""
    n = len(array)
    try:
        with blas_threads(n):
            values, vectors = eigh(array, subset_by_index=[0, 0], check_finite=False)
    except (LinAlgError, ValueError):
        return None
    if not (np.isfinite(values).all() and np.isfinite(vectors).all()) or not vectors.any():
        return None
    noise = 2.0**-52 * (4.0 * float(np.linalg.norm(array)) + n * float(np.abs(array).max()))
    return FloatGuess(float(values[0]), noise, vectors[:, 0])


def refine_vector(factor: TiledFactor, start: Sequence[int], tolerance: float) -> list[int]:
    """Vector of integers close to the eigenvector of the smallest eigenvalue of the factored matrix.

    Lanczos on the inverse (Golub & Van Loan, Matrix Computations, 4th ed., 10.1, with full reorthogonalisation): it
    converges in a few steps where the small eigenvalues are far apart, and in a cluster the Ritz value is as good.
    The basis is float64, the inverse is applied in fixed point, whose relative error does not grow with the condition.
    One last solve, kept in fixed point, damps the components along large eigenvalues by lambda_min / lambda_k, which
    float64 rounding has put in and which would spoil the Rayleigh quotient.

    start: n integers, any. tolerance: wanted relative error of the smallest eigenvalue of the factored matrix.
    """
    ritz = _largest_ritz_vector(factor, _to_float(start), tolerance)
    more = max(factor.fraction_bits - _START_BITS, 0)
    return solve(factor, [entry << more for entry in _to_integers(ritz)])


def round_vector(vector: Sequence[int], bits: int) -> list[int]:
    """The vector scaled by a power of two and rounded so that its largest entry has at most `bits` + 1 bits."""
    excess = max(abs(entry) for entry in vector).bit_length() - bits
    if excess <= 0:
        return list(vector)
    half = 1 << excess >> 1
    return [(entry + half) >> excess for entry in vector]


def vector_bits(width: Fraction, n: int, magnitude: int) -> int:
    """Bits of an eigenvector's entries for a Rayleigh quotient within width / 64; entries of the matrix are below
    2**magnitude.

    Rounding the vector by d (|d| <= 2**-bits sqrt(n) relative to its largest entry) adds at most |A| |d|^2 to the
    quotient of an eigenvector, and |A| <= n 2**magnitude.
    """
    ratio = 64 * n * n * Fraction(2) ** magnitude / width
    return max(ratio.numerator.bit_length() - ratio.denominator.bit_length(), 0) // 2 + 3


def _to_integers(vector: FloatArray) -> list[int]:
    """A vector of norm 1 in units of 2**-_START_BITS."""
    return [round(ldexp(float(entry), _START_BITS)) for entry in vector]


def _to_float(vector: Sequence[int]) -> FloatArray:
    """float64 vector of norm 1 along an integer vector of any size."""
    drop = max(max(abs(entry) for entry in vector).bit_length() - 900, 0)
    array = np.array([float(entry >> drop) for entry in vector])
    largest = float(np.abs(array).max())
    if largest == 0.0:
        return np.full(len(vector), len(vector) ** -0.5)
    array = np.ldexp(array, -frexp(largest)[1])
    unit: FloatArray = array / float(np.linalg.norm(array))
    return unit


def _largest_ritz_vector(factor: TiledFactor, start: FloatArray, tolerance: float) -> FloatArray:
    """Ritz vector of the inverse's largest eigenvalue, its residual below tolerance * value if the steps suffice."""
    n = factor.n
    # A start that lies in an invariant subspace, such as a unit vector, must not hide the rest of the space.
    noise = np.random.default_rng(n).standard_normal(n)
    vector = start + noise * (0.05 / float(np.linalg.norm(noise)))
    basis = (vector / np.linalg.norm(vector))[None, :]
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    scale: int | None = None
    weights = np.ones(1)
    for step in range(min(n, _MOST_STEPS)):
        image = solve(factor, _to_integers(basis[-1]))
        if scale is None:
            scale = max(abs(entry) for entry in image).bit_length()
        product = _scaled_floats(image, scale)
        diagonal.append(float(basis[-1] @ product))
        rest = product - basis.T @ (basis @ product)
        rest -= basis.T @ (basis @ rest)
        norm = float(np.linalg.norm(rest))
        tridiagonal = np.diag(diagonal) + np.diag(off_diagonal, 1) + np.diag(off_diagonal, -1)
        values, vectors = np.linalg.eigh(tridiagonal)
        weights = vectors[:, -1]
        if norm * abs(float(weights[-1])) <= tolerance * float(values[-1]) or norm <= 1e-14 * float(values[-1]):
            break
        if step + 1 < min(n, _MOST_STEPS):
            off_diagonal.append(norm)
            basis = np.vstack([basis, rest / norm])
    ritz: FloatArray = weights @ basis
    return ritz


def _scaled_floats(vector: Sequence[int], bits: int) -> FloatArray:
    """vector / 2**bits as float64, for bits near the length of its largest entry."""
    drop = max(bits - 200, 0)
    floats: FloatArray = np.ldexp(np.array([float(entry >> drop) for entry in vector]), drop - bits)
    return floats
