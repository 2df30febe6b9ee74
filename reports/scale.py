"""A symmetric logarithmic axis: logarithmic on both sides, with a gap around zero that zero itself sits in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from reports.numbers import MINUS, as_text, log10

GAP_SHARE = 0.10
MARGIN_SHARE = 0.04
STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
TICKS_PER_AXIS = 10
CROWDED = 15.0


@dataclass(frozen=True)
class Tick:
    """A mark of the axis: its position in per cent, its label, and whether a narrow screen leaves the label out."""

    position: float
    label: str
    minor: bool


@dataclass(frozen=True)
class SymlogScale:
    """Positions in per cent of the width, from 0 to 100.

    Magnitudes from 10**first to 10**last lie on the logarithmic part; smaller ones inside the gap, where the axis is
    linear. Without `negative` the axis begins with the gap.
    """

    first: int
    last: int
    negative: bool

    @property
    def _side(self) -> float:
        """Share of the width that one logarithmic side takes."""
        usable = 1 - 2 * MARGIN_SHARE - GAP_SHARE
        return usable / 2 if self.negative else usable

    @property
    def zero(self) -> float:
        return 50.0 if self.negative else 100 * (MARGIN_SHARE + GAP_SHARE / 2)

    def position(self, value: Fraction) -> float:
        if not value:
            return self.zero
        sign = 1 if value > 0 else -1
        height = log10(value) - self.first
        if height <= 0:
            share = GAP_SHARE / 2 * 10**height
        else:
            share = GAP_SHARE / 2 + self._side * min(height / (self.last - self.first), 1.0)
        return min(100.0, max(0.0, self.zero + sign * 100 * share))

    def ticks(self) -> list[Tick]:
        """Zero and powers of ten, few enough to read; a narrow screen drops every other label and those near zero."""
        sides = 2 if self.negative else 1
        decades = self.last - self.first
        step = next((s for s in STEPS if decades / s <= TICKS_PER_AXIS / sides), STEPS[-1])
        powers = [p for p in range(self.first, self.last + 1) if p % step == 0] or [self.last]
        ticks = [Tick(self.zero, "0", False)]
        for k, power in enumerate(reversed(powers)):
            place = self.position(Fraction(10) ** power)
            minor = k % 2 == 1 or place - self.zero < CROWDED
            ticks.append(Tick(place, as_text(f"1e{power}"), minor))
            if self.negative:
                ticks.append(Tick(2 * self.zero - place, MINUS + as_text(f"1e{power}"), minor))
        return sorted(ticks, key=lambda tick: tick.position)


def scale_for(values: Iterable[Fraction], *, both_sides: bool) -> SymlogScale:
    """The axis on which all these values can be told apart; it always spans at least four decades."""
    magnitudes = [log10(value) for value in values if value]
    first = math.floor(min(magnitudes, default=-2.0)) - 1
    last = math.ceil(max(magnitudes, default=2.0) + 0.3)
    if last - first < 4:
        first, last = first - 1, max(last + 1, first + 3)
    return SymlogScale(first, last, both_sides)
