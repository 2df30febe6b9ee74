"""Networks as Coq terms: which ones the Coq library can speak about, and how they are written there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from certify.activations import (
    Activation,
    Cos,
    Erf,
    Exp,
    Gabor,
    Gaussian,
    Gelu,
    PolynomialActivation,
    Rbf,
    RectifiedMonomial,
    Rectifier,
    Sigmoid_like,
    Sign,
    Sin,
    Step,
)
from certify.errors import InputError
from certify.formal.spelling import rational
from certify.programs import Dense, Identity, Layer
from certify.stax import Network

Layers = tuple[Dense | Activation, ...]
SIGMOID_RATE = 1 / Fraction("2.4020563531719796")


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
        coq_layer(layer)
        assert isinstance(layer, (Dense, Activation))
        layers.append(layer)
    return tuple(layers)


def coq_layer(layer: Layer) -> str:
    """A layer as a term of the type `layer` of Kernels.v."""
    if isinstance(layer, Dense):
        return f"Dense {rational(layer.W_var)} {rational(layer.b_var)}"
    if not isinstance(layer, Activation):
        raise InputError(
            f"the layer {_short(layer)} has no Coq definition: exported are Dense layers and activations between them."
        )
    return f"Activation ({_activation(layer)})"


def _activation(layer: Activation) -> str:
    """An activation as a term of the type `activation` of Activations.v."""
    match layer:
        case Rectifier() if layer.slopes[0] == layer.slopes[1]:
            return f"Polynomial 1 {_list((Fraction(0), layer.slopes[0]))}"
        case Rectifier():
            return _applied("ABRelu", *layer.slopes)
        case Sign():
            return "Jump (-1) 1"
        case Step():
            return "Jump 0 1"
        case RectifiedMonomial():
            return f"RectifiedPower {layer.degree}"
        case Erf():
            return _applied("Erf", layer.a, layer.b, layer.c)
        case Sigmoid_like():
            return _applied("Erf", Fraction(1, 2), SIGMOID_RATE, Fraction(1, 2))
        case Cos():
            return _applied("Cosine", layer.a, layer.b, layer.c)
        case Sin():
            return _applied("Sine", layer.a, layer.b, layer.c)
        case Rbf():
            return _applied("Rbf", layer.gamma)
        case Exp():
            return _applied("Exponential", layer.a, layer.b)
        case Gaussian():
            return _applied("Gaussian", layer.a, layer.b)
        case Gabor():
            return "Gabor"
        case Gelu():
            return "Gelu"
        case PolynomialActivation():
            return f"Polynomial {rational(layer.scale)} {_list(layer.coefficients)}"
    raise InputError(
        f"the activation {_short(layer)} has no dual in closed form for Coq to state: verify its certificate with "
        "certify check, or export a network with Erf, Gelu or another of those in docs/coq.md."
    )


def coq_network(layers: Layers) -> str:
    """The network as a term of type `list layer`."""
    return "[" + "; ".join(map(coq_layer, layers)) + "]%Q"


def _applied(name: str, *parameters: Fraction) -> str:
    return f"{name} {' '.join(map(rational, parameters))}"


def _list(values: Sequence[Fraction]) -> str:
    return f"[{'; '.join(map(rational, values))}]"


def _short(layer: Layer) -> str:
    text = " ".join(repr(layer).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
