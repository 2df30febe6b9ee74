"""Activations: values that know their dual and derivative dual in any arithmetic, a family a file."""

from certify.activations.arctangent import Arctan
from certify.activations.base import Activation, Parity
from certify.activations.elementwise import Elementwise
from certify.activations.error_functions import Erf, Sigmoid_like
from certify.activations.exponential_linear import Elu, ExponentialLinear, Selu
from certify.activations.exponentials import Exp, Gabor, Gaussian
from certify.activations.gelu import Gelu
from certify.activations.mixtures import GaussianMixture, SineMixture
from certify.activations.pair import Pair
from certify.activations.piecewise_linear import HardTanh, PiecewiseLinear, PiecewiseLinearFunction, Relu6
from certify.activations.polynomials import Hermite, Monomial, Polynomial, PolynomialActivation
from certify.activations.rectified_monomials import RectifiedMonomial
from certify.activations.rectifiers import ABRelu, Abs, LeakyRelu, Rectifier, Relu
from certify.activations.relation import Relation
from certify.activations.sigmoids import Mish, Sigmoid, Softplus, Swish, Tanh
from certify.activations.sinusoids import Cos, Rbf, Sin
from certify.activations.softsign import Softsign
from certify.activations.steps import Sign, Step

_SERIES: tuple[type[Activation], ...] = (Arctan, Mish, Sigmoid, Softplus, Swish, Tanh)
SERIES: dict[str, type[Activation]] = {cls.__name__: cls for cls in _SERIES}
"""Activations without a closed-form dual: theirs is a series with a proven error."""

_ORTHANTS: tuple[type[Activation], ...] = (Elu, HardTanh, PiecewiseLinear, Relu6, Selu)
ORTHANTS: dict[str, type[Activation]] = {cls.__name__: cls for cls in _ORTHANTS}
"""Activations whose dual is made of probabilities of orthants of a normal pair."""

ANGLES: dict[str, type[Activation]] = {"Softsign": Softsign}
"""Activations whose dual is an integral over an angle: in Arb balls only."""

CATALOGUE: dict[str, type[Activation]] = (
    {
        cls.__name__: cls
        for cls in (
            *(Abs, ABRelu, Cos, Erf, Exp, Gabor, Gaussian, GaussianMixture, Gelu, Hermite, LeakyRelu, Monomial),
            *(Polynomial, Rbf, RectifiedMonomial, Relu, Sigmoid_like, Sign, Sin, SineMixture, Step),
        )
    }
    | SERIES
    | ORTHANTS
    | ANGLES
)

__all__ = [
    "ANGLES",
    "CATALOGUE",
    "ORTHANTS",
    "SERIES",
    "ABRelu",
    "Abs",
    "Activation",
    "Arctan",
    "Cos",
    "Elementwise",
    "Elu",
    "Erf",
    "Exp",
    "ExponentialLinear",
    "Gabor",
    "Gaussian",
    "GaussianMixture",
    "Gelu",
    "HardTanh",
    "Hermite",
    "LeakyRelu",
    "Mish",
    "Monomial",
    "Pair",
    "Parity",
    "PiecewiseLinear",
    "PiecewiseLinearFunction",
    "Polynomial",
    "PolynomialActivation",
    "Rbf",
    "RectifiedMonomial",
    "Rectifier",
    "Relation",
    "Relu",
    "Relu6",
    "Selu",
    "Sigmoid",
    "Sigmoid_like",
    "Sign",
    "Sin",
    "SineMixture",
    "Softplus",
    "Softsign",
    "Step",
    "Swish",
    "Tanh",
]
