"""Intervals of exact rationals, and matrices of them: the common tongue of kernels under test and their oracles.

End points are Fractions and every operation is exact, so a law can assert containment and overlap, never closeness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import certify
from properties.strategies.floats import float_above

Scalar = Fraction | int


class Interval(NamedTuple):
    """All real numbers from `low` to `high`."""

    low: Fraction
    high: Fraction

    @property
    def width(self) -> Fraction:
        return self.high - self.low

    def holds(self, value: Scalar) -> bool:
        return self.low <= value <= self.high

    def meets(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high

    def plus(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def minus(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def times(self, factor: Scalar) -> Interval:
        """The products with one exact number."""
        ends = self.low * factor, self.high * factor
        return Interval(Fraction(min(ends)), Fraction(max(ends)))

    def __str__(self) -> str:
        return f"[{shown(self.low)}, {shown(self.high)}]"


def shown(value: Fraction) -> str:
    """A rational number for a message: its double where that exists."""
    try:
        return repr(float(value))
    except OverflowError:
        return f"about {'-' if value < 0 else ''}2**{value.numerator.bit_length() - value.denominator.bit_length()}"


@dataclass(frozen=True)
class Bounds:
    """Entry by entry, lower and upper bounds on an n x m matrix."""

    rows: tuple[tuple[Interval, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    def __getitem__(self, place: tuple[int, int]) -> Interval:
        return self.rows[place[0]][place[1]]

    @property
    def diagonal(self) -> tuple[Interval, ...]:
        return tuple(self.rows[i][i] for i in range(min(self.shape)))

    @property
    def scale(self) -> Fraction:
        """The largest absolute value of any entry."""
        return max(max(abs(entry.low), abs(entry.high)) for row in self.rows for entry in row)

    @property
    def width(self) -> Fraction:
        """The largest width of any entry."""
        return max(entry.width for row in self.rows for entry in row)

    def transposed(self) -> Bounds:
        return Bounds(tuple(zip(*self.rows, strict=True)))

    def take(self, rows: Sequence[int], columns: Sequence[int]) -> Bounds:
        return Bounds(tuple(tuple(self.rows[i][j] for j in columns) for i in rows))

    def combined(self, other: Bounds, operation: Callable[[Interval, Interval], Interval]) -> Bounds:
        return Bounds(
            tuple(
                tuple(operation(a, b) for a, b in zip(row, others, strict=True))
                for row, others in zip(self.rows, other.rows, strict=True)
            )
        )

    def times(self, factor: Callable[[int, int], Scalar]) -> Bounds:
        """Entry (i, j) multiplied by factor(i, j)."""
        return Bounds(
            tuple(tuple(entry.times(factor(i, j)) for j, entry in enumerate(row)) for i, row in enumerate(self.rows))
        )

    def quadratic_form(self, vector: Sequence[Scalar]) -> Interval:
        """Bounds on v'Kv."""
        total = Interval(Fraction(0), Fraction(0))
        for i, row in enumerate(self.rows):
            for j, entry in enumerate(row):
                weight = vector[i] * vector[j]
                if weight:
                    total = total.plus(entry.times(weight))
        return total

    def strangers(self, other: Bounds) -> Iterator[tuple[int, int]]:
        """The places where the two intervals have no number in common: two bounds on one matrix have none."""
        for i, (row, others) in enumerate(zip(self.rows, other.rows, strict=True)):
            for j, (a, b) in enumerate(zip(row, others, strict=True)):
                if not a.meets(b):
                    yield i, j


def smallest_eigenvalue(bounds: Bounds) -> tuple[Interval, Fraction]:
    """(bounds on the smallest eigenvalue of every symmetric matrix within the bounds, largest absolute entry).

    The matrix is scaled by a power of two into the range of float64 and handed to `certify.smallest_eigenvalue` as
    midpoints and radii, rounded outward.
    """
    scale = bounds.scale
    places = scale.numerator.bit_length() - scale.denominator.bit_length() if scale else 0
    unit = Fraction(2) ** -places
    midpoints, radii = [], []
    for row in bounds.rows:
        middles = [float((entry.low + entry.high) / 2 * unit) for entry in row]
        midpoints.append(middles)
        radii.append(
            [
                float_above(max(entry.high * unit - Fraction(middle), Fraction(middle) - entry.low * unit))
                for entry, middle in zip(row, middles, strict=True)
            ]
        )
    found = certify.smallest_eigenvalue(midpoints, radii)
    return Interval(found.lower / unit, found.upper / unit), scale
