"""Rows of float64 as integers over one power of two, exactly and without an object for every entry in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS = 4096
_DIGITS = 53
_LARGEST = 62


def dyadic_rows(array: NDArray[Any]) -> tuple[tuple[tuple[int, ...], ...], int]:
    """(rows, denominator) in lowest terms for a finite array of rank 2 of floats of at most 64 bits."""
    places = max((int(depths.max()) for _, depths in _parts(array)), default=0)
    places = max(places, 0)
    rows: list[tuple[int, ...]] = []
    for odd, depths in _parts(array):
        shifts = places - depths
        # Zeros have depth 0 and stay zero.
        if int((np.frexp(odd.astype(np.float64))[1] + shifts).max()) <= _LARGEST:
            rows += map(tuple, (odd << shifts).tolist())
        else:
            rows += [
                tuple(value << shift for value, shift in zip(*row, strict=True))
                for row in zip(odd.tolist(), shifts.tolist(), strict=True)
            ]
    return tuple(rows), 1 << places


def _parts(array: NDArray[Any]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(odd, depths) with entry = odd * 2**-depths, odd an odd integer or zero, some rows at a time."""
    for top in range(0, len(array), _ROWS):
        mantissas, exponents = np.frexp(array[top : top + _ROWS].astype(np.float64))
        whole = np.ldexp(mantissas, _DIGITS).astype(np.int64)
        zeros = np.frexp((whole & -whole).astype(np.float64))[1].astype(np.int64) - 1
        zeros[whole == 0] = 0
        depths = _DIGITS - exponents.astype(np.int64) - zeros
        depths[whole == 0] = 0
        yield whole >> zeros, depths
