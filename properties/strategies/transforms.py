"""Exact maps of point sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from certify.points import Points, load_points
from properties.strategies.matrices import Matrix


def points_of_rows(rows: Iterable[Sequence[Fraction | int]]) -> Points:
    """Exact points from rows of rationals."""
    return load_points([list(row) for row in rows])


def moved(points: Points, matrix: Matrix) -> Points:
    """The points M x."""
    return points_of_rows(
        [sum((a * b for a, b in zip(line, row, strict=True)), Fraction(0)) for line in matrix]
        for row in points.as_fractions()
    )


def stretched(points: Points, factors: Sequence[Fraction]) -> Points:
    """Point i multiplied by factor i."""
    return points_of_rows(
        [factor * value for value in row] for factor, row in zip(factors, points.as_fractions(), strict=True)
    )


def padded(points: Points, columns: int) -> Points:
    """The points with so many zero columns more."""
    return points_of_rows([*row, *[Fraction(0)] * columns] for row in points.as_fractions())


def joined(first: Points, second: Points) -> Points:
    """The points of both sets, in this order."""
    return points_of_rows((*first.as_fractions(), *second.as_fractions()))
