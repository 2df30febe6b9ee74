"""The waves of an activation at one variance, in integers times 2^-bits.

Both points of a pair have frequencies (2a + 1) kappa / sqrt(q), so that means of products of waves depend on the
correlation and kappa alone.
"""

from fractions import Fraction
from itertools import accumulate
from math import ceil, floor, log2, sqrt
from math import pi as about_pi
from operator import mul

from .answers import Unsupported
from .elementary import exponential, pi
from .interval import (
    ONE,
    ZERO,
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


class Family:
    """Coefficients x_a of the sines (`odd`) or of the cosines, and w_a x_a, each off by at most `error`.

    For every n, `sums` holds the sum over a < n of |x_a| + error and `bent_sums` that of (|x_a| + error)(a + 1)^2;
    the same with `slope` for the second list.
    """

    def __init__(self, odd: bool) -> None:
        self.odd, self.error = odd, 0
        self.values: list[int] = []
        self.slopes: list[int] = []

    def append(self, value: tuple[int, int], slope: tuple[int, int]) -> None:
        """Takes the ends of the next two."""
        for kept, (low, high) in ((self.values, value), (self.slopes, slope)):
            kept.append((low + high) >> 1)
            self.error = max(self.error, high - low)

    def sum_up(self) -> None:
        """Renews the sums."""
        places = [(a + 1) * (a + 1) for a in range(len(self.values))]
        self.sums, self.bent_sums = self._sums_of(self.values, places)
        self.slope_sums, self.slope_bent_sums = self._sums_of(self.slopes, places)

    def _sums_of(self, values: list[int], places: list[int]) -> tuple[list[int], list[int]]:
        sizes = [abs(value) + self.error for value in values]
        return list(accumulate(sizes, initial=0)), list(accumulate(map(mul, sizes, places), initial=0))

    def mean(self, slope: bool, weights: list[int], width: int, bits: int) -> tuple[int, int]:
        """The sum of coefficients times weights that are off by at most width (a + 1)^2, and how far it may be off."""
        count = len(weights)
        total = sum(map(mul, self.slopes if slope else self.values, weights)) >> bits
        bent = (self.slope_bent_sums if slope else self.bent_sums)[count]
        return total, (width * bent >> bits) + count * (self.error + 1) + 2


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

    `sizes` and `slope_sizes` bound them and decrease; `total`, `slope_total` and `bend_total` bound the sums of all
    |x_a|, |w_a x_a| and |w_a^2 x_a|.  `leak` is D, `size` and `slope_size` are M of value and slope.  `level` is bend L
    / 2, `mean_of_waves` the mean of the cosines, and `tilt` the mean of W', of the slopes of the sines.
    """

    def __init__(self, data: WaveData, kappa: Fraction, variance: Interval, bits: int) -> None:
        self.data, self.bits = data, bits
        self.fine = fine = bits + 24
        self.length = root(variance, fine)
        self.step = divide(from_fraction(kappa, fine), self.length, fine)
        half_period = divide(pi(fine), self.step, fine)
        self._find_errors(kappa, half_period)
        self.families = tuple(Family(odd) for odd in (True, False) if (data.has_sines if odd else data.has_cosines))
        self.sizes: list[int] = []
        self.slope_sizes: list[int] = []
        rate = multiply(multiply(from_fraction(data.turns, fine), pi(fine), fine), self.step, fine)
        self._e = exponential((-rate[1], -rate[0], rate[2]), fine)
        self.shrink = square(self._e, fine)
        low, high, exponent = rate
        self.rate_guess = ((low + high) / 2) * 2.0**exponent if abs(exponent) < 900 else 0.0
        if not self.rate_guess or 5 / self.rate_guess > MAX_WAVES:
            raise Unsupported("a variance is too large for the waves of its activation")
        self._totals()
        self.level = times_power_of_two(multiply(from_fraction(data.bend, fine), half_period, fine), -1)
        self._find_means(kappa)

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
        fine, unit = self.fine, -self.bits
        if len(self.sizes) >= count:
            return
        scale = divide(times_power_of_two(self.step, 1), pi(fine), fine)
        for a in range(len(self.sizes), count):
            frequency = multiply(self.step, (2 * a + 1, 2 * a + 1, 0), fine)
            found = self.data.amplitudes(frequency, self._e, fine)
            for family in self.families:
                amplitude = found.sine if family.odd else found.cosine
                assert amplitude is not None
                value = multiply(scale, amplitude, fine)
                family.append(to_fixed(value, unit), to_fixed(multiply(frequency, value, fine), unit))
            size = multiply(scale, found.size, fine)
            self.sizes.append(to_fixed(size, unit)[1])
            self.slope_sizes.append(to_fixed(multiply(frequency, size, fine), unit)[1])
            self._e = multiply(self._e, self.shrink, fine)
        for family in self.families:
            family.sum_up()

    def ratio_at(self, index: int, power: int = 1) -> Interval:
        """At least the ratio of neighbours from an index on, of sizes times w^power."""
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
            terms = (self.slope_sizes if power else self.sizes)[: count + 1]
            if power == 2:
                _, high = to_fixed(self.step, -self.bits)
                terms = [(term * (2 * a + 1) * high >> self.bits) + 1 for a, term in enumerate(terms)]
            tail = to_fixed(divide((terms[count], terms[count], unit), rest, 64), unit)[1] + 1
            found.append(sum(terms[:count]) + tail)
        self.total, self.slope_total, self.bend_total = found

    def _find_means(self, kappa: Fraction) -> None:
        """Means of cosines are exp(-kappa^2 (2a + 1)^2 / 2); what is left out is at most all sizes times the last."""
        bits = self.bits
        count = ceil(sqrt(bits * 1.4) / (2 * kappa)) + 2
        self.reach(count)
        first = exponential(from_fraction(-kappa * kappa / 2, self.fine), self.fine)
        ratio = exponential(from_fraction(-4 * kappa * kappa, self.fine), self.fine)
        weights, width = squares(first, ratio, ratio, count, bits)
        last = weights[-1] + width * count * count
        self.mean_of_waves = self.tilt = ZERO
        for family in self.families:
            middle, lost = family.mean(family.odd, weights, width, bits)
            lost += ((self.slope_total if family.odd else self.total) * last >> bits) + 1
            found = outward(middle - lost, middle + lost, -bits, self.fine)
            if family.odd:
                missed = times_power_of_two(multiply(self.slope_size, self.leak, 64), 1)
                self.tilt = add(found, (-missed[1], missed[1], missed[2]), self.fine)
            else:
                self.mean_of_waves = found
