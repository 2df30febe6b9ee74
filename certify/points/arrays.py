"""Points from memory: numpy arrays and nested sequences of exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from certify.arithmetic.rationals import Ratio, ratio_of_value
from certify.errors import InputError
from certify.points.dyadic import dyadic_rows
from certify.points.limits import common_denominator, require_columns, require_entries, require_rows
from certify.points.shapes import Shape, spell_shape
from certify.points.values import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REFUSED_KINDS = {
    "b": "truth values",
    "c": "complex numbers",
    "S": "bytes",
    "U": "text",
    "V": "records",
    "M": "dates",
    "m": "durations",
}


def points_of_array(array: NDArray[Any], *, rows: int | None, name: str, source_sha256: str | None = None) -> Points:
    """The exact points in an array of rank 2 (rows), or of rank 3 or 4 (whose rows keep their shape, in C order).

    Floats of any width are the binary fractions that they are, integers are themselves, arrays of dtype object may hold
    whatever `ratio_of_value` reads. With `rows` only so many rows from the top are looked at.

    Raises InputError for any other dtype or rank, masked entries, NaN and infinity (naming the place), and no rows.
    """
    import numpy as np

    if array.ndim not in (2, 3, 4):
        raise _wrong_rank(array.ndim, name)
    array = array[:rows]
    if array.size == 0:
        raise InputError(f"{name} has shape {spell_shape(array.shape)} and so no numbers; give at least one point.")
    require_rows(array.shape[0], name)
    flat = array.reshape(array.shape[0], -1)
    require_columns(flat.shape[1], name)
    if np.ma.is_masked(array):
        raise InputError(f"{name} has masked entries; fill them in or remove their rows.")
    kind = array.dtype.kind
    if kind in "iu":
        return _integer_points(tuple(map(tuple, flat.tolist())), 1, array.shape[1:], name, source_sha256)
    if kind == "f" and array.dtype.itemsize <= 8:
        _require_finite(flat, name)
        return _integer_points(*dyadic_rows(flat), array.shape[1:], name, source_sha256)
    if kind in "fO":
        # tolist() keeps a long double as it is, so nothing is rounded on the way.
        return _points(_exact_rows(flat.tolist(), name), array.shape[1:], name, source_sha256)
    held = _REFUSED_KINDS.get(kind, "no plain numbers")
    raise InputError(
        f"{name} holds {held} (dtype {array.dtype}); convert it to floats, integers or an array of Fractions."
    )


def points_of_memory(source: object, *, rows: int | None) -> Points:
    """The exact points in an array, in anything that converts to one (``__array__``), or in nested sequences.

    Nested lists and tuples hold ints, floats, Fractions, Decimals or strings such as ``"0.1"`` and ``"1/3"``; two
    levels are rows, three or four keep their shape. Raises InputError as `points_of_array` does, and for ragged rows.
    """
    if hasattr(source, "__array__"):
        import numpy as np

        try:
            array = np.asanyarray(source)
        except (TypeError, ValueError, RuntimeError) as error:
            kind = type(source).__name__
            raise InputError(f"a {kind} cannot be converted to an array ({error}); pass a numpy array.") from error
        return points_of_array(array, rows=rows, name="array")
    if not isinstance(source, Sequence) or isinstance(source, str | bytes | bytearray | memoryview):
        kind = type(source).__name__
        raise InputError(f"points cannot be read from a {kind}; pass a file name, an array or a list of rows.")
    return _points_of_sequence(source[:rows], "rows")


def _points_of_sequence(source: Sequence[object], name: str) -> Points:
    if len(source) == 0:
        raise InputError(f"{name} has no rows; give at least one point.")
    require_rows(len(source), name)
    rows: list[list[object]] = []
    shape: Shape = ()
    for number, item in enumerate(source, 1):
        leaves: list[object] = []
        found = _flatten(item, leaves, f"row {number} (counted from 1) of {name}", depth=1)
        if number == 1:
            shape = found
            if len(shape) not in (1, 2, 3):
                raise _wrong_rank(len(shape) + 1, name)
            if not leaves:
                raise InputError(f"{name} has no columns; give at least one number a row.")
            require_columns(len(leaves), name)
        elif found != shape:
            raise InputError(
                f"row {number} (counted from 1) of {name} has shape {found} where row 1 has "
                f"{shape}; give every point the same shape."
            )
        rows.append(leaves)
    return _points(_exact_rows(rows, name), shape, name, None)


def _flatten(item: object, leaves: list[object], place: str, depth: int) -> Shape:
    """Appends the numbers in C order and returns the shape, () for a number."""
    if hasattr(item, "tolist") and hasattr(item, "ndim"):
        item = item.tolist()
    if isinstance(item, str | bytes) or not isinstance(item, Sequence):
        leaves.append(item)
        return ()
    if depth > 3:
        raise _wrong_rank(depth + 1, place)
    shapes = [_flatten(part, leaves, place, depth + 1) for part in item]
    if any(shape != shapes[0] for shape in shapes):
        raise InputError(f"{place} is ragged; give all its parts the same length.")
    return (len(shapes), *(shapes[0] if shapes else ()))


def _exact_rows(rows: Sequence[Sequence[object]], name: str) -> list[list[Ratio]]:
    exact = []
    for number, row in enumerate(rows, 1):
        try:
            exact.append([ratio_of_value(entry) for entry in row])
        except InputError:
            raise _at_its_place(row, number, name) from None
    return exact


def _at_its_place(row: Sequence[object], number: int, name: str) -> InputError:
    for column, entry in enumerate(row, 1):
        try:
            ratio_of_value(entry)
        except InputError as error:
            return InputError(f"{name}, row {number}, column {column} (counted from 1): {error}")
    raise AssertionError("a row that was refused holds an entry that is refused")


def _points(ratios: list[list[Ratio]], shape: Shape, name: str, source_sha256: str | None) -> Points:
    denominator = common_denominator({d for row in ratios for _, d in row}, name)
    rows = tuple(tuple(n * (denominator // d) for n, d in row) for row in ratios)
    return _integer_points(rows, denominator, shape, name, source_sha256)


def _integer_points(
    rows: tuple[tuple[int, ...], ...], denominator: int, shape: Shape, name: str, source_sha256: str | None
) -> Points:
    require_entries(rows, name)
    kept = shape if len(shape) > 1 else None
    return Points.reduced(rows, denominator, shape=kept, name=name, source_sha256=source_sha256)


def _require_finite(flat: NDArray[Any], name: str) -> None:
    import numpy as np

    finite = np.isfinite(flat)
    if not finite.all():
        row, column = map(int, np.argwhere(~finite)[0])
        raise InputError(
            f"{name}, row {row + 1}, column {column + 1} (counted from 1): {flat[row, column]} is not finite; "
            "fill in a number or remove the row."
        )


def _wrong_rank(rank: int, name: str) -> InputError:
    if rank == 1:
        return InputError(
            f"{name} is one-dimensional; give one row for each point, such as x.reshape(-1, 1) for points of R."
        )
    return InputError(f"{name} has rank {rank}; give rows (rank 2), or points that keep their shape (rank 3 or 4).")
