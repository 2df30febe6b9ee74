"""For every point its nearest ones among those before it in a random order: the pattern of a whitening factor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Singles = NDArray[np.float32]
Indices = NDArray[np.intp]

_ROWS = 256
_COLUMNS = 8192
_LEAST = 0.5
"""Beyond one block whitening with points further away costs more than it gains: their high powers are small."""
_SHARE = 0.2
"""What a block may need of other blocks, as a part of itself."""


def nearest_before(
    directions: FloatArray,
    blocks: Sequence[Indices],
    count: int,
    progress: Callable[[int, int], None] | None = None,
) -> Indices:
    """n x count indices of points of the largest |correlation| before each in a random order, the nearest first; -1
    where there are fewer, or none as near as that is of use.

    A block reaches at most a fifth of its size of points of other blocks, those that are nearest to any of its own.
    Correlations are of single precision: this is a guess.
    """
    n = len(directions)
    rank = np.random.default_rng(n).permutation(n)
    found, sizes = _search(directions, rank, count, progress)
    if len(blocks) == 1:
        return found
    found[sizes < _LEAST] = -1
    for block in blocks:
        own = np.zeros(n, dtype=bool)
        own[block] = True
        inside, inside_sizes = _search(directions[block], rank[block], count, None)
        inside = np.where(inside >= 0, block[inside], -1)
        ours, ours_sizes = found[block], sizes[block]
        foreign = ~own[ours] & (ours >= 0)
        kept = _strongest(ours[foreign], ours_sizes[foreign], int(_SHARE * len(block)), n)
        usable = foreign & kept[ours]
        both = np.concatenate([np.where(usable, ours, -1), inside], axis=1)
        both_sizes = np.concatenate([np.where(usable, ours_sizes, -1.0), inside_sizes], axis=1)
        best = np.argsort(-both_sizes, axis=1, kind="stable")[:, :count]
        chosen = np.take_along_axis(both, best, axis=1)
        found[block] = np.where(np.take_along_axis(both_sizes, best, axis=1) < _LEAST, -1, chosen)
    return found


def _strongest(points: Indices, sizes: Singles, most: int, n: int) -> NDArray[np.bool_]:
    """Which of n points are among the `most` of largest size."""
    best = np.full(n, -1.0)
    np.maximum.at(best, points, sizes)
    candidates = np.flatnonzero(best >= 0)
    kept = np.zeros(n, dtype=bool)
    kept[candidates[np.argsort(-best[candidates], kind="stable")[:most]]] = True
    return kept


def _search(
    directions: FloatArray, rank: Indices, count: int, progress: Callable[[int, int], None] | None
) -> tuple[Indices, Singles]:
    """Neighbours and their |correlation|, n x count, -1 where there is none."""
    n = len(directions)
    order = np.argsort(rank, kind="stable")
    rows = directions.astype(np.float32)[order]
    found = np.full((n, count), -1, dtype=np.intp)
    sizes = np.full((n, count), -1.0, dtype=np.float32)
    for top in range(0, n, _ROWS):
        bottom = min(top + _ROWS, n)
        places, values = _stripe(rows, top, bottom, count)
        here = order[top:bottom]
        width = places.shape[1]
        falling = np.argsort(-values, axis=1, kind="stable")
        places, values = np.take_along_axis(places, falling, axis=1), np.take_along_axis(values, falling, axis=1)
        found[here, :width] = np.where(values >= 0, order[places], -1)
        sizes[here, :width] = values
        if progress is not None:
            progress(bottom**2, n * n)
    return found, sizes


def _stripe(rows: NDArray[np.float32], top: int, bottom: int, count: int) -> tuple[Indices, Singles]:
    """The best `count` columns before the diagonal, and their sizes, of the rows from top to bottom."""
    height = bottom - top
    first = min(bottom, _COLUMNS)
    near = _products(rows, top, bottom, 0, first)
    width = min(count, first)
    best = np.argpartition(-near, width - 1, axis=1)[:, :width]
    values = np.take_along_axis(near, best, axis=1)
    least = values.min(axis=1)
    if bottom <= _COLUMNS:
        return best, values
    parts = [(np.repeat(np.arange(height), width), best.ravel(), values.ravel())]
    for left in range(_COLUMNS, bottom, _COLUMNS):
        right = min(left + _COLUMNS, bottom)
        near = _products(rows, top, bottom, left, right)
        r, c = np.nonzero(near > least[:, None])
        parts.append((r, c + left, near[r, c]))
    r, c, v = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    sorting = np.lexsort((-v, r))
    r, c, v = r[sorting], c[sorting], v[sorting]
    starts = np.searchsorted(r, np.arange(height))
    chosen = starts[:, None] + np.arange(width)
    return c[chosen], v[chosen]


def _products(rows: NDArray[np.float32], top: int, bottom: int, left: int, right: int) -> Singles:
    """|correlation| of the rows with the columns before the diagonal; -1 from there on."""
    near: NDArray[np.float32] = np.abs(rows[top:bottom] @ rows[left:right].T)
    if right > top:
        near[np.arange(top, bottom)[:, None] <= np.arange(left, right)] = -1.0
    return near
