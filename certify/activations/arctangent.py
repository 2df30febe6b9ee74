"""The arc tangent: analytic on |Im z| < 1, |s'(z)| = 1 / |1 + z^2| <= 1 / (1 - (9/10)^2) < 6 for |Im z| <= 9/10.

(|z - i| |z + i| >= (1 - y)(1 + y) for |y| < 1.)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.analytic.strip import StripActivation, Values
from certify.activations.base import Parity
from certify.arithmetic.protocol import Arithmetic


@dataclass(frozen=True, repr=False)
class Arctan(StripActivation):
    """arctan x, between -pi/2 and pi/2."""

    strip = Fraction(9, 10)
    slope_bound = 6

    @property
    def parity(self) -> Parity:
        return Parity.ODD

    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        return number.exact(0), number.exact(1)

    def values(self, number: Arithmetic, x: Any) -> Values:
        value, slope = number.atan(x), 1 / (1 + x * x)
        return Values(value, -value, slope, slope)
