"""A matrix of enclosures, as users see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.arithmetic.rationals import exact_rational
from certify.errors import InputError
from certify.kernels.notebook import matrix_table

Endpoints = tuple[int, int, int]

MAX_EXPONENT = 2**20
"""Bounds are held to multiples of 2**-MAX_EXPONENT, rounded outward; they are refused from 2**MAX_EXPONENT on."""


@dataclass(frozen=True, repr=False)
class Enclosure:
    """Entry by entry, proven bounds on a kernel matrix.

    `.lower`, `.upper`, `.mid`, `.rad` are float64 arrays, rounded outward: the true entry lies in [lower, upper] and in
    [mid - rad, mid + rad], read as exact numbers. `.lower_exact` and `.upper_exact` hold the bounds as Fractions at
    full width.
    """

    rows: tuple[tuple[Endpoints, ...], ...]
    bits: int
    arithmetic: str

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    def _array(self, entry: Any, kind: Any) -> NDArray[Any]:
        result = np.empty(self.shape, dtype=kind)
        for i, row in enumerate(self.rows):
            for j, value in enumerate(row):
                result[i, j] = entry(value)
        return result

    @cached_property
    def lower(self) -> NDArray[np.float64]:
        return self._array(lambda value: float_below(value[0], value[2]), np.float64)

    @cached_property
    def upper(self) -> NDArray[np.float64]:
        return self._array(lambda value: float_above(value[1], value[2]), np.float64)

    @cached_property
    def mid(self) -> NDArray[np.float64]:
        return self._array(_middle, np.float64)

    @cached_property
    def rad(self) -> NDArray[np.float64]:
        return self._array(lambda value: _radius(value, _middle(value)), np.float64)

    @cached_property
    def lower_exact(self) -> NDArray[np.object_]:
        return self._array(lambda value: dyadic(value[0], value[2]), object)

    @cached_property
    def upper_exact(self) -> NDArray[np.object_]:
        return self._array(lambda value: dyadic(value[1], value[2]), object)

    def contains(self, values: Any) -> NDArray[np.bool_]:
        """Elementwise, at full width: does the enclosure hold this number (float, int, Fraction, decimal string)?

        NaN and infinity lie in no enclosure. `values` is broadcast to `shape`; InputError where that cannot be done.
        """
        array = np.array(values, dtype=object)
        try:
            given = np.broadcast_to(array, self.shape)
        except ValueError:
            raise InputError(
                f"values of shape {array.shape} do not fit a kernel of shape {self.shape}: give one for every entry."
            ) from None
        result = np.zeros(self.shape, dtype=bool)
        for i, j in np.ndindex(self.shape):
            value = given[i, j]
            if isinstance(value, (float, np.floating)) and not math.isfinite(value):
                continue
            exact = exact_rational(value, f"value [{i}, {j}]")
            low, high, exponent = self.rows[i][j]
            result[i, j] = dyadic(low, exponent) <= exact <= dyadic(high, exponent)
        return result

    def __repr__(self) -> str:
        n, m = self.shape
        try:
            widest = f"{self.rad.max():.3g}"
        except InputError:
            widest = "beyond float64"
        return (
            f"Enclosure(shape=({n}, {m}), arithmetic={self.arithmetic!r}, bits={self.bits}, "
            f"largest float64 radius={widest})"
        )

    def _repr_html_(self) -> str:
        return matrix_table(repr(self), self.lower, self.upper)


def dyadic(mantissa: int, exponent: int) -> Fraction:
    """mantissa * 2**exponent."""
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def rational_endpoints(value: Fraction, bits: int) -> Endpoints:
    """End points around a rational number, of relative width at most 2**-bits, equal where it is a short dyadic."""
    shift = max(0, bits + 2 + value.denominator.bit_length() - value.numerator.bit_length())
    quotient, rest = divmod(value.numerator << shift, value.denominator)
    return quotient, quotient + bool(rest), -shift


def float_below(mantissa: int, exponent: int) -> float:
    """The largest float64 that is at most mantissa * 2**exponent.

    Raises InputError beyond the range of float64.
    """
    excess = max(mantissa.bit_length() - 53, -1074 - exponent, 0)
    mantissa, exponent = mantissa >> excess, exponent + excess
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        raise InputError(
            "an entry of the kernel lies beyond the range of float64: read lower_exact and upper_exact instead."
        ) from None


def float_above(mantissa: int, exponent: int) -> float:
    """The smallest float64 that is at least mantissa * 2**exponent; zero is 0.0, never -0.0."""
    return 0.0 - float_below(-mantissa, exponent)


def _middle(value: Endpoints) -> float:
    low, high, exponent = value
    return float_below(low + high, exponent - 1)


def _radius(value: Endpoints, middle: float) -> float:
    low, high, exponent = value
    center = Fraction(middle)
    distance = max(dyadic(high, exponent) - center, center - dyadic(low, exponent))
    shift = max(0, 1100 + 64)
    scaled = -((-distance.numerator << shift) // distance.denominator)
    return float_above(scaled, -shift)


def _representable(value: Endpoints) -> Endpoints:
    """The end points with an exponent that integers and Fractions can bear: exp(-|x|^2) may be as small as it likes."""
    low, high, exponent = value
    if exponent < -MAX_EXPONENT:
        shift = -MAX_EXPONENT - exponent
        return low >> shift, -(-high >> shift), -MAX_EXPONENT
    if exponent + max(low.bit_length(), high.bit_length()) > MAX_EXPONENT and (low or high):
        raise InputError(
            f"an entry of the kernel exceeds 2**{MAX_EXPONENT}: scale the points or the variances of the network down."
        )
    return value


def from_entries(rows: Sequence[Sequence[Endpoints]], symmetric: bool, bits: int, arithmetic: str) -> Enclosure:
    """An Enclosure from full rows, or from the lower triangle of a symmetric matrix.

    Raises InputError for entries of 2**(2**20) and more.
    """
    rows = [[_representable(value) for value in row] for row in rows]
    if symmetric:
        n = len(rows)
        rows = [[rows[i][j] if j <= i else rows[j][i] for j in range(n)] for i in range(n)]
    return Enclosure(tuple(map(tuple, rows)), bits, arithmetic)
