"""Where the windows of convolutions and pools lie: positions in C order, as XLA and neural-tangents place them."""

from __future__ import annotations

from fractions import Fraction

from certify.errors import InputError
from certify.programs.language import Rows, Taps

Size = tuple[int, int]


def _axis(size: int, window: int, stride: int, padding: str, layer: object) -> list[list[int | None]]:
    """For every output place of one axis the input place under each tap; None is padding."""
    if padding == "VALID":
        if window > size:
            raise InputError(f"{layer} has a window of {window} on an axis of {size}: make the window smaller.")
        return [[o * stride + t for t in range(window)] for o in range((size - window) // stride + 1)]
    count = -(-size // stride)
    before = max((count - 1) * stride + window - size, 0) // 2
    places = [[o * stride + t - before for t in range(window)] for o in range(count)]
    if padding == "CIRCULAR":
        return [[place % size for place in row] for row in places]
    return [[place if 0 <= place < size else None for place in row] for row in places]


def windows(grid: Size, window: Size, strides: Size, padding: str, layer: object) -> tuple[Size, Taps]:
    """The grid after a window and, for every position on it, the positions under its taps."""
    rows = _axis(grid[0], window[0], strides[0], padding, layer)
    columns = _axis(grid[1], window[1], strides[1], padding, layer)
    taps = tuple(
        tuple(None if y is None or x is None else y * grid[1] + x for y in down for x in across)
        for down in rows
        for across in columns
    )
    return (len(rows), len(columns)), taps


def pool_rows(taps: Taps, averages: bool) -> Rows:
    """The sums, or means, over the windows as a mix of positions; a place that a wrapped window meets twice counts
    twice."""
    weight = Fraction(1, len(taps[0])) if averages else Fraction(1)
    rows = []
    for at in taps:
        counts: dict[int, int] = {}
        for place in at:
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        rows.append(tuple((place, weight * n) for place, n in sorted(counts.items())))
    return tuple(rows)
