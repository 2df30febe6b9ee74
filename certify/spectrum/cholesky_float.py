"""Cholesky factor of a shifted matrix by LAPACK, rounded to integers: the guess where float64 can decide."""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np
from scipy.linalg import LinAlgError, cholesky

from certify.spectrum.fixed_point import FloatArray, ScaledMatrix
from certify.spectrum.threads import blas_threads

_MOST_BITS = 60
_LARGEST_SHIFT = 2**500


def float_cholesky(array: FloatArray, array_exponent: int, shift: Fraction, exponent: int) -> ScaledMatrix | None:
    """L with entries rounded to 2**exponent (or a little coarser, as float64 has it) and L L' close to array *
    2**array_exponent - shift * I.

    array: n x n, symmetric, entries of absolute value below 1. None where LAPACK meets a pivot that is not positive.
    No claim: L is a guess.
    """
    # An even exponent makes the square root of the scale a power of two.
    if array_exponent % 2:
        array, array_exponent = np.ldexp(array, -1), array_exponent + 1
    scaled_shift = shift / Fraction(2) ** array_exponent
    if abs(scaled_shift) > _LARGEST_SHIFT:
        return None
    shifted = array.copy()
    shifted[np.diag_indices_from(shifted)] -= float(scaled_shift)
    try:
        with blas_threads(len(array)):
            lower = cholesky(shifted, lower=True, overwrite_a=True, check_finite=True)
    except (LinAlgError, ValueError):
        return None
    half = array_exponent // 2
    bits = min(half - exponent, _MOST_BITS - max(int(np.frexp(np.abs(lower).max())[1]), 0))
    integers = np.rint(np.ldexp(np.tril(lower), bits)).astype(np.int64)
    return ScaledMatrix(flint.fmpz_mat(integers.tolist()), half - bits)


def float_cholesky_allows(n: int, magnitude: int, width: Fraction) -> bool:
    """Whether the rounding errors of LAPACK's factor, n * 2**-53 a row at most in practice, stay below width / 16.

    n: order of the matrix. magnitude: k with all entries below 2**k. Only a forecast that saves time.
    """
    return 16 * n * Fraction(2) ** (magnitude - 53) * 4 <= width
