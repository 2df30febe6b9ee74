"""neural-tangents: its `stax`, with the parametrisation 'ntk' and float64 switched on."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from certify import activations as known
from certify.programs import Dense, Identity
from certify.stax import parse
from properties.audit.calling import Matrix, UnsupportedNetwork

_REMEMBERED_NETWORKS = 8


class NeuralTangents:
    """The function (network, kernel, x1, x2) of an audit."""

    def __init__(self) -> None:
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        # Before anything is traced, or all is float32.
        import_module("jax").config.update("jax_enable_x64", True)
        self.stax: Any = import_module("neural_tangents.stax")
        self.library = f"neural-tangents {version('neural-tangents')}, jax {version('jax')}"
        self._kernels: OrderedDict[str, Callable[..., Any]] = OrderedDict()

    def __call__(self, network: str, kernel: str, x1: Matrix, x2: Matrix | None) -> Any:
        return np.asarray(self._kernel(network)(x1, x2, get=kernel))

    def _kernel(self, network: str) -> Callable[..., Any]:
        if network not in self._kernels:
            layers = [self._layer(layer) for layer in parse(network).layers]
            self._kernels[network] = self.stax.serial(*layers)[2]
            if len(self._kernels) > _REMEMBERED_NETWORKS:
                self._kernels.popitem(last=False)
        return self._kernels[network]

    def _layer(self, layer: object) -> Any:
        stax = self.stax
        if isinstance(layer, Identity):
            return stax.Identity()
        if isinstance(layer, Dense):
            bias = float(layer.b_var) ** 0.5 if layer.b_var else None
            return stax.Dense(1, W_std=float(layer.W_var) ** 0.5, b_std=bias, parameterization="ntk")
        make = _ACTIVATIONS.get(type(layer))
        if make is None:
            raise UnsupportedNetwork(f"neural-tangents has no {layer}")
        return make(stax, layer)


# Hermite is left out: neural-tangents takes it at variance 1 only, and says so.
_ACTIVATIONS: dict[type, Callable[[Any, Any], Any]] = {
    known.ABRelu: lambda stax, s: stax.ABRelu(float(s.a), float(s.b)),
    known.Abs: lambda stax, s: stax.Abs(),
    known.Cos: lambda stax, s: stax.Cos(float(s.a), float(s.b), float(s.c)),
    known.Erf: lambda stax, s: stax.Erf(float(s.a), float(s.b), float(s.c)),
    known.Exp: lambda stax, s: stax.Exp(float(s.a), float(s.b)),
    known.Gabor: lambda stax, s: stax.Gabor(),
    known.Gaussian: lambda stax, s: stax.Gaussian(float(s.a), float(s.b)),
    known.Gelu: lambda stax, s: stax.Gelu(),
    known.LeakyRelu: lambda stax, s: stax.LeakyRelu(float(s.alpha)),
    known.Monomial: lambda stax, s: stax.Monomial(s.degree),
    known.Polynomial: lambda stax, s: stax.Polynomial([float(c) for c in s.coefficients]),
    known.Rbf: lambda stax, s: stax.Rbf(float(s.gamma)),
    known.RectifiedMonomial: lambda stax, s: stax.RectifiedMonomial(s.degree),
    known.Relu: lambda stax, s: stax.Relu(),
    known.Sigmoid_like: lambda stax, s: stax.Sigmoid_like(),
    known.Sign: lambda stax, s: stax.Sign(),
    known.Sin: lambda stax, s: stax.Sin(float(s.a), float(s.b), float(s.c)),
}


def load() -> NeuralTangents:
    """Raises ImportError where the library, or the jax that it needs, is not there."""
    return NeuralTangents()
