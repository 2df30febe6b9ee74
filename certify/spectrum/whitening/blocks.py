"""Points in blocks of points near to each other, so that what a block needs of others is little."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Indices = NDArray[np.intp]

BLOCK = 2048
_STEPS = 6
_SOME = 8192


def blocks_of(directions: FloatArray, size: int = BLOCK) -> list[Indices]:
    """A partition of the rows into parts of at most `size`, each in ascending order.

    Method: halves by the median along the direction of largest spread, again and again; opposite rows count as equal.
    """
    whole = np.arange(len(directions))
    if len(directions) <= size:
        return [whole]
    mean = directions.mean(axis=0)
    if float(mean @ mean) < 0.01:
        mean = np.random.default_rng(directions.shape[1]).standard_normal(directions.shape[1])
    signs = np.where(directions @ mean < 0, -1.0, 1.0)
    parts, done = [whole], []
    while parts:
        part = parts.pop()
        if len(part) <= size:
            done.append(np.sort(part))
            continue
        along = _along(directions, signs, part)
        order = np.argsort(along, kind="stable")
        parts += [part[order[: len(part) // 2]], part[order[len(part) // 2 :]]]
    return done


def _along(directions: FloatArray, signs: FloatArray, part: Indices) -> FloatArray:
    """Coordinates of a part along about its first principal direction, found from some of its points."""
    some = part[:: -(-len(part) // _SOME)]
    centred = directions[some] * signs[some, None]
    centred -= centred.mean(axis=0)
    vector = np.random.default_rng(len(part)).standard_normal((directions.shape[1],))
    for _ in range(_STEPS):
        image = centred.T @ (centred @ vector)
        size = float(np.abs(image).max())
        if not size > 0:
            break
        vector = image / size
    pieces = [directions[part[top : top + _SOME]] @ vector for top in range(0, len(part), _SOME)]
    return np.concatenate(pieces) * signs[part]
