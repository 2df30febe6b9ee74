"""Piecewise linear functions with one kink at zero: a min(x, 0) + b max(x, 0).

With theta the angle of the pair and f = (a - b)^2 / (2 pi), the arc-cosine kernel of order one (Cho and Saul 2009,
eq. 6) gives V' = (a^2 + b^2) / 2 - f theta and V = f sqrt(q1 q2 - r^2) + r V'.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals, Parity, spell
from certify.activations.pair import Pair
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter, spell_rational


class Rectifier(Activation):
    """a min(x, 0) + b max(x, 0); subclasses provide the exact slopes (a, b)."""

    @property
    def slopes(self) -> tuple[Fraction, Fraction]:
        raise NotImplementedError

    @property
    def parity(self) -> Parity:
        a, b = self.slopes
        return Parity.ODD if a == b else Parity.EVEN if a == -b else Parity.NONE

    @property
    def homogeneity(self) -> int:
        return 1

    @property
    def has_linear_odd_part(self) -> bool:
        return True

    @property
    def is_constant(self) -> bool:
        return not any(self.slopes)

    @property
    def vanishes_at_zero(self) -> bool:
        return True

    @property
    def polynomial(self) -> tuple[Fraction, ...] | None:
        a, b = self.slopes
        if a != b:
            return None
        return (Fraction(0), a) if a else ()

    def duals(self, number: Arithmetic) -> Duals:
        a, b = self.slopes
        mean_square = number.exact((a * a + b * b) / 2)
        kink = number.exact((a - b) ** 2 / 2) / number.pi
        zero = number.exact(0)

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            if pair.degenerate:
                return zero, zero
            derivative = mean_square - kink * pair.angle
            return kink * pair.sine + pair.r * derivative, derivative

        return evaluate


@dataclass(frozen=True, repr=False)
class Relu(Rectifier):
    """max(x, 0)."""

    @property
    def slopes(self) -> tuple[Fraction, Fraction]:
        return Fraction(0), Fraction(1)

    def __repr__(self) -> str:
        return "Relu()"


@dataclass(frozen=True, repr=False)
class Abs(Rectifier):
    """|x|."""

    @property
    def slopes(self) -> tuple[Fraction, Fraction]:
        return Fraction(-1), Fraction(1)

    def __repr__(self) -> str:
        return "Abs()"


@dataclass(frozen=True, repr=False)
class LeakyRelu(Rectifier):
    """alpha min(x, 0) + max(x, 0)."""

    alpha: Fraction

    def __init__(self, alpha: object) -> None:
        object.__setattr__(self, "alpha", exact_parameter(alpha, "alpha of LeakyRelu"))

    @property
    def slopes(self) -> tuple[Fraction, Fraction]:
        return self.alpha, Fraction(1)

    def __repr__(self) -> str:
        return spell("LeakyRelu", spell_rational(self.alpha))


@dataclass(frozen=True, repr=False)
class ABRelu(Rectifier):
    """a min(x, 0) + b max(x, 0)."""

    a: Fraction
    b: Fraction

    def __init__(self, a: object, b: object) -> None:
        object.__setattr__(self, "a", exact_parameter(a, "a of ABRelu"))
        object.__setattr__(self, "b", exact_parameter(b, "b of ABRelu"))

    @property
    def slopes(self) -> tuple[Fraction, Fraction]:
        return self.a, self.b

    def __repr__(self) -> str:
        return spell("ABRelu", spell_rational(self.a), spell_rational(self.b))
