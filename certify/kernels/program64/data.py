"""The inner products between positions of many pairs of points at once, in float64 balls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from certify.arithmetic.float_balls import UNIT, FloatArithmetic, FloatBall
from certify.kernels.positions import Parts
from certify.kernels.program64.runs import Indices

_EXACT = 2**53
_MOST_BITS = 400


@dataclass(frozen=True)
class PositionArrays:
    """x_p / 2**exponent of all points, (positions, channels, points); `inverse` are the 1 / |x| of whole points on the
    same scale, where they are to be divided by."""

    values: FloatBall
    largest: int | None
    exponent: int
    inverse: FloatBall | None

    def products(self, rows: Indices, other: PositionArrays, columns: Indices, factor: FloatBall) -> FloatBall:
        """factor <x_p, y_q> of the points rows[k] and columns[k], (positions, positions, pairs)."""
        x, y = self.values.mid[:, :, rows], other.values.mid[:, :, columns]
        channels = x.shape[1]
        mid = x[:, None, 0] * y[None, :, 0]
        if self.largest is not None and other.largest is not None and channels * self.largest * other.largest < _EXACT:
            # Products and sums of whole numbers are exact.
            for c in range(1, channels):
                mid += x[:, None, c] * y[None, :, c]
            found = FloatBall(mid, np.zeros_like(mid))
        else:
            size = np.abs(mid)
            for c in range(1, channels):
                term = x[:, None, c] * y[None, :, c]
                mid += term
                size += np.abs(term)
            # Both factors are rounded, each product is, and so are the sums, whatever their order.
            found = FloatBall(mid, size * ((channels + 4) * UNIT * (1 + 2.0**-30)))
        if self.inverse is not None and other.inverse is not None:
            one, two = self.inverse, other.inverse
            both = FloatBall(one.mid[rows], one.rad[rows]) * FloatBall(two.mid[columns], two.rad[columns])
            return found * (both * factor)
        return found * factor


def position_arrays(parts: Parts, number: FloatArithmetic, normalised: bool) -> PositionArrays:
    """The parts of points in float64. Raises ArithmeticError where they range too widely for it; call it inside
    `number.active()`."""
    largest = max((abs(v) for point in parts.rows for row in point for v in row), default=0)
    exponent = max(largest.bit_length() - _MOST_BITS, 0)
    scale = 1 << exponent
    values = np.array([[[_scaled(v, scale) for v in row] for row in point] for point in parts.rows])
    inverse = None
    if normalised:
        norms = np.array([_scaled(norm, scale * scale) for norm in parts.norms])
        inverse = 1 / number.sqrt(FloatBall(norms, norms * (UNIT * (1 + 2.0**-30))))
    arranged = np.ascontiguousarray(values.transpose(1, 2, 0))
    held = largest if largest < _EXACT and not exponent else None
    return PositionArrays(FloatBall(arranged, np.zeros(())), held, exponent, inverse)


def _scaled(value: int, scale: int) -> float:
    """value / scale to nearest."""
    found = value / scale
    if value and abs(found) < 2.0**-300:
        raise ArithmeticError("the coordinates of the points range too widely for float64")
    return found
