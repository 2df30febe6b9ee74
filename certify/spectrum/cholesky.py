"""Cholesky factor of a shifted fixed-point matrix, to as many bits as asked for: a guess that the residual proves
later.

The matrix is cut into square tiles and factored row of tiles by row of tiles (up-looking, so that a matrix that is not
positive definite stops the work as early as possible; Golub & Van Loan, Matrix Computations, 4th ed., 4.2). The Schur
complements are exact integers from FLINT's matrix products, only the entries of L are rounded, so L L' differs from the
matrix by about (rounding of L_ij) * L_jj: far below the a-priori bound where the pivots decay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import isqrt
from operator import mul
from typing import Any

import flint

from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix
from certify.spectrum.threads import flint_threads

# Measured at 40 to 192 bits: smaller tiles cost more in the products, larger ones more in the scalar loop on the
# diagonal tile.
TILE = 96
_INVERSE_GUARD = 8


@dataclass(frozen=True)
class TiledFactor:
    """Lower triangular L with entries tiles[I][J] (J <= I) in units of 2**exponent, about L L' = A - shift * I.

    inverses[I]: inverse of tiles[I][I] in units of 2**-(inverse_bits[I] + exponent). fraction_bits: bits of the largest
    entry that L can have. Nothing is promised about its accuracy.
    """

    tiles: tuple[tuple[Any, ...], ...]
    inverses: tuple[Any, ...]
    inverse_bits: tuple[int, ...]
    exponent: int
    fraction_bits: int
    shift: Dyadic

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """First row of every tile, and n at the end."""
        return tuple(accumulate((tile.nrows() for tile in self.inverses), initial=0))

    @property
    def n(self) -> int:
        return self.offsets[-1]

    def matrix(self) -> ScaledMatrix:
        """L as one matrix."""
        entries: list[Any] = []
        for row in self.tiles:
            tables = [tile.table() for tile in row]
            for lines in zip(*tables, strict=True):
                for line in lines:
                    entries.extend(line)
                entries.extend([0] * (self.n - sum(map(len, lines))))
        return ScaledMatrix(flint.fmpz_mat(self.n, self.n, entries), self.exponent)


@dataclass(frozen=True)
class NotPositive:
    """The factorisation stopped: the pivot of row `index` was `pivot` <= 0, in the unit of L squared.

    leading: factor of the leading index x index block (None for index 0). row: the row of L at `index`, before the
    pivot, in the unit of L. least_pivot: the smallest diagonal entry of L before the failure, in the unit of L.
    """

    index: int
    pivot: int
    leading: TiledFactor | None
    row: tuple[int, ...]
    least_pivot: int


def cholesky(ball: FixedPointBall, shift: Dyadic, exponent: int) -> TiledFactor | NotPositive:
    """L with entries rounded to 2**exponent and L L' close to mid - shift * I; or the place where a pivot is not
    positive.

    No claim: L is a guess, and a failure is a hint (rounding can cause it) that no verdict may rest on.
    """
    step = ball.exponent - 2 * exponent
    left = shift.exponent - 2 * exponent
    subtract = shift.value << left if left >= 0 else shift.value >> -left
    largest = max(ball.magnitude, shift.value.bit_length() + shift.exponent) + 1
    fraction_bits = max((largest + 1) // 2 - exponent, 1)
    n = ball.n
    starts = [*range(0, n, TILE), n]
    rows: list[tuple[Any, ...]] = []
    transposed: list[list[Any]] = []
    inverses: list[Any] = []
    inverse_bits: list[int] = []

    def factor_so_far() -> TiledFactor:
        return TiledFactor(tuple(rows), tuple(inverses), tuple(inverse_bits), exponent, fraction_bits, shift)

    least = 0
    with flint_threads():
        for i, tiles in enumerate(_lower_tiles(ball)):
            row: list[Any] = []
            for j, tile in enumerate(tiles):
                if j == i:
                    transposed.append([done.transpose() for done in row])
                schur = _shift_left(tile, step)
                for k in range(j):
                    schur -= row[k] * transposed[j][k]
                if j < i:
                    row.append(round_right(schur * inverses[j].transpose(), inverse_bits[j]))
            size = starts[i + 1] - starts[i]
            block = [[int(v) for v in line[: r + 1]] for r, line in enumerate(schur.table())]
            for r in range(size):
                block[r][r] -= subtract
            lower, failure = _factor_tile(block)
            if lower:
                least = min([least or lower[0][0], *(line[-1] for line in lower)])
                inverse, bits = _invert_tile(lower, fraction_bits)
                inverses.append(inverse)
                inverse_bits.append(bits)
                height = len(lower)
                head = tuple(_first_rows(tile, height) for tile in row) if height < size else tuple(row)
                diagonal = flint.fmpz_mat([line + [0] * (height - len(line)) for line in lower])
                rows.append((*head, diagonal))
            if failure is not None:
                pivot, tail = failure
                at = len(lower)
                before = tuple(int(tile[at, c]) for tile in row for c in range(tile.ncols()))
                leading = factor_so_far() if rows else None
                return NotPositive(starts[i] + at, pivot, leading, before + tuple(tail), least)
    return factor_so_far()


def _lower_tiles(ball: FixedPointBall) -> Iterator[list[Any]]:
    """Rows of tiles of the midpoint matrix, from the first tile of a row to its diagonal tile."""
    mid, n = ball.mid, ball.n
    for top in range(0, n, TILE):
        bottom = min(top + TILE, n)
        yield [
            flint.fmpz_mat(
                bottom - top,
                min(left + TILE, n) - left,
                [mid[r, c] for r in range(top, bottom) for c in range(left, min(left + TILE, n))],
            )
            for left in range(0, bottom, TILE)
        ]


def _shift_left(tile: Any, step: int) -> Any:
    return tile * (1 << step) if step >= 0 else round_right(tile, -step)


def round_right(tile: Any, bits: int) -> Any:
    """tile / 2**bits, rounded to nearest."""
    half = 1 << bits >> 1
    return flint.fmpz_mat(tile.nrows(), tile.ncols(), [(entry + half) >> bits for entry in tile.entries()])


def _first_rows(tile: Any, count: int) -> Any:
    return flint.fmpz_mat(tile.table()[:count])


def _factor_tile(block: list[list[int]]) -> tuple[list[list[int]], tuple[int, list[int]] | None]:
    """Rows of the factor of a small matrix (lower triangle given); and (pivot, row before it) where a pivot is <= 0."""
    lower: list[list[int]] = []
    for i, entries in enumerate(block):
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


def _invert_tile(lower: list[list[int]], fraction_bits: int) -> tuple[Any, int]:
    """(inverse of a lower triangular tile in units of 2**-bits, bits), by forward substitution column by column.

    The residual of column c is about (diagonal entry) * 2**-bits; the bits are chosen so that this stays below the
    rounding of L when a row of the Schur complement is multiplied by the inverse.
    """
    size = len(lower)
    bits = fraction_bits + max(row[-1] for row in lower).bit_length() + _INVERSE_GUARD
    one = 1 << bits
    columns: list[list[int]] = []
    for c in range(size):
        column = [one // lower[c][c]]
        for r in range(c + 1, size):
            column.append(-sum(map(mul, lower[r][c:], column)) // lower[r][r])
        columns.append(column)
    return flint.fmpz_mat([[columns[c][r - c] if c <= r else 0 for c in range(size)] for r in range(size)]), bits
