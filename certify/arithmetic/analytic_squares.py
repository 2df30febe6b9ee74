"""Integrals over the unit square of vectors of functions analytic in each of two variables, with a proven error.

On a rectangle scaled to [-1, 1]^2 the product of two Gauss-Legendre rules Q is off by I - Q = (I_x - Q_x) I_y + Q_x
(I_y - Q_y). Where |f| <= M for x on an ellipse of parameter rho and y real, the first is at most 2 * 8 M rho^(1-2N) /
(rho - 1) with N nodes, as for one variable (`analytic_integrals`), and the second likewise with the variables
exchanged, the weights of Q_x being positive with sum 2. Rectangles on which the functions cannot be enclosed are cut
across the variable that failed. The functions are real on real arguments, so the upper half of each ellipse suffices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from flint import acb, arb

from certify.arithmetic.analytic_integrals import NotAnalytic, exact_ball, legendre_nodes

RHO = Fraction(2)
ACROSS, UP, ALONG, DEPTH = 6, 1, 2, 1
MOST_CUTS = 2000
SMALLEST = Fraction(1, 2**10)

Vector = list[acb]
Plane = Callable[[acb, acb], Vector]
Interval = tuple[Fraction, Fraction]


def integrate_square(function: Plane, bits: int) -> list[arb]:
    """The integral over [0, 1]^2 of every component, to about `bits` bits of the largest values met.

    `function` takes two complex balls and returns enclosures of its values on them; it raises NotAnalytic (or any other
    ArithmeticError) unless it is analytic there in either variable. Call with flint's precision set. Raises
    ArithmeticError where rectangles would become too small.
    """
    count = math.ceil((bits + 8) / (2 * math.log2(float(RHO)))) + 1
    nodes = legendre_nodes(count)
    function(acb(0.5), acb(0.5))  # what cannot be enclosed at a point will not be on any rectangle
    waiting: list[tuple[Interval, Interval]] = [((Fraction(0), Fraction(1)), (Fraction(0), Fraction(1)))]
    total: list[arb] = []
    cuts = 0
    while waiting:
        across, up = waiting.pop()
        sizes = []
        for turned, sides in enumerate(((across, up), (up, across))):
            try:
                sizes += [_sizes(function, box, bool(turned), DEPTH) for box in _boxes(*sides)]
            except (ArithmeticError, ValueError):
                waiting += _cut(across, up, turned)
                cuts += 1
                break
        else:
            if cuts > MOST_CUTS:
                raise ArithmeticError("an integral over a square takes too many rectangles")
            part = _product_rule(function, across, up, nodes, _largest(sizes))
            total = part if not total else [x + y for x, y in zip(total, part, strict=True)]
    return total


def _cut(across: Interval, up: Interval, failed: int) -> list[tuple[Interval, Interval]]:
    """Two rectangles in place of one, cut across the variable that failed, or across the other where that is much
    longer."""
    widths = across[1] - across[0], up[1] - up[0]
    if widths[failed] < SMALLEST:
        raise ArithmeticError("an integral cannot be enclosed: points of the batches are too close")
    if 2 * widths[failed] < widths[1 - failed]:
        failed = 1 - failed
    if failed:
        return [(across, half) for half in _halves(up)]
    return [(half, up) for half in _halves(across)]


def _halves(interval: Interval) -> tuple[Interval, Interval]:
    middle = (interval[0] + interval[1]) / 2
    return (interval[0], middle), (middle, interval[1])


@dataclass(frozen=True)
class _Box:
    """Centre and half widths: real and imaginary part of the complex variable, and the real variable."""

    centre: tuple[Fraction, Fraction, Fraction]
    half: tuple[Fraction, Fraction, Fraction]

    def balls(self) -> tuple[acb, acb]:
        real, imaginary, other = (
            exact_ball(c) + arb(0, exact_ball(h).upper()) for c, h in zip(self.centre, self.half, strict=True)
        )
        return acb(real, imaginary), acb(other)

    def parts(self) -> Iterator[_Box]:
        """The eight halves."""
        half = tuple(h / 2 for h in self.half)
        for signs in product((-1, 1), repeat=3):
            yield _Box(tuple(c + s * h for c, s, h in zip(self.centre, signs, half, strict=True)), half)  # type: ignore[arg-type]


def _boxes(complex_side: Interval, real_side: Interval) -> Iterator[_Box]:
    """Boxes that cover the upper half of the ellipse around one side, times the other side."""
    (middle, half), (centre, reach) = (((a + b) / 2, (b - a) / 2) for a, b in (complex_side, real_side))
    wide, high = half * (RHO + 1 / RHO) / 2, half * (RHO - 1 / RHO) / 2
    for i, j, k in product(range(ACROSS), range(UP), range(ALONG)):
        yield _Box(
            (
                middle - wide + wide * Fraction(2 * i + 1, ACROSS),
                high * Fraction(2 * j + 1, 2 * UP),
                centre - reach + reach * Fraction(2 * k + 1, ALONG),
            ),
            (wide / ACROSS, high / (2 * UP), reach / ALONG),
        )


def _sizes(function: Plane, box: _Box, turned: bool, depth: int) -> list[arb]:
    """Upper bounds of all components over a box, cut again where that helps."""
    x, y = box.balls()
    try:
        sizes: list[arb] = [value.abs_upper() for value in (function(y, x) if turned else function(x, y))]
        if all(size.is_finite() for size in sizes):
            return sizes
        raise NotAnalytic("a value on a box is not finite")
    except (ArithmeticError, ValueError):
        if not depth:
            raise
    return _largest([_sizes(function, part, turned, depth - 1) for part in box.parts()])


def _largest(rows: Sequence[list[arb]]) -> list[arb]:
    result = rows[0]
    for row in rows[1:]:
        result = [a.max(b) for a, b in zip(result, row, strict=True)]
    return result


def _product_rule(
    function: Plane, across: Interval, up: Interval, nodes: list[tuple[arb, arb]], largest: list[arb]
) -> list[arb]:
    (middle, half), (centre, reach) = ((exact_ball((a + b) / 2), exact_ball((b - a) / 2)) for a, b in (across, up))
    total = [arb(0)] * len(largest)
    for node, weight in nodes:
        for other, share in nodes:
            both = weight * share
            values = function(acb(middle + half * node), acb(centre + reach * other))
            total = [a + both * value.real for a, value in zip(total, values, strict=True)]
    rho = exact_ball(RHO)
    factor = 32 * rho ** (1 - 2 * len(nodes)) / (rho - 1)
    result = [half * reach * (x + arb(0, (factor * m).upper())) for x, m in zip(total, largest, strict=True)]
    if not all(x.is_finite() for x in result):
        raise NotAnalytic("a value at a node is not finite")
    return result
