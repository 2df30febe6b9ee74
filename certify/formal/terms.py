"""Networks as Coq terms: which ones the Coq library can speak about, and how they are written there."""

from __future__ import annotations

from fractions import Fraction

from certify.activations import Activation, Erf, Rectifier, Sigmoid_like
from certify.errors import InputError
from certify.formal.spelling import rational
from certify.programs import Dense, Identity, Layer
from certify.stax import Network

Layers = tuple[Dense | Activation, ...]
SIGMOID_RATE = 1 / Fraction("2.4020563531719796")
SUPPORTED = "Relu, LeakyRelu, ABRelu, Abs, Erf and Sigmoid_like between Dense layers"


def expressible_layers(network: Network) -> Layers:
    """The layers of the network, identities left out.

    Raises InputError naming the first layer, or the parametrisation, that the Coq library has no definition of.
    """
    if network.parametrization != "ntk":
        raise InputError(
            f"the parametrisation {network.parametrization!r} has no Coq definition: export a network in 'ntk'."
        )
    layers: list[Dense | Activation] = []
    for layer in network.layers:
        if isinstance(layer, Identity):
            continue
        if not isinstance(layer, Dense):
            coq_layer(layer)
            assert isinstance(layer, Activation)
        layers.append(layer)
    return tuple(layers)


def coq_layer(layer: Layer) -> str:
    """A layer as a term of the type `layer` of Kernels.v."""
    if isinstance(layer, Dense):
        return f"Dense {rational(layer.W_var)} {rational(layer.b_var)}"
    if isinstance(layer, Rectifier):
        return _activation("ABRelu", *layer.slopes)
    if isinstance(layer, Erf):
        return _activation("Erf", layer.a, layer.b, layer.c)
    if isinstance(layer, Sigmoid_like):
        return _activation("Erf", Fraction(1, 2), SIGMOID_RATE, Fraction(1, 2))
    raise InputError(f"the layer {_short(layer)} has no Coq definition: exported are {SUPPORTED}.")


def coq_network(layers: Layers) -> str:
    """The network as a term of type `list layer`."""
    return "[" + "; ".join(map(coq_layer, layers)) + "]%Q"


def _activation(name: str, *parameters: Fraction) -> str:
    return f"Activation ({name} {' '.join(map(rational, parameters))})"


def _short(layer: Layer) -> str:
    text = " ".join(repr(layer).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
