"""The waves of an activation at one variance, in integers times 2^-bits.

Both points of a pair have frequencies (2a + 1) kappa / sqrt(q), so that means of products of waves depend on the
correlation and kappa alone.
"""

from fractions import Fraction
from itertools import accumulate
from math import ceil, floor, log2, sqrt
from math import pi as about_pi
from operator import mul
from typing import NamedTuple

from .answers import Unsupported
from .elementary import exponential, pi
from .interval import (
    ONE,
    Interval,
    TooWide,
    add,
    divide,
    from_fraction,
    multiply,
    outward,
    root,
    square,
    subtract,
    times_power_of_two,
    to_fixed,
)
from .limits import MAX_WAVES
from .wave_functions import WaveData


class Bounds(NamedTuple):
    """At least the numbers that they stand for: |coefficient| by index, sum of all, sum of all times frequency."""

    sizes: list[int]
    total: int
    weighted_total: int


def choose_spacing(nats: float, decay: float, length: float) -> Fraction:
    """A kappa at which waves miss about exp(-nats) for standard deviations from `length` on; any number is right."""
    y = min(decay * length, sqrt(2 * nats))
    wanted = about_pi * y / (nats + y * y / 2)
    places = floor(log2(wanted))
    # Few different ones, so that points share their waves.
    return Fraction(floor(wanted * 2.0 ** (3 - places)), 8) * Fraction(2) ** places


def squares(first: Interval, ratio: Interval, growth: Interval, count: int, bits: int) -> tuple[list[int], int]:
    """p_0, p_1, ... with ratios ratio, ratio growth, ratio growth^2, ..., all of them in [0, 1], and a bound e: the
    number p_a is off by at most e (a + 1)^2.

    With every start off by at most w: the ratio of step a is off by w + a (w + 1), as |xy - x'y'| <= |x - x'| + |y -
    y'| for numbers in [0, 1] and a unit is cut off; summing, p_a by at most (w + 1)(1 + a + a (a - 1) / 2).
    """
    one = 1 << bits
    ends = [to_fixed(x, -bits) for x in (first, ratio, growth)]
    width = max(high - low for low, high in ends) + 1
    power, step, change = (max(0, min(one, low)) for low, _ in ends)
    found = [power]
    for _ in range(count - 1):
        power = power * step >> bits
        step = step * change >> bits
        found.append(power)
    return found, width


class WaveSeries:
    """The coefficients x_a of the waves of W_L at a variance, and those of the slopes, w_a x_a, as far as asked for.

    `values` and `slopes` are off by at most `error`.  `leak` is D, `size` and `slope_size` are M of value and slope.
    """

    def __init__(self, data: WaveData, kappa: Fraction, variance: Interval, bits: int) -> None:
        self.data, self.bits = data, bits
        self.fine = fine = bits + 24
        self.length = root(variance, fine)
        self.step = divide(from_fraction(kappa, fine), self.length, fine)
        half_period = divide(pi(fine), self.step, fine)
        self._find_errors(kappa, half_period)
        self.values: list[int] = []
        self.slopes: list[int] = []
        self.error = 0
        rate = multiply(multiply(from_fraction(data.turns, fine), pi(fine), fine), self.step, fine)
        self._e = exponential((-rate[1], -rate[0], rate[2]), fine)
        self.shrink = square(self._e, fine)
        low, high, exponent = rate
        self.rate_guess = ((low + high) / 2) * 2.0**exponent if abs(exponent) < 900 else 0.0
        if not self.rate_guess or 5 / self.rate_guess > MAX_WAVES:
            raise Unsupported("a variance is too large for the waves of its activation")
        self._totals()
        self.level = times_power_of_two(multiply(from_fraction(data.bend, fine), half_period, fine), -1)
        self.mean_of_waves = self._mean(kappa)

    def _find_errors(self, kappa: Fraction, half_period: Interval) -> None:
        """D with l = y / sqrt(q): exp(-y pi / kappa + y^2 / 2).  y <= decay sqrt(q) is l <= decay, and 3 y >= 4 kappa
        gives l L >= 2 and decay L >= 4."""
        data = self.data
        low, _, exponent = self.length
        y = min(data.decay * low * Fraction(2) ** exponent, Fraction(about_pi / float(kappa)))
        if 3 * y < 4 * kappa:
            raise TooWide("a lattice is too coarse for a variance")
        turns = multiply(from_fraction(y / kappa, 64), pi(64), 64)
        self.leak = exponential(subtract(from_fraction(y * y / 2, 64), turns, 64), 64)
        self.size = add(
            multiply(from_fraction(data.bend + 6 * data.lean, 64), half_period, 64),
            from_fraction(2 * data.jump + 5 * data.flat, 64),
            64,
        )
        self.slope_size = add(
            multiply(from_fraction(Fraction(6 * data.slope_lean), 64), half_period, 64),
            from_fraction(2 * data.bend + 5 * data.slope_flat, 64),
            64,
        )

    def reach(self, count: int) -> None:
        """Has at least `count` coefficients."""
        fine, bits = self.fine, self.bits
        if len(self.values) >= count:
            return
        scale = divide(times_power_of_two(self.step, 1), pi(fine), fine)
        for a in range(len(self.values), count):
            frequency = multiply(self.step, (2 * a + 1, 2 * a + 1, 0), fine)
            value = multiply(scale, self.data.amplitude(frequency, self._e, fine), fine)
            for kept, x in ((self.values, value), (self.slopes, multiply(frequency, value, fine))):
                low, high = to_fixed(x, -bits)
                kept.append((low + high) >> 1)
                self.error = max(self.error, high - low)
            self._e = multiply(self._e, self.shrink, fine)
        self._sum_up()

    def _sum_up(self) -> None:
        """For every n, sums over a < n of |x_a| and of |x_a| (a + 1)^2, with what the error may add to the first."""
        places = [(a + 1) * (a + 1) for a in range(len(self.values))]
        self.sums, self.bent_sums = self._sums_of(self.values, places)
        self.slope_sums, self.slope_bent_sums = self._sums_of(self.slopes, places)

    def _sums_of(self, values: list[int], places: list[int]) -> tuple[list[int], list[int]]:
        sizes = [abs(value) + self.error for value in values]
        return list(accumulate(sizes, initial=0)), list(accumulate(map(mul, sizes, places), initial=0))

    def bound_at(self, slope: bool, index: int) -> int:
        """At least |x_a| for all a >= index."""
        return abs((self.slopes if slope else self.values)[index]) + self.error

    def ratio_at(self, index: int, power: int = 1) -> Interval:
        """At least x_(a + 1) / x_a for a >= index, for x_a exp(turns pi w_a) w_a^-power decreasing."""
        ratio = from_fraction(Fraction(2 * index + 3, 2 * index + 1) ** power, 64)
        return multiply(self.shrink, ratio, 64)

    def _totals(self) -> None:
        """At least the sums over all a of |x_a|, |w_a x_a| and |w_a^2 x_a|: the first terms and a geometric series."""
        count = ceil(4 / self.rate_guess) + 1
        self.reach(count + 1)
        rest = subtract(ONE, self.ratio_at(count, 2), 64)
        if rest[0] <= 0:
            raise TooWide("waves do not fall off")
        unit = -self.bits
        found = []
        for power in range(3):
            terms = [abs(value) + self.error for value in (self.slopes if power else self.values)[: count + 1]]
            if power == 2:
                _, high = to_fixed(self.step, -self.bits)
                terms = [(term * (2 * a + 1) * high >> self.bits) + 1 for a, term in enumerate(terms)]
            tail = to_fixed(divide((terms[count], terms[count], unit), rest, 64), unit)[1] + 1
            found.append(sum(terms[:count]) + tail)
        self.total, self.slope_total, self.bend_total = found

    def _mean(self, kappa: Fraction) -> Interval:
        """E of the waves: sum x_a exp(-kappa^2 (2a + 1)^2 / 2), for cosines."""
        bits = self.bits
        if self.data.odd:
            return 0, 0, 0
        count = ceil(sqrt(bits * 1.4) / (2 * kappa)) + 2
        self.reach(count)
        first = exponential(from_fraction(-kappa * kappa / 2, self.fine), self.fine)
        ratio = exponential(from_fraction(-4 * kappa * kappa, self.fine), self.fine)
        weights, width = squares(first, ratio, ratio, count, bits)
        middle = sum(map(mul, self.values, weights)) >> bits
        lost = (width * self.bent_sums[count] >> bits) + count * (self.error + 1) + 2
        # The others are at most `total` times the last weight.
        lost += (self.total * (weights[count - 1] + width * count * count) >> bits) + 1
        return outward(middle - lost, middle + lost, -bits, self.fine)
