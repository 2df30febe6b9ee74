"""The empirical tangent kernel in float64, with a proven radius: quick, and good enough where it is well conditioned.

Features and derivatives are doubles z~, b~ with |z - z~| <= u |z~| + radius in every entry. A product of n terms in any
order of summation errs by at most g_n = n u / (1 - n u) times the product of absolute values, which Cauchy bounds by
the norms (Higham, Accuracy and Stability, 2nd ed., 3.5), plus what underflow can lose. So with s_i = |z_i| |b_i| of one
layer, entry (i, j) of its Hadamard product errs by at most q s_i s_j, q collecting the relative errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.spectrum import FixedPointBall
from certify.spectrum.fixed_point import scaled
from certify.spectrum.float_bounds import FloatMatrix
from certify.spectrum.threads import blas_threads

FloatArray = NDArray[np.float64]
Layers = Sequence[tuple[tuple[FloatArray, float], tuple[FloatArray, float]]]
"""For every layer (Z, radius) and (B, radius)."""
UNIT = 2.0**-53
SLOP = 1 + 2.0**-20
"""Covers the rounding of the few thousand float64 operations with which a bound itself is computed."""

FLOAT_BITS = 58
LEAST_SHARE = 2.0**-40
LARGEST, SMALLEST = 2.0**200, 2.0**-200
MOST_TERMS = 2**20


def float_ball(layers: Layers) -> FixedPointBall | None:
    """K of `float_matrix` in integers of `FLOAT_BITS` bits, for proofs in exact arithmetic."""
    matrix = float_matrix(layers)
    if matrix is None:
        return None
    ball = FixedPointBall.from_float64(matrix.mid, 0.0, FLOAT_BITS)
    unit = scaled(1, -ball.exponent)
    sums = zip(ball.radius_row_sums, matrix.radius_row_sums.tolist(), strict=True)
    return replace(ball, radius_row_sums=tuple(r + ceil(Fraction(s) * unit) for r, s in sums))


def float_matrix(layers: Layers) -> FloatMatrix | None:
    """K = sum of (Z Z') o (B B') over layers, or None where float64 cannot hold it safely.

    Claim: every true entry lies within u |entry| + radius of the given one. Assumes that BLAS products obey the
    a-priori bound, which the test of the environment has checked.
    """
    n = len(layers[0][0][0])
    total = np.zeros((n, n))
    sums = np.zeros(n)
    with blas_threads(n):
        for (z, z_radius), (b, b_radius) in layers:
            first, second = _sizes(z, z_radius), _sizes(b, b_radius)
            if first is None or second is None:
                return None
            (z_size, z_error), (b_size, b_error) = first, second
            total += (z @ z.T) * (b @ b.T)
            q = (
                z_error + b_error + z_error * b_error + (len(layers) + 2) * UNIT * (1 + z_error) * (1 + b_error)
            ) * SLOP
            share = z_size * b_size * SLOP
            sums += q * share * (float(share.sum()) * SLOP)
    lower = np.tril(total)
    return FloatMatrix(lower + np.tril(total, -1).T, sums * SLOP)


def rounded(matrix: Any, radius: int, bits: int) -> tuple[FloatArray, float]:
    """(doubles nearest to the integers times 2**-bits, radius * 2**-bits rounded up)."""
    drop = max(0, bits - 1000)
    table = [[float(int(v) >> drop) for v in row] for row in matrix.table()]
    return np.ldexp(np.array(table), drop - bits), float(scaled(radius + (1 << drop), -bits)) * SLOP


def _sizes(matrix: FloatArray, radius: float) -> tuple[FloatArray, float] | None:
    """(upper bounds of the rows' norms, a number e such that products of rows err by at most e times the bounds)."""
    terms = matrix.shape[1]
    if not float(np.abs(matrix).max()) < LARGEST:
        return None
    norms = np.sqrt((matrix * matrix).sum(axis=1)) * SLOP
    top = float(norms.max())
    if not SMALLEST < top < LARGEST or terms > MOST_TERMS:
        return None
    sizes = np.maximum(norms, top * LEAST_SHARE)
    row_error = UNIT * SLOP + radius * terms**0.5 * SLOP / float(sizes.min())
    # The last term is more than every underflow can add, relative to sizes of at least 2**-240.
    product = terms * UNIT * SLOP + 2 * row_error + row_error**2 + terms * 2.0**-500
    return (sizes, product * SLOP) if product < 2.0**-10 else None
