"""Duals of activations that are analytic in a strip: Hermite series at small variances, waves at large ones."""

from math import inf, ldexp, log, sqrt

from .activations import StripFunction
from .dual_base import Covariance
from .hermite_duals import Charge, StripDual
from .interval import ZERO, Interval
from .strip_functions import STRIP_FUNCTIONS
from .wave_duals import WaveDual
from .wave_functions import WAVES

# Binary exponents up to which a standard deviation is taken to be a float.
_LARGEST = 400


def about_root(variance: Interval) -> float:
    """About the square root of a variance; 0 or infinity where it is beyond what waves serve."""
    _, high, exponent = variance
    surplus = high.bit_length() - 60
    high, exponent = (high >> surplus, exponent + surplus) if surplus > 0 else (high, exponent)
    if high <= 0 or exponent < -2 * _LARGEST:
        return 0.0
    return inf if exponent > 2 * _LARGEST else sqrt(ldexp(float(high), exponent))


class StripDuals:
    """The dual of one activation at one working precision, whichever series serves the pair; any choice is right."""

    uses_discriminant = False
    uses_distances = False

    def __init__(self, activation: StripFunction, bits: int, charge: Charge) -> None:
        self.bits, self.strip = bits, float(STRIP_FUNCTIONS[activation.name].strip)
        self.hermite = StripDual(activation, bits, charge)
        self.waves = WaveDual(WAVES[activation.name], bits, charge) if activation.name in WAVES else None

    def point(self, variance: Interval) -> list[Interval]:
        """The variance, in a list of its own: the pair of a point with itself is told by identity."""
        return [variance]

    @property
    def pair_seconds(self) -> float:
        """An estimate for one pair, after the diagonal is known."""
        waves = self.waves.pair_seconds if self.waves is not None and self.waves.longest else 0.0
        return max(self.hermite.pair_seconds, waves)

    def _by_waves(self, shortest: float, longest: float) -> WaveDual | None:
        if self.waves is None or longest <= self.strip or not shortest or longest == inf:
            return None
        # Far apart, a Hermite series is as short as the smaller variance lets it be.
        other = shortest if longest > 8 * shortest else longest
        terms = (self.bits * log(2) / (self.strip / longest + self.strip / other)) ** 2
        return self.waves if self.waves.predicted_terms(shortest, longest) < terms else None

    def at_zero(self, first: list[Interval], second: list[Interval], both: bool) -> Interval:
        if not both:
            (variance,) = second if first[0] == ZERO else first
            length = about_root(variance)
            waves = self._by_waves(length, length)
            if waves is not None:
                return self.hermite.scaled_by_value_at_zero(waves.mean(variance, length))
        return self.hermite.at_zero(first, second, both)

    def pair(self, first: list[Interval], second: list[Interval], moments: Covariance) -> tuple[Interval, Interval]:
        lengths = about_root(first[0]), about_root(second[0])
        waves = self._by_waves(min(lengths), max(lengths))
        if waves is None:
            return self.hermite.pair(first, second, moments)
        return waves.pair(first[0], second[0], lengths, moments, first is second)
