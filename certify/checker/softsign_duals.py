"""The dual of softsign, from the mixture of `softsign_grid`.

With c_i = sqrt(q_i), rho the correlation, D = 1 - rho^2 and C = 1/(1 + q1 z^2): under the density of u times exp(-z^2
u^2/2) sqrt(1 + q1 z^2) the pair is Gaussian with variances q1 C and q2 R, R = D + (1 - D) C, and covariance r C.  As E
u s(v) = cov(u, v) E s'(v) (Stein), with m(c) = E s'(c Z),

    V' = int z^2 w(z) C^(1/2) m(c2 sqrt R) dlog z,    V = r G,    G = int z^2 g(z) C^(3/2) m(c2 sqrt R) dlog z.

In the strip |Im log z| < 7/5, R stays off the negative axis, so |m| <= 1; |C| <= 1/sin(14/5); and with the path of v
turned by half the angle the integrals of |z^2 w| and |z^2 g| along a line are at most sqrt(2)/cos(7/5) and
1.181/cos(7/5).  With C: at most 15 and 36.  So trapezoidal sums with the step 2 `step` miss at most 30 2^-B and 72
2^-B; the tails z^2 w <= min(z^2, 1.6/z) and z^2 g <= 0.8 min(z, 1/z) cost 2 2^-B; the weights 11 2^-B times the length
of the grid in log z; m 11 2^-B, as the weights add up to at most 1; terms left out 2^-B, and all roundings less.

V' and G are power series in rho^2.  With Mehler's coefficients of s(u), s(v) and Cauchy's inequality, |dG/dD| <= 1/2
and |dV'/dD| is at most half the product of c_i |s''|_i <= 2 min(c_i, sqrt c_i), as E s''(c Z)^2 <= min(4, 0.64/c).  For
fixed D, |dV'/dlog c_i| <= 8/27 and |dG/dlog c_i| <= 1/4: y/(1+y)^3 <= 4/27 and y/(1+y)^2 <= 1/4.

At equal variances the coefficients a_k^2 are not negative, so |V'| <= 1 and |G| <= 1 wherever |rho^2| <= 1: with sigma
= sqrt D, where |1 - sigma^2| <= 1.  For t <= 1/2 the ellipse around [t, 2t] with the sum of its half axes 15/4 times
t/2 lies there (at t = 1/2 the quartic in its parameter is below -0.05, and a smaller t only helps), so the polynomial
through n Chebyshev nodes misses at most 4 (15/4)^(1-n) / (11/4) (Trefethen, Approximation Theory and Approximation
Practice, Theorem 8.2), and errors at the nodes grow by at most 5 (Theorem 15.2, n < 500).  Made once, it serves all
pairs of one variance.
"""

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import NamedTuple

from .dual_base import Covariance
from .elementary import cosine
from .elementary import pi as enclose_pi
from .hermite_duals import Charge
from .interval import (
    ZERO,
    Interval,
    TooWide,
    divide,
    multiply,
    outward,
    to_fixed,
    top,
)
from .softsign_grid import FINER, Grid, build_grid, grid_size
from .softsign_means import Means, terms_for

_SPARE = 8
_PATIENCE = 16
_KEPT = 4


class Node(NamedTuple):
    """C in units of 2^-2F, the weights of V' and G without the step, and the terms of m that they need."""

    share: int
    slope: int
    value: int
    terms: int


class Engine:
    """V' and G at exact variances and an exact D, at one accuracy."""

    def __init__(self, bits: int) -> None:
        self.grid: Grid = build_grid(bits)
        self.means = Means(self.grid)
        self.bits, self.fine = bits, self.grid.fine
        length = 2 * self.grid.step * (2 * self.grid.half + 1)
        self.lost = (90 + 11 * -(-length.numerator // length.denominator)) << FINER
        self.nodes: dict[tuple[int, int], list[Node]] = {}

    def weights(self, mantissa: int, exponent: int) -> list[Node]:
        """The nodes for a variance mantissa 2^exponent that matter."""
        found = self.nodes.get((mantissa, exponent))
        if found is not None:
            return found
        grid, fine, found = self.grid, self.fine, list[Node]()
        one, places = 1 << fine, len(self.grid.slopes).bit_length()
        for j, (slope, value) in enumerate(zip(grid.slopes, grid.values, strict=True), -grid.half):
            power = grid.powers[4 * abs(j)]
            # q z^2, off by an ulp and 2^(-F-20) of itself.
            if j >= 0:
                grown = _shifted(mantissa * power, exponent - 40)
            else:
                grown = _shifted(mantissa, exponent + 2 * fine + 40) // power
            share = (one << 2 * fine) // (one + grown)
            short = isqrt(share)
            slope, value = slope * short >> fine, (value * share >> 2 * fine) * short >> fine
            spare = fine - max(slope, value, 1).bit_length()
            if spare < self.bits + places:
                wanted = terms_for(self.bits + places - spare)
                found.append(Node(share, slope, value, min(wanted, self.means.terms)))
        while len(self.nodes) >= _KEPT:
            del self.nodes[next(iter(self.nodes))]
        self.nodes[mantissa, exponent] = found
        return found

    def evaluate(self, one: tuple[int, int], two: tuple[int, int], apart: int) -> tuple[int, int]:
        """V' and G for variances mantissa 2^exponent and D = apart 2^-F, in units of 2^-F, off by at most `lost`."""
        fine, at = self.fine, self.means.at
        mantissa, exponent = two
        distance, rest = apart << fine, (1 << fine) - apart
        slopes = values = 0
        for share, slope, value, terms in self.weights(*one):
            left = mantissa * (distance + (rest * share >> fine))
            mean = at(isqrt(left << exponent if exponent >= 0 else left >> -exponent), terms)
            slopes += slope * mean
            values += value * mean
        step = 2 * self.grid.step
        return (
            (slopes * step.numerator // step.denominator) >> fine,
            (values * step.numerator // step.denominator) >> fine,
        )


def _shifted(value: int, places: int) -> int:
    return value << places if places >= 0 else value >> -places


@lru_cache(maxsize=4)
def engine_at(bits: int) -> Engine:
    """The engine of this accuracy."""
    return Engine(bits)


@lru_cache(maxsize=8)
def _cosines(count: int, fine: int) -> tuple[int, ...]:
    """cos(i pi / (2 count)), i = 0..4 count - 1, in units of 2^-fine, off by less than two."""
    low, high, exponent = enclose_pi(fine + 16)
    half_turn = Fraction(low + high) * Fraction(2) ** (exponent - 1)
    quarter = [1 << fine]
    quarter += [to_fixed(cosine(half_turn * i / (2 * count), fine + 8), -fine)[0] for i in range(1, count)]
    half = [*quarter, 0, *(-value for value in quarter[:0:-1])]
    return (*half, *(-value for value in half))


class Panel(NamedTuple):
    """Chebyshev coefficients of V' and G in sigma on [t, 2t], t = 2^(-index-1), the last first."""

    slopes: list[int]
    values: list[int]


def _chebyshev(samples: list[int], fine: int) -> list[int]:
    """The coefficients of the polynomial through samples at the Chebyshev nodes, the last first: with 4 n ulps lost in
    their sum."""
    count = len(samples)
    cosines = _cosines(count, fine)
    found = [sum(samples) // count]
    for m in range(1, count):
        total = sum(value * cosines[m * (2 * k + 1) % (4 * count)] for k, value in enumerate(samples))
        found.append(2 * total // count >> fine)
    return found[::-1]


def _clenshaw(coefficients: list[int], x: int, fine: int) -> int:
    """sum c_m T_m(x): a rounding at step m grows to at most m + 1, as |U_m| does."""
    twice = 2 * x
    one = two = 0
    for value in coefficients[:-1]:
        one, two = (twice * one >> fine) - two + value, one
    return (x * one >> fine) - two + coefficients[-1]


class SoftsignDual:
    """The dual at one working precision."""

    uses_discriminant = True
    uses_distances = False

    def __init__(self, bits: int, charge: Charge) -> None:
        self.bits, self.charge = bits, charge
        self.seen: Counter[Interval] = Counter()
        self.met: Counter[tuple[Interval, int]] = Counter()
        self.panels: dict[tuple[Interval, int], Panel] = {}
        self.aligned: dict[tuple[Interval, Interval], tuple[int, int]] = {}
        self.charged: set[int] = set()

    def point(self, variance: Interval) -> Interval:
        self.seen[variance] += 1
        return variance

    def at_zero(self, first: Interval, second: Interval, both: bool) -> Interval:
        return ZERO

    @property
    def pair_seconds(self) -> float:
        """An estimate for one pair, after the diagonal is known: a polynomial for equal variances, else the sums."""
        total = sum(self.seen.values())
        if not total:
            return 0.0
        same = sum(count * count for count in self.seen.values()) / total**2
        bits = max(self._accuracy(variance, variance) for variance in self.seen)
        return same * panel_nodes(bits) * 6e-7 + (1 - same) * direct_seconds(bits)

    def _accuracy(self, first: Interval, second: Interval) -> int:
        """B: G is about 1/(c1 c2), so that large variances take more."""
        large = max(0, (top(first) + 1) // 2) + max(0, (top(second) + 1) // 2)
        return max(32, -(-(self.bits - _SPARE + large) // 8) * 8)

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        if first[0] <= 0 or second[0] <= 0:
            raise TooWide("a variance before Softsign cannot be told from zero")
        bits = self._accuracy(first, second)
        if bits not in self.charged:
            self.charged.add(bits)
            self.charge(setup_seconds(bits), "the mixture of a Softsign")
        engine = engine_at(bits)
        fine = engine.fine
        low = high = 0
        if not moments.orientation:
            quotient = divide(moments.discriminant, multiply(first, second, self.bits), self.bits)
            low, high = to_fixed(quotient, -fine)
            low, high = max(0, min(low, 1 << fine)), max(0, min(high, 1 << fine))
        if not high >> (fine - bits):
            low = 0
        middle = (low + high) >> 1 if high >> (fine - bits) else 0
        radius = max(high - middle, middle - low) + 2
        slope, value, lost = self._middle(engine, first, second, middle)
        around = sum(_spread(x, fine) for x in (first, second)) + lost
        # sqrt(c1 c2) <= 2^(sum top(q_i) / 4), where it is not below 1.
        product = 1 + (max(0, top(first)) + max(0, top(second)) + 3) // 4
        slope_lost, value_lost = around + (radius << product), around + radius
        gain = outward(max(value - value_lost, 0), max(min(value + value_lost, 1 << fine), 0), -fine, self.bits)
        fall = outward(max(slope - slope_lost, 0), max(min(slope + slope_lost, 1 << fine), 0), -fine, self.bits)
        return multiply(moments.covariance, gain, self.bits), fall

    def _middle(self, engine: Engine, first: Interval, second: Interval, apart: int) -> tuple[int, int, int]:
        """V' and G at the middles of the variances and D = apart 2^-F, and how many ulps they may be off."""
        one, two = _middle_of(first), _middle_of(second)
        if not apart:
            if (first, second) not in self.aligned:
                self.charge(direct_seconds(engine.bits), "the dual of a Softsign at one point")
                self.aligned[first, second] = engine.evaluate(one, two, 0)
            return *self.aligned[first, second], engine.lost
        if first != second:
            return *engine.evaluate(one, two, apart), engine.lost
        fine = engine.fine
        apart = min(apart, (1 << fine) - 1)
        index = (fine - apart.bit_length()) // 2
        panel = self.panels.get((first, index))
        if panel is None:
            self.met[first, index] += 1
            if self.met[first, index] <= _PATIENCE:
                return *engine.evaluate(one, two, apart), engine.lost
            panel = self.panels[first, index] = self._panel(engine, one, index)
        # sigma 2^(index+2) - 3, in [-1, 1].
        x = isqrt(apart << (fine + 2 * index + 4)) - (3 << fine)
        # The nodes' D is off by two ulps, which V' shows 2 c1 c2 times; what the polynomial and its sums lose.
        nodes = 8 << max(0, top(first) + 1)
        lost = 5 * (engine.lost + nodes) + (1 << FINER) + 2 * len(panel.slopes) ** 2
        return _clenshaw(panel.slopes, x, fine), _clenshaw(panel.values, x, fine), lost

    def _panel(self, engine: Engine, variance: tuple[int, int], index: int) -> Panel:
        fine, count = engine.fine, panel_nodes(engine.bits)
        self.charge(count * direct_seconds(engine.bits), "the dual of a Softsign at one variance")
        slopes, values = [], []
        for place in _cosines(count, fine)[1 : 2 * count : 2]:
            sigma = (3 << fine) + place
            slope, value = engine.evaluate(variance, variance, sigma * sigma >> (fine + 2 * index + 4))
            slopes.append(slope)
            values.append(value)
        return Panel(_chebyshev(slopes, fine), _chebyshev(values, fine))


def _middle_of(x: Interval) -> tuple[int, int]:
    return x[0] + x[1], x[2] - 1


def _spread(variance: Interval, fine: int) -> int:
    """Above |log c - log c'| for a standard deviation and that of the middle of the variance, in units of 2^-fine."""
    low, high, _ = variance
    return -((low - high << fine) // low)


def panel_nodes(bits: int) -> int:
    """n with (15/4)^-n < 2^(-B-3)."""
    return -(-10 * (bits + 3) // 19)


def direct_seconds(bits: int) -> float:
    """An estimate of one value without a polynomial."""
    count, _, _ = grid_size(bits)
    return 2 * count * (1.2e-6 + bits * 1.5e-8)


def setup_seconds(bits: int) -> float:
    """An estimate of the tables of one accuracy."""
    count, before, after = grid_size(bits)
    return 2 * count * (before + after) * 1e-7 + (before + after) * bits * 1e-6
