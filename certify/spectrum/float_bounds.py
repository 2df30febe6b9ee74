"""Bounds on the smallest eigenvalue from float64 alone: residual and Rayleigh quotient with a-priori error bounds.

A product of float64 matrices, in any order of summation and with or without fused operations, is off by at most n u
|X||Y| entry by entry, u = 2^-53 (Jeannerod and Rump, Improved error bounds for inner products in floating-point
arithmetic, SIAM J. Matrix Anal. Appl. 34, 2013), where nothing overflows. With A = mid + (radii), any L and any shift
s, lambda_min(A) >= s - max_i sum_j |A_ij - s delta_ij - (L L')_ij| (Rump, Verification methods, Acta Numerica 2010).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.spectrum.blocked import residual_in_blocks
from certify.spectrum.float_probe import ProductProbe

FloatArray = NDArray[np.float64]

UNIT = 2.0**-53
_UP = 1 + 2.0**-40
_TINY = 2.0**-1000
"""More than all underflow of sums of 2^40 products, each off by 2^-1074."""
BLOCK = 64
_LARGEST = 2.0**400


@dataclass(frozen=True)
class FloatMatrix:
    """Every symmetric A with sum_j |A_ij - mid_ij| <= radius_row_sums[i] for all i.

    mid: n x n, exactly symmetric, C-contiguous, entries below 2**400. radius_row_sums: n numbers >= 0.
    """

    mid: FloatArray
    radius_row_sums: FloatArray

    @property
    def n(self) -> int:
        return len(self.mid)

    @property
    def largest_entry(self) -> float:
        """The largest |mid_ij|; NaN where one is."""
        return max(float(self.mid.max()), -float(self.mid.min()))

    @property
    def largest_diagonal(self) -> float:
        """An upper bound of every A_ii."""
        return float((np.diagonal(self.mid) + self.radius_row_sums).max()) * _UP


def prove_lower_float(
    matrix: FloatMatrix, shift: float, factor: FloatArray, progress: Callable[[int, int], None] | None = None
) -> Fraction:
    """A number <= lambda_min(A) for every A of the ball.

    Nothing is assumed of the shift and of the factor (n x n): what is above its diagonal is made zero, L is the rest.
    The residual is formed tile by tile, and the products are probed by random vectors: where a product is wrong by more
    than its bound, that is found with probability 1 - 2^-40 at least, and raises BrokenEnvironment; an overflow raises
    ArithmeticError.
    """
    n, mid = matrix.n, matrix.mid
    sums = np.zeros(n)
    for row in range(n):
        factor[row, row + 1 :] = 0.0
    reach = _absolute_row_sums(factor)
    probe = ProductProbe(factor)
    for rows, columns, (across, below, *images) in residual_in_blocks(mid, shift, factor, probe.vectors):
        probe.take(rows, columns, *images)
        sums[rows] += across
        if rows != columns:
            sums[columns] += below
        if progress is not None:
            progress(columns.start + (columns.stop - columns.start) * rows.stop // n, n)
    # Rounding: the product; two subtractions of an entry; the sums of n absolute values, in whatever order.
    product = n * UNIT * reach * _UP
    diagonal = np.abs(np.diagonal(mid)) + abs(shift)
    subtraction = 4 * UNIT * (sums + diagonal + product) * _UP
    probe.verify(reach)
    total = sums * (1 + 2 * n * UNIT) + product + subtraction + matrix.radius_row_sums
    worst = float(total.max()) * (1 + 2.0**-40) + _TINY
    if not worst < math.inf:
        raise ArithmeticError("the residual of a float64 factor overflows")
    return Fraction(shift) - Fraction(worst)


def rayleigh_upper_float(matrix: FloatMatrix, vector: FloatArray) -> Fraction:
    """A number >= lambda_min(A) for every A of the ball: the Rayleigh quotient of a vector of norm about 1.

    With |v|'R|v| <= sum_i v_i^2 r_i for the radii R of row sums r. Raises ArithmeticError for a zero vector.
    """
    n, mid = matrix.n, matrix.mid
    image, size = np.empty(n), np.empty(n)
    absolute = np.abs(vector)
    for top in range(0, n, BLOCK):
        rows = slice(top, top + BLOCK)
        image[rows] = mid[rows] @ vector
        size[rows] = np.abs(mid[rows]) @ absolute
    squares = vector * vector
    norm = float(squares.sum())
    if not 2.0**-100 < norm < 2.0**100:
        raise ArithmeticError("a Rayleigh quotient needs a vector of moderate norm")
    form = float(vector @ image)
    spread = float((squares * matrix.radius_row_sums).sum())
    error = (3 * n * UNIT * float(absolute @ size) + spread) * (1 + 4 * n * UNIT) * _UP + _TINY
    exact_form = Fraction(form) + Fraction(error)
    relative = Fraction(2 * n, 2**53)
    norms = Fraction(norm) * (1 - relative), Fraction(norm) * (1 + relative)
    return exact_form / (norms[0] if exact_form > 0 else norms[1])


def _absolute_row_sums(factor: FloatArray) -> FloatArray:
    """More than the row sums of |L||L|'."""
    n = len(factor)
    columns = np.zeros(n)
    for top in range(0, n, BLOCK):
        rows = slice(top, min(top + BLOCK, n))
        columns[: rows.stop] += np.abs(factor[rows, : rows.stop]).sum(axis=0)
    result = np.empty(n)
    for top in range(0, n, BLOCK):
        rows = slice(top, min(top + BLOCK, n))
        result[rows] = np.abs(factor[rows, : rows.stop]) @ columns[: rows.stop]
    return result * (1 + 4 * n * UNIT) * _UP + _TINY
