"""Functions with a jump at zero. Their derivative dual is 0 by convention: the Dirac mass at the jump is left out, as
in neural-tangents.

With theta the angle of the pair, P(u > 0, v > 0) = (pi - theta) / (2 pi) (Sheppard 1899), hence V = 1 - 2 theta / pi
for the sign and V = (pi - theta) / (2 pi) for the step.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals, Parity
from certify.activations.pair import Pair
from certify.arithmetic.protocol import Arithmetic


@dataclass(frozen=True, repr=False)
class Sign(Activation):
    """-1, 0 or 1 after the sign of x, with Sign(0) = 0. The derivative dual is 0 by convention."""

    @property
    def parity(self) -> Parity:
        return Parity.ODD

    @property
    def homogeneity(self) -> int:
        return 0

    @property
    def has_zero_derivative_dual(self) -> bool:
        return True

    def duals(self, number: Arithmetic) -> Duals:
        zero = number.exact(0)

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            return (zero if pair.degenerate else 1 - 2 * pair.angle / number.pi), zero

        return evaluate

    def __repr__(self) -> str:
        return "Sign()"


@dataclass(frozen=True, repr=False)
class Step(Activation):
    """1 for x > 0, 0 for x < 0, and Step(0) = 1/2. The derivative dual is 0 by convention."""

    @property
    def homogeneity(self) -> int:
        return 0

    @property
    def has_zero_derivative_dual(self) -> bool:
        return True

    @property
    def is_odd_about_a_constant(self) -> bool:
        return True

    @property
    def vanishes_at_zero(self) -> bool:
        return False

    def duals(self, number: Arithmetic) -> Duals:
        zero, quarter, half = (number.exact(Fraction(k, 4)) for k in (0, 1, 2))

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            # u = 0 gives s(0) E[s(v)] = 1/2 * 1/2, and the same for u = v = 0.
            return (quarter if pair.degenerate else half - pair.angle / (2 * number.pi)), zero

        return evaluate

    def __repr__(self) -> str:
        return "Step()"
