"""a exp(b x), a exp(b x^2) and exp(-x^2) sin(x): Gaussian integrals of exponentials of quadratic forms."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals, Parity, spell
from certify.activations.pair import Pair
from certify.activations.parameters import keyword
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter
from certify.errors import InputError


class _ScaledExponential(Activation):
    """Shared traits of a exp(b g(x)): never zero unless a = 0, constant when a or b vanishes."""

    a: Fraction
    b: Fraction

    @property
    def is_constant(self) -> bool:
        return not self.a or not self.b

    @property
    def vanishes_at_zero(self) -> bool:
        return not self.a


@dataclass(frozen=True, repr=False)
class Exp(_ScaledExponential):
    """a exp(b x); V = a^2 exp(b^2 ((q1 + q2)/2 + r)), V' = b^2 V."""

    a: Fraction
    b: Fraction

    def __init__(self, a: object = 1, b: object = 1) -> None:
        object.__setattr__(self, "a", exact_parameter(a, "a of Exp"))
        object.__setattr__(self, "b", exact_parameter(b, "b of Exp"))

    @property
    def parity(self) -> Parity:
        return Parity.EVEN if self.is_constant else Parity.NONE

    def duals(self, number: Arithmetic) -> Duals:
        rate = number.exact(self.b**2 / 2)
        value_scale, derivative_scale = number.exact(self.a**2), number.exact(self.b**2)

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            value = value_scale * number.exp(rate * (pair.q1 + pair.q2 + 2 * pair.r))
            return value, derivative_scale * value

        return evaluate

    def __repr__(self) -> str:
        return spell("Exp", keyword("a", self.a, 1), keyword("b", self.b, 1))


@dataclass(frozen=True, repr=False)
class Gaussian(_ScaledExponential):
    """a exp(b x^2) with b <= 0; with E^2 = (1 - 2 b q1)(1 - 2 b q2) - 4 b^2 r^2: V = a^2 / E, V' = 4 a^2 b^2 r /
    E^3."""

    a: Fraction
    b: Fraction

    def __init__(self, a: object = 1, b: object = -1) -> None:
        object.__setattr__(self, "a", exact_parameter(a, "a of Gaussian"))
        object.__setattr__(self, "b", exact_parameter(b, "b of Gaussian"))
        if self.b > 0:
            raise InputError(
                f"b of Gaussian is {self.b}: it must not be positive, or the Gaussian mean of a exp(b x^2) is infinite."
            )

    @property
    def parity(self) -> Parity:
        return Parity.EVEN

    def duals(self, number: Arithmetic) -> Duals:
        slope = number.exact(-2 * self.b)
        slope_squared = number.exact(4 * self.b**2)
        value_scale, derivative_scale = number.exact(self.a**2), slope_squared

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            square = 1 + slope * (pair.q1 + pair.q2) + slope_squared * pair.discriminant
            value = value_scale / number.sqrt(square)
            return value, derivative_scale * pair.r * value / square

        return evaluate

    def __repr__(self) -> str:
        return spell("Gaussian", keyword("a", self.a, 1), keyword("b", self.b, -1))


@dataclass(frozen=True, repr=False)
class Gabor(Activation):
    """exp(-x^2) sin(x).

    E[exp(-u^2 - v^2) cos(u -+ v)] is a Gaussian integral: with M = I + 2 Sigma and m = det M = 1 + 2 (q1 + q2) + 4
    (q1 q2 - r^2), it equals m^(-1/2) exp(-e' M^(-1) Sigma e / 2), e = (1, -+1), and e' M^(-1) Sigma e = (q1 + q2 -+ 2
    r + 4 (q1 q2 - r^2)) / m. V is half the difference of the two, V' = dV/dr (Price's theorem).
    """

    @property
    def parity(self) -> Parity:
        return Parity.ODD

    def duals(self, number: Arithmetic) -> Duals:
        minus_half = number.exact(Fraction(-1, 2))

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            r = pair.r
            quadratic = 4 * pair.discriminant
            total = pair.q1 + pair.q2
            m = 1 + 2 * total + quadratic
            forms = (total - 2 * r + quadratic) / m, (total + 2 * r + quadratic) / m
            weight = 1 / number.sqrt(m)
            near, far = (weight * number.exp(minus_half * form) for form in forms)
            # dm/dr = -8 r, so d(weight)/dr = 4 r weight / m, and d(form)/dr = (-+2 - 8 r + 8 r form) / m.
            near_slope = (4 * r + 1 + 4 * r - 4 * r * forms[0]) * near
            far_slope = (4 * r - 1 + 4 * r - 4 * r * forms[1]) * far
            return (near - far) / 2, (near_slope - far_slope) / (2 * m)

        return evaluate

    def __repr__(self) -> str:
        return "Gabor()"
