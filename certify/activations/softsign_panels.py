"""The dual of softsign at one variance, as polynomials in the angle of the pair.

At equal variances V and V' are power series in rho = cos theta with coefficients that are not negative, so |V| <= V(1)
<= min(1, q) and |V'| <= 1 wherever |cos theta| <= 1: for theta = x + iy where |sinh y| <= |sin x|. Around [t, 2t], t <=
pi/4, the ellipse with the sum of its half axes 15/4 times t/2 lies there (for t = pi/4 that is verified in balls by the
tests; a smaller t only helps, as sin is concave and sinh convex). The polynomial through n Chebyshev nodes is then off
by at most 4 M (15/4)^(1-n) / (11/4) (Trefethen, Approximation Theory and Approximation Practice, Theorem 8.2), and what
is rounded in its coefficients is added.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from flint import arb, arb_poly, fmpq_poly, fmpz_poly

RATIO = arb(15) / 4
_BITS_PER_NODE = math.log2(3.75)
_PATIENCE = 12
_MARGIN = 8

Values = tuple[arb, arb]


class Panel(NamedTuple):
    """V and V' on [low, 2 low] as polynomials in 2 theta / low - 3, and bounds on what they miss."""

    low: arb
    value: arb_poly
    slope: arb_poly
    value_missed: arb
    slope_missed: arb


class Panels:
    """The panels at exact equal variances, each made when it has been asked for several times."""

    def __init__(self, bits: int, exactly: Callable[[arb, arb], Values]) -> None:
        """`exactly` encloses V and V' at an exact standard deviation c and a ball of angles in (0, pi/2]."""
        self.bits, self.exactly = bits, exactly
        self.met: Counter[tuple[tuple[int, int], int]] = Counter()
        self.made: dict[tuple[tuple[int, int], int], Panel] = {}

    def evaluate(self, c: arb, theta: arb) -> Values | None:
        """V and V' for exact c > 0 and exact theta in (0, pi/2), or None: not asked for often enough yet."""
        index = int(float((arb.pi() / (2 * theta)).log()) / math.log(2))
        mantissa, exponent = c.man_exp()
        key = (int(mantissa), int(exponent)), index
        panel = self.made.get(key)
        if panel is None:
            self.met[key] += 1
            if self.met[key] <= _PATIENCE:
                return None
            panel = self.made[key] = self._panel(c, index)
        x = 2 * theta / panel.low - 3
        if not abs(x) <= 1:
            # Next to the seam of two panels.
            return None
        return panel.value(x) + arb(0, panel.value_missed), panel.slope(x) + arb(0, panel.slope_missed)

    def _panel(self, c: arb, index: int) -> Panel:
        count = math.ceil((self.bits + _MARGIN + 3) / _BITS_PER_NODE)
        low = arb.pi() / 4 / arb(2) ** index
        cosines = [(arb.pi() * k / (2 * count)).cos() for k in range(4 * count)]
        values, slopes = zip(*(self.exactly(c, low * (3 + cosines[2 * k + 1]) / 2) for k in range(count)), strict=True)
        missed = 4 * RATIO ** (1 - count) / (RATIO - 1)
        value, value_rounded = _through(values, cosines)
        slope, slope_rounded = _through(slopes, cosines)
        return Panel(
            low,
            value,
            slope,
            (value_rounded + missed * (c * c).min(1)).upper(),
            (slope_rounded + missed).upper(),
        )


def _through(samples: tuple[arb, ...], cosines: list[arb]) -> tuple[arb_poly, arb]:
    """A polynomial near the one through samples at the Chebyshev nodes, with exact coefficients, and a bound on the
    difference on [-1, 1]."""
    count = len(samples)
    found = [
        sum((value * cosines[m * (2 * k + 1) % (4 * count)] for k, value in enumerate(samples)), arb(0))
        * (2 if m else 1)
        / count
        for m in range(count)
    ]
    # sum c_m T_m in powers of x, exactly: Clenshaw's recurrence with the midpoints as rationals.
    x = fmpz_poly([0, 1])
    one, two = fmpq_poly(), fmpq_poly()
    for value in found[:0:-1]:
        one, two = 2 * fmpq_poly(x) * one - two + fmpq_poly([value.mid().fmpq()]), one
    whole = fmpq_poly(x) * one - two + fmpq_poly([found[0].mid().fmpq()])
    rounded = sum((arb(value.rad()) for value in found), arb(0))
    coefficients = [arb(a) for a in whole.coeffs()]
    return arb_poly(coefficients), rounded.upper()
