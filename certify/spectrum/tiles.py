"""Integer matrices cut into tiles: the blocks that FLINT's products are fast on.

Entries are read one by one, which costs about a tenth of a microsecond each; a table of the whole matrix costs more,
for it does not fit into the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import flint


def tidy_memory() -> None:
    """Give freed integers back to the allocator.

    FLINT keeps them and hands them out again in the order in which they were freed: after some products the entries of
    a new matrix lie scattered over the memory, and everything that reads them takes up to twice as long.
    """
    flint.ctx.cleanup()


def tile_bounds(n: int, size: int) -> list[int]:
    """First row of every tile and n at the end: as few tiles of at most `size` rows as can be, about equal."""
    count = -(-n // size)
    return [n * i // count for i in range(count + 1)]


def block(matrix: Any, top: int, bottom: int, left: int, right: int) -> Any:
    """Rows top..bottom and columns left..right."""
    columns = range(left, right)
    entries = [matrix[r, c] for r in range(top, bottom) for c in columns]
    return flint.fmpz_mat(bottom - top, right - left, entries)


def lower_block(matrix: Any, top: int, bottom: int) -> Any:
    """Rows and columns top..bottom, with zeros above the diagonal."""
    entries = [matrix[r, c] if c <= r else 0 for r in range(top, bottom) for c in range(top, bottom)]
    return flint.fmpz_mat(bottom - top, bottom - top, entries)


def lower_blocks(matrix: Any, bounds: Sequence[int]) -> Iterator[list[Any]]:
    """Rows of tiles of a square matrix, each from the first tile of the row to the whole diagonal tile."""
    for i, (top, bottom) in enumerate(zip(bounds[:-1], bounds[1:], strict=True)):
        tidy_memory()
        yield [block(matrix, top, bottom, bounds[j], bounds[j + 1]) for j in range(i + 1)]


def join_lower(upper: Any, corner: Any, lower: Any) -> Any:
    """The block matrix of rows (upper, 0) and (corner, lower)."""
    height = lower.nrows()
    rows = [row + [0] * height for row in upper.table()]
    rows += [left + right for left, right in zip(corner.table(), lower.table(), strict=True)]
    return flint.fmpz_mat(rows)


def first_rows(tile: Any, count: int) -> Any:
    """The first `count` rows, the tile itself where it has no more."""
    return tile if count == tile.nrows() else flint.fmpz_mat(tile.table()[:count])


def scale_exactly(tile: Any, factor: int) -> Any:
    return tile if factor == 1 else tile * factor


def shift_left(tile: Any, bits: int) -> Any:
    """tile * 2**bits, rounded to nearest."""
    return scale_exactly(tile, 1 << bits) if bits >= 0 else round_right(tile, -bits)


def round_right(tile: Any, bits: int) -> Any:
    """tile / 2**bits, rounded to nearest."""
    if bits == 0:
        return tile
    # A Python integer of more than one word would be converted again for every entry.
    half = flint.fmpz(1 << bits >> 1)
    return flint.fmpz_mat(tile.nrows(), tile.ncols(), [(entry + half) >> bits for entry in tile.entries()])
