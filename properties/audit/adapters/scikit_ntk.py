"""scikit-ntk: `skntk.NeuralTangentKernel`, the NTK of ReLU networks for scikit-learn's Gaussian processes.

Its kernel of depth L with bias 0 is the NTK of L hidden layers with W_var = 2 after the first, for inputs that are not
divided by their number d, over L + 1: this adapter multiplies by (L + 1) / d. Its bias enters the gradients but not the
covariances (biases start at zero), which `Dense(b_var=...)` does not express, so that only bias 0 is asked for.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from certify.activations import Relu
from certify.programs import Dense
from certify.stax import Network, parse
from properties.audit.calling import Matrix, UnsupportedNetwork


class ScikitNtk:
    """The function (network, kernel, x1, x2) of an audit."""

    def __init__(self) -> None:
        self.make: Any = import_module("skntk").NeuralTangentKernel
        self.library = f"scikit-ntk {version('scikit-ntk')}"

    def __call__(self, network: str, kernel: str, x1: Matrix, x2: Matrix | None) -> Any:
        depth = hidden_layers(parse(network))
        if depth is None or kernel != "ntk":
            raise UnsupportedNetwork(f"scikit-ntk has no {kernel.upper()} of {network}")
        values = self.make(depth=depth, bias=0.0, bias_bounds="fixed")(x1, x2)
        return np.asarray(values) * ((depth + 1) / x1.shape[1])


def hidden_layers(network: Network) -> int | None:
    """L for serial(Dense(), Relu(), Dense(W_var=2), ..., Relu(), Dense(W_var=2)) with L >= 1; None for others."""
    depth = len(network.layers) // 2
    expected = (Dense(), *(layer for _ in range(depth) for layer in (Relu(), Dense(W_var=2))))
    return depth if depth and network.layers == expected else None


def load() -> ScikitNtk:
    """Raises ImportError where the library is not there."""
    return ScikitNtk()
