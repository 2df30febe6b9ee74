"""The means over the radius in the dual of softsign: for a, b >= 0, with s(x) = x / (1 + x),

    F(a, b) = int_0^inf r exp(-r^2/2) s(r a) s(r b) dr,    D(a, b) = int_0^inf r exp(-r^2/2) / ((1+ra)(1+rb))^2 dr.

Directly: the trapezoidal rule in x = log r. In the strip |Im x| < 0.7 one has |arg r| < pi/4, |1 + ra| >= 1 and |s(ra)|
<= min(1, a|r|), so with kappa = cos(1.4) the integral of |f| along a line of the strip is at most 1/kappa for D and 2 a
b/kappa^2 for F, and the error at most twice that over exp(2 pi 0.7/h) - 1 (Trefethen and Weideman, SIAM Rev. 56 (2014),
Theorem 5.1), beside the tails. All terms are positive: nothing cancels, however small or close a and b are.

Faster, where a and b are apart: with T(a) = int r^2 exp(-r^2/2) / (1 + ra) dr and h(a) = a - a^2 T(a), by partial
fractions,

    F = ab (T(b) - T(a)) / (a - b),    D = (a^2 h'(a) + b^2 h'(b) - 2 ab (h(a) - h(b)) / (a - b)) / (a - b)^2.

T is a Taylor polynomial around points m_j = (9/7)^j, which are kept: its coefficients are at most T(0) m^-k < 1.26
m^-k, and |a - m| <= m/7. They come from the same trapezoidal rule: |r^(k+2) / (1+rm)^(k+1)| <= |r|^2 m^-k.
"""

from __future__ import annotations

import math
from functools import lru_cache

from flint import arb, arb_poly, ctx, fmpq

GUARD_BITS = 60
_NEAR = arb(2) ** -12


def _kappa() -> arb:
    return (arb(7) / 5).cos()


class _Nodes:
    """r_k and h r_k^2 exp(-r_k^2/2), with what the rule leaves out: for D (of r^2), T (of r^3) and F (of r^4)."""

    def __init__(self, bits: int) -> None:
        """An error below 2^-bits."""
        step = fmpq(int(2**12 * 2 * math.pi * 0.7 / ((bits + 6) * math.log(2))), 2**12)
        h = arb(step)
        size = float(step.p) / float(step.q)
        first = math.floor(-(bits + 2) * math.log(2) / 2 / size)
        last = math.ceil(math.log(math.sqrt(2 * (bits + 10) * math.log(2))) / size) + 1
        self.rows: list[tuple[arb, arb]] = []
        for k in range(first, last + 1):
            r = (k * h).exp()
            self.rows.append((r, h * r * r * (-r * r / 2).exp()))
        end = (last * h).exp()
        assert end > 2  # from there on r^4 exp(-r^2/2) falls
        far = (-end * end / 2).exp()
        left = (first * h).exp()
        small = 1 / ((2 * arb.pi() * 7 / 10 / h).exp() - 1)
        kappa = _kappa()
        self.missed_d = (2 * small / kappa + left**2 / 2 + far).upper()
        self.missed_t = (
            2 * small * (arb.pi() / 2).sqrt() / kappa ** (arb(3) / 2) + left**3 / 3 + (end * end + 2) * far
        ).upper()
        self.missed_f = (4 * small / kappa**2 + left**4 / 4 + (end * end + 2) * far).upper()


class Radius:
    """F and D to about `bits` bits, at a working precision of GUARD_BITS more."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.direct_nodes, self.fine_nodes = _Nodes(bits + 12), _Nodes(bits + GUARD_BITS)
        # |a - m| <= m/7: 7^-terms below the working precision.
        self.terms = math.ceil((bits + GUARD_BITS + 8) / math.log2(7))
        self.pieces: dict[int, tuple[arb, arb_poly, arb_poly, arb, arb]] = {}

    def means(self, a: arb, b: arb) -> tuple[arb, arb]:
        """F and D."""
        if a > _NEAR and b > _NEAR and abs(a - b) > _NEAR * a.max(b):
            return self._by_fractions(a, b)
        return self.direct(a, b)

    def direct(self, a: arb, b: arb) -> tuple[arb, arb]:
        """F and D by the trapezoidal rule."""
        nodes = self.direct_nodes
        total_f, total_d = arb(0), arb(0)
        for r, weight in nodes.rows:
            inverse = 1 / ((1 + r * a) * (1 + r * b))
            part = weight * inverse
            total_d += part * inverse
            total_f += part * (r * r)
        product = a * b
        return product * (total_f + arb(0, nodes.missed_f)), total_d + arb(0, nodes.missed_d)

    def _by_fractions(self, a: arb, b: arb) -> tuple[arb, arb]:
        (ta, slope_a), (tb, slope_b) = self.transform(a), self.transform(b)
        gap, product = a - b, a * b
        square_a, square_b = a * a, b * b
        first, second = a - square_a * ta, b - square_b * tb
        change_a = 1 - 2 * a * ta - square_a * slope_a
        change_b = 1 - 2 * b * tb - square_b * slope_b
        f = product * (tb - ta) / gap
        d = (square_a * change_a + square_b * change_b - 2 * product * (first - second) / gap) / (gap * gap)
        return f, d

    def transform(self, a: arb) -> tuple[arb, arb]:
        """T(a) and T'(a), a > 0."""
        index = round(_log2(a) / math.log2(9 / 7))
        if index not in self.pieces:
            self.pieces[index] = self._piece(index)
        middle, value, slope, missed, slope_missed = self.pieces[index]
        x = a - middle
        if not abs(x) * 7 <= middle:
            raise ArithmeticError("a ratio of the dual of Softsign is too wide: raise the precision")
        return value(x) + arb(0, missed), slope(x) + arb(0, slope_missed)

    def _piece(self, index: int) -> tuple[arb, arb_poly, arb_poly, arb, arb]:
        middle = (arb(9) / 7) ** index
        middle = middle.mid()
        sums = [arb(0)] * self.terms
        for r, weight in self.fine_nodes.rows:
            inverse = 1 / (1 + r * middle)
            term, ratio = weight * r * inverse, -r * inverse
            for k in range(self.terms):
                sums[k] += term
                term *= ratio
        scale = arb(1)
        for k in range(self.terms):
            sums[k] += arb(0, (scale * self.fine_nodes.missed_t).upper())
            scale /= middle
        value = arb_poly(sums)
        # sum_(k >= K) x^k and sum_(k >= K) k x^(k-1) at x = 1/7, with coefficients below 1.26 m^-k.
        power = arb(7) ** -self.terms
        missed = (arb(126) / 100 * power * 7 / 6).upper()
        rest = arb(7) * power * (arb(7 * self.terms) / 6 + arb(7) / 36)
        return middle, value, value.derivative(), missed, (arb(126) / 100 * rest / middle).upper()


def _log2(a: arb) -> float:
    """A rough logarithm of a positive number."""
    mantissa, exponent = a.mid().man_exp()
    places = int(mantissa).bit_length() - 53
    shifted = int(mantissa) >> places if places > 0 else int(mantissa)
    return math.log2(shifted) + max(places, 0) + int(exponent)


@lru_cache(maxsize=4)
def radius_at(bits: int) -> Radius:
    """The one for this precision, made at the working precision of whoever asks first (`GUARD_BITS` more)."""
    assert ctx.prec >= bits + GUARD_BITS
    return Radius(bits)
