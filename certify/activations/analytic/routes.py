"""Which series a dual of an activation that is analytic in a strip takes: Hermite polynomials, or waves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from certify.activations.analytic.dual import FAR_APART, HermiteDual
from certify.activations.pair import Pair
from certify.activations.waves.dual import WaveDual, root_guess
from certify.arithmetic.protocol import Arithmetic

if TYPE_CHECKING:
    from certify.activations.analytic.strip import StripActivation


class StripDual:
    """The dual of one activation in one arithmetic.

    A Hermite series takes a number of terms that grows like the square of bits, and like the variance over strip^2, of
    the smaller variance where they are far apart; the number of waves hardly depends on the variances unless one is
    small.
    """

    def __init__(self, activation: StripActivation, number: Arithmetic) -> None:
        self.activation, self.number, self.strip = activation, number, float(activation.strip)
        self.hermite = HermiteDual(activation, number)
        self.waves = WaveDual(activation.wave, repr(activation), number) if activation.wave is not None else None

    def evaluate(self, pair: Pair) -> tuple[Any, Any]:
        if self.waves is None:
            return self.hermite.evaluate(pair)
        if pair.degenerate:
            return self._degenerate(self.waves, pair)
        roots = [root_guess(self.number.endpoints(q)) for q in (pair.q1, pair.q2)]
        return (self.waves if self._takes_waves(self.waves, min(roots), max(roots)) else self.hermite).evaluate(pair)

    def _takes_waves(self, waves: WaveDual, smallest: float, largest: float) -> bool:
        if largest <= self.strip or not math.isfinite(largest) or not smallest:
            return False
        other = smallest if largest * largest > FAR_APART * smallest * smallest else largest
        hermite_terms = (self.number.bits * math.log(2) / (self.strip / largest + self.strip / other)) ** 2
        return waves.predicted_terms(smallest, largest) < hermite_terms

    def _degenerate(self, waves: WaveDual, pair: Pair) -> tuple[Any, Any]:
        """One value, or both, is zero almost surely."""
        if pair.zero1 and pair.zero2:
            return self.hermite.evaluate(pair)
        variance = pair.q2 if pair.zero1 else pair.q1
        root = root_guess(self.number.endpoints(variance))
        if not self._takes_waves(waves, root, root):
            return self.hermite.evaluate(pair)
        mean, slope = waves.means(variance)
        with self.number.active():
            at_zero, slope_at_zero = self.activation.at_zero(self.number)
            return at_zero * mean, slope_at_zero * slope
