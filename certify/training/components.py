"""Kernel principal components: their rates, and how much of the target lies along each."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.kernels.enclosure import dyadic
from certify.spectrum.fixed_point import scaled
from certify.training.answer import Component, Interval
from certify.training.decay import ball
from certify.training.trajectory import Trajectory, norm

SEPARATION = 2**20
"""Neighbours whose gap is below this many errors count as one component."""


def principal_components(trajectory: Trajectory) -> tuple[Component, ...]:
    """Components by falling rate.

    Rates by Weyl's inequality. Shares |P y|^2 / |y|^2 with the projector P within sin theta <= error / (gap - error) of
    the model's (Davis and Kahan, The rotation of eigenvectors by a perturbation III, 1970, section 6: the model's
    eigenvalues of the group lie in an interval, the others of K at least gap - error away from it).
    """
    basis, n = trajectory.basis, trajectory.n
    values = [scaled(value, basis.exponent) for value in basis.values]
    groups: list[list[int]] = []
    for i in reversed(range(n)):
        if groups and values[groups[-1][-1]] - values[i] <= SEPARATION * basis.error:
            groups[-1].append(i)
        else:
            groups.append([i])
    result = []
    for position, group in enumerate(groups):
        low, high = basis.eigenvalue(group[-1])[0], basis.eigenvalue(group[0])[1]
        gaps = []
        if position:
            gaps.append(values[groups[position - 1][-1]] - values[group[0]])
        if position + 1 < len(groups):
            gaps.append(values[group[-1]] - values[groups[position + 1][0]])
        gap = min(gaps, default=None)
        sine = Fraction(0) if gap is None else basis.error / (gap - basis.error)
        part = norm([trajectory.coefficients[i] for i in group]) / trajectory.target_norm
        wide = part + arb(0, ball(sine).upper())
        result.append(Component(Interval(low / n, high / n), len(group), _square(wide)))
    return tuple(result)


def _square(value: arb) -> Interval:
    """The square of a number in [0, 1] that lies in the ball."""
    low, high, exponent = ArbArithmetic(64).endpoints(value)
    lower, upper = max(dyadic(low, exponent), Fraction(0)), min(dyadic(high, exponent), Fraction(1))
    return Interval(lower * lower, upper * upper)
