"""Activations and their derivatives in float64, for the simulation of finite networks; nothing is proved with them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from certify.activations import (
    Activation,
    Cos,
    Erf,
    Exp,
    Gaussian,
    Gelu,
    PolynomialActivation,
    Rectifier,
    Sin,
)
from certify.errors import InputError

Array = NDArray[np.float64]
Function = Callable[[Array], Array]


def float64_function(activation: Activation) -> tuple[Function, Function]:
    """The activation and its derivative. Raises InputError for one that is not simulated."""
    match activation:
        case Rectifier():
            low, high = map(float, activation.slopes)
            return lambda x: np.where(x > 0, high, low) * x, lambda x: np.where(x > 0, high, low)
        case Erf(a=a, b=b, c=c):
            s, r, o = float(a), float(b), float(c)
            return (
                lambda x: s * special.erf(r * x) + o,
                lambda x: s * r * 2 / math.sqrt(math.pi) * np.exp(-((r * x) ** 2)),
            )
        case Sin(a=a, b=b, c=c):
            s, r, o = float(a), float(b), float(c)
            return lambda x: s * np.sin(r * x + o), lambda x: s * r * np.cos(r * x + o)
        case Cos(a=a, b=b, c=c):
            s, r, o = float(a), float(b), float(c)
            return lambda x: s * np.cos(r * x + o), lambda x: -s * r * np.sin(r * x + o)
        case Exp(a=a, b=b):
            s, r = float(a), float(b)
            return lambda x: s * np.exp(r * x), lambda x: s * r * np.exp(r * x)
        case Gaussian(a=a, b=b):
            s, r = float(a), float(b)
            return lambda x: s * np.exp(r * x * x), lambda x: 2 * s * r * x * np.exp(r * x * x)
        case Gelu():
            return (
                lambda x: x * special.ndtr(x),
                lambda x: special.ndtr(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi),
            )
        case PolynomialActivation():
            scale = math.sqrt(float(activation.scale))
            value = np.polynomial.Polynomial([scale * float(c) for c in activation.coefficients or (0,)])
            return value, value.deriv()
    raise InputError(f"{activation} is not simulated: use Relu, Erf, Gelu, Sin, Cos, Exp, Gaussian or a polynomial.")
