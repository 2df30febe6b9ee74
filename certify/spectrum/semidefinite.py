"""Exact proof that an integer matrix is positive semidefinite and singular: lambda_min is 0, not merely small."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import flint

from certify.spectrum.enclosure import enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import FixedPointBall
from certify.spectrum.threads import flint_threads

_PRIME = 2**61 - 1
_MOST_ROWS = 400
_MOST_SIZE = 4 * 10**6


@dataclass(frozen=True)
class ExactlySingular:
    """A is positive semidefinite and A v = 0.

    rows: indices S of a positive definite principal submatrix A_SS of the same rank as A. null_vector: v, n integers
    without a common factor of their denominators left, not all 0.
    """

    rows: tuple[int, ...]
    null_vector: tuple[int, ...]


def prove_semidefinite_singular(matrix: Any, max_bits: int) -> ExactlySingular | None:
    """Proof that a symmetric integer matrix (`flint.fmpz_mat`, n x n) has smallest eigenvalue exactly 0, or None.

    None decides nothing: the matrix may be regular, indefinite, or larger than exact arithmetic is tried on.
    Method: rows S that are independent modulo a prime are independent; if Y = A_SS^-1 A_SR satisfies A_RS Y = A_RR
    exactly, then A = [I Y]' A_SS [I Y] up to the order of rows, so A is positive semidefinite as soon as A_SS is
    positive definite (proved by its own residual), and (Y_j, -e_j) is a null vector. Only the exact products are
    relied on.
    """
    n = int(matrix.nrows())
    bits = max(int(entry.bit_length()) for entry in matrix.entries())
    if n > _MOST_ROWS or n * n * bits > _MOST_SIZE:
        return None
    with flint_threads():
        rows = _independent_rows(matrix)
        rest = sorted(set(range(n)).difference(rows))
        if not rest:
            return None
        corner = _submatrix(matrix, rest, rest)
        if not rows:
            return ExactlySingular((), (1, *[0] * (n - 1))) if matrix == flint.fmpz_mat(n, n) else None
        core, side = _submatrix(matrix, rows, rows), _submatrix(matrix, rows, rest)
        try:
            weights = core.solve(side)
        except ZeroDivisionError:
            return None
        if flint.fmpq_mat(core) * weights != flint.fmpq_mat(side):
            return None
        if flint.fmpq_mat(side.transpose()) * weights != flint.fmpq_mat(corner):
            return None
    ball = FixedPointBall(core, 0, (0,) * len(rows))
    positive = enclose_smallest_eigenvalue(
        lambda bits: ball, len(rows), rel_width=Fraction(1, 2), max_bits=max_bits, reserve=False
    )
    if positive.verdict != "positive definite":
        return None
    return ExactlySingular(tuple(rows), _null_vector(weights, rows, rest[0], n))


def _independent_rows(matrix: Any) -> list[int]:
    """Indices of rows that form a basis of the row space modulo the prime: by symmetry, the pivot columns."""
    reduced, rank = flint.nmod_mat(matrix, _PRIME).rref()
    rows = []
    column = 0
    for r in range(rank):
        while int(reduced[r, column]) == 0:
            column += 1
        rows.append(column)
        column += 1
    return rows


def _submatrix(matrix: Any, rows: list[int], columns: list[int]) -> Any:
    return flint.fmpz_mat(len(rows), len(columns), [matrix[i, j] for i in rows for j in columns])


def _null_vector(weights: Any, rows: list[int], dependent: int, n: int) -> tuple[int, ...]:
    """(Y_0, -1) on the rows S and the first dependent row, cleared of denominators."""
    column = [weights[k, 0] for k in range(len(rows))]
    common = lcm(*(int(entry.q) for entry in column))
    vector = [0] * n
    for row, entry in zip(rows, column, strict=True):
        vector[row] = int(entry.p) * (common // int(entry.q))
    vector[dependent] = -common
    return tuple(vector)
