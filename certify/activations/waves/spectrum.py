"""The waves of one activation at one variance."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from certify.activations.waves.lattice import leakage
from certify.activations.waves.wave import Wave
from certify.arithmetic.protocol import Arithmetic


class Family:
    """Coefficients of the sines (`odd`) or of the cosines of W_L at the frequencies w_a = (2 a + 1) h, and, in
    `slopes`, those times w_a: up to sign, of the cosines or sines of W_L'."""

    def __init__(self, odd: bool) -> None:
        self.odd = odd
        self.values: list[Any] = []
        self.slopes: list[Any] = []


class Spectrum:
    """W_L and W_L' for a variance q > 0, with h = kappa / sqrt(q) the first frequency.

    `sizes` and `slope_sizes` are decreasing and bound coefficients, as far as they were asked for; from one to the next
    those of the values fall at least by `shrink`, those of the slopes by shrink (2 a + 3) / (2 a + 1). `total` and
    `slope_total` bound their sums. `mean` and `tilt` enclose E W(u) and E W'(u), `mean_of_waves` is that of the cosines
    alone. `bound`, `slope_bound` and `leakage` are M, M' and D. Make and use it inside `number.active()`.
    """

    def __init__(self, wave: Wave, kappa: Fraction, variance: Any, root_guess: float, number: Arithmetic) -> None:
        self.wave, self.number = wave, number
        self.root = number.sqrt(variance)
        self.step = number.exact(kappa) / self.root
        self.step_guess = float(kappa) / root_guess
        self._scale = 2 * self.step / number.pi
        half_period = number.pi / self.step
        self.bound, self.slope_bound = wave.bound(number, half_period), wave.slope_bound(number, half_period)
        self.leakage = leakage(number, kappa, wave.decay, self.root, root_guess)
        self.shrink = number.exp(-number.exact(2 * wave.turns) * number.pi * self.step)
        sine, cosine, _ = wave.amplitudes(number, self.step)
        self.sines = None if sine is None else Family(True)
        self.cosines = None if cosine is None else Family(False)
        self.families = [family for family in (self.sines, self.cosines) if family is not None]
        self.sizes: list[Any] = []
        self.slope_sizes: list[Any] = []
        self.total, self.slope_total = self._totals()
        self._find_means(float(kappa), number.exact(kappa * kappa / 2), half_period)

    def reach(self, last: int) -> None:
        """Extends the coefficients so that index `last` is there."""
        number = self.number
        for a in range(len(self.sizes), last + 1):
            frequency = (2 * a + 1) * self.step
            sine, cosine, size = self.wave.amplitudes(number, frequency)
            size = self._scale * size
            self.sizes.append(size)
            self.slope_sizes.append(frequency * size)
            for family, amplitude in ((self.sines, sine), (self.cosines, cosine)):
                if family is not None:
                    coefficient = self._scale * amplitude
                    family.values.append(coefficient)
                    family.slopes.append(frequency * coefficient)

    def growth(self, a: int) -> Any:
        """An upper bound on the ratio of the sizes of slopes, and of values, from index a on."""
        return self.shrink * (2 * a + 3) / (2 * a + 1)

    def _totals(self) -> tuple[Any, Any]:
        """The first terms, and a geometric series for the others."""
        count = math.ceil(2 / (float(self.wave.turns) * math.pi * self.step_guess)) + 1
        self.reach(count)
        rest = 1 - self.growth(count)
        if not self.number.is_positive(rest):
            raise ArithmeticError("the waves of an activation do not fall off at this precision")
        return tuple(sum(sizes[1:count], sizes[0]) + sizes[count] / rest for sizes in (self.sizes, self.slope_sizes))

    def _find_means(self, kappa: float, half_square: Any, half_period: Any) -> None:
        """E cos(w_a u) = exp(-kappa^2 (2 a + 1)^2 / 2); the terms left out are at most `total` times the next."""
        number, zero = self.number, self.number.exact(0)
        count = math.ceil(math.sqrt(number.bits * math.log(4)) / (2 * kappa)) + 1
        self.reach(count)
        weights = [number.exp(-half_square * (2 * a + 1) ** 2) for a in range(count + 1)]
        self.mean_of_waves = tilt = zero
        if self.cosines is not None:
            pairs = zip(self.cosines.values, weights[:count], strict=False)
            total = sum((value * weight for value, weight in pairs), zero)
            self.mean_of_waves = total + number.up_to(self.total * weights[count])
        if self.sines is not None:
            pairs = zip(self.sines.slopes, weights[:count], strict=False)
            total = sum((value * weight for value, weight in pairs), zero)
            tilt = total + number.up_to(self.slope_total * weights[count])
        level = number.exact(self.wave.bend / 2) * half_period if self.cosines is not None else zero
        self.level = level
        missed = number.up_to(2 * self.bound * self.leakage), number.up_to(2 * self.slope_bound * self.leakage)
        # The mean of an odd function is 0, also that of the slope of an even one.
        self.mean = level + self.mean_of_waves + missed[0] if self.cosines is not None else zero
        self.tilt = tilt + missed[1] if self.sines is not None else zero
