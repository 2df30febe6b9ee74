"""Duals of activations that are sums of waves, for large variances.

With x_a, y_b the coefficients at the two variances, j = 2a + 1, k = 2b + 1, c = kappa^2 / 2 and the correlation rho >=
0 (a negative one turns the sign of what is odd), waves contribute

    Q = 1/2 sum_ab x_a y_b exp(-c (1 - rho)(j^2 + k^2)) (exp(-c rho (j - k)^2) +- exp(-c rho (j + k)^2)),

+ for cosines, - for sines: from E cos(w u) cos(w' v) = exp(-(w^2 q + w'^2 q') / 2) cosh(w w' r), likewise sinh.  So Q
is a sum over lags of a correlation of sequences.  V' has the same with w_a x_a and the other sign, and dQ/drho = sqrt(q
q') times that.  With bounds X_a >= |x_a| that decrease, S = sum X_a and g = 1 - rho, what n coefficients and lags a -
b, a + b + 1 up to D leave out is at most

    exp(-4 c rho (D + 1)^2) S S'  +  (T Y_(n-D) + T' X_(n-D)) exp(-c g (2 (n - D) + 1)^2) (1/2 + sum_(d = 1..D) exp(-4 c
    rho d^2)),    T = sum_(a >= n) X_a exp(-c g (2a + 1)^2),

for D < n, as a >= n and |a - b| <= D imply b >= n - D; with all lags of n coefficients, T S' + T' S.
"""

from fractions import Fraction
from math import ceil, log, sqrt
from operator import mul
from typing import NamedTuple

from .answers import Unsupported
from .budget import product_seconds
from .dual_base import Covariance
from .elementary import exponential
from .hermite_duals import Charge
from .interval import (
    ONE,
    Interval,
    TooWide,
    add,
    divide,
    from_fraction,
    multiply,
    outward,
    square,
    subtract,
    times_power_of_two,
    to_fixed,
)
from .limits import MAX_WAVES
from .packed_products import correlations
from .wave_functions import WaveData
from .wave_series import Family, WaveSeries, choose_spacing, squares

_GUARD = 16


class Shape(NamedTuple):
    """Numbers of coefficients and of lags for one pair, and all of exp(-c rho (2d)^2) for d = 1..lags, exp(-c (1 - rho)
    (2a + 1)^2) for a < terms (None: all 1), each list with the bound e of `squares`."""

    terms: int
    lags: int
    whole: bool
    decays: list[int]
    decay_error: int
    weights: list[int] | None
    weight_error: int


class WaveDual:
    """The dual at one working precision; waves are made when a variance is first needed, and kept."""

    def __init__(self, data: WaveData, bits: int, charge: Charge) -> None:
        self.data, self.asked, self.charge = data, bits, charge
        self.series: dict[tuple[Interval, Fraction, int], WaveSeries] = {}
        self.longest = 0
        # Those with sines and cosines take two cosines of their own each.
        self.coefficient_seconds = 2e-4 if data.has_sines and data.has_cosines else 2e-5

    @property
    def pair_seconds(self) -> float:
        """An estimate for one pair, from the longest series until now."""
        parts = self.data.has_sines + self.data.has_cosines
        terms = self.longest / 2
        return 3e-4 + parts * (terms * (6e-6 + self.asked * 2e-8) + 2 * product_seconds(terms * (2 * self.asked + 96)))

    def predicted_terms(self, shortest: float, longest: float) -> float:
        """About how many coefficients a pair of these standard deviations takes that is not nearly equal."""
        _, nats = self._precision(shortest, longest)
        return sqrt(2 * nats) / float(choose_spacing(nats, float(self.data.decay), shortest))

    def _precision(self, shortest: float, longest: float) -> tuple[int, float]:
        """Bits to compute with, and nats for what waves miss, both up where a variance is tiny: V is tiny there."""
        lost = 16 * max(0, ceil(-log(shortest) / log(65536)))
        data = self.data
        asked = self.asked + lost
        # The half period grows with the ratio of the two, and with it what cancels.
        half_period = 4 * (asked + longest) * longest / shortest
        size = float(data.bend + 6 * data.lean) * half_period + float(2 * data.jump) + 5 * data.flat
        nats = asked * log(2) + 6 + 2 * log(size / (longest if data.bend else 1.0))
        spread = 2 * (max(0.0, log(longest)) + log(longest / shortest)) / log(2)
        # Rounded, so that pairs share their waves.
        return asked + _GUARD + 8 * ceil(spread / 8), 4.0 * ceil(nats / 4)

    def _series(self, variance: Interval, kappa: Fraction, bits: int) -> WaveSeries:
        key = variance, kappa, bits
        if key not in self.series:
            self.series[key] = WaveSeries(self.data, kappa, variance, bits)
            self.charge(len(self.series[key].sizes) * self.coefficient_seconds, "the waves of an activation")
        return self.series[key]

    def _setting(self, shortest: float, longest: float) -> tuple[Fraction, int, float]:
        bits, nats = self._precision(shortest, longest)
        kappa = choose_spacing(nats, float(self.data.decay), shortest)
        if kappa * MAX_WAVES < 1:
            raise Unsupported("variances are too far apart for the waves of their activation")
        return kappa, bits, nats

    def mean(self, variance: Interval, length: float) -> Interval:
        """E s(u)."""
        kappa, bits, _ = self._setting(length, length)
        found = self._series(variance, kappa, bits)
        whole = add(from_fraction(self.data.mean, bits), add(found.level, found.mean_of_waves, bits), bits)
        if not self.data.has_cosines:
            return whole
        missed = times_power_of_two(multiply(found.size, found.leak, 64), 1)
        return add(whole, (-missed[1], missed[1], missed[2]), bits)

    def pair(
        self, q1: Interval, q2: Interval, lengths: tuple[float, float], moments: Covariance, same: bool
    ) -> tuple[Interval, Interval]:
        """V and V' at positive variances, whose roots are about `lengths`; `same` for a point with itself."""
        data = self.data
        kappa, bits, nats = self._setting(min(lengths), max(lengths))
        one = self._series(q1, kappa, bits)
        two = one if q1 == q2 else self._series(q2, kappa, bits)
        unit = 1 << bits
        sign, middle, radius = (1 if same else moments.orientation), unit, 0
        if not sign:
            low, high = to_fixed(divide(moments.covariance, multiply(one.length, two.length, bits), bits), -bits)
            low, high = max(-unit, min(low, unit)), min(unit, max(high, -unit))
            sign = -1 if low + high < 0 else 1
            middle, radius = abs((low + high) >> 1), (high - low + 2) >> 1
        shape = self._shape(one, two, kappa, nats, middle, bits)
        value = slope = lost = slope_lost = 0
        for first, second in zip(one.families, two.families, strict=True):
            for bent in (False, True):
                found, missed = _quadratic(first, second, shape, bent, bits)
                if sign < 0 and first.odd != bent:
                    found = -found
                if bent:
                    slope, slope_lost = slope + found, slope_lost + missed
                else:
                    value, lost = value + found, lost + missed
        rest, slope_rest = self._rests(one, two, shape, kappa, middle, bits)
        parts = len(one.families)
        # Moving rho moves Q by at most sqrt(q q') S S' of the slopes.
        moved = multiply((radius, radius, -bits), multiply(one.length, two.length, 64), 64)
        lost += parts * (rest + _scaled(moved, one.slope_total, two.slope_total, bits))
        slope_lost += parts * (slope_rest + _scaled(moved, one.bend_total, two.bend_total, bits))
        leak = multiply((5, 5, 0), add(one.leak, two.leak, 64), 64)
        lost += to_fixed(multiply(leak, multiply(one.size, two.size, 64), 64), -bits)[1] + 1
        slope_lost += to_fixed(multiply(leak, multiply(one.slope_size, two.slope_size, 64), 64), -bits)[1] + 1
        slope_all = outward(slope - slope_lost, slope + slope_lost, -bits, bits)
        value_all = outward(value - lost, value + lost, -bits, bits)
        if data.mean:
            value_all = add(value_all, from_fraction(data.mean**2, bits), bits)
        if data.line:
            # line u, line v and W: E u W(v) = r E W'(v) (Stein).
            line = from_fraction(data.line, bits)
            tilted = multiply(line, add(line, add(one.tilt, two.tilt, bits), bits), bits)
            value_all = add(value_all, multiply(tilted, moments.covariance, bits), bits)
            slope_all = add(slope_all, tilted, bits)
        if data.bend:
            levels = multiply(one.level, add(two.level, two.mean_of_waves, bits), bits)
            levels = add(levels, multiply(two.level, one.mean_of_waves, bits), bits)
            value_all = add(value_all, levels, bits)
        return value_all, slope_all

    def _shape(self, one: WaveSeries, two: WaveSeries, kappa: Fraction, nats: float, middle: int, bits: int) -> Shape:
        """Numbers of coefficients and lags are guesses."""
        c, rho, gap = float(kappa) ** 2 / 2, middle / 2**bits, ((1 << bits) - middle) / 2**bits
        low, high = sorted((one.rate_guess, two.rate_guess))
        wanted = nats + log(1 + 1 / low)
        lags = ceil(sqrt(wanted / (4 * c * rho))) if rho > 1e-3 else MAX_WAVES

        def enough(n: int) -> bool:
            x = 2 * n + 1
            near = max(0, x - 2 * lags)
            return bool(c * gap * (x * x + near * near) + low * x + high * near >= wanted)

        count = 1
        while not enough(count):
            count *= 2
            if count > 2 * MAX_WAVES:
                raise Unsupported("a variance is too large for the waves of its activation")
        floor = count // 2
        while count - floor > 1:
            between = (count + floor) // 2
            floor, count = (floor, between) if enough(between) else (between, count)
        count += 1
        if count > MAX_WAVES:
            raise Unsupported("a variance is too large for the waves of its activation")
        whole = lags >= count
        lags = 2 * count - 1 if whole else lags
        for series in (one, two):
            if len(series.sizes) <= count:
                self.charge((count - len(series.sizes)) * self.coefficient_seconds, "the waves of an activation")
                series.reach(count + count // 8 + 1)
        self.longest = max(self.longest, count)
        rate = from_fraction(kappa * kappa / 2, bits + 8)
        weights, weight_error = None, 0
        if middle < 1 << bits:
            first = _decay(rate, (1 << bits) - middle, bits)
            eighth = square(square(square(first, bits + 8), bits + 8), bits + 8)
            weights, weight_error = squares(first, eighth, eighth, count, bits)
        ground = _decay(times_power_of_two(rate, 2), middle, bits)
        twice = square(ground, bits + 8)
        decays, decay_error = squares(ground, multiply(ground, twice, bits + 8), twice, lags, bits)
        return Shape(count, lags, whole, decays, decay_error, weights, weight_error)

    def _rests(
        self, one: WaveSeries, two: WaveSeries, shape: Shape, kappa: Fraction, middle: int, bits: int
    ) -> tuple[int, int]:
        """What Q leaves out, for the value and for the slope."""
        n, lags = shape.terms, shape.lags
        rate = from_fraction(kappa * kappa / 2, 64)
        gap = (1 << bits) - middle
        edge, near, fall = (
            _decay(multiply(rate, (factor, factor, 0), 64), gap, bits, 64)
            for factor in ((2 * n + 1) ** 2, (2 * (n - lags) + 1) ** 2 if not shape.whole else 0, 8 * n + 8)
        )
        factors = []
        for series in (one, two):
            rest = subtract(ONE, multiply(series.ratio_at(n), fall, 64), 64)
            if rest[0] <= 0:
                raise TooWide("waves do not fall off")
            factors.append(divide(edge, rest, 64))
        found = []
        for slope in (False, True):
            totals = [s.slope_total if slope else s.total for s in (one, two)]
            tails = [
                to_fixed(multiply(factor, (size, size, -bits), 64), -bits)[1]
                for factor, s in zip(factors, (one, two), strict=True)
                for size in ((s.slope_sizes if slope else s.sizes)[n],)
            ]
            if shape.whole:
                found.append((tails[0] * totals[1] + tails[1] * totals[0] >> bits) + 1)
                continue
            heights = [(s.slope_sizes if slope else s.sizes)[n - lags] for s in (one, two)]
            beside = sum(shape.decays) + shape.decay_error * lags * (lags + 1) ** 2 + (1 << bits - 1)
            inside = tails[0] * heights[1] + tails[1] * heights[0]
            closeness = to_fixed(near, -bits)[1]
            beyond = to_fixed(
                _decay(multiply(rate, (4 * (lags + 1) ** 2, 4 * (lags + 1) ** 2, 0), 64), middle, bits, 64), -bits
            )[1]
            found.append((inside * closeness * beside >> 3 * bits) + (totals[0] * totals[1] * beyond >> 2 * bits) + 2)
        return found[0], found[1]


def _decay(rate: Interval, factor: int, bits: int, precision: int = 0) -> Interval:
    """exp(-rate factor 2^-bits)."""
    precision = precision or bits + 8
    return exponential(multiply(rate, (-factor, -factor, -bits), precision), precision)


def _scaled(x: Interval, first: int, second: int, bits: int) -> int:
    """At least x first second, all but x in units of 2^-bits."""
    whole = multiply(x, multiply((first, first, -bits), (second, second, -bits), 64), 64)
    return to_fixed(whole, -bits)[1] + 1


def _quadratic(first: Family, second: Family, shape: Shape, slope: bool, bits: int) -> tuple[int, int]:
    """Q of the first coefficients and lags, and how far it may be off."""
    lags = shape.lags
    x, x_sum, x_lost = _weighted(first, shape, slope, bits)
    y, y_sum, y_lost = (x, x_sum, x_lost) if first is second else _weighted(second, shape, slope, bits)
    differences, sums = correlations(x, y, lags, x_sum * y_sum)
    total = differences[lags] << bits
    both = zip(differences[:lags][::-1], differences[lags + 1 :], sums, strict=True)
    # Sines: minus the sums in the value, plus in the slope; cosines the other way round.
    if first.odd == slope:
        total += sum(map(mul, shape.decays, map(sum, both)))
    else:
        total += sum(map(mul, shape.decays, (a + b - s for a, b, s in both)))
    lost = (x_sum * y_lost + y_sum * x_lost >> bits) + 1
    lost += (x_sum * y_sum * (shape.decay_error * lags * lags) >> 2 * bits) + 1
    return total >> 2 * bits + 1, lost + 1


def _weighted(family: Family, shape: Shape, slope: bool, bits: int) -> tuple[list[int], int, int]:
    """Coefficients times weights, at least the sum of their magnitudes, and at least the sum of their errors."""
    n = shape.terms
    values = (family.slopes if slope else family.values)[:n]
    sums, bent = (family.slope_sums, family.slope_bent_sums) if slope else (family.sums, family.bent_sums)
    if shape.weights is None:
        return values, sums[n], n * family.error
    lost = (shape.weight_error * bent[n] >> bits) + n * (family.error + 1) + 1
    return [value * weight >> bits for value, weight in zip(values, shape.weights, strict=True)], sums[n] + n, lost
