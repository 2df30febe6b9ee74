"""Activations made of the logistic function: Tanh, Sigmoid, Softplus, Swish, Mish.

With z = x + iy: |1 + exp(z)|^2 exp(-x) = 2 (cosh x + cos y), so sigma(z) = 1 / (1 + exp(-z)) has its poles at odd
multiples of i pi and |sigma'(z)| = |sigma(z) sigma(-z)| = 1 / (2 (cosh x + cos y)). On |y| <= 3, where cos y >=
cos 3 > -0.989993:

    |sigma'| <= 1 / (2 (1 + cos 3)) < 50, and |sigma| <= 1 / sin 3 < 8 (|1 + exp(-z)| >= sin 3 for pi/2 <= |y| <= 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.analytic.strip import StripActivation, Values
from certify.activations.base import Parity
from certify.activations.waves.logistic import SIGMOID, SOFTPLUS, SWISH, TANH
from certify.activations.waves.mish import MISH
from certify.arithmetic.protocol import Arithmetic


@dataclass(frozen=True, repr=False)
class Tanh(StripActivation):
    """tanh x = 2 sigma(2 x) - 1: |tanh'(z)| = 4 |sigma'(2 z)| <= 200 for |y| <= 3/2."""

    strip = Fraction(3, 2)
    slope_bound = 200
    wave = TANH

    @property
    def parity(self) -> Parity:
        return Parity.ODD

    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        return number.exact(0), number.exact(1)

    def values(self, number: Arithmetic, x: Any) -> Values:
        e = number.exp(-2 * x)
        value = (1 - e) / (1 + e)
        slope = 4 * e / ((1 + e) * (1 + e))
        return Values(value, -value, slope, slope)


@dataclass(frozen=True, repr=False)
class Sigmoid(StripActivation):
    """The logistic function 1 / (1 + exp(-x))."""

    strip = Fraction(3)
    slope_bound = 50
    wave = SIGMOID

    @property
    def is_odd_about_a_constant(self) -> bool:
        return True

    @property
    def vanishes_at_zero(self) -> bool:
        return False

    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        return number.exact(Fraction(1, 2)), number.exact(Fraction(1, 4))

    def values(self, number: Arithmetic, x: Any) -> Values:
        e = number.exp(-x)
        value = (1 - e) / (1 + e) / 2
        slope = e / ((1 + e) * (1 + e))
        return Values(value, -value, slope, slope)


@dataclass(frozen=True, repr=False)
class Softplus(StripActivation):
    """log(1 + exp(x)), whose derivative is the logistic function."""

    strip = Fraction(3)
    slope_bound = 8
    wave = SOFTPLUS

    @property
    def vanishes_at_zero(self) -> bool:
        return False

    @property
    def has_linear_odd_part(self) -> bool:
        """log(1 + exp(x)) - log(1 + exp(-x)) = x."""
        return True

    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        return number.log(number.exact(2)), number.exact(Fraction(1, 2))

    def values(self, number: Arithmetic, x: Any) -> Values:
        e = number.exp(-x)
        value = number.log((1 + e) / 2)
        slope = 1 / (1 + e)
        return Values(x + value, value, slope, e * slope)


@dataclass(frozen=True, repr=False)
class Swish(StripActivation):
    """x / (1 + exp(-x)), also called SiLU.

    |s'| <= |sigma| + |z| |sigma'| <= 8 + (|x| + 3) / (2 (cosh x + cos 3)) < 8 + 152: the quotient decreases in |x|, as
    (|x| + 3) sinh |x| >= 3 |x| >= cosh x - 1 for |x| <= 2 and (|x| + 3) tanh |x| > 1 + 1 / cosh x beyond.
    """

    strip = Fraction(3)
    slope_bound = 200
    wave = SWISH

    @property
    def vanishes_at_zero(self) -> bool:
        return True

    @property
    def has_linear_odd_part(self) -> bool:
        """x / (1 + exp(-x)) + x / (1 + exp(x)) = x."""
        return True

    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        return number.exact(0), number.exact(Fraction(1, 2))

    def values(self, number: Arithmetic, x: Any) -> Values:
        e = number.exp(-x)
        right = 1 / (1 + e)
        left = e * right
        bend = x * left * right
        return Values(x * right, -x * left, right + bend, left - bend)


@dataclass(frozen=True, repr=False)
class Mish(StripActivation):
    """x tanh(log(1 + exp(x))) = x (1 - 2 / (w^2 + 1)) with w = 1 + exp(x).

    On |y| <= 2 every value e of exp(z) has |arg e| <= 2, so its distances a <= b from the zeros -1 -+ i of w^2 + 1 are
    at least sqrt(2) sin(3 pi/4 - 2) > 0.49, and a + b >= 2: |w^2 + 1| = a b >= min(1, 0.49 (2 - 0.49)) > 0.73. For |e|
    >= 4 it is at least (|e| - sqrt 2)^2 >= 0.41 |e|^2. With t = 1 - 2 / (w^2 + 1) and t' = 4 w e / (w^2 + 1)^2:
    |t| <= 1 + 2 / 0.73 < 4; for |e| < 4 and x >= 0, |z t'| <= (1.4 + 2) 4 * 5 * 4 / 0.73^2 < 520; for x < 0 at most
    (|x| + 2) exp(-|x|) 4 * 2 / 0.73^2 < 31; for |e| >= 4 at most (x + 2) 4 (5/4) exp(-2 x) / 0.41^2 < 10. So |s'| <=
    |t| + |z t'| < 600.
    """

    strip = Fraction(2)
    slope_bound = 600
    wave = MISH

    @property
    def vanishes_at_zero(self) -> bool:
        return True

    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        return number.exact(0), number.exact(Fraction(3, 5))

    def values(self, number: Arithmetic, x: Any) -> Values:
        e = number.exp(-x)
        # exp(x) = 1 / e at x, and e at -x; w^2 + 1 = (2 e^2 + 2 e + 1) / e^2 and e^2 + 2 e + 2.
        above, below = 2 * e * e + 2 * e + 1, e * e + 2 * e + 2
        right, left = (1 + 2 * e) / above, e * (e + 2) / below
        bend_right = 4 * x * (1 + e) * e * e / (above * above)
        bend_left = 4 * x * (1 + e) * e / (below * below)
        return Values(x * right, -x * left, right + bend_right, left - bend_left)
