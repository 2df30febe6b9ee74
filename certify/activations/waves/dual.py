"""Dual and derivative dual from waves: a cost that does not grow with the variance of points that are far apart.

With x_a, y_b the coefficients of two points, j = 2a + 1, k = 2b + 1, c = kappa^2 / 2 and rho = r / sqrt(q1 q2), the
part of V or V' that comes from cosines (+) or sines (-) is

    Q = 1/2 sum_ab x_a y_b exp(-c (j^2 + k^2)) (exp(2 c rho j k) +- exp(-2 c rho j k))
      = 1/2 sum_ab (x_a E^(j^2)) (y_b E^(k^2)) (G^((j - k)^2) +- G^((j + k)^2)),
    E = exp(-c (1 - rho)),  G = exp(-c rho),

sums over lags j -+ k of one correlation, a product of polynomials. For rho < 0 both exponentials change places.

What is left out, with bounds X_a >= |x_a| that decrease, S_x = sum X_a, g = 1 - |rho|, X(n) = X_n exp(-c g (2n + 1)^2)
and the tail X*(n) = sum_(a >= n) X(a), at most X(n) over 1 less the largest ratio of two neighbours:

* all with |a - b| > D or, of the second kind, a + b + 1 > D, where rho > 0: at most exp(-4 c rho (D + 1)^2) S_x S_y.
* with a >= n > D and |a - b| <= D, so b >= n - D: at most X*(n) Y(n - D) sum_(|d| <= D) exp(-4 c rho d^2) / 2, and the
  same with x and y exchanged. Where no lag is left out: X*(n) S_y + S_x Y*(n).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from certify.activations.pair import Pair
from certify.activations.relation import Relation
from certify.activations.waves.lattice import spacing
from certify.activations.waves.spectrum import Spectrum
from certify.activations.waves.wave import Wave
from certify.arithmetic.protocol import Arithmetic
from certify.errors import BeyondReach

GUARD_BITS = 24
MOST_HARMONICS = 100_000
_MARGIN_NATS = 6.0
_STEP_BITS = 16


class WaveDual:
    """The dual of one activation in one arithmetic; waves are computed when a variance is first met, and kept."""

    def __init__(self, wave: Wave, name: str, number: Arithmetic) -> None:
        self.wave, self.name, self.number = wave, name, number
        self.spectra: dict[tuple[Any, Fraction, int], Spectrum] = {}

    def evaluate(self, pair: Pair) -> tuple[Any, Any]:
        """(V, V') for a pair of positive variances."""
        key1, key2 = self.number.endpoints(pair.q1), self.number.endpoints(pair.q2)
        root1, root2 = root_guess(key1), root_guess(key2)
        bits, nats = self._precision(min(root1, root2), max(root1, root2))
        fine = self.number.at(bits)
        kappa = spacing(nats, float(self.wave.decay), min(root1, root2))
        self._require_few(nats, kappa, max(root1, root2))
        with fine.active():
            one = self._spectrum(key1, pair.q1, root1, kappa, fine)
            two = one if key1 == key2 else self._spectrum(key2, pair.q2, root2, kappa, fine)
            value, slope = _Sums(self.wave, one, two, pair, kappa, nats, fine, self.name).found()
        return self.number.rounded(value), self.number.rounded(slope)

    def means(self, variance: Any) -> tuple[Any, Any]:
        """E s(u) and E s'(u)."""
        key = self.number.endpoints(variance)
        root = root_guess(key)
        bits, nats = self._precision(root, root)
        fine = self.number.at(bits)
        kappa = spacing(nats, float(self.wave.decay), root)
        self._require_few(nats, kappa, root)
        with fine.active():
            found = self._spectrum(key, variance, root, kappa, fine)
            value = fine.exact(self.wave.mean) + found.mean
            slope = fine.exact(self.wave.line) + found.tilt
        return self.number.rounded(value), self.number.rounded(slope)

    def predicted_terms(self, smallest: float, largest: float) -> float:
        """About how many harmonics a pair of these standard deviations takes that is not nearly equal."""
        _, nats = self._precision(smallest, largest)
        return math.sqrt(2 * nats) / float(spacing(nats, float(self.wave.decay), smallest))

    def _precision(self, smallest: float, largest: float) -> tuple[int, float]:
        """Bits to compute with, and nats for what is left out: more where the smaller variance is tiny."""
        lost = max(0, math.ceil(-math.log2(smallest) / _STEP_BITS)) * _STEP_BITS if smallest < 1 else 0
        spread = math.ceil(max(0.0, math.log2(largest)) + math.log2(largest / smallest))
        wanted = self.number.bits + lost
        # The half period grows with the ratio of the two, and with it what cancels.
        half_period = 4 * (wanted + largest) * largest / smallest
        bound = (
            float(self.wave.bend + 6 * self.wave.lean) * half_period + float(2 * self.wave.jump) + 5 * self.wave.flat
        )
        size = largest if self.wave.bend else 1.0
        nats = wanted * math.log(2) + _MARGIN_NATS + 2 * math.log(bound / size)
        # Rounded, so that pairs share their waves.
        return wanted + GUARD_BITS + -(-2 * spread // 8) * 8, 4.0 * math.ceil(nats / 4)

    def _require_few(self, nats: float, kappa: Fraction, root: float) -> None:
        """Raises BeyondReach where even a point with waves of its own would take too many."""
        if root > 2.0**400 or kappa < Fraction(1, MOST_HARMONICS):
            raise self._beyond(root, math.sqrt(2 * nats) / float(kappa))

    def _beyond(self, root: float, terms: float) -> BeyondReach:
        return beyond(self.name, root, terms, self.number.bits)

    def _spectrum(self, key: Any, variance: Any, root: float, kappa: Fraction, fine: Arithmetic) -> Spectrum:
        at = key, kappa, fine.bits
        if at not in self.spectra:
            shortest = float(self.wave.turns) * math.pi * float(kappa) / root
            if 3 / shortest > MOST_HARMONICS:
                raise self._beyond(root, 3 / shortest)
            self.spectra[at] = Spectrum(self.wave, kappa, variance, root, fine)
        return self.spectra[at]


def beyond(name: str, root: float, terms: float, bits: int) -> BeyondReach:
    return BeyondReach(
        f"a variance of about {root * root:.3g} at {name} needs {terms:.3g} harmonics at {bits} bits, too many: scale "
        "the points or the variances down, use normalize='unit', or method='theorem'."
    )


def root_guess(key: tuple[int, int, int]) -> float:
    """About sqrt(hi 2**e); 0 or infinity beyond the doubles."""
    _, high, exponent = key
    surplus = high.bit_length() - 60
    mantissa = high >> surplus if surplus > 0 else high
    exponent += max(surplus, 0)
    try:
        return math.sqrt(math.ldexp(float(mantissa), exponent & 1)) * math.ldexp(1.0, exponent >> 1)
    except OverflowError:
        return math.inf


class _Sums:
    """One pair."""

    def __init__(
        self, wave: Wave, one: Spectrum, two: Spectrum, pair: Pair, kappa: Fraction, nats: float, number: Arithmetic,
        name: str,
    ) -> None:  # fmt: skip
        self.wave, self.one, self.two, self.pair, self.number = wave, one, two, pair, number
        self.rate = number.exact(kappa * kappa / 2)
        self._correlate(pair)
        self._choose(float(kappa), nats, name)
        self._weigh()

    def _correlate(self, pair: Pair) -> None:
        """rho, of the other sign where it is negative, 1 - rho, and 1 - |rho|: None where that is exactly 0."""
        number = self.number
        self.gap: Any = None
        self.safe_gap: Any = None
        if pair.relation is not Relation.GENERIC:
            self.reversed, self.rho = not pair.relation.aligned, number.exact(1)
            return
        rho = pair.r / (self.one.root * self.two.root)
        self.reversed = number.is_positive(-rho)
        self.rho = -rho if self.reversed else rho
        self.gap = self.safe_gap = 1 - self.rho
        if not number.is_positive(self.rho):
            self.safe_gap = 1 - number.up_to(rho)

    def _choose(self, kappa: float, nats: float, name: str) -> None:
        """Numbers of harmonics and of lags, from guesses: D = 2n - 1 where no lag is left out."""
        number = self.number
        gap = 0.0 if self.gap is None else max(0.0, _guess(number, self.gap))
        rho = min(1.0, max(0.0, 1.0 - gap))
        c = kappa * kappa / 2
        rates = sorted(float(self.wave.turns) * math.pi * s.step_guess for s in (self.one, self.two))
        wanted = nats + math.log(1 + 1 / rates[0])
        lags = math.ceil(math.sqrt(wanted / (4 * c * rho))) if number.is_positive(self.rho) and rho > 1e-3 else 1 << 60
        # c g (x^2 + y^2) + low rate x + high rate y = wanted with y = x - 2 lags, or without y where all lags are kept.
        whole = _root_of(c * gap, rates[0], -wanted)
        part = math.inf
        if lags < 1 << 60:
            a, b = 2 * c * gap, rates[0] + rates[1] - 4 * c * gap * lags
            part = max(2.0 * lags, _root_of(a, b, 4 * c * gap * lags * lags - 2 * rates[1] * lags - wanted))
        if min(whole, part) > 2 * MOST_HARMONICS:
            raise beyond(name, kappa / min(self.one.step_guess, self.two.step_guess), min(whole, part) / 2, number.bits)
        self.count = math.ceil(min(whole, part) / 2) + 1
        self.all = not (part <= whole and lags < self.count)
        self.lags = 2 * self.count - 1 if self.all else lags
        for spectrum in (self.one, self.two):
            spectrum.reach(self.count)

    def _weigh(self) -> None:
        """E^(j^2), G^(4 d^2), and what the bounds on the rest need."""
        number, n, lags, rate = self.number, self.count, self.lags, self.rate
        self.weights = None
        one = number.exact(1)
        if self.gap is not None:
            ratio = number.exp(-8 * rate * self.gap)
            self.weights = _squares(number.exp(-rate * self.gap), ratio, ratio, n)
        ground = number.exp(-4 * rate * self.rho)
        twice = ground * ground
        self.decays = _squares(ground, ground * twice, twice, lags)
        if self.safe_gap is not None and number.is_positive(self.safe_gap):
            weak = rate * self.safe_gap
            self.edge = number.exp(-weak * (2 * n + 1) ** 2)
            self.near = one if self.all else number.exp(-weak * (2 * (n - lags) + 1) ** 2)
            self.fall = number.exp(-weak * (8 * n + 8))
        else:
            self.edge = self.near = self.fall = one
        if not self.all:
            self.beyond_lags = number.exp(-4 * rate * self.rho * (lags + 1) ** 2)
            self.lag_total = sum(self.decays, number.exact(Fraction(1, 2)))

    def found(self) -> tuple[Any, Any]:
        number, wave, one, two = self.number, self.wave, self.one, self.two
        line, mean = number.exact(wave.line), number.exact(wave.mean)
        r = self.pair.r
        leak = 5 * (one.leakage + two.leakage)
        value = number.up_to(leak * one.bound * two.bound)
        slope = number.up_to(leak * one.slope_bound * two.slope_bound) + line * line
        if wave.mean:
            value = value + mean * (mean + one.mean + two.mean)
        if wave.line:
            value = value + line * r * line
        if one.sines is not None and two.sines is not None:
            if wave.line:
                tilt = line * (one.tilt + two.tilt)
                value, slope = value + r * tilt, slope + tilt
            value = value + self._quadratic(one.sines.values, two.sines.values, False)
            slope = slope + self._quadratic(one.sines.slopes, two.sines.slopes, True)
        if one.cosines is not None and two.cosines is not None:
            constant = one.level * (two.level + two.mean_of_waves) + two.level * one.mean_of_waves
            value = value + constant + self._quadratic(one.cosines.values, two.cosines.values, True)
            slope = slope + self._quadratic(one.cosines.slopes, two.cosines.slopes, False)
        parts = len(one.families)
        value = value + number.up_to(parts * self._rest(one.sizes, two.sizes, one.total, two.total))
        rest = self._rest(one.slope_sizes, two.slope_sizes, one.slope_total, two.slope_total)
        return value, slope + number.up_to(parts * rest)

    def _quadratic(self, first: list[Any], second: list[Any], even: bool) -> Any:
        """Q, for cosines where `even`."""
        n, lags = self.count, self.lags
        x, y = first[:n], second[:n]
        if self.weights is not None:
            same = first is second
            x = [value * weight for value, weight in zip(x, self.weights, strict=True)]
            y = x if same else [value * weight for value, weight in zip(y, self.weights, strict=True)]
        extra = min(lags, n)
        mirrored = y[:extra] if even else [-value for value in y[:extra]]
        sums = self.number.correlations(x, [*reversed(mirrored), *y], -lags - extra, 2 * lags + 1)
        total = sums[lags]
        for d, decay in enumerate(self.decays, 1):
            total = total + decay * (sums[lags + d] + sums[lags - d])
        total = total / 2
        return -total if self.reversed and not even else total

    def _rest(self, x: list[Any], y: list[Any], x_total: Any, y_total: Any) -> Any:
        """A bound on what Q leaves out, twice where there are both sines and cosines."""
        n = self.count
        tails = []
        for sizes, spectrum in ((x, self.one), (y, self.two)):
            rest = 1 - spectrum.growth(n) * self.fall
            if not self.number.is_positive(rest):
                raise ArithmeticError("the waves of an activation do not fall off at this precision")
            tails.append(sizes[n] * self.edge / rest)
        if self.all:
            return tails[0] * y_total + x_total * tails[1]
        near = n - self.lags
        inside = (tails[0] * y[near] + tails[1] * x[near]) * self.near * self.lag_total
        return inside + self.beyond_lags * x_total * y_total


def _squares(first: Any, ratio: Any, growth: Any, count: int) -> list[Any]:
    """`count` numbers from `first` on, whose ratios begin with `ratio` and grow by `growth`."""
    found = [first]
    while len(found) < count:
        found.append(found[-1] * ratio)
        ratio = ratio * growth
    return found


def _root_of(a: float, b: float, c: float) -> float:
    """Where a x^2 + b x + c turns positive for good, a >= 0; a guess."""
    inside = b * b - 4 * a * c
    if inside < 0:
        return 0.0
    if b >= 0:
        return -2 * c / (b + math.sqrt(inside)) if b or inside else math.inf
    return (math.sqrt(inside) - b) / (2 * a) if a else math.inf


def _guess(number: Arithmetic, x: Any) -> float:
    """About the value of a number below 2."""
    low, high, exponent = number.endpoints(x)
    surplus = max(0, max(abs(low), abs(high)).bit_length() - 60)
    return math.ldexp(((low >> surplus) + (high >> surplus)) / 2, max(exponent + surplus, -1070))
