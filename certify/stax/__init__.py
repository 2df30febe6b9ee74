"""Networks as users of neural-tangents write them: `serial`, layers, and `parse` for their text form."""

from certify.activations import (
    ABRelu,
    Abs,
    Cos,
    Erf,
    Exp,
    Gabor,
    Gaussian,
    Gelu,
    Hermite,
    LeakyRelu,
    Monomial,
    Polynomial,
    Rbf,
    RectifiedMonomial,
    Relu,
    Sigmoid_like,
    Sign,
    Sin,
    Step,
)
from certify.programs import Dense, Identity
from certify.stax.network import Network, serial
from certify.stax.parsing import parse

__all__ = [
    "ABRelu",
    "Abs",
    "Cos",
    "Dense",
    "Erf",
    "Exp",
    "Gabor",
    "Gaussian",
    "Gelu",
    "Hermite",
    "Identity",
    "LeakyRelu",
    "Monomial",
    "Network",
    "Polynomial",
    "Rbf",
    "RectifiedMonomial",
    "Relu",
    "Sigmoid_like",
    "Sign",
    "Sin",
    "Step",
    "parse",
    "serial",
]
