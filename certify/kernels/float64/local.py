"""Enclosures of a kernel profile on cells of the correlation, from its values alone.

F(rho) = sum_p c_p rho^p with c_p >= 0 is analytic in the unit disc and bounded there by F(1). So on [a, b] inside (-1,
1) its interpolant of degree n in Chebyshev points is off by at most 4 F(1) r^-n / (r - 1), r the parameter of the
largest Bernstein ellipse around [a, b] that stays in the disc (Trefethen, Approximation Theory and Approximation
Practice, Theorem 8.2). No derivative, no complex arithmetic and no property of the activations is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import arb, arb_poly, fmpq

from certify.arithmetic.chebyshev import chebyshev_coefficients, chebyshev_points, from_chebyshev

Function = Callable[[arb | Fraction], arb]

DEPTH = 64
"""Cells end at 1 - |rho| = 2**-DEPTH or a little above."""
CELL_DEGREE = 40
OVERLAP = Fraction(1, 2**20)


@dataclass(frozen=True)
class Cell:
    """|F(rho) - polynomial((rho - middle) / half)| <= error for |rho - middle| <= half."""

    middle: Fraction
    half: Fraction
    polynomial: arb_poly
    error: arb

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        return self.middle - self.half, self.middle + self.half

    @cached_property
    def gaps(self) -> tuple[Fraction, Fraction]:
        """1 - |rho| at the end near to +-1 and at the far one, for a cell on one side of zero."""
        low, high = sorted(1 - abs(end) for end in self.ends)
        return low, high

    @cached_property
    def rough_gaps(self) -> tuple[float, float]:
        return float(self.gaps[0]), float(self.gaps[1])

    def value(self, rho: arb) -> arb:
        """The polynomial at a correlation."""
        result: arb = self.polynomial((rho - _ball(self.middle)) / _ball(self.half))
        return result


def _ball(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def ellipse_parameter(middle: Fraction, half: Fraction) -> arb:
    """The parameter of the largest Bernstein ellipse with foci middle +- half in the closed unit disc."""
    axis = (1 - abs(middle)) / half
    a = arb(fmpq(axis.numerator, axis.denominator))
    return a + (a * a - 1).sqrt()


def interpolation_error(middle: Fraction, half: Fraction, degree: int, bound: arb) -> arb:
    """What the interpolant of that degree in Chebyshev points can be off by; bound >= F(1)."""
    r = ellipse_parameter(middle, half)
    return (4 * bound / (r**degree * (r - 1))).upper()


def enclose_on_cell(f: Function, middle: Fraction, half: Fraction, bound: arb, degree: int, bits: int) -> Cell:
    """A polynomial of that degree and its proven distance from F on [middle - half, middle + half]."""
    centre, radius = (arb(fmpq(x.numerator, x.denominator)) for x in (middle, half))
    values = [f(centre + radius * x) for x in chebyshev_points(degree + 1, bits)]
    error = interpolation_error(middle, half, degree, bound)
    return Cell(middle, half, from_chebyshev(chebyshev_coefficients(values, bits)), error)


def cells_towards_one(f: Function, sign: int, start: Fraction, bound: arb, bits: int) -> list[Cell]:
    """Cells [1 - 4 e, 1 - e] (times sign) one after the other from `start` to within 2**-DEPTH of +-1, each a little
    larger than that."""
    result = []
    gap = 1 - start
    while gap > Fraction(1, 2**DEPTH):
        far, near = gap * (1 + OVERLAP), gap / 4 * (1 - OVERLAP)
        middle, half = 1 - (far + near) / 2, (far - near) / 2
        result.append(enclose_on_cell(f, sign * middle, half, bound, CELL_DEGREE, bits))
        gap /= 4
    return result
