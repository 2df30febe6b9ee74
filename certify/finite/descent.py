"""Gradient descent that provably converges to zero loss: from given weights, or after some steps of float64 descent.

Exact descent w' = w - tau J'r on |r|^2 / 2, r = f - y, with |J(v) - J(w)| <= L |v - w| and |J| <= B on the balls used,
tau B^2 <= e < 1, c = 1 - e/2 and s = |w' - w|. Since |(I - tau JJ')r|^2 <= |r|^2 - (2 - e) tau |J'r|^2,

    |r'| <= |r| - c s |J'r| / |r| + L s^2 / 2,    |J'r| >= (sigma - L S) |r|,

with sigma the smallest singular value at the start and S the length of the path so far. Summed up,
|r| <= |r_0| - (c sigma S - L S^2 / 2), which cannot be negative: if h = L |r_0| / sigma^2 < c^2 / 2, S stays below the
first root

    R = (c - sqrt(c^2 - 2 h)) sigma / L

unless one step jumps over the gap to the second root, and steps are at most tau B |r_0|. Then |r| shrinks by the factor
1 - c tau (sigma - L R)^2 + L tau^2 B^2 |r_0| / 2 in every step (after Bombari, Amani and Mondelli 2022, whose
constants are not explicit; this argument has explicit ones only).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from certify.arithmetic.environment import ensure_environment
from certify.arithmetic.rationals import exact_rational
from certify.empirical.activations import Kink
from certify.empirical.architecture import Architecture, parse_finite
from certify.empirical.lipschitz import reach, root_upper
from certify.empirical.network import EmpiricalBalls, FiniteNetwork
from certify.empirical.newton_kantorovich import OUTPUT_BITS, residual_upper, spoken
from certify.errors import InputError
from certify.finite.fitting import FloatArray, jacobian, residual_gradient
from certify.finite.polishing import coordinates
from certify.finite.start import check_trainable, check_whole, start_network
from certify.points import Points
from certify.spectrum import enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import scaled
from certify.spectrum.threads import blas_threads
from certify.training.problem import read_targets, without_repeats

WIDTH = Fraction(1, 8)
ENLARGEMENTS = 6


@dataclass(frozen=True)
class DescentProof:
    """What is proved about gradient descent on |f - y|^2 / (2 N) with the given step.

    converges: from the weights after `steps` steps of float64 descent, exact descent converges to zero loss, |f - y|
    shrinking by at least the factor `rate` in every step, all weights within `radius`. Otherwise `reason` names the
    condition that fails, with its numbers. sigma, lipschitz, residual: sigma_min(J) from below, L and |f - y| from
    above.
    """

    converges: bool
    steps: int
    step: Fraction
    reason: str
    residual: Fraction
    sigma: Fraction | None = None
    lipschitz: Fraction | None = None
    rate: Fraction | None = None
    radius: Fraction | None = None


def prove_descent(
    net: str | Architecture,
    x: Any,
    target: str | int | None = None,
    step: Any = None,
    *,
    y: Sequence[Any] | None = None,
    seed: int = 0,
    weights: Any = None,
    steps: int = 20_000,
    rows: int | None = None,
    max_bits: int = 1024,
) -> DescentProof:
    """Prove that gradient descent converges to zero loss, from the start or after at most `steps` float64 steps.

    step: of descent on |f - y|^2 / (2 N), exact; half of the largest stable one at the start where it is not given.
    The proof is tried at the start and whenever float64 descent has halved what is missing; the first success counts.
    Raises InputError for input that cannot be used.
    """
    architecture = parse_finite(net) if isinstance(net, str) else net
    check_whole(steps, "steps", 0)
    given, values = read_targets(x, target, y, rows)
    points, targets, _ = without_repeats(given, values, "none")
    check_trainable(points, targets)
    ensure_environment()
    network = start_network(architecture, points, seed, weights)
    if network.parameters < points.n:
        reason = f"{network.parameters} parameters are fewer than {points.n} points, so the Jacobian has no full rank"
        return DescentProof(False, 0, Fraction(0), reason, Fraction(0))
    exact = _default_step(network, coordinates(points)) if step is None else exact_rational(step, "step")
    if exact <= 0:
        raise InputError(f"the step {step} of gradient descent is not positive: give a positive number.")
    tau = exact / points.n
    with np.errstate(all="ignore"), blas_threads(points.n):
        return _descend(network, points, targets, tau, exact, steps, max_bits)


def _descend(
    network: FiniteNetwork,
    points: Points,
    targets: Sequence[Fraction],
    tau: Fraction,
    exact: Fraction,
    steps: int,
    max_bits: int,
) -> DescentProof:
    """float64 descent until a proof succeeds or the steps are used up."""
    architecture, layers, inputs = network.architecture, network.floats(), coordinates(points)
    wanted = np.array([float(value) for value in targets])
    done, next_try = 0, np.inf
    while True:
        missing, gradients = residual_gradient(architecture, layers, inputs, wanted)
        size = float(np.linalg.norm(missing))
        if not np.isfinite(size):
            reason = f"float64 descent diverges with step {spoken(exact)}: give a smaller one"
            return DescentProof(False, done, exact, reason, Fraction(0))
        if size <= next_try or done >= steps:
            current = FiniteNetwork.of_floats(architecture, layers)
            answer = _prove_from(current, points, targets, tau, exact, done, max_bits)
            if answer.converges or done >= steps or not size:
                return answer
            next_try = size / 2
        layers = [layer - float(tau) * gradient for layer, gradient in zip(layers, gradients, strict=True)]
        done += 1


def _default_step(network: FiniteNetwork, x: FloatArray) -> Fraction:
    with np.errstate(all="ignore"):
        _, derivatives = jacobian(network.architecture, network.floats(), x)
        top = float(np.abs(derivatives).max()) and float(np.linalg.norm(derivatives, 2)) ** 2
    if not 0 < top < np.inf:
        raise InputError("float64 finds no stable step for gradient descent at these weights: scale the data.")
    return scaled(1, int(np.floor(np.log2(len(x) / (2 * top)))))


def _prove_from(
    network: FiniteNetwork,
    points: Points,
    targets: Sequence[Fraction],
    tau: Fraction,
    step: Fraction,
    done: int,
    max_bits: int,
) -> DescentProof:
    balls = EmpiricalBalls(network, points)
    try:
        passes = balls.at(OUTPUT_BITS)
        found = enclose_smallest_eigenvalue(balls, points.n, rel_width=WIDTH, max_bits=max_bits, reserve=False)
    except Kink as kink:
        return DescentProof(False, done, step, str(kink), Fraction(0))
    missing = residual_upper(passes.outputs, targets)
    if found.lower <= 0:
        reason = f"sigma_min(J) is not separated from zero: its square is at most {spoken(found.upper)}"
        return DescentProof(False, done, step, reason, missing)
    sigma = 1 / root_upper(1 / found.lower)
    ball = balls(64)
    # |J|^2 = |K| is at most the largest row sum.
    rows = ball.mid.table()
    largest = max(sum(abs(int(v)) for v in row) for row in rows) * scaled(1, ball.exponent) + ball.max_radius
    top = root_upper(largest)
    radius = 2 * missing / sigma
    failed = "no ball was found on which the conditions close"
    lipschitz = Fraction(0)
    for _ in range(ENLARGEMENTS):
        bounds = reach(network, points, radius)
        lipschitz = bounds.lipschitz
        smooth = network.architecture.activation.smooth
        if not smooth and any(m <= e for m, e in zip(passes.margins, bounds.moved, strict=True)):
            failed = f"a unit may change sign within a distance of {spoken(radius)}"
            break
        outcome = _conditions(tau, sigma, top, lipschitz, missing, radius)
        if isinstance(outcome, str):
            failed = outcome
            break
        path, needed, rate = outcome
        if needed <= radius:
            reason = f"h = {spoken(lipschitz * missing / sigma**2)} is small enough"
            return DescentProof(True, done, step, reason, missing, sigma, lipschitz, rate, path)
        radius = needed * Fraction(5, 4)
    return DescentProof(False, done, step, failed, missing, sigma, lipschitz)


def _conditions(
    tau: Fraction, sigma: Fraction, top: Fraction, lipschitz: Fraction, missing: Fraction, radius: Fraction
) -> tuple[Fraction, Fraction, Fraction] | str:
    """(R, radius on which L is needed, rate), or the condition that fails."""
    most = top + lipschitz * radius
    h = lipschitz * missing / (sigma * sigma)
    e = tau * most * most
    if e >= 1 and 2 * h < 1:
        return f"tau (|J| + L R)^2 = {spoken(e)} is not below 1: the step is too large"
    c = 1 - min(e, Fraction(1)) / 2
    if 2 * h >= c * c:
        return (
            f"h = L |f - y| / sigma^2 = {spoken(lipschitz)} * {spoken(missing)} / {spoken(sigma**2)} = "
            f"{spoken(h)} is not below {spoken(c * c / 2)}"
        )
    square = c * c - 2 * h
    # root_upper of 1/square and its inverse bound the root from below.
    root = 1 / root_upper(1 / square)
    path = (2 * missing / sigma) / (c + root)
    jump = tau * most * missing
    if lipschitz and jump >= 2 * root * sigma / lipschitz:
        return f"one step may be {spoken(jump)} long and jump over the gap {spoken(2 * root * sigma / lipschitz)}"
    rest = sigma - lipschitz * path
    rate = 1 - c * tau * rest * rest + lipschitz * tau * tau * most * most * missing / 2
    if rest <= 0 or rate >= 1:
        return f"the rate {spoken(rate)} is not below 1"
    return path, path + jump, rate
