"""When the training loss reaches a level: a bracket proved at its two ends."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb

from certify.spectrum.fixed_point import floor_log2, scaled
from certify.training.decay import Descent
from certify.training.trajectory import Trajectory

WIDTH = Fraction(1, 2**30)
LATEST = 2**14
"""The search ends 2**LATEST times after the first mode's own time."""


def time_to_loss(trajectory: Trajectory, level: Fraction) -> tuple[Fraction, Fraction] | None:
    """When the training loss falls to the level; see `crossing_time`."""
    return crossing_time(trajectory, level, trajectory.loss)


def crossing_time(
    trajectory: Trajectory, level: Fraction, loss_at: Callable[[Fraction], arb]
) -> tuple[Fraction, Fraction] | None:
    """(early, late) with loss(early) > level >= loss(late), both proved, late - early <= 2**-30 late, or one step of
    descent apart; (0, 0) where the loss starts at the level or below. None where the bounds decide neither.

    The loss decreases along every mode, strictly where the target has a part in it, so the crossing lies between them.
    """
    dynamics = trajectory.dynamics
    steps = isinstance(dynamics, Descent)
    if isinstance(dynamics, Descent) and dynamics.contraction(trajectory.spectrum) > 1:
        return None
    limit = level.numerator, level.denominator

    def side(time: Fraction) -> int:
        loss = loss_at(time) * limit[1]
        return 1 if loss > limit[0] else -1 if loss <= limit[0] else 0

    early, late = Fraction(0), _first_time(trajectory, steps)
    if side(early) != 1:
        return (early, early) if side(early) == -1 else None
    growth = 1
    while (found := side(late)) != -1:
        if found == 1:
            early = late
        if growth > LATEST:
            return None
        late = late * 2**growth
        growth *= 2
    while late - early > (1 if steps else WIDTH * late):
        middle = _between(early, late, steps)
        found = side(middle)
        if found == 0:
            return None
        early, late = (middle, late) if found == 1 else (early, middle)
    return early, late


def _first_time(trajectory: Trajectory, steps: bool) -> Fraction:
    if steps:
        return Fraction(1)
    return scaled(1, -floor_log2(max(trajectory.spectrum.upper, Fraction(1, 2**4000))))


def _between(early: Fraction, late: Fraction, steps: bool) -> Fraction:
    """A number of few bits between the two: between their logarithms while they lie far apart."""
    if early and late > 4 * early:
        middle = scaled(1, (floor_log2(early) + floor_log2(late) + 1) // 2)
        middle = middle if early < middle < late else (early + late) / 2
    else:
        middle = (early + late) / 2
    if not steps:
        return middle
    return Fraction(middle.numerator // middle.denominator)
