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
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.kernels.float64.polynomials import UNIT, UPWARD, FloatArray

GRID = 2.0**26
_ROUNDER = 1.5 * 2.0**52 / GRID
REPRESENTATION = 2.0**-77
"""Bound on each coordinate of x/|x| - high - low."""
_SPLITTER = 2.0**27 + 1
MOST_COLUMNS = 2**20
_FEW_COLUMNS = 2**12
_COARSE, _FINE = 1.5 * 2.0**20, 1.5 * 2.0**-12
"""Added and taken away again, they round to multiples of 2^-32 and 2^-64."""
_FEW_CELLS = 2**21
"""Up to so many cells what goes with the directions is kept; of more it is made again for every tile."""
_ROWS = 8192


@dataclass(frozen=True)
class Directions:
    """x/|x| of n points, none of them zero: high, low (n x d), |x/|x| - high - low| <= REPRESENTATION a coordinate."""

    high: FloatArray
    low: FloatArray

    def __reduce__(self) -> tuple[Any, ...]:
        return Directions, (self.high, self.low)

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

    Each row is scaled by a power of two, its reciprocal norm found to 2^-89, and the product of the two formed by an
    error-free transformation (Dekker 1971), so the error of a coordinate is the last rounding of `low`, 2^-80, and
    terms of 2^-89.
    """
    high, low = np.empty((2, len(rows), len(rows[0])))
    for top in range(0, len(rows), _ROWS):
        part = slice(top, top + _ROWS)
        high[part], low[part] = _directions(rows[part])
    return Directions(high, low)


def _directions(rows: Sequence[Sequence[int]]) -> tuple[FloatArray, FloatArray]:
    """(high, low) of some rows."""
    main, rest, tops = _scaled(rows)
    if rest is None and main.shape[1] <= _FEW_COLUMNS:
        inverse = _inverse_norms(main)
    else:
        inverse = np.array([_inverse_norm(row, top) for row, top in zip(rows, tops, strict=True)])
    factor, correction = inverse[:, :1], inverse[:, 1:]
    product = main * factor
    error = _product_error(main, factor, product)
    high = (product + _ROUNDER) - _ROUNDER
    if rest is not None:
        error += rest * factor
    low = (product - high) + (error + main * correction)
    return high, low


def _scaled(rows: Sequence[Sequence[int]]) -> tuple[FloatArray, FloatArray | None, list[int]]:
    """(main, rest, tops) with main + rest = row / 2**top up to 2^-105, main at most one in absolute value; no rest
    where every number is a float64."""
    try:
        floats = np.array(rows, dtype=np.float64)
    except OverflowError:
        floats = np.full((1, 1), np.inf)
    if not np.isfinite(floats).all():
        return _scaled_beyond_float64(rows)
    tops = np.frexp(np.abs(floats).max(axis=1))[1]
    rest = None
    for i, (row, found) in enumerate(zip(rows, floats.tolist(), strict=True)):
        if found != list(row):  # compared exactly
            if rest is None:
                rest = np.zeros(floats.shape)
            left = [float(value - int(number)) for value, number in zip(row, found, strict=True)]
            rest[i] = np.ldexp(left, -tops[i])
    return np.ldexp(floats, -tops[:, None]), rest, tops.tolist()


def _scaled_beyond_float64(rows: Sequence[Sequence[int]]) -> tuple[FloatArray, FloatArray, list[int]]:
    tops = [max(max(row), -min(row)).bit_length() for row in rows]
    main, rest = np.zeros((2, len(rows), len(rows[0])))
    for i, (row, top) in enumerate(zip(rows, tops, strict=True)):
        drop = max(top - 900, 0)
        values = [value >> drop for value in row]
        floats = list(map(float, values))
        main[i] = np.ldexp(floats, drop - top)
        left = [float(value - int(number)) for value, number in zip(values, floats, strict=True)]
        rest[i] = np.ldexp(left, drop - top)
    return main, rest, tops


def _inverse_norms(main: FloatArray) -> FloatArray:
    """1 / |x| of rows of at most 4096 numbers, the largest in [1/2, 1], each as a sum of two float64 numbers, to 2^-89.

    Squares are split without error into multiples of 2^-32, multiples of 2^-64 and a rest below 2^-64: the sums of the
    former are exact in any order, the last is off by 2^-91 (2^13 terms, as many roundings). With s the sum and r near
    s^-1/2, s^-1/2 = r (1 - e)^-1/2 = r + r e / 2 up to e^2, where e = 1 - s r^2 is formed without cancellation.
    """
    square = main * main
    error = _product_error(main, main, square)
    first = (square + _COARSE) - _COARSE
    square -= first
    second, third = (square + _FINE) - _FINE, (error + _FINE) - _FINE
    middle = second.sum(axis=1) + third.sum(axis=1)
    last = (square - second).sum(axis=1) + (error - third).sum(axis=1)
    coarse = first.sum(axis=1)
    high = coarse + middle
    low = (middle - (high - coarse)) + last
    root = 1.0 / np.sqrt(high)
    inverse = root * root
    below = _product_error(root, root, inverse)
    product = high * inverse
    e = (((1.0 - product) - _product_error(high, inverse, product)) - high * below) - low * inverse
    return np.stack([root, root * e / 2], axis=1)


def _inverse_norm(row: Sequence[int], top: int) -> tuple[float, float]:
    """2**top / |row| as a sum of two float64 numbers, to 2^-104: it lies between d^-1/2 / 2 and 2."""
    square = sum(map(mul, row, row))
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
