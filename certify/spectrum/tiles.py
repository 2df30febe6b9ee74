"""Integer matrices cut into tiles: the blocks that FLINT's products are fast on.

Entries are read one by one, which costs about a tenth of a microsecond each; a table of the whole matrix costs more,
for it does not fit into the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import flint

from certify.spectrum.fixed_point import FixedPointBall, ScaledMatrix
from certify.spectrum.memory import tidy_memory

# Above this order cutting costs little beside the products, and a second copy of the matrix takes much memory.
_LARGEST_KEPT = 1000


class LowerTriangle(ScaledMatrix):
    """A lower triangular matrix kept as tiles: 2**drops[J] * rows[I][J] (J <= I) of rows bounds[I]..bounds[I + 1] and
    columns bounds[J]..bounds[J + 1], the tiles on the diagonal lower triangular, drops >= 0.

    The one matrix of them is put together when it is asked for.
    """

    def __init__(
        self, rows: Sequence[Sequence[Any]], bounds: Sequence[int], drops: Sequence[int], exponent: int
    ) -> None:
        super().__init__(None, exponent)
        self.rows = rows
        self.bounds = bounds
        self.drops = drops

    @property
    def matrix(self) -> Any:
        if self._matrix is None:
            self._matrix = self._join()
        return self._matrix

    @property
    def shape(self) -> tuple[int, int]:
        return self.bounds[-1], self.bounds[-1]

    def _join(self) -> Any:
        tidy_memory()
        n = self.bounds[-1]
        entries: list[Any] = []
        for row, end in zip(self.rows, self.bounds[1:], strict=True):
            zeros = [0] * (n - end)
            scaled = [scale_up(tile, drop) for tile, drop in zip(row, self.drops[: len(row)], strict=True)]
            for lines in zip(*(tile.table() for tile in scaled), strict=True):
                for line in lines:
                    entries += line
                entries += zeros
        return flint.fmpz_mat(n, n, entries)


def tile_bounds(n: int, size: int) -> list[int]:
    """First row of every tile and n at the end: as few tiles of at most `size` rows as can be, about equal."""
    count = -(-n // size)
    return [n * i // count for i in range(count + 1)]


def block(matrix: Any, top: int, bottom: int, left: int, right: int) -> Any:
    """Rows top..bottom and columns left..right."""
    columns = range(left, right)
    entries = [matrix[r, c] for r in range(top, bottom) for c in columns]
    return flint.fmpz_mat(bottom - top, right - left, entries)


def lower_triangle(factor: ScaledMatrix, size: int) -> LowerTriangle:
    """The lower triangle of a square matrix in tiles of at most `size` rows, or in the tiles that it is kept in."""
    if isinstance(factor, LowerTriangle):
        return factor
    matrix = factor.matrix
    bounds = tile_bounds(factor.shape[0], size)
    rows = []
    for i, (top, bottom) in enumerate(pairwise(bounds)):
        row = [block(matrix, top, bottom, bounds[j], bounds[j + 1]) for j in range(i)]
        rows.append([*row, _lower_block(matrix, top, bottom)])
    return LowerTriangle(rows, bounds, [0] * len(rows), factor.exponent)


def _lower_block(matrix: Any, top: int, bottom: int) -> Any:
    """Rows and columns top..bottom, with zeros above the diagonal."""
    entries = [matrix[r, c] if c <= r else 0 for r in range(top, bottom) for c in range(top, bottom)]
    return flint.fmpz_mat(bottom - top, bottom - top, entries)


def lower_blocks(ball: FixedPointBall, bounds: Sequence[int], *, keep: bool) -> Iterator[list[Any]]:
    """Rows of tiles of the midpoints, each from the first tile of the row to the whole diagonal tile; read-only.

    keep: whether the ball keeps them for the next caller with the same bounds, unless they are too large.
    """
    keep = keep and ball.n <= _LARGEST_KEPT
    kept = ball.tiles.setdefault(tuple(bounds), []) if keep else ball.tiles.get(tuple(bounds), [])
    for i, (top, bottom) in enumerate(pairwise(bounds)):
        tidy_memory()
        if i < len(kept):
            yield kept[i]
            continue
        row = [block(ball.mid, top, bottom, bounds[j], bounds[j + 1]) for j in range(i + 1)]
        if keep:
            kept.append(row)
        yield row


def join_lower(upper: Any, corner: Any, lower: Any) -> Any:
    """The block matrix of rows (upper, 0) and (corner, lower)."""
    height = lower.nrows()
    rows = [row + [0] * height for row in upper.table()]
    rows += [left + right for left, right in zip(corner.table(), lower.table(), strict=True)]
    return flint.fmpz_mat(rows)


def first_rows(tile: Any, count: int) -> Any:
    """The first `count` rows, the tile itself where it has no more."""
    return tile if count == tile.nrows() else flint.fmpz_mat(tile.table()[:count])


def subtract_diagonal(tile: Any, value: int) -> Any:
    """tile - value * I, in a new matrix."""
    result = flint.fmpz_mat(tile)
    for r in range(tile.nrows()):
        result[r, r] -= value
    return result


def graded_product(row: Sequence[Any], columns: Sequence[Any], drops: Sequence[int]) -> Any:
    """sum_k 4**drops[k] * row[k] * columns[k], exactly, for at least one product and drops >= 0."""
    total, level = None, 0
    for k in sorted(range(len(drops)), key=drops.__getitem__, reverse=True):
        product = row[k] * columns[k]
        total = product if total is None else scale_up(total, 2 * (level - drops[k])) + product
        level = drops[k]
    return scale_up(total, 2 * level)


def scale_up(tile: Any, bits: int) -> Any:
    """tile * 2**bits, exactly, for bits >= 0; the tile itself for bits = 0."""
    return tile * (1 << bits) if bits else tile


def shift_left(tile: Any, bits: int) -> Any:
    """tile * 2**bits, rounded to nearest; the tile itself for bits = 0."""
    return scale_up(tile, bits) if bits >= 0 else round_right(tile, -bits)


def round_right(tile: Any, bits: int) -> Any:
    """tile / 2**bits, rounded to nearest; the tile itself for bits = 0."""
    if bits == 0:
        return tile
    # A Python integer of more than one word would be converted again for every entry.
    half = flint.fmpz(1 << bits >> 1)
    return flint.fmpz_mat(tile.nrows(), tile.ncols(), [(entry + half) >> bits for entry in tile.entries()])
