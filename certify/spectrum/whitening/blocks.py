"""Points in blocks of points near to each other, so that what a block needs of others is little."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Indices = NDArray[np.intp]

BLOCK = 2048
_STEPS = 6


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
        along = _along(directions[part] * signs[part, None])
        order = np.argsort(along, kind="stable")
        parts += [part[order[: len(part) // 2]], part[order[len(part) // 2 :]]]
    return done


def _along(rows: FloatArray) -> FloatArray:
    """Coordinates along about the first principal direction."""
    centred = rows - rows.mean(axis=0)
    vector = np.random.default_rng(len(rows)).standard_normal(rows.shape[1])
    for _ in range(_STEPS):
        image = centred.T @ (centred @ vector)
        norm = float(np.linalg.norm(image))
        if not norm > 0:
            break
        vector = image / norm
    result: FloatArray = centred @ vector
    return result
