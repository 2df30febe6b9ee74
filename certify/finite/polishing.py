"""From data to weights worth proving: training at several seeds, then Newton steps with a residual of many digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.empirical.activations import Kink
from certify.empirical.architecture import Architecture
from certify.empirical.network import FiniteNetwork
from certify.finite.fitting import Fit, fit, jacobian
from certify.points import Points
from certify.spectrum.fixed_point import scaled
from certify.spectrum.threads import blas_threads

GOOD = 1e-8
RESIDUAL_BITS = 160
EXTENDED_PLACES = 100
"""Binary places of weights that are held more finely than doubles."""

NEWTON_STEPS = 3
FloatArray = NDArray[np.float64]


def coordinates(points: Points) -> FloatArray:
    """The points rounded to float64."""
    return np.array([[value / points.denominator for value in row] for row in points.rows])


def trained(
    architecture: Architecture,
    layers: Sequence[FloatArray],
    points: Points,
    targets: Sequence[Fraction],
    seed: int,
    tries: int,
    given: bool,
) -> Fit:
    """The best fit from these weights and, where it is not good, from the seeds that follow.

    Points and targets are scaled by powers of two to size one for training, which the weights of the first and the
    last layer undo exactly. Weights that are `given` are scaled with them; drawn ones are taken as they are, which is
    what suits data of size one.
    """
    x = coordinates(points)
    y = np.array([float(value) for value in targets])
    scale, height = _power_of_two(x), _power_of_two(y)
    best: Fit | None = None
    columns = points.columns
    for attempt in range(max(tries, 1)):
        start = [layer.copy() for layer in (layers if attempt == 0 else architecture.start(columns, seed + attempt))]
        if given and attempt == 0:
            start[0][:, :columns] *= scale
            start[-1] /= height
        found = fit(architecture, start, x / scale, y / height)
        if best is None or found.residual < best.residual:
            best = found
        if best.residual < GOOD:
            break
    assert best is not None
    layers = [layer.copy() for layer in best.layers]
    layers[0][:, :columns] /= scale
    layers[-1] *= height
    return Fit(layers, best.residual * height, best.steps)


def _power_of_two(values: FloatArray) -> float:
    """The next power of two above all sizes."""
    return float(2.0 ** math.ceil(math.log2(max(float(np.abs(values).max()), 2.0**-500))))


def polished(
    architecture: Architecture,
    layers: Sequence[FloatArray],
    points: Points,
    targets: Sequence[Fraction],
    extended: bool,
) -> FiniteNetwork:
    """The weights after Newton steps, as doubles or (`extended`) with 100 binary places: the best that were met."""
    x = coordinates(points)
    current = FiniteNetwork.of_floats(architecture, layers)
    best, least = current, math.inf
    for step in range(NEWTON_STEPS + 1):
        try:
            outputs = current.evaluate(points, RESIDUAL_BITS).outputs
        except Kink:
            return best
        missing = np.array([_rounded(output, target) for output, target in zip(outputs, targets, strict=True)])
        size = float(np.linalg.norm(missing))
        if size < least:
            best, least = current, size
        if step == NEWTON_STEPS or not size:
            break
        move = _newton(architecture, current.floats(), x, missing)
        if move is None:
            break
        current = _moved(current, move, extended)
    return best


def _rounded(output: arb, target: Fraction) -> float:
    low, high, exponent = ArbArithmetic(RESIDUAL_BITS).endpoints(output)
    return float(scaled(low + high, exponent - 1) - target)


def _newton(
    architecture: Architecture, layers: Sequence[FloatArray], x: FloatArray, missing: FloatArray
) -> FloatArray | None:
    with blas_threads(len(x)):
        _, derivatives = jacobian(architecture, layers, x)
        try:
            factor = cho_factor(derivatives @ derivatives.T, lower=True)
            move = derivatives.T @ cho_solve(factor, missing)
        except (LinAlgError, ValueError):
            return None
    result: FloatArray = -move
    return result if np.isfinite(result).all() else None


def _moved(network: FiniteNetwork, move: FloatArray, extended: bool) -> FiniteNetwork:
    place = 0
    layers = []
    if not extended:
        for layer in network.floats():
            layers.append(layer + move[place : place + layer.size].reshape(layer.shape))
            place += layer.size
        return FiniteNetwork.of_floats(network.architecture, layers)
    lift = EXTENDED_PLACES + network.exponent
    exact = []
    for rows in network.layers:
        changed = []
        for row in rows:
            steps = move[place : place + len(row)]
            place += len(row)
            changed.append(
                tuple(
                    (v << lift if lift >= 0 else v >> -lift) + round(Fraction(float(s)) * 2**EXTENDED_PLACES)
                    for v, s in zip(row, steps, strict=True)
                )
            )
        exact.append(tuple(changed))
    return FiniteNetwork(network.architecture, tuple(exact), -EXTENDED_PLACES)
