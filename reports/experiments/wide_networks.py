"""Finite ReLU networks in the parametrisation of Jacot, Gabriel and Hongler (2018), in numpy: what has the limit.

alpha^(l+1) = s(W alpha / sqrt(n_l) + beta b), all W, b ~ N(0, 1), one output without activation. The empirical kernel
is sum_l (<alpha_l, alpha_l'> / n_l + beta^2) <delta_(l+1), delta_(l+1)'>, delta the output's derivatives by
preactivations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dgemm

FloatArray = NDArray[np.float64]
BETA = 0.1
DEPTH = 4
LIMIT = "serial({})".format(", Relu(), ".join(['Dense(b_var="1/100")'] * DEPTH))
"""The infinitely wide network: beta^2 = 1/100 exactly."""


class WideNetwork:
    """Weights and biases of one network of DEPTH layers of weights, drawn from a seed."""

    def __init__(self, inputs: int, width: int, seed: Sequence[int]) -> None:
        draw = np.random.default_rng(list(seed))
        sizes = [inputs, *[width] * (DEPTH - 1), 1]
        self.weights = [draw.standard_normal((b, a)) for a, b in pairwise(sizes)]
        self.biases = [draw.standard_normal(b) for b in sizes[1:]]

    def forward(self, x: FloatArray) -> tuple[FloatArray, list[FloatArray], list[FloatArray]]:
        """(outputs, inputs of every layer, masks of the hidden units)."""
        current = x
        features: list[FloatArray] = []
        masks: list[FloatArray] = []
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            features.append(current)
            before = current @ weight.T / np.sqrt(current.shape[1]) + BETA * bias
            if k + 1 == len(self.weights):
                return before[:, 0], features, masks
            mask = (before > 0).astype(np.float64)
            masks.append(mask)
            current = before * mask
        raise AssertionError("a network has at least one layer")

    def __call__(self, x: FloatArray) -> FloatArray:
        return self.forward(x)[0]

    def _deltas(self, features: Sequence[FloatArray], masks: Sequence[FloatArray]) -> list[FloatArray]:
        deltas = [np.ones((len(features[0]), 1))]
        for k in reversed(range(1, len(self.weights))):
            pulled = deltas[-1] @ self.weights[k] / np.sqrt(self.weights[k].shape[1])
            deltas.append(pulled * masks[k - 1])
        return deltas[::-1]

    def kernel(self, x: FloatArray) -> FloatArray:
        """The empirical tangent kernel on the rows of x."""
        _, features, masks = self.forward(x)
        deltas = self._deltas(features, masks)
        total = np.zeros((len(x), len(x)))
        for feature, delta in zip(features, deltas, strict=True):
            total += (feature @ feature.T / feature.shape[1] + BETA**2) * (delta @ delta.T)
        return total

    def train(
        self, x: FloatArray, y: FloatArray, steps: int, rate: float = 1.0, watch: Callable[[int], None] | None = None
    ) -> None:
        """Gradient descent on |f - y|^2 / (2 N); `watch` is called before every step."""
        for step in range(steps):
            if watch is not None:
                watch(step)
            outputs, features, masks = self.forward(x)
            scale = rate * (outputs - y)[:, None] / len(x)
            deltas = self._deltas(features, masks)
            for k, (feature, delta) in enumerate(zip(features, deltas, strict=True)):
                signal = delta * scale
                # In place: at these widths the time goes into reading and writing the weights.
                size = -1.0 / np.sqrt(feature.shape[1])
                moved = dgemm(size, feature.T, signal.T, beta=1.0, c=self.weights[k].T, trans_b=1, overwrite_c=1)
                self.weights[k] = moved.T
                self.biases[k] -= BETA * signal.sum(0)


def circle(count: int, turn: float = 2 * np.pi, start: float = 0.0) -> FloatArray:
    """Points (cos g, sin g) at equal angles."""
    angles = start + np.arange(count) * (turn / count)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
