"""The integrals over the angle in the dual of softsign, by Gauss and Legendre with a proven error.

F and D of (a, b) = (c1 sin psi, c2 sin(L - psi)) over 0 < psi < L <= pi. Where a leaves the right half plane the means
over the radius go on analytically as long as a is not negative, as the path of r may be turned: with |arg r| = pi/8 to
the side away from the poles, |s(w)| and |1/(1+w)| are at most 1/sin(pi/8). Hence, for Re psi within pi/2 of [0, L], F
and D are analytic but for slits on the real axis beyond both ends, with |D| < 66 and, on |Im psi| <= 2 pi/3, |F| < 465
min(1, c1) min(1, c2).

Over a slit, at the distance d from the end, they jump. The jump is an integral along two rays from r = 3/(4 c d), c =
max(c1, c2), at angles of +-pi/6, which pass the poles at r >= 1/(c d): |1/(1+w)| <= 8 and |s(w)| <= 9 there, so it is
at most 324 (for F) or 16384 (for D) times exp(-9 / (32 c^2 d^2)).

The error of the rule with N nodes on [-1, 1] is (1/2 pi i) int f k_N dz around an ellipse and along the slits. At z =
(w + 1/w)/2, |w| = rho, the Chebyshev series of 1/(z - x) gives |k_N dz| <= 8 rho^-2N / (1 - rho^-2) |dw/w|: at most 8
M rho^-2N / (1 - rho^-2) from the ellipse, and the integral of the jumps from the slits. That vanishes faster than any
power at the ends, so one panel serves for moderate variances; for large ones panels shrink towards both ends.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

from flint import arb, ctx

from certify.activations.softsign_radius import Radius
from certify.arithmetic.analytic_integrals import legendre_nodes

_SEGMENTS = 64
_WIDEST = 12.0
_MARGIN = 12
_UP = 1 + 2.0**-40
_VALUE, _SLOPE = 465, 66
_JUMP_VALUE, _JUMP_SLOPE = 324, 16384

Rule = tuple[list[tuple[arb, arb, arb]], arb, arb]
"""Nodes x, 1 - x and weights for [0, 1]; the error of F beside its slits, in units of min(1, c1) min(1, c2), and that
from slits in units of `_JUMP_VALUE`."""


def quadrant(radius: Radius, c1: arb, c2: arb, length: arb) -> tuple[arb, arb]:
    """The integrals of F and D over 0 < psi < length, for exact c1, c2 >= 0 and 0 < length <= pi."""
    widest = float((c1.max(c2) * length / 2).upper()) * _UP
    if not math.isfinite(widest):
        raise ArithmeticError("a variance before Softsign is beyond every double: scale the input")
    rows, outer, slits = _rule(radius.bits, _step_up(widest), ctx.prec)
    symmetric = bool(c1 == c2)
    total_f, total_d = arb(0), arb(0)
    count = len(rows) // 2 if symmetric else len(rows)
    for place, other, weight in rows[:count]:
        f, d = radius.means(c1 * (length * place).sin(), c2 * (length * other).sin())
        total_f += weight * f
        total_d += weight * d
    if symmetric:
        total_f, total_d = 2 * total_f, 2 * total_d
    small = c1.min(1) * c2.min(1)
    missed_f = _VALUE * outer * small + _JUMP_VALUE * slits
    missed_d = _SLOPE * outer + _JUMP_SLOPE * slits
    return (
        length * (total_f + arb(0, missed_f.upper())),
        length * (total_d + arb(0, missed_d.upper())),
    )


def _step_up(size: float) -> float:
    """A number at least as large, one of few."""
    if size <= 2**-6:
        return 2.0**-6
    found = math.exp2(math.ceil(2 * math.log2(size) + 1e-9) / 2)
    return found if found >= size else 2 * found


def slit_bits(count: int, size: float, rho: float = 3.0) -> float:
    """log2 of about what `slit_bound` gives; a guess."""
    bound = slit_bound(count, size, rho)
    mantissa, exponent = bound.man_exp()
    return float(int(mantissa).bit_length() + int(exponent)) if bound > 0 else -math.inf


def slit_bound(count: int, size: float, rho: float = 3.0) -> arb:
    """A bound on the integral of exp(-9 / (32 c^2 d^2)) |k_N dz| / 2 pi along a slit, `size` = c times half the length
    of the panel.

    d = size (w-1)^2 / 2w; the integrand is at most its jump at the upper end of a segment times its kernel at the lower
    end, and on the first segment half of the exponent pays for the kernel, which has a pole there.
    """
    decay = arb(9) / (32 * arb(size) ** 2)
    places = [1 + (arb(rho) - 1) * arb(k * k) / _SEGMENTS**2 for k in range(1, _SEGMENTS + 1)]

    def depth(w: arb) -> arb:
        return ((w - 1) ** 2 / (2 * w)) ** 2

    start = places[0]
    terms = [(start - 1) ** 2 / (arb(1).exp() * decay).sqrt() * (-decay / (2 * depth(start))).exp()]
    for low, high in pairwise(places):
        kernel = 8 / (1 - low**-2) * (high / low).log()
        terms.append(kernel * low ** (-2 * count) * (-decay / depth(high)).exp())
    return (sum(terms[1:], terms[0])).upper()


def _outer_bits(count: int, rho: float) -> float:
    """log2 of about what `_outer_bound` gives; a guess."""
    return 3 - 2 * count * math.log2(rho) - math.log2(1 - rho**-2)


def _outer_bound(count: int, rho: float) -> arb:
    """8 rho^-2N / (1 - rho^-2), rounded up."""
    return (8 * arb(rho) ** (-2 * count) / (1 - arb(rho) ** -2)).upper()


def _nodes_for(bits: int, size: float, rho: float) -> int:
    """A number of nodes for one panel, even so that no node lies in the middle; size 0 for one without slits."""
    count = 8
    while _outer_bits(count, rho) + 10 > -bits or (size and slit_bits(count, size) + 15 > -bits):
        count += 2 if count < 64 else 8
        if count > 4000:
            raise ArithmeticError("the dual of Softsign takes too many nodes at this precision")
    return count


@lru_cache(maxsize=64)
def _rule(bits: int, size: float, precision: int) -> Rule:
    """The rule for c (half the length) at most `size`."""
    wanted = bits + _MARGIN
    levels = 0
    while size / 8**levels > _WIDEST:
        levels += 1
    if not levels:
        count = _nodes_for(wanted, size, 3.0)
        rows = [((1 + x) / 2, (1 - x) / 2, weight / 2) for x, weight in legendre_nodes(count)]
        return _sorted(rows), _outer_bound(count, 3.0), 2 * slit_bound(count, size)
    end_size = size / (2 * 8**levels)
    # The end panels [0, t], t = 8^-levels / 2, and [t, 8t] up to the middle, whose ellipse with rho = 2 stays off 0.
    count, inner = _nodes_for(wanted, end_size, 3.0), _nodes_for(wanted, 0.0, 2.0)
    t = arb(8) ** -levels / 2
    half = [(t * (1 + x) / 2, t * weight / 2) for x, weight in legendre_nodes(count)]
    points = legendre_nodes(inner)
    for k in range(levels):
        low = t * arb(8) ** k
        half += [(low + 7 * low * (1 + x) / 2, 7 * low * weight / 2) for x, weight in points]
    outer = _outer_bound(count, 3.0) + _outer_bound(inner, 2.0)
    # 1 - x is as accurate as x at the end that it is next to.
    rows = _sorted([(place, 1 - place, weight) for place, weight in half])
    rows += [(other, place, weight) for place, other, weight in reversed(rows)]
    return rows, outer, 2 * slit_bound(count, end_size)


def _sorted(rows: list[tuple[arb, arb, arb]]) -> list[tuple[arb, arb, arb]]:
    return sorted(rows, key=lambda row: float(row[0]))
