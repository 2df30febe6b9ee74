"""From an activation to its dual at a working precision."""

from .activations import (
    Activation,
    ErrorFunction,
    Exponential,
    ExponentialLinear,
    GaborFunction,
    GaussianBump,
    GaussianSum,
    GeluFunction,
    HermiteFunction,
    PiecewiseLinear,
    PolynomialFunction,
    RadialFeature,
    RectifiedPower,
    SignFunction,
    SineSum,
    Sinusoid,
    SoftsignFunction,
    StepFunction,
    StripFunction,
    TwoSlopes,
    UserFunction,
)
from .angle_duals import RectifiedPowerDual, SignDual, StepDual, TwoSlopesDual
from .answers import Unsupported
from .budget import division_seconds, elementary_seconds
from .dual_base import Dual
from .hermite_duals import Charge
from .mixture_duals import GaussianSumDual, SineSumDual
from .orthant_duals import ExponentialLinearDual, PiecewiseLinearDual
from .polynomial_duals import HermiteDual, PolynomialDual
from .smooth_duals import (
    ErrorFunctionDual,
    ExponentialDual,
    GaborDual,
    GaussianBumpDual,
    GeluDual,
    RadialFeatureDual,
    SinusoidDual,
)
from .softsign_duals import SoftsignDual
from .strip_duals import StripDuals


def dual_of(activation: Activation, bits: int, charge: Charge) -> Dual:
    """The dual of an activation, evaluated with `bits` bits; `charge` is told of work that depends on the variances."""
    match activation:
        case UserFunction():
            raise Unsupported("this engine has no dual of a user's function")
        case SoftsignFunction():
            return SoftsignDual(bits, charge)
        case StripFunction():
            return StripDuals(activation, bits, charge)
        case ExponentialLinear():
            return ExponentialLinearDual(activation, bits)
        case PiecewiseLinear():
            return PiecewiseLinearDual(activation, bits)
        case TwoSlopes():
            return TwoSlopesDual(activation, bits)
        case ErrorFunction():
            return ErrorFunctionDual(activation, bits)
        case Sinusoid():
            return SinusoidDual(activation, bits)
        case RadialFeature():
            return RadialFeatureDual(activation, bits)
        case GaussianBump():
            return GaussianBumpDual(activation, bits)
        case GaussianSum():
            return GaussianSumDual(activation, bits)
        case SineSum():
            return SineSumDual(activation, bits)
        case Exponential():
            return ExponentialDual(activation, bits)
        case GeluFunction():
            return GeluDual(bits)
        case GaborFunction():
            return GaborDual(bits)
        case SignFunction():
            return SignDual(bits)
        case StepFunction():
            return StepDual(bits)
        case RectifiedPower():
            return RectifiedPowerDual(activation, bits)
        case PolynomialFunction():
            return PolynomialDual(activation, bits)
        case HermiteFunction():
            return HermiteDual(activation, bits)


def pair_operations(activation: Activation) -> int:
    """How many interval operations a pair costs, roughly; for estimates of time."""
    match activation:
        case PolynomialFunction(coefficients):
            terms = sum(1 for value in coefficients if value)
            return 8 + 6 * min(len(coefficients), terms * (len(coefficients) // 2 + 1))
        case HermiteFunction(degree) | RectifiedPower(degree):
            return 30 + 6 * degree
        case PiecewiseLinear(breakpoints):
            # Four series of some hundred operations for each pair of kinks.
            return 1500 * len(breakpoints) ** 2
        case ExponentialLinear():
            return 4000
        case GaussianSum(weights) | SineSum(weights):
            # Two exponentials, or a root and two quotients, for each pair of terms.
            return 120 * len(weights) ** 2
        case _:
            return 30


def point_operations(activation: Activation) -> int:
    """How many interval operations a point costs, roughly; for estimates of time."""
    if isinstance(activation, PolynomialFunction):
        terms = sum(1 for value in activation.coefficients if value)
        return 8 + terms * len(activation.coefficients)
    return 8


def setup_seconds(activation: Activation, bits: int) -> float:
    """An estimate of the time to build a dual: tables of coefficients, and the table of arctangents."""
    match activation:
        case PolynomialFunction(coefficients):
            terms = sum(1 for value in coefficients if value) * (len(coefficients) // 2 + 1)
            longest = max(max(v.numerator.bit_length(), v.denominator.bit_length()) for v in coefficients)
            return 1e-5 * len(coefficients) + terms * division_seconds(bits + longest + 10 * len(coefficients))
        case HermiteFunction(degree) | RectifiedPower(degree):
            return 1e-5 + degree * division_seconds(bits + 12 * degree)
        case _:
            return 130 * elementary_seconds(bits)
