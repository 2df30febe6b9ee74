"""Choosing a column of a table of points and setting columns apart."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from fractions import Fraction

from certify.arithmetic.rationals import abbreviate
from certify.errors import InputError
from certify.points.values import Points

_INDEX = re.compile(r"-?[0-9]{1,7}")


def column_index(points: Points, column: str | int) -> int:
    """The index of a column given by name or by index (from 0, negative from the end); a name goes before an index.

    Raises InputError for an unknown name (with the nearest one), a name that two columns bear, and an index out of
    range.
    """
    names = points.column_names or ()
    if isinstance(column, str):
        matches = [index for index, name in enumerate(names) if name == column]
        if len(matches) > 1:
            raise InputError(f"{points.name} has {len(matches)} columns {abbreviate(column)}; give the index instead.")
        if matches:
            return matches[0]
        if not _INDEX.fullmatch(column.strip()):
            raise InputError(f"{points.name} has no column {abbreviate(column)}; {_hint(column, names)}.")
        column = int(column)
    elif type(column) is not int:
        raise InputError(f"a target of type {type(column).__name__} is no column; give its name or its index.")
    if not -points.columns <= column < points.columns:
        raise InputError(f"{points.name} has no column {column}; its indices run from 0 to {points.columns - 1}.")
    return column % points.columns


def column_values(points: Points, index: int) -> tuple[Fraction, ...]:
    """The exact entries of one column."""
    return tuple(Fraction(row[index], points.denominator) for row in points.rows)


def without_columns(points: Points, removed: Collection[int]) -> Points:
    """The points without these columns, flat. Raises InputError where no column remains."""
    kept = [index for index in range(points.columns) if index not in removed]
    if not kept:
        raise InputError(f"{points.name} has no columns beside the target; give at least one feature.")
    return Points.reduced(
        (tuple(row[index] for index in kept) for row in points.rows),
        points.denominator,
        name=points.name,
        source_sha256=points.source_sha256,
        column_names=None if points.column_names is None else tuple(points.column_names[index] for index in kept),
    )


def _hint(column: str, names: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(column, names, n=1)
    if near:
        return f"did you mean {near[0]!r}"
    return "give one of its names or an index from 0" if names else "it has no heading, so give an index from 0"
