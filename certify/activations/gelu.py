"""The Gaussian error linear unit x Phi(x).

With A = (1 + q1)(1 + q2), D^2 = A - r^2 and phi = atan2(r, D): V = r/4 + ((r^2 + q1 q2 D^2) / (A D) + r phi) / (2 pi)
and V' = 1/4 + phi / (2 pi) + (r / (2 pi D)) (1/D^2 + (1 - q1 q2)/A + 1) (Tsuchida et al. 2021; the derivative by
Price's theorem).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals
from certify.activations.pair import Pair
from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError


@dataclass(frozen=True, repr=False)
class Gelu(Activation):
    """x Phi(x) with Phi the standard normal distribution function (the exact one, not the tanh approximation)."""

    def __init__(self, approximate: bool = False) -> None:
        if approximate:
            raise InputError("Gelu(approximate=True) has no closed-form dual here: use the exact Gelu().")

    @property
    def vanishes_at_zero(self) -> bool:
        return True

    @property
    def has_linear_odd_part(self) -> bool:
        """x Phi(x) + x Phi(-x) = x."""
        return True

    def duals(self, number: Arithmetic) -> Duals:
        quarter = number.exact(Fraction(1, 4))
        two_pi = 2 * number.pi

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            r = pair.r
            both = (1 + pair.q1) * (1 + pair.q2)
            square = 1 + pair.q1 + pair.q2 + pair.discriminant
            root = number.sqrt(square)
            angle = number.atan(r / root)
            value = r * quarter + ((r * r + pair.product * square) / (both * root) + r * angle) / two_pi
            bracket = 1 / square + (1 - pair.product) / both + 1
            return value, quarter + (angle + r / root * bracket) / two_pi

        return evaluate

    def __repr__(self) -> str:
        return "Gelu()"
