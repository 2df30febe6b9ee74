"""The two ends of the time axis: intervals [0, t] and [T, infinity) on which the held-out loss is proved monotone.

With F = f_t(X*) - y*, M H' = <F, F_t> and F_t = k' exp(-tA) y / N. Near 0, F_t stays near k'y / N. Near infinity the
true smallest eigenvalue m_1 of A, if simple, leads: with its unit eigenvector v and r_j = |k_j| |y| / N,

    |F_t - a exp(-m_1 t)|_j <= r_j exp(-m_2 t),  a_j = (k_j . v)(v . y) / N,
    |F - F_inf|_j <= |a_j| exp(-m_1 t) / m_1 + r_j exp(-m_2 t) / m_2,

so that exp(m_1 t) <F, F_t> lies within a quantity that falls with t around <F_inf, a>. The eigenvector is known by the
sine theorem (Davis and Kahan, 1970).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certify.spectrum.fixed_point import floor_log2, scaled
from certify.training.decay import ball
from certify.training.trajectory import Trajectory, norm, widened

MOST_HALVINGS = 60
MOST_DOUBLINGS = 40


@dataclass(frozen=True)
class Beginning:
    """H is strictly monotone on [0, time]."""

    time: Fraction
    increasing: bool


@dataclass(frozen=True)
class End:
    """H is strictly monotone on [time, infinity)."""

    time: Fraction
    decreasing: bool


def decided_beginning(trajectory: Trajectory, targets: Sequence[Fraction]) -> Beginning | None:
    """An interval from 0 on which H' has one sign, or None."""
    assert trajectory.weighted is not None
    n, top = trajectory.n, ball(trajectory.spectrum.upper)
    slopes = [sum(row, arb(0)) / n for row in trajectory.weighted.tolist()]
    reach = [size * trajectory.target_norm / n for size in trajectory.cross_norms]
    derivative = sum((-ball(y) * s for y, s in zip(targets, slopes, strict=True)), arb(0))
    time = scaled(1, -floor_log2(trajectory.spectrum.upper) - 2)
    for _ in range(MOST_HALVINGS):
        t = ball(time)
        # |exp(-sA) - I| <= s |A| on [0, t], and F moves by at most t r_j.
        deviation = arb(0)
        for y, slope, size in zip(targets, slopes, reach, strict=True):
            moved = t * top * size
            deviation += t * size * (abs(slope) + moved) + abs(ball(y)) * moved
        if derivative > deviation or derivative < -deviation:
            return Beginning(time, bool(derivative > 0))
        time /= 2
    return None


def decided_end(trajectory: Trajectory, targets: Sequence[Fraction]) -> End | None:
    """An interval to infinity on which H' has one sign, or None; assumes that the limit is proved to exist."""
    assert trajectory.weighted is not None
    basis, n = trajectory.basis, trajectory.n
    if n < 2:
        return None
    first, second = basis.eigenvalue(0), basis.eigenvalue(1)
    gap = second[0] - first[1]
    if gap <= 0 or first[0] <= 0:
        return None
    low, next_low = ball(first[0] / n), ball(second[0] / n)
    sine = ball(basis.error / (scaled(basis.values[1] - basis.values[0], basis.exponent) - basis.error))
    # |P k . P y - P~ k . P~ y| <= |P - P~| |k| |y|, and |P - P~| is the sine.
    leading = [
        widened(row[0] / n, sine * size * trajectory.target_norm / n)
        for row, size in zip(trajectory.weighted.tolist(), trajectory.cross_norms, strict=True)
    ]
    reach = [size * trajectory.target_norm / n for size in trajectory.cross_norms]
    limit = [f - ball(y) for f, y in zip(trajectory.held_out(None), targets, strict=True)]
    lead = sum((x * a for x, a in zip(limit, leading, strict=True)), arb(0))
    time = scaled(1, -floor_log2(gap / n) - 1)
    for _ in range(MOST_DOUBLINGS):
        t = ball(time)
        relative = (-t * ball(gap / n)).exp()
        early, late = (-t * low).exp(), (-t * next_low).exp()
        away = norm([abs(a) * early / low + r * late / next_low for a, r in zip(leading, reach, strict=True)])
        rest = norm(reach) * relative
        deviation = norm(limit) * rest + away * (norm(leading) + rest)
        if lead > deviation or lead < -deviation:
            return End(time, bool(lead < 0))
        time *= 2
    return None
