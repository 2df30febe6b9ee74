"""Integrals over [0, 1] of vectors of analytic functions, by Gauss and Legendre with a proven error.

On a panel the function is evaluated on complex boxes that cover an ellipse around it with foci at its ends; where that
succeeds the function is analytic there, and |f| <= M on the ellipse of parameter rho (scaled to [-1, 1]). Its Chebyshev
series cut at degree 2N - 1 is then off by at most 2 M rho^(1-2N) / (rho - 1) (Trefethen, Approximation Theory and
Approximation Practice, Theorem 8.2), the rule with N nodes integrates that polynomial exactly, and both the integral
and the rule weigh the rest with 2: the error is at most 8 M rho^(1-2N) / (rho - 1). Panels where it fails are halved.
The functions are real on the real line, so the upper half of the ellipse suffices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from flint import acb, arb, fmpq

RHO = Fraction(8, 5)
ACROSS, UP = 10, 3
FIRST_PANELS = 8
SMALLEST = Fraction(1, 2**14)

Vector = list[acb]
Function = Callable[[acb], Vector]


class NotAnalytic(ArithmeticError):
    """The function cannot be enclosed on a box: a branch cut or a pole may meet it."""


def integrate(function: Function, bits: int) -> list[arb]:
    """The integral over [0, 1] of every component, to about `bits` bits of the largest values met.

    `function` takes a complex ball and returns enclosures of its values on it; it raises NotAnalytic (or any other
    ArithmeticError) unless it is analytic on the ball. Call with flint's precision set. Raises ArithmeticError where
    panels would become too small.
    """
    nodes = legendre_nodes(math.ceil((bits + 8) / (2 * math.log2(float(RHO)))) + 1)
    function(acb(0.5))  # what cannot be enclosed at a point will not be on any panel
    waiting = [(Fraction(k, FIRST_PANELS), Fraction(k + 1, FIRST_PANELS)) for k in range(FIRST_PANELS)]
    total: list[arb] = []
    while waiting:
        a, b = waiting.pop()
        try:
            part = _panel(function, a, b, nodes)
        except (ArithmeticError, ValueError):
            if b - a < SMALLEST:
                raise ArithmeticError("an integral cannot be enclosed: points of the batch are too close") from None
            middle = (a + b) / 2
            waiting += [(a, middle), (middle, b)]
            continue
        total = part if not total else [x + y for x, y in zip(total, part, strict=True)]
    return total


def legendre_nodes(count: int) -> list[tuple[arb, arb]]:
    return [arb.legendre_p_root(count, k, weight=True) for k in range(count)]


def exact_ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _boxes(a: Fraction, b: Fraction) -> Iterator[acb]:
    """Complex balls that cover the upper half of the ellipse around [a, b]."""
    middle, half = (a + b) / 2, (b - a) / 2
    wide, high = half * (RHO + 1 / RHO) / 2, half * (RHO - 1 / RHO) / 2
    for i in range(ACROSS):
        real = middle - wide + wide * Fraction(2 * i + 1, ACROSS)
        for j in range(UP):
            imaginary = high * Fraction(2 * j + 1, 2 * UP)
            yield acb(
                exact_ball(real) + arb(0, exact_ball(wide / ACROSS).upper()),
                exact_ball(imaginary) + arb(0, exact_ball(high / (2 * UP)).upper()),
            )


def _panel(function: Function, a: Fraction, b: Fraction, nodes: list[tuple[arb, arb]]) -> list[arb]:
    largest: list[arb] = []
    for box in _boxes(a, b):
        sizes = [value.abs_upper() for value in function(box)]
        if not all(size.is_finite() for size in sizes):
            raise NotAnalytic("a value on a box is not finite")
        largest = sizes if not largest else [x.max(y) for x, y in zip(largest, sizes, strict=True)]
    middle, half = exact_ball((a + b) / 2), exact_ball((b - a) / 2)
    total: list[arb] = []
    for node, weight in nodes:
        values = [weight * value.real for value in function(acb(middle + half * node))]
        total = values if not total else [x + y for x, y in zip(total, values, strict=True)]
    rho = exact_ball(RHO)
    factor = 8 * rho ** (1 - 2 * len(nodes)) / (rho - 1)
    result = [half * (x + arb(0, (factor * m).upper())) for x, m in zip(total, largest, strict=True)]
    if not all(x.is_finite() for x in result):
        raise NotAnalytic("a value at a node is not finite")
    return result
