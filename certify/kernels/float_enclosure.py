"""Enclosures held as two float64 arrays: what the bulk path gives."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.kernels.enclosure import Enclosure, Endpoints

FloatArray = NDArray[np.float64]


class FloatEnclosure(Enclosure):
    """Every entry lies in [mid - rad, mid + rad]; both arrays are finite, and read-only.

    `bits` says that no radius exceeds 2**-bits times the largest entry.
    """

    def __init__(self, mid: FloatArray, rad: FloatArray, bits: int) -> None:
        for array in (mid, rad):
            array.flags.writeable = False
        for name, value in (("_mid", mid), ("_rad", rad), ("bits", bits), ("arithmetic", "float")):
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, int]:
        n, m = self._mid.shape
        return n, m

    @property
    def mid(self) -> FloatArray:
        return self._mid

    @property
    def rad(self) -> FloatArray:
        return self._rad

    @cached_property
    def lower(self) -> FloatArray:
        # A difference to nearest is off by less than the step to the next number.
        return np.where(self._rad == 0, self._mid, np.nextafter(self._mid - self._rad, -np.inf))

    @cached_property
    def upper(self) -> FloatArray:
        return np.where(self._rad == 0, self._mid, np.nextafter(self._mid + self._rad, np.inf))

    @cached_property
    def rows(self) -> tuple[tuple[Endpoints, ...], ...]:
        return tuple(
            tuple(map(_endpoints, mids, rads))
            for mids, rads in zip(self._mid.tolist(), self._rad.tolist(), strict=True)
        )

    _mid: FloatArray
    _rad: FloatArray

    def __eq__(self, other: Any) -> bool:
        return (
            isinstance(other, FloatEnclosure)
            and np.array_equal(self._mid, other._mid)
            and np.array_equal(self._rad, other._rad)
        )

    __hash__ = None  # type: ignore[assignment]


def _endpoints(mid: float, rad: float) -> Endpoints:
    """mid - rad and mid + rad exactly, over one power of two."""
    m, d = mid.as_integer_ratio()
    r, e = rad.as_integer_ratio()
    bits = max(d, e).bit_length() - 1
    m, r = m * (1 << bits) // d, r * (1 << bits) // e
    return m - r, m + r, -bits
