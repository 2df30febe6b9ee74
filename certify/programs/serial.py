"""Layers in sequence: flattening, and what makes a sequence a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from certify.activations import Activation
from certify.errors import InputError
from certify.programs.batches import BatchNorm
from certify.programs.branches import FanInConcat, FanInProd, FanInSum, FanOut, Parallel
from certify.programs.images import (
    AvgPool,
    Conv,
    Flatten,
    GlobalAvgPool,
    GlobalSelfAttention,
    GlobalSumPool,
    LayerNorm,
    SumPool,
)
from certify.programs.layers import Dense, Identity, Parametrization
from certify.programs.sequences import RNN, Transformer

Layer = (
    Dense
    | Identity
    | Activation
    | FanOut
    | Parallel
    | FanInSum
    | FanInProd
    | FanInConcat
    | RNN
    | Transformer
    | Conv
    | AvgPool
    | SumPool
    | GlobalAvgPool
    | GlobalSumPool
    | Flatten
    | LayerNorm
    | GlobalSelfAttention
    | Parametrization
    | BatchNorm
)

MAX_LAYERS = 1000


def flatten(parts: Iterable[Layer | Sequence[Layer]]) -> tuple[Layer, ...]:
    """One tuple of layers from layers and sequences of layers."""
    layers: list[Layer] = []
    for part in parts:
        members = part if isinstance(part, Sequence) and not isinstance(part, str) else (part,)
        for layer in members:
            if not isinstance(layer, Layer):
                shown = " ".join(repr(layer).split())
                shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
                raise InputError(f"serial got {shown}: its arguments must be layers such as Dense() or Relu().")
            layers.append(layer)
    _check_order(layers)
    return tuple(layers)


def _check_order(layers: Sequence[Layer]) -> None:
    if len(layers) > MAX_LAYERS:
        raise InputError(f"the network has {len(layers)} layers: at most {MAX_LAYERS} are supported.")
    previous: Activation | None = None
    for layer in layers:
        if isinstance(layer, Activation):
            if previous is not None:
                raise InputError(
                    f"{layer} follows {previous} without a Dense before it: put a Dense() between the two."
                )
            previous = layer
        elif not isinstance(layer, Identity):
            previous = None


def check_network(layers: Sequence[Layer]) -> None:
    """Raise InputError unless the layers are a network, as far as that shows without points: a chain of Dense layers
    and activations begins with a Dense; others are checked where their program is written."""
    if not all(isinstance(layer, (Dense, Identity, Activation)) for layer in layers):
        return
    first = next((layer for layer in layers if not isinstance(layer, Identity)), None)
    if first is None:
        raise InputError(
            "the network has no Dense layer: begin it with one, for example serial(Dense(), Relu(), Dense())."
        )
    if not isinstance(first, Dense):
        raise InputError(f"the network begins with {first} without a Dense before it: begin it with a Dense().")


def input_scaling(layers: Sequence[Layer], columns: int) -> tuple[Fraction, Fraction, int]:
    """(alpha, beta, k): the preactivation covariance of the first activation is alpha <x, x'> + beta, after the first
    k layers.

    The leading Dense layers are affine maps of the inner product, so their composition is exact.
    """
    alpha, beta = Fraction(1, columns), Fraction(0)
    for position, layer in enumerate(layers):
        if isinstance(layer, Activation):
            return alpha, beta, position
        if isinstance(layer, Dense):
            alpha, beta = layer.W_var * alpha, layer.W_var * beta + layer.b_var
    return alpha, beta, len(layers)
