"""Training a finite network on data by Levenberg-Marquardt in float64: a guess like any other.

K. Levenberg (1944), D. Marquardt (1963); the step solves with J J' or J'J, whichever is smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from certify.empirical.architecture import Architecture
from certify.spectrum.threads import blas_threads

FloatArray = NDArray[np.float64]
FITTED = 1e-10
MOST_STEPS = 3000
MOST_TRIES = 12


@dataclass(frozen=True)
class Fit:
    """Weights, the size |f - y|_2 of what is missing, and the number of steps taken."""

    layers: list[FloatArray]
    residual: float
    steps: int


def forward(architecture: Architecture, layers: Sequence[FloatArray], x: FloatArray) -> FloatArray:
    """The outputs."""
    return _forward(architecture, layers, x)[0]


def jacobian(architecture: Architecture, layers: Sequence[FloatArray], x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(outputs of shape (N,), their derivatives by all weights of shape (N, P), layer by layer in C order)."""
    outputs, features, slopes = _forward(architecture, layers, x)
    gradient = np.ones((len(x), 1))
    blocks = []
    for k in reversed(range(len(layers))):
        blocks.append((gradient[:, :, None] * features[k][:, None, :]).reshape(len(x), -1))
        if k:
            width = layers[k].shape[1] - architecture.bias
            gradient = (gradient @ layers[k][:, :width]) * slopes[k - 1]
    return outputs, np.hstack(blocks[::-1])


def residual_gradient(
    architecture: Architecture, layers: Sequence[FloatArray], x: FloatArray, y: FloatArray
) -> tuple[FloatArray, list[FloatArray]]:
    """(r = f - y, the derivatives of |r|^2 / 2 by the weights of every layer), without the Jacobian."""
    outputs, features, slopes = _forward(architecture, layers, x)
    missing = outputs - y
    signal = missing[:, None]
    gradients = []
    for k in reversed(range(len(layers))):
        gradients.append(signal.T @ features[k])
        if k:
            width = layers[k].shape[1] - architecture.bias
            signal = (signal @ layers[k][:, :width]) * slopes[k - 1]
    return missing, gradients[::-1]


def _forward(
    architecture: Architecture, layers: Sequence[FloatArray], x: FloatArray
) -> tuple[FloatArray, list[FloatArray], list[FloatArray]]:
    ones = np.ones((len(x), 1))
    current = x
    features: list[FloatArray] = []
    slopes: list[FloatArray] = []
    for k, layer in enumerate(layers):
        inputs = np.hstack([current, ones]) if architecture.bias else current
        features.append(inputs)
        preactivations = inputs @ layer.T
        if k + 1 == len(layers):
            return preactivations[:, 0], features, slopes
        current, slope = architecture.activation.values(preactivations)
        slopes.append(slope)
    raise AssertionError("a network has at least one layer")


def fit(
    architecture: Architecture, layers: Sequence[FloatArray], x: FloatArray, y: FloatArray, steps: int = MOST_STEPS
) -> Fit:
    """Levenberg-Marquardt from these weights, until nothing is missing but rounding or nothing improves."""
    with blas_threads(len(x)), np.errstate(all="ignore"):
        return _fit(architecture, [layer.copy() for layer in layers], x, y, steps)


def _fit(architecture: Architecture, layers: list[FloatArray], x: FloatArray, y: FloatArray, steps: int) -> Fit:
    damping = 1e-1
    outputs, derivatives = jacobian(architecture, layers, x)
    residual = outputs - y
    size = float(residual @ residual)
    slow = 0
    for step in range(steps):
        found = None
        wide = derivatives.shape[1] > len(x)
        matrix = derivatives @ derivatives.T if wide else derivatives.T @ derivatives
        for _ in range(MOST_TRIES):
            move = _move(matrix, derivatives, residual, damping, wide)
            if move is not None:
                candidate = _moved(layers, -move)
                missing = forward(architecture, candidate, x) - y
                value = float(missing @ missing)
                if value < size:
                    found = candidate, value
                    break
            damping *= 4
        if found is None:
            break
        slow = slow + 1 if found[1] > 0.999 * size else 0
        damping = max(damping / (10 if found[1] < size / 4 else 3), 1e-15)
        layers, size = found
        outputs, derivatives = jacobian(architecture, layers, x)
        residual = outputs - y
        if size <= FITTED**2 * len(x) or slow > 300:
            return Fit(layers, size**0.5, step + 1)
    return Fit(layers, size**0.5, steps)


def _move(
    matrix: FloatArray, derivatives: FloatArray, residual: FloatArray, damping: float, wide: bool
) -> FloatArray | None:
    try:
        damped = matrix + damping * np.eye(len(matrix))
        factor = cho_factor(damped, lower=True, overwrite_a=True, check_finite=True)
        move = derivatives.T @ cho_solve(factor, residual) if wide else cho_solve(factor, derivatives.T @ residual)
    except (LinAlgError, ValueError):
        return None
    result: FloatArray = move
    return result if np.isfinite(result).all() else None


def _moved(layers: Sequence[FloatArray], move: FloatArray) -> list[FloatArray]:
    moved, place = [], 0
    for layer in layers:
        moved.append(layer + move[place : place + layer.size].reshape(layer.shape))
        place += layer.size
    return moved
