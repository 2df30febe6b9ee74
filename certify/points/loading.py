"""Points from wherever a user keeps them, with their target column where one is asked for."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from fractions import Fraction

from certify.errors import InputError
from certify.points.bundled import TARGET, BundledSet
from certify.points.columns import column_index, column_values, without_columns
from certify.points.csv_files import points_of_csv
from certify.points.files import bundled_set, points_of_file
from certify.points.shapes import Shape, parse_shape
from certify.points.values import Points


def load_points(
    source: object,
    *,
    rows: int | None = None,
    shape: str | Shape | None = None,
    target: str | int | None = None,
    name: str | None = None,
) -> Points:
    """Read points exactly.

    `source` is the name of a bundled set ("iris", "wine", "breast_cancer", "digits"); a path that ends in ``.csv``,
    ``.npy`` or ``.npz`` (``FILE.npz:NAME`` where it holds several arrays); an array or nested lists of ints, floats,
    Fractions and strings; or `Points`. Decimals and ratios in text are exact rationals, floats are the doubles that
    they are, integers are themselves.

    `rows` takes the first so many rows before anything else is looked at. `target` is a column, by name or by index
    from 0, that is no feature; the column `target` of a bundled set is none in any case. `shape`, as ``"8x8x1"`` or
    ``(8, 8, 1)``, says how a point is read in C order; arrays of rank 3 and 4 keep theirs. `name` replaces the name
    that the source gives.

    Returns N points of d coordinates over one denominator, duplicates included (see `Points.drop_duplicates`). Raises
    InputError for whatever cannot be read exactly: one sentence with the value, the place and the remedy.
    """
    return load_points_and_target(source, rows=rows, shape=shape, target=target, name=name)[0]


def load_points_and_target(
    source: object,
    *,
    rows: int | None = None,
    shape: str | Shape | None = None,
    target: str | int | None = None,
    name: str | None = None,
) -> tuple[Points, tuple[Fraction, ...] | None]:
    """The points as `load_points` reads them, and the exact values of the target column where a target is named."""
    _require_row_count(rows)
    bundled = bundled_set(source) if isinstance(source, str) else None
    points = _read_bundled(bundled, rows) if bundled else _read(source, rows)
    removed: set[int] = set()
    values = None
    if target is not None:
        if points.shape is not None:
            raise InputError(f"{points.name} has shaped points and so no target column; give rows of rank 2.")
        index = column_index(points, target)
        removed.add(index)
        values = column_values(points, index)
    if bundled:
        removed.add(column_index(points, TARGET))
    if removed:
        points = without_columns(points, removed)
    if bundled and len(removed) == 1:
        points = replace(points, declared_shapes=bundled.shapes)
    if shape is not None:
        points = points.with_shape(parse_shape(shape))
    if points.source_sha256 is None:
        points = replace(points, source_sha256=points.content_sha256())
    return (points if name is None else replace(points, name=name)), values


def _read_bundled(bundled: BundledSet, rows: int | None) -> Points:
    content = bundled.content()
    return points_of_csv(content, rows=rows, name=bundled.name, source_sha256=hashlib.sha256(content).hexdigest())


def _read(source: object, rows: int | None) -> Points:
    if isinstance(source, Points):
        return source if rows is None else source.take(range(min(rows, source.n)))
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        if isinstance(path, str):
            return points_of_file(path, rows=rows)
    from certify.points.arrays import points_of_memory

    return points_of_memory(source, rows=rows)


def _require_row_count(rows: int | None) -> None:
    if rows is not None and (type(rows) is not int or rows < 1):
        raise InputError(f"rows={rows!r} is no number of rows; give a whole number of at least 1.")
