"""Parts that many objects of the format share: exact keys, integers that are no booleans, triangular arrays."""

from itertools import pairwise
from typing import Any

from .answers import Malformed
from .numerals import integers_from_hex


def require_object(value: Any, keys: set[str], where: str) -> dict[str, Any]:
    """An object with exactly these keys."""
    if not isinstance(value, dict):
        raise Malformed(f"{where} is not an object")
    if value.keys() != keys:
        raise Malformed(f"{where} does not have exactly the keys {', '.join(sorted(keys))}")
    return value


def require_integer(value: Any, where: str) -> int:
    """An integer; true and false are none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"{where} is not an integer")
    return value


def require_string(value: Any, where: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise Malformed(f"{where} is not a string")
    return value


def require_choice(value: Any, choices: tuple[str, ...], where: str) -> str:
    """One of a few strings."""
    if not isinstance(value, str) or value not in choices:
        raise Malformed(f"{where} is none of: {', '.join(choices)}")
    return value


def triangle(value: Any, size: int, where: str) -> tuple[tuple[int, ...], ...]:
    """Lower triangular rows: row i is a string of i + 1 integers."""
    if not isinstance(value, list) or len(value) != size:
        raise Malformed(f"{where} is not a list of {size} rows")
    return tuple(
        [
            integers_from_hex(require_string(row, f"row {i} of {where}"), i + 1, f"row {i} of {where}")
            for i, row in enumerate(value)
        ]
    )


def row_indices(value: Any, size: int, where: str) -> tuple[int, ...]:
    """Distinct indices of points, in the order given; at least one."""
    if not isinstance(value, list) or not value:
        raise Malformed(f"{where} is not a list of row indices")
    indices = tuple([require_integer(item, f"an index in {where}") for item in value])
    if min(indices) < 0 or max(indices) >= size:
        raise Malformed(f"{where} holds an index outside 0..{size - 1}")
    if len(set(indices)) != len(indices):
        raise Malformed(f"{where} holds an index twice")
    return indices


def sparse_rows(columns: Any, values: Any, size: int, where: str) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Column indices and values of a sparse matrix of `size` rows and columns: of each row two strings of integers,
    equally many, at least one, and the indices increase."""
    for part in (columns, values):
        if not isinstance(part, list) or len(part) != size:
            raise Malformed(f"{where} is not made of two lists of {size} rows")
    places, entries = [], []
    for i, (indices, numbers) in enumerate(zip(columns, values, strict=True)):
        name = f"row {i} of {where}"
        count = require_string(indices, name).count(" ") + 1
        if count > size:
            raise Malformed(f"{name} is longer than the matrix is wide")
        found = integers_from_hex(indices, count, name)
        if found[0] < 0 or found[-1] >= size or any(a >= b for a, b in pairwise(found)):
            raise Malformed(f"the indices of {name} do not increase within 0..{size - 1}")
        places.append(found)
        entries.append(integers_from_hex(require_string(numbers, name), count, name))
    return tuple(places), tuple(entries)
