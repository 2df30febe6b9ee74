"""The factor and the inverse of one diagonal tile, by halves down to a few rows (recursive Cholesky: Gustavson,
Recursion leads to automatic variable blocking for dense linear-algebra algorithms, 1997)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt
from operator import mul
from typing import Any

import flint

from certify.spectrum.tiles import block, first_rows, join_lower, round_right, shift_left

# Measured at 60 to 192 bits: in smaller blocks, handing numbers over to FLINT takes longer than the scalar loops.
LEAF = 32
_INVERSE_GUARD = 8


@dataclass(frozen=True)
class DiagonalTile:
    """L with L L' close to a leading block of the tile, and its inverse in units of 2**-inverse_bits.

    lower, inverse: `flint.fmpz_mat`, lower triangular, with as many rows as were factored. failure: (pivot, the row of
    L before it) where a pivot was <= 0, in the units of the tile and of L.
    """

    lower: Any
    inverse: Any
    inverse_bits: int
    failure: tuple[int, list[int]] | None

    @property
    def size(self) -> int:
        return int(self.lower.nrows())


def factor_diagonal(schur: Any, fraction_bits: int) -> DiagonalTile:
    """The factor of a symmetric integer matrix, its entries rounded to integers of at most `fraction_bits` bits.

    The error of an entry of the inverse is about 2**-inverse_bits, the bits being so many that it stays below the
    rounding of L when a row of the Schur complement is multiplied by the inverse.
    """
    size = schur.nrows()
    if size <= LEAF:
        return _factor_leaf(schur, fraction_bits)
    half = size // 2
    first = factor_diagonal(block(schur, 0, half, 0, half), fraction_bits)
    if first.failure is not None:
        return first
    below = round_right(block(schur, half, size, 0, half) * first.inverse.transpose(), first.inverse_bits)
    second = factor_diagonal(block(schur, half, size, half, size) - below * below.transpose(), fraction_bits)
    failure = second.failure
    if failure is not None:
        pivot, row = failure
        failure = (pivot, [int(below[second.size, c]) for c in range(half)] + row)
        if second.size == 0:
            return replace(first, failure=failure)
        below = first_rows(below, second.size)
    bits = max(first.inverse_bits, second.inverse_bits)
    corner = round_right(second.inverse * below * first.inverse, first.inverse_bits + second.inverse_bits - bits)
    inverses = [shift_left(part.inverse, bits - part.inverse_bits) for part in (first, second)]
    return DiagonalTile(
        join_lower(first.lower, below, second.lower), join_lower(inverses[0], -corner, inverses[1]), bits, failure
    )


def _factor_leaf(schur: Any, fraction_bits: int) -> DiagonalTile:
    lower, failure = _factor_rows([[int(schur[r, c]) for c in range(r + 1)] for r in range(schur.nrows())])
    if not lower:
        return DiagonalTile(flint.fmpz_mat(0, 0), flint.fmpz_mat(0, 0), 0, failure)
    inverse, bits = _invert_rows(lower, fraction_bits)
    return DiagonalTile(_triangle(lower), _triangle(inverse), bits, failure)


def _triangle(rows: list[list[int]]) -> Any:
    return flint.fmpz_mat([row + [0] * (len(rows) - len(row)) for row in rows])


def _factor_rows(rows: list[list[int]]) -> tuple[list[list[int]], tuple[int, list[int]] | None]:
    """Rows of the factor of a small matrix (lower triangle given); and (pivot, row before it) where a pivot is <= 0."""
    lower: list[list[int]] = []
    for i, entries in enumerate(rows):
        row: list[int] = []
        for j in range(i):
            other = lower[j]
            pivot = other[j]
            row.append((2 * (entries[j] - sum(map(mul, row, other))) + pivot) // (2 * pivot))
        pivot = entries[i] - sum(map(mul, row, row))
        if pivot <= 0:
            return lower, (pivot, row)
        row.append(isqrt(pivot))
        lower.append(row)
    return lower, None


def _invert_rows(lower: list[list[int]], fraction_bits: int) -> tuple[list[list[int]], int]:
    """(rows of the inverse of a lower triangular matrix in units of 2**-bits, bits), by forward substitution column by
    column."""
    size = len(lower)
    bits = fraction_bits + max(row[-1] for row in lower).bit_length() + _INVERSE_GUARD
    one = 1 << bits
    columns: list[list[int]] = []
    for c in range(size):
        column = [one // lower[c][c]]
        for r in range(c + 1, size):
            column.append(-sum(map(mul, lower[r][c:], column)) // lower[r][r])
        columns.append(column)
    return [[columns[c][r - c] for c in range(r + 1)] for r in range(size)], bits
