"""The shape of one point: a flat row read in C order as H x W x C or as T x C."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from certify.arithmetic.rationals import abbreviate
from certify.errors import InputError

Shape = tuple[int, ...]

_SPELLING = re.compile(r"[0-9]{1,6}(?:[xX][0-9]{1,6}){1,2}")


def parse_shape(shape: str | Sequence[int]) -> Shape:
    """Read ``"8x8x1"``, or a sequence of two or three positive integers.

    Two factors mean T x C, three mean H x W x C. Raises InputError for anything else.
    """
    if isinstance(shape, str):
        text = shape.strip()
        factors: tuple[object, ...] = tuple(map(int, re.split("[xX]", text))) if _SPELLING.fullmatch(text) else ()
        shown = abbreviate(shape)
    elif isinstance(shape, Sequence):
        factors = tuple(shape)
        shown = abbreviate(str(factors))
    else:
        factors, shown = (), f"of type {type(shape).__name__}"
    sizes = tuple(size for size in factors if type(size) is int and size > 0)
    if len(sizes) not in (2, 3) or len(sizes) != len(factors):
        raise InputError(f"the shape {shown} cannot be read; write HxWxC such as 8x8x1, or TxC such as 8x8.")
    return sizes


def spell_shape(shape: Shape) -> str:
    """``8x8x1`` for (8, 8, 1)."""
    return "x".join(map(str, shape))


def require_fit(shape: Shape, columns: int, place: str) -> None:
    """Raises InputError unless the shape holds as many numbers as a row has columns."""
    size = math.prod(shape)
    if size != columns:
        raise InputError(
            f"the shape {spell_shape(shape)} holds {size} numbers but a row of {place} has {columns}; "
            f"choose factors whose product is {columns}."
        )
