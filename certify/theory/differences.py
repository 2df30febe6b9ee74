"""Finite differences that show of a function that it is no polynomial (Frechet 1909).

A polynomial of degree below n has differences of order n that all vanish; so one that does not, at one place and for
one step, shows that a function is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb

from flint import arb

from certify.activations.expressions.evaluation import RealAlgebra, evaluate
from certify.activations.expressions.tree import Expression
from certify.arithmetic.arb_balls import ArbArithmetic

MOST_ORDER = 20_000
STEPS = (0, 1, -1, 2, -2, 3, -3)
"""Binary logarithms of the steps that are tried."""
GUARD = 64


@dataclass(frozen=True)
class Difference:
    """sum_k (-1)^(order - k) C(order, k) s((start + k step) 2^exponent) is not zero; `bits` are enough to see it."""

    order: int
    start: int
    step: int
    exponent: int
    bits: int


@lru_cache(maxsize=64)
def find_difference(tree: Expression, order: int) -> Difference | None:
    """A difference of this order >= 1 that does not vanish, proved by Arb; None where none of those tried does."""
    if not 1 <= order <= MOST_ORDER:
        return None
    for size in STEPS:
        # The middle of the places lies a little off zero, where even or odd functions may have vanishing differences.
        exponent = size - 4
        found = Difference(order, -8 * order + 3, 16, exponent, 2 * order + GUARD)
        if _differs(tree, found):
            return found
    return None


def _differs(tree: Expression, tried: Difference) -> bool:
    # Half the bits that the certificate states, so that another engine's roundings find room.
    number = ArbArithmetic(tried.bits - GUARD // 2)
    with number.active():
        algebra = RealAlgebra(number)
        scale = Fraction(2) ** tried.exponent
        total = arb(0)
        for k in range(tried.order + 1):
            x = number.exact((tried.start + k * tried.step) * scale)
            try:
                value = evaluate(tree, algebra, x, number.exact(1))[0]
            except ArithmeticError:
                return False
            weight = comb(tried.order, k)
            total = total + (weight if (tried.order - k) % 2 == 0 else -weight) * value
        return bool(total > 0 or total < 0)
