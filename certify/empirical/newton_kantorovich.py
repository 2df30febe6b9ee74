"""That weights near given ones fit every target: the conditions of the fixed-point theorem, in exact rationals.

With lambda > 0 a lower bound of lambda_min(J J'), |F| an upper bound of what is missing at the given weights, and L a
Lipschitz bound of J on the ball of radius r, h = L |F| / lambda < 1/2 and |F| <= sqrt(lambda) (1 - h) r grant a zero of
F in that ball (Newton and Kantorovich; here by Banach's theorem on the range of a right inverse). Where the activation
has a kink, no preactivation may reach it within the ball.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.certificate import decimal_above, readable
from certify.empirical.lipschitz import reach, root_upper
from certify.empirical.network import FiniteNetwork, Passes
from certify.points import Points

OUTPUT_BITS = 160


def residual_upper(outputs: Sequence[arb], targets: Sequence[Fraction]) -> Fraction:
    """|f - y|_2, rounded up."""
    total = Fraction(0)
    endpoints = ArbArithmetic(OUTPUT_BITS).endpoints
    for output, target in zip(outputs, targets, strict=True):
        low, high, exponent = endpoints(output)
        unit = Fraction(2) ** exponent
        worst = max(abs(low * unit - target), abs(high * unit - target))
        total += worst * worst
    return root_upper(total)


def contraction(
    network: FiniteNetwork,
    points: Points,
    passes: Passes,
    missing: Fraction,
    lower: Fraction,
    distance: Fraction,
    room: int = 1,
) -> Fraction | str:
    """h on the ball of radius `distance` where it is below 1/2, or the condition that fails, with its numbers.

    missing: an upper bound of |F|; lower: a bound > 0 of lambda from below; room: how many times the way that a
    preactivation can go there must be from it to a kink (more than 1 leaves a verifier room for its rounding).
    """
    bounds = reach(network, points, distance)
    smooth = network.architecture.activation.smooth
    if not smooth and any(m <= room * e for m, e in zip(passes.margins, bounds.moved, strict=True)):
        return f"a unit may change sign within a distance of {spoken(distance)}"
    h = bounds.lipschitz * missing / lower
    if 2 * h < 1:
        return h
    return (
        f"h = L |F| / lambda = {spoken(bounds.lipschitz)} * {spoken(missing)} / {spoken(lower)} = {spoken(h)} "
        "is not below 1/2"
    )


def spoken(value: Fraction) -> str:
    """Three digits, rounded up, of a number of any size."""
    return readable(decimal_above(value, 3))
