"""Polynomials evaluated in float64, with a bound on the rounding that holds for every argument in their range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import arb
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

UNIT = 2.0**-53
UPWARD = 1 + 2.0**-30
"""More than the rounding of a few hundred float64 operations on numbers of one sign."""
_UNDERFLOW = 2.0**-1000


@dataclass(frozen=True)
class FloatPolynomial:
    """sum_k coefficients[k] (x - centre)^k for |x - centre| <= reach, by Horner's rule."""

    coefficients: tuple[float, ...]
    centre: float
    reach: float

    @property
    def degree(self) -> int:
        return len(self.coefficients) - 1

    @cached_property
    def slope(self) -> float:
        """An upper bound of the absolute derivative."""
        total = 0.0
        for k in range(self.degree, 0, -1):
            total = total * self.reach + k * abs(self.coefficients[k])
        return total * UPWARD

    @cached_property
    def rounding(self) -> float:
        """An upper bound of |computed - exact| of `evaluate` for an argument given exactly.

        Running error analysis of Horner's rule with every partial result at its largest (Higham, Accuracy and
        Stability, 2nd ed., section 5.1); the subtraction of the centre moves the argument by at most UNIT * reach.
        """
        size, error = abs(self.coefficients[-1]), 0.0
        for c in reversed(self.coefficients[:-1]):
            product = self.reach * (size + error) * (1 + UNIT)
            error = self.reach * error + UNIT * product + UNIT * (abs(c) + product)
            size = abs(c) + self.reach * size
        moved = self.slope * UNIT * self.reach if self.centre else 0.0
        return (error + moved) * UPWARD + _UNDERFLOW

    def evaluate(self, x: FloatArray, out: FloatArray) -> FloatArray:
        """The values at x, written to `out` of the same shape; x becomes x - centre."""
        if self.centre:
            np.subtract(x, self.centre, out=x)
        if not self.degree:
            out.fill(self.coefficients[0])
            return out
        np.multiply(x, self.coefficients[-1], out=out)
        for c in self.coefficients[-2:0:-1]:
            np.add(out, c, out=out)
            np.multiply(out, x, out=out)
        return np.add(out, self.coefficients[0], out=out)


def rounded_polynomial(exact: Sequence[arb], centre: float, reach: float) -> FloatPolynomial:
    """The float64 polynomial nearest to one with ball coefficients in powers of x - centre."""
    return FloatPolynomial(tuple(float(c.mid()) for c in exact), centre, reach)


def above(x: arb) -> float:
    """A float64 that is at least every number of a ball >= 0. Raises ArithmeticError where there is none."""
    bound = float(x.abs_upper().mid()) * UPWARD + _UNDERFLOW
    if not bound < float("inf"):
        raise ArithmeticError("a bound lies beyond the range of float64")
    return bound
