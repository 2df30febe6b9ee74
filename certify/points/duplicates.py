"""Equality of exact points before and after normalisation, decided by integer keys in O(N d)."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from certify.errors import InputError

Normalize = Literal["none", "unit"]
DuplicatePolicy = Literal["drop", "keep", "error"]
Row = tuple[int, ...]


def normalised_keys(rows: Sequence[Row], normalize: Normalize) -> list[Row]:
    """One integer vector per row; two rows over one denominator are the same exact point iff their keys are equal.

    Under "none" the key is the row itself. Under "unit" the point is x/|x|, which is irrational in general, but x/|x| =
    y/|y| exactly when y is a positive multiple of x, that is when the primitive vectors (row over the gcd of its
    entries) agree: x and 3x share a key, x and -x do not.

    Raises InputError for another normalisation, and under "unit" for a zero row, which has no direction.
    """
    require_choice("normalisation", normalize, get_args(Normalize))
    return list(rows) if normalize == "none" else [_primitive(row, number) for number, row in enumerate(rows, 1)]


class FirstRows:
    """Indices by their key, the first of each. Keys are made again where their hashes agree: none of them is kept."""

    def __init__(self, key: Callable[[int], Row]) -> None:
        self.key = key
        self.known: dict[int, list[int]] = {}

    def find(self, wanted: Row) -> int | None:
        return next((index for index in self.known.get(hash(wanted), ()) if self.key(index) == wanted), None)

    def add(self, index: int, key: Row) -> int | None:
        """The index that has this key already, if there is one; the new index is kept otherwise."""
        first = self.find(key)
        if first is None:
            self.known.setdefault(hash(key), []).append(index)
        return first


def repeated_rows(count: int, key: Callable[[int], Row]) -> list[tuple[int, int]]:
    """The pairs (first, repeat) of indices below `count` with equal keys, one pair per repeat, in the order of the
    repeats."""
    seen = FirstRows(key)
    found = ((seen.add(i, key(i)), i) for i in range(count))
    return [(first, i) for first, i in found if first is not None]


def require_choice(what: str, value: object, choices: Sequence[str]) -> None:
    """Raises InputError, with the nearest choice, unless the value is one of the choices."""
    if value in choices:
        return
    near = difflib.get_close_matches(str(value), choices, n=1)
    hint = f"did you mean {near[0]!r}" if near else f"choose one of {', '.join(map(repr, choices))}"
    raise InputError(f"the {what} {value!r} is unknown; {hint}.")


def _primitive(row: Row, number: int) -> Row:
    content = math.gcd(*row)
    if content == 0:
        raise InputError(
            f"row {number} (counted from 1) is zero and has no direction; remove it or use --normalize none."
        )
    return row if content == 1 else tuple([entry // content for entry in row])
