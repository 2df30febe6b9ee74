"""Cholesky factor of a shifted fixed-point matrix, to as many bits as asked for: a guess that the residual proves
later.

The matrix is cut into square tiles and factored row of tiles by row of tiles (up-looking, so that a matrix that is not
positive definite stops the work as early as possible; Golub & Van Loan, Matrix Computations, 4th ed., 4.2). The Schur
complements are exact integers from FLINT's matrix products, only the entries of L are rounded, so L L' differs from the
matrix by about (rounding of L_ij) * L_jj: where the pivots decay, the columns are rounded to fewer bits, for the same
error in every entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from certify.spectrum.diagonal_tile import factor_diagonal
from certify.spectrum.fixed_point import Dyadic, FixedPointBall
from certify.spectrum.threads import flint_threads, product_threads
from certify.spectrum.tiles import (
    LowerTriangle,
    first_rows,
    graded_product,
    lower_blocks,
    round_right,
    shift_left,
    subtract_diagonal,
    tile_bounds,
)

# Measured at 60 to 192 bits: smaller tiles cost more in the products, larger ones more in the inverses.
TILE = 56
# Where there are many, larger ones are better: most of the work is then in the products.
_MOST_TILES = 16
# Roundings of the columns differ by multiples of so many bits: each other one costs a product by a power of two.
_GRADE = 4


@dataclass(frozen=True)
class TiledFactor:
    """Lower triangular L with entries 2**drops[J] * tiles[I][J] (J <= I) in units of 2**exponent, about L L' = A -
    shift * I.

    inverses[I]: inverse of 2**drops[I] * tiles[I][I] in units of 2**-(inverse_bits[I] + exponent). fraction_bits: bits
    of the largest entry that L can have. Nothing is promised about its accuracy.
    """

    tiles: tuple[tuple[Any, ...], ...]
    drops: tuple[int, ...]
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

    def matrix(self) -> LowerTriangle:
        """L as one matrix, in the tiles that it has."""
        return LowerTriangle(self.tiles, self.offsets, self.drops, self.exponent)


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
    """L with entries rounded to 2**exponent (coarser in columns of small pivots) and L L' close to mid - shift * I; or
    the place where a pivot is not positive.

    No claim: L is a guess, and a failure is a hint (rounding can cause it) that no verdict may rest on.
    """
    step = ball.exponent - 2 * exponent
    left = shift.exponent - 2 * exponent
    subtract = shift.value << left if left >= 0 else shift.value >> -left
    largest = max(ball.magnitude, shift.value.bit_length() + shift.exponent) + 1
    fraction_bits = max((largest + 1) // 2 - exponent, 1)
    starts = tile_bounds(ball.n, max(TILE, ball.n // _MOST_TILES))
    rows: list[tuple[Any, ...]] = []
    drops: list[int] = []
    transposed: list[list[Any]] = []
    inverses: list[Any] = []
    inverses_transposed: list[Any] = []
    inverse_bits: list[int] = []

    def factor_so_far() -> TiledFactor:
        return TiledFactor(
            tuple(rows), tuple(drops), tuple(inverses), tuple(inverse_bits), exponent, fraction_bits, shift
        )

    least = 0
    with flint_threads(product_threads(ball.n)):
        for i, tiles in enumerate(lower_blocks(ball, starts, keep=True)):
            row: list[Any] = []
            for j, tile in enumerate(tiles):
                if j == i:
                    transposed.append([done.transpose() for done in row])
                schur = shift_left(tile, step)
                if j:
                    schur = schur - graded_product(row, transposed[j], drops[:j])
                if j < i:
                    row.append(round_right(schur * inverses_transposed[j], inverse_bits[j] + drops[j]))
            schur = subtract_diagonal(schur, subtract)
            drop = _bits_to_drop(schur, fraction_bits)
            diagonal = factor_diagonal(round_right(schur, 2 * drop), fraction_bits - drop)
            height = diagonal.size
            if height:
                pivots = [int(diagonal.lower[r, r]) << drop for r in range(height)]
                least = min([least or pivots[0], *pivots])
                drops.append(drop)
                inverses.append(diagonal.inverse)
                inverses_transposed.append(diagonal.inverse.transpose())
                inverse_bits.append(diagonal.inverse_bits + drop)
                rows.append((*(first_rows(tile, height) for tile in row), diagonal.lower))
            if diagonal.failure is not None:
                pivot, tail = diagonal.failure
                before = [int(tile[height, c]) << drops[j] for j, tile in enumerate(row) for c in range(tile.ncols())]
                before += [entry << drop for entry in tail]
                leading = factor_so_far() if rows else None
                return NotPositive(starts[i] + height, pivot << 2 * drop, leading, tuple(before), least)
    return factor_so_far()


def _bits_to_drop(schur: Any, fraction_bits: int) -> int:
    """How much coarser a tile's columns of L may be rounded: (rounding) * (largest pivot) stays below that of the
    largest entry that L can have."""
    largest = max(int(schur[r, r]) for r in range(schur.nrows()))
    pivot_bits = (largest.bit_length() + 1) // 2
    return max(fraction_bits - pivot_bits - 1, 0) // _GRADE * _GRADE if largest > 0 else 0
