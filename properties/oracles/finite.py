"""Random networks of finite width in plain numpy: empirical NNGP and NTK matrices by forward and backward pass.

With all weights standard normal and the 'ntk' scaling, the NTK of a network of width n is the sum over its Dense layers
of (B B') o (W F F' / fan-in + b), F the inputs of the layer, B the derivatives of the output by its outputs and o the
entrywise product. With one hidden layer its expectation is the limit at every width; with more the bias is O(1/n).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from certify.activations import Activation, Erf, Gelu, Rectifier, Sin
from certify.programs import Dense
from certify.stax import Network

Array = NDArray[np.float64]
Elementwise = Callable[[Array], Array]


@dataclass(frozen=True)
class Sample:
    """Mean and standard error, entry by entry, of the kernel matrices of independent networks."""

    mean: Array
    error: Array


def functions(activation: Activation) -> tuple[Elementwise, Elementwise] | None:
    """(s, s') in floating point, None for activations that are not simulated."""
    if isinstance(activation, Rectifier):
        a, b = map(float, activation.slopes)
        return (lambda x: np.where(x < 0, a, b) * x), (lambda x: np.where(x < 0, a, b))
    if isinstance(activation, Erf):
        a, b, c = float(activation.a), float(activation.b), float(activation.c)
        return (lambda x: a * erf(b * x) + c), (lambda x: a * b * 2 / np.sqrt(np.pi) * np.exp(-((b * x) ** 2)))
    if isinstance(activation, Sin) and type(activation) is Sin:
        a, b, c = float(activation.a), float(activation.b), float(activation.c)
        return (lambda x: a * np.sin(b * x + c)), (lambda x: a * b * np.cos(b * x + c))
    if isinstance(activation, Gelu):
        return _gelu, _gelu_slope
    return None


def _cumulative(x: Array) -> Array:
    return np.asarray((1 + erf(x / np.sqrt(2))) / 2)


def _gelu(x: Array) -> Array:
    return np.asarray(x * _cumulative(x))


def _gelu_slope(x: Array) -> Array:
    return np.asarray(_cumulative(x) + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi))


def empirical_kernel(network: Network, x: Array, kernel: str, width: int, generator: np.random.Generator) -> Array:
    """NNGP estimate (the covariance that the last Dense makes of the last hidden layer) or NTK of one random network.

    x: N x d. The network alternates Dense and activation, begins and ends with a Dense.
    """
    denses = [layer for layer in network.layers if isinstance(layer, Dense)]
    pairs = [functions(layer) for layer in network.layers if isinstance(layer, Activation)]
    inputs, weights, slopes = [x], [], []
    for dense, pair in zip(denses, pairs, strict=False):
        assert pair is not None
        fan_in = inputs[-1].shape[1]
        w = generator.standard_normal((fan_in, width)) * np.sqrt(float(dense.W_var) / fan_in)
        b = generator.standard_normal(width) * np.sqrt(float(dense.b_var))
        preactivation = inputs[-1] @ w + b
        weights.append(w)
        inputs.append(pair[0](preactivation))
        slopes.append(pair[1](preactivation))
    covariances = [
        float(dense.W_var) * (f @ f.T) / f.shape[1] + float(dense.b_var)
        for dense, f in zip(denses, inputs, strict=True)
    ]
    if kernel == "nngp":
        return np.asarray(covariances[-1])
    last = denses[-1]
    readout = generator.standard_normal(width) * np.sqrt(float(last.W_var) / width)
    total = covariances[-1]
    back = readout * slopes[-1]
    for position in reversed(range(len(pairs))):
        total = total + (back @ back.T) * covariances[position]
        if position:
            back = (back @ weights[position].T) * slopes[position - 1]
    return np.asarray(total, dtype=np.float64)


def sample_kernels(network: Network, x: Array, kernel: str, *, width: int, replicates: int, seed: int) -> Sample:
    """Mean over independent networks and its standard error, from a fixed seed."""
    generator = np.random.default_rng(seed)
    draws = np.stack([empirical_kernel(network, x, kernel, width, generator) for _ in range(replicates)])
    return Sample(draws.mean(axis=0), draws.std(axis=0, ddof=1) / np.sqrt(replicates))
