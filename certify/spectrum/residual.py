"""The proof of both bounds: exact integer arithmetic on guesses that may be anything.

Lower: for every real L and shift s, A = sI + L L' + E with E = A - sI - L L', and L L' is positive semidefinite, so
lambda_min(A) >= s - |E|_2 >= s - max_i sum_j |E_ij| (E is symmetric, so its 2-norm is at most its row sum norm; Rump,
Verification methods, Acta Numerica 2010, section 10.8).
Upper: the Rayleigh quotient of any nonzero vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint

from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix, scaled
from certify.spectrum.threads import flint_threads, product_threads
from certify.spectrum.tiles import graded_product, lower_blocks, lower_triangle, scale_up

# Measured at 40 to 192 bits: large enough for FLINT's fast products, small enough to skip the zero half of the factor.
_TILE = 96


def prove_lower(ball: FixedPointBall, shift: Dyadic, factor: ScaledMatrix) -> Fraction:
    """A number <= lambda_min(A) for every A of the ball.

    Assumes nothing of the shift s and the factor: of the matrix given as factor (n x n) the lower triangle is taken
    as L.
    Method: s - max_i (sum_j |mid_ij - s delta_ij - (L L')_ij| + radius_row_sums_i), all in exact integers, the product
    tile by tile over the lower triangle only. Raises ArithmeticError where the factor has another shape than the ball.
    """
    if factor.shape != (ball.n, ball.n):
        raise ArithmeticError(f"a factor of shape {factor.shape[0]} x {factor.shape[1]} for a matrix of order {ball.n}")
    unit = min(ball.exponent, 2 * factor.exponent, shift.exponent)
    shift_units = shift.value << (shift.exponent - unit)
    sums = [r << (ball.exponent - unit) for r in ball.radius_row_sums]
    lower = lower_triangle(factor, _TILE)
    bounds = lower.bounds
    transposed: list[list[Any]] = []
    with flint_threads(product_threads(ball.n)):
        for row, tiles, top in zip(lower.rows, lower_blocks(ball, bounds, keep=False), bounds[:-1], strict=True):
            transposed.append([tile.transpose() for tile in row])
            for j, tile in enumerate(tiles):
                product = graded_product(row, transposed[j], lower.drops[: j + 1])
                error = scale_up(tile, ball.exponent - unit) - scale_up(product, 2 * factor.exponent - unit)
                _add_absolute_sums(sums, error, top, bounds[j], shift_units)
    return scaled(shift_units - max(sums), unit)


def rayleigh_upper(ball: FixedPointBall, vector: Sequence[int]) -> Fraction:
    """A number >= lambda_min(A) for every A of the ball: the largest Rayleigh quotient of the vector over the ball.

    vector: n integers, not all 0. Method: v'Av = v' mid v + v'(A - mid)v, and with R_ij = |A_ij - mid_ij|, symmetric
    and >= 0, |v'(A - mid)v| <= sum_ij R_ij |v_i| |v_j| <= sum_ij R_ij (v_i^2 + v_j^2) / 2 = sum_i v_i^2 sum_j R_ij
    <= sum_i v_i^2 radius_row_sums_i. Raises ArithmeticError for a vector that is zero or has another length.
    """
    squares, form = _form(ball, vector)
    radius = sum(v * v * r for v, r in zip(vector, ball.radius_row_sums, strict=True))
    return Fraction(form + radius, squares) * scaled(1, ball.exponent)


def rayleigh_midpoint(ball: FixedPointBall, vector: Sequence[int]) -> Fraction:
    """The Rayleigh quotient of the vector (n integers, not all 0) on the midpoint matrix, exactly."""
    squares, form = _form(ball, vector)
    return Fraction(form, squares) * scaled(1, ball.exponent)


def _form(ball: FixedPointBall, vector: Sequence[int]) -> tuple[int, int]:
    """(v'v, v' mid v) in integers."""
    squares = sum(v * v for v in vector)
    if len(vector) != ball.n or squares == 0:
        raise ArithmeticError(f"a Rayleigh quotient needs {ball.n} integers that are not all zero")
    column = flint.fmpz_mat(ball.n, 1, list(vector))
    return squares, int((column.transpose() * (ball.mid * column))[0, 0])


def _add_absolute_sums(sums: list[int], error: Any, top: int, left: int, shift_units: int) -> None:
    """Add a tile's absolute row sums to its rows and, off the diagonal, its column sums to the mirrored rows."""
    rows = error.table()
    if top == left:
        for r, row in enumerate(rows):
            row[r] -= shift_units
    sizes = [list(map(abs, row)) for row in rows]
    for r, row in enumerate(sizes):
        sums[top + r] += int(sum(row))
    if top != left:
        for c, column in enumerate(zip(*sizes, strict=True)):
            sums[left + c] += int(sum(column))
