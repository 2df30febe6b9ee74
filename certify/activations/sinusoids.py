"""Sinusoids amplitude sin(frequency x + phase).

From sin x = Im e^{ix} and the characteristic function of (u, v): with A = amplitude^2, B = frequency^2, C = cos(2
phase), V = (A/2) (exp(-B (q1 + q2 - 2r)/2) - C exp(-B (q1 + q2 + 2r)/2)) and V' = (A B/2) (the same with + C).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals, Parity, spell
from certify.activations.pair import Pair
from certify.activations.parameters import keyword
from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter
from certify.errors import InputError


def _sinusoid_duals(number: Arithmetic, amplitude2: Fraction, frequency2: Fraction, cosine: Any) -> Duals:
    half_rate = number.exact(-frequency2 / 2)
    value_scale = number.exact(amplitude2 / 2)
    derivative_scale = number.exact(amplitude2 * frequency2 / 2)
    one = number.exact(1)

    def evaluate(pair: Pair) -> tuple[Any, Any]:
        total, twice = pair.q1 + pair.q2, 2 * pair.r
        # Where u = v or u = -v an exponent is exactly 0; the difference would carry a large variance's rounding.
        near = one if pair.relation is Relation.EQUAL else number.exp(half_rate * (total - twice))
        far = cosine if pair.relation is Relation.OPPOSITE else cosine * number.exp(half_rate * (total + twice))
        return value_scale * (near - far), derivative_scale * (near + far)

    return evaluate


@dataclass(frozen=True, repr=False)
class Sin(Activation):
    """a sin(b x + c)."""

    a: Fraction
    b: Fraction
    c: Fraction

    def __init__(self, a: object = 1, b: object = 1, c: object = 0) -> None:
        for name, value in (("a", a), ("b", b), ("c", c)):
            object.__setattr__(self, name, exact_parameter(value, f"{name} of {type(self).__name__}"))

    @property
    def parity(self) -> Parity:
        # sin(c) and cos(c) vanish at no rational c but 0, so these are all the symmetries there are.
        return Parity.ODD if not self.c else Parity.EVEN if self.is_constant else Parity.NONE

    @property
    def is_constant(self) -> bool:
        return not self.a or not self.b

    @property
    def vanishes_at_zero(self) -> bool:
        return not self.a or not self.c

    def duals(self, number: Arithmetic) -> Duals:
        return _sinusoid_duals(number, self.a**2, self.b**2, number.cos(number.exact(2 * self.c)))

    def __repr__(self) -> str:
        return spell(type(self).__name__, keyword("a", self.a, 1), keyword("b", self.b, 1), keyword("c", self.c, 0))


@dataclass(frozen=True, repr=False, init=False)
class Cos(Sin):
    """a cos(b x + c)."""

    @property
    def parity(self) -> Parity:
        return Parity.EVEN if not self.c or self.is_constant else Parity.NONE

    @property
    def vanishes_at_zero(self) -> bool:
        return not self.a

    def duals(self, number: Arithmetic) -> Duals:
        return _sinusoid_duals(number, self.a**2, self.b**2, -number.cos(number.exact(2 * self.c)))


@dataclass(frozen=True, repr=False)
class Rbf(Activation):
    """sqrt(2) sin(sqrt(2 gamma) x + pi/4), whose dual is exp(-gamma (q1 + q2 - 2 r)): the radial basis function
    kernel (Rahimi and Recht 2007)."""

    gamma: Fraction

    def __init__(self, gamma: object = 1) -> None:
        object.__setattr__(self, "gamma", exact_parameter(gamma, "gamma of Rbf"))
        if self.gamma < 0:
            raise InputError(f"gamma of Rbf is {self.gamma}: it must not be negative.")

    @property
    def is_constant(self) -> bool:
        return not self.gamma

    @property
    def parity(self) -> Parity:
        return Parity.EVEN if self.is_constant else Parity.NONE

    @property
    def vanishes_at_zero(self) -> bool:
        return False

    def duals(self, number: Arithmetic) -> Duals:
        rate, derivative_scale = number.exact(-self.gamma), number.exact(2 * self.gamma)
        one = number.exact(1)

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            equal = pair.relation is Relation.EQUAL
            value = one if equal else number.exp(rate * (pair.q1 + pair.q2 - 2 * pair.r))
            return value, derivative_scale * value

        return evaluate

    def __repr__(self) -> str:
        return spell("Rbf", keyword("gamma", self.gamma, 1))
