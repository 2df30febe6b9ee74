"""Directions of exact points in float64, and the correlations of tiles of pairs to about one unit in the last place.

A direction x/|x| is kept as high + low: `high` on the grid of multiples of 2^-26, so that a product of two of them is
a sum of multiples of 2^-52 below 2, which float64 holds exactly in any order of summation; `low` is what remains, below
2^-26, in float64. The product of two directions is then one exact matrix product and one small correction (Ozaki,
Ogita, Oishi and Rump, Error-free transformations of matrix multiplication by using fast routines, 2012).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from certify.kernels.float64.polynomials import UNIT, UPWARD, FloatArray

GRID = 2.0**26
_ROUNDER = 1.5 * 2.0**52 / GRID
REPRESENTATION = 2.0**-77
"""Bound on each coordinate of x/|x| - high - low."""
_SPLITTER = 2.0**27 + 1
MOST_COLUMNS = 2**20
_FEW_CELLS = 2**21
"""Up to so many cells what goes with the directions is kept; of more it is made again for every tile."""
_ROWS = 8192


@dataclass(frozen=True)
class Directions:
    """x/|x| of n points, none of them zero: high, low (n x d), |x/|x| - high - low| <= REPRESENTATION a coordinate."""

    high: FloatArray
    low: FloatArray

    @property
    def columns(self) -> int:
        return int(self.high.shape[1])

    def left(self, rows: slice) -> FloatArray:
        """The first factor of the correction, for some rows."""
        if self.high.size <= _FEW_CELLS:
            return self._whole_left[rows]
        return np.concatenate([self.high[rows], self.low[rows]], axis=1)

    def right(self, rows: slice) -> FloatArray:
        """The second factor of the correction, for some rows."""
        if self.high.size <= _FEW_CELLS:
            return self._whole_right[rows]
        return np.concatenate([self.low[rows], self.high[rows] + self.low[rows]], axis=1)

    @cached_property
    def _whole_left(self) -> FloatArray:
        return np.concatenate([self.high, self.low], axis=1)

    @cached_property
    def _whole_right(self) -> FloatArray:
        return np.concatenate([self.low, self.high + self.low], axis=1)

    @cached_property
    def correction_error(self) -> float:
        """A bound on |<x/|x|, y/|y|> - h - l| of `correlations`.

        With |high| <= 1 + sqrt(d) 2^-26 and |low| <= sqrt(d) 2^-26: two representation errors, the rounding of high +
        low in the second factor, and 2 d + 1 roundings of a product of length 2 d.
        """
        root = math.sqrt(self.columns) * UPWARD
        low = root / GRID
        high = 1 + low
        represented = 2 * root * REPRESENTATION * (1 + root * REPRESENTATION)
        summed = (2 * self.columns + 2) * UNIT * low * (2 * high + low)
        return (represented + summed) * UPWARD


def directions(rows: Sequence[Sequence[int]]) -> Directions:
    """The directions of integer rows, none of them zero.

    Each row is scaled by a power of two, its reciprocal norm found to 2^-106 in integers, and the product of the two
    formed by an error-free transformation (Dekker 1971), so the error of a coordinate is the last rounding of `low`
    and terms of 2^-100.
    """
    high, low = np.empty((2, len(rows), len(rows[0])))
    for top in range(0, len(rows), _ROWS):
        part = slice(top, top + _ROWS)
        high[part], low[part] = _directions(rows[part])
    return Directions(high, low)


def _directions(rows: Sequence[Sequence[int]]) -> tuple[FloatArray, FloatArray]:
    """(high, low) of some rows."""
    tops = [max(max(row), -min(row)).bit_length() for row in rows]
    main, rest = _scaled(rows, tops)
    inverse = np.array([_inverse_norm(row, top) for row, top in zip(rows, tops, strict=True)])
    factor, correction = inverse[:, :1], inverse[:, 1:]
    product = main * factor
    error = _product_error(main, factor, product)
    high = (product + _ROUNDER) - _ROUNDER
    low = (product - high) + (error + (main * correction + rest * factor))
    return high, low


def _scaled(rows: Sequence[Sequence[int]], tops: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    """(main, rest) with main + rest = row / 2**top up to 2^-105: below one in absolute value."""
    main, rest = np.zeros((2, len(rows), len(rows[0])))
    for i, (row, top) in enumerate(zip(rows, tops, strict=True)):
        drop = max(top - 900, 0)
        values = [value >> drop for value in row] if drop else row
        floats = list(map(float, values))
        main[i] = np.ldexp(floats, drop - top)
        rounded = list(map(int, floats))
        if rounded != list(values):
            left = [float(value - number) for value, number in zip(values, rounded, strict=True)]
            rest[i] = np.ldexp(left, drop - top)
    return main, rest


def _inverse_norm(row: Sequence[int], top: int) -> tuple[float, float]:
    """2**top / |row| as a sum of two float64 numbers, to 2^-104: it lies between d^-1/2 and 2."""
    square = sum(value * value for value in row)
    places = 160
    value = math.isqrt((1 << 2 * (places + top)) // square)
    excess = max(value.bit_length() - 53, 0)
    main = value >> excess << excess
    return math.ldexp(main, -places), math.ldexp(value - main, -places)


def _product_error(a: FloatArray, b: FloatArray, product: FloatArray) -> FloatArray:
    """a b - product exactly, where nothing underflows."""
    a_high, b_high = _upper_half(a), _upper_half(b)
    a_low, b_low = a - a_high, b - b_high
    result: FloatArray = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return result


def _upper_half(x: FloatArray) -> FloatArray:
    scaled = x * _SPLITTER
    result: FloatArray = scaled - (scaled - x)
    return result


def correlations(
    x: Directions, y: Directions, rows: slice, columns: slice, out: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """(h, l): h + l is the correlation of each pair up to `correction_error`, h a multiple of 2^-52, |l| small."""
    h, low = out
    np.matmul(x.high[rows], y.high[columns].T, out=h)
    np.matmul(x.left(rows), y.right(columns).T, out=low)
    return h, low


def distances(
    x: Directions, y: Directions, first: NDArray[np.intp], second: NDArray[np.intp], sign: int
) -> tuple[FloatArray, FloatArray]:
    """(d, error): |x/|x| - sign y/|y|| = d up to `error`, for pairs of indices; digits are kept however close they are.

    Differences of `high` are exact; a coordinate of the rest is off by two representation errors, one rounding of a
    number below 2^-24 and one of the sum.
    """
    high = x.high[first] - sign * y.high[second]
    low = x.low[first] - sign * y.low[second]
    total = high + low
    d = np.sqrt(np.einsum("ij,ij->i", total, total))
    columns = x.columns
    absolute = math.sqrt(columns) * (2 * REPRESENTATION + UNIT * 2.0**-24) * UPWARD
    return d, absolute + (columns + 4) * UNIT * UPWARD * d
