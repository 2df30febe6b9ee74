"""a erf(b x) + c, and the logistic look-alike built from it.

For erf itself V = (2/pi) asin(2 r / sqrt((1 + 2 q1)(1 + 2 q2))) (Williams 1997) and V' = dV/dr = 4 / (pi sqrt((1 + 2
q1)(1 + 2 q2) - 4 r^2)). erf is odd, so E[erf(b u)] = 0 and the constant c adds c^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals, Parity, spell
from certify.activations.pair import Pair
from certify.activations.parameters import keyword
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter


def _erf_duals(number: Arithmetic, a: Fraction, b: Fraction, c: Fraction) -> Duals:
    slope = number.exact(2 * b * b)
    slope_squared = number.exact(4 * b**4)
    offset = number.exact(c * c)
    value_scale = number.exact(2 * a * a) / number.pi
    derivative_scale = number.exact(4 * a * a * b * b) / number.pi

    def evaluate(pair: Pair) -> tuple[Any, Any]:
        # (1 + s q1)(1 + s q2) - (s r)^2, without the cancellation that large variances would bring; asin(x / y) =
        # atan(x / sqrt(y^2 - x^2)).
        root = number.sqrt(1 + slope * (pair.q1 + pair.q2) + slope_squared * pair.discriminant)
        return offset + value_scale * number.atan(slope * pair.r / root), derivative_scale / root

    return evaluate


@dataclass(frozen=True, repr=False)
class Erf(Activation):
    """a erf(b x) + c."""

    a: Fraction
    b: Fraction
    c: Fraction

    def __init__(self, a: object = 1, b: object = 1, c: object = 0) -> None:
        for name, value in (("a", a), ("b", b), ("c", c)):
            object.__setattr__(self, name, exact_parameter(value, f"{name} of Erf"))

    @property
    def parity(self) -> Parity:
        return Parity.ODD if not self.c else Parity.EVEN if self.is_constant else Parity.NONE

    @property
    def is_constant(self) -> bool:
        return not self.a or not self.b

    @property
    def is_odd_about_a_constant(self) -> bool:
        return True

    @property
    def vanishes_at_zero(self) -> bool:
        return not self.c

    def duals(self, number: Arithmetic) -> Duals:
        return _erf_duals(number, self.a, self.b, self.c)

    def __repr__(self) -> str:
        return spell("Erf", keyword("a", self.a, 1), keyword("b", self.b, 1), keyword("c", self.c, 0))


@dataclass(frozen=True, repr=False)
class Sigmoid_like(Activation):
    """erf(x / 2.4020563531719796) / 2 + 1/2: the logistic look-alike of neural-tangents, not the logistic function."""

    def duals(self, number: Arithmetic) -> Duals:
        return _erf_duals(number, Fraction(1, 2), 1 / Fraction("2.4020563531719796"), Fraction(1, 2))

    @property
    def is_odd_about_a_constant(self) -> bool:
        return True

    @property
    def vanishes_at_zero(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "Sigmoid_like()"
