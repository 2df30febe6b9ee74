"""What must tell the rows of a set of points apart, and the row kept of those that it does not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import count

Row = tuple[int, ...]


class Separation(Enum):
    """Hypotheses on a set of points, from none to the strictest.

    NONE allows anything, NONZERO no zero row, DISTINCT no two equal rows, RAYS no zero row and no row that is a
    positive multiple of another (distinct points after normalisation), LINES no zero row and no row proportional to
    another.
    """

    NONE = "anything"
    NONZERO = "nonzero"
    DISTINCT = "distinct"
    RAYS = "distinct directions"
    LINES = "non-proportional"

    @property
    def normalised(self) -> Separation:
        """The same hypothesis on the points after unit normalisation, stated for the rows as given."""
        return {Separation.NONE: Separation.NONZERO, Separation.DISTINCT: Separation.RAYS}.get(self, self)


def separation_key(row: Row, separation: Separation) -> Row | None:
    """Equal for rows that the separation does not tell apart; None for a row that it forbids.

    RAYS: the primitive integer vector of the ray. LINES: that vector with its first nonzero entry positive.
    """
    if separation in (Separation.NONE, Separation.DISTINCT):
        return row
    content = math.gcd(*row)
    if content == 0:
        return None
    if separation is Separation.NONZERO:
        return row
    if separation is Separation.LINES and next(entry for entry in row if entry) < 0:
        content = -content
    return tuple(entry // content for entry in row)


def separate(rows: Sequence[Row], separation: Separation) -> list[Row]:
    """The rows without those forbidden and, from DISTINCT on, without repeats, the first of each kind kept."""
    keys = [separation_key(row, separation) for row in rows]
    if separation in (Separation.NONE, Separation.NONZERO):
        return [row for row, key in zip(rows, keys, strict=True) if key is not None]
    kept: dict[Row, Row] = {}
    for row, key in zip(rows, keys, strict=True):
        if key is not None:
            kept.setdefault(key, row)
    return list(kept.values())


def moment_curve(columns: int) -> Iterator[tuple[Row, int]]:
    """Rows (1, k, k^2, ...) over 1, k = 1, 2, ..., no two of them proportional; (k) in one column."""
    for k in count(1):
        yield (tuple(k**power for power in range(columns)) if columns > 1 else (k,)), 1


def circle(columns: int) -> Iterator[tuple[Row, int]]:
    """Points of norm 1, (2 k, 0, ..., k^2 - 1) over k^2 + 1, k = 2, 3, ..., no two of them proportional."""
    for k in count(2):
        yield (2 * k, *[0] * (columns - 2), k * k - 1), k * k + 1


def topped_up(
    rows: list[Row], denominator: int, least: int, separation: Separation, more: Iterator[tuple[Row, int]]
) -> tuple[list[Row], int]:
    """At least `least` rows so separated, over one denominator: where some were forbidden or repeated, points of a
    fixed sequence take their place, so that no draw has to be rejected."""
    while len(rows) < least:
        row, unit = next(more)
        rows = separate(
            [tuple(unit * value for value in old) for old in rows] + [tuple(denominator * value for value in row)],
            separation,
        )
        denominator *= unit
    return rows, denominator
