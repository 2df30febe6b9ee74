"""What is exactly true of an activation: its family, its parity, its homogeneity, its value at zero.

Each family is a small record of exact rationals.  `Facts` holds what the propagation of relations and the exact proofs
need; floating-point or interval arithmetic plays no part in them.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import factorial


@dataclass(frozen=True)
class TwoSlopes:
    """negative min(x, 0) + positive max(x, 0)."""

    negative: Fraction
    positive: Fraction


@dataclass(frozen=True)
class ErrorFunction:
    """scale erf(rate x) + offset."""

    scale: Fraction
    rate: Fraction
    offset: Fraction


@dataclass(frozen=True)
class Sinusoid:
    """scale sin(rate x + phase), or the cosine."""

    scale: Fraction
    rate: Fraction
    phase: Fraction
    cosine: bool


@dataclass(frozen=True)
class RadialFeature:
    """sqrt(2) sin(sqrt(2 gamma) x + pi/4)."""

    gamma: Fraction


@dataclass(frozen=True)
class GaussianBump:
    """scale exp(-decay x^2), decay >= 0."""

    scale: Fraction
    decay: Fraction


@dataclass(frozen=True)
class Exponential:
    """scale exp(rate x)."""

    scale: Fraction
    rate: Fraction


@dataclass(frozen=True)
class GeluFunction:
    """x times the standard normal distribution function of x."""


@dataclass(frozen=True)
class GaborFunction:
    """exp(-x^2) sin x."""


@dataclass(frozen=True)
class SignFunction:
    """-1, 0, 1 for negative, zero, positive x."""


@dataclass(frozen=True)
class StepFunction:
    """0, 1/2, 1 for negative, zero, positive x."""


@dataclass(frozen=True)
class RectifiedPower:
    """x^degree for x >= 0, else 0."""

    degree: int


@dataclass(frozen=True)
class PolynomialFunction:
    """sum of coefficients[k] x^k; no trailing zeros except for the zero polynomial, which is (0,)."""

    coefficients: tuple[Fraction, ...]


@dataclass(frozen=True)
class HermiteFunction:
    """He_degree / sqrt(degree!), the normalised probabilists' Hermite polynomial."""

    degree: int


@dataclass(frozen=True)
class GaussianSum:
    """sum_i weights[i] exp(rates[i] x^2), weights not zero, rates <= 0 and increasing."""

    weights: tuple[Fraction, ...]
    rates: tuple[Fraction, ...]


@dataclass(frozen=True)
class SineSum:
    """sum_i weights[i] sin(rates[i] x + phases[i]), weights not zero, rates > 0 and increasing."""

    weights: tuple[Fraction, ...]
    rates: tuple[Fraction, ...]
    phases: tuple[Fraction, ...]

    def vanishes_at_zero(self) -> bool:
        """Whether sum_i w_i sin(c_i) = 0: sines of different positive rationals are independent over the rationals."""
        totals: dict[Fraction, Fraction] = {}
        for weight, phase in zip(self.weights, self.phases, strict=True):
            if phase:
                totals[abs(phase)] = totals.get(abs(phase), Fraction(0)) + (weight if phase > 0 else -weight)
        return not any(totals.values())


@dataclass(frozen=True)
class UserFunction:
    """A user's own function, an expression in x: nothing is known of it but its text."""

    text: str


@dataclass(frozen=True)
class StripFunction:
    """A function that is analytic in a strip around the real axis, known by its name."""

    name: str


@dataclass(frozen=True)
class SoftsignFunction:
    """x / (1 + |x|)."""


@dataclass(frozen=True)
class ExponentialLinear:
    """scale (x for x > 0, alpha (exp(x) - 1) for x < 0), both positive."""

    scale: Fraction
    alpha: Fraction


@dataclass(frozen=True)
class PiecewiseLinear:
    """Continuous, with these slopes before, between and after the breakpoints, and the value `offset` at 0."""

    breakpoints: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]
    offset: Fraction

    def expansion(self) -> tuple[Fraction, list[tuple[Fraction, int, Fraction]]]:
        """b and (k_i, e_i, t_i) with s(x) = offset + b x + sum_i k_i max(e_i x - t_i, 0), t_i >= 0."""
        base = self.slopes[sum(place < 0 for place in self.breakpoints)]
        kinks = [
            (self.slopes[i + 1] - self.slopes[i], 1 if place >= 0 else -1, abs(place))
            for i, place in enumerate(self.breakpoints)
        ]
        return base, kinks

    def value(self, x: Fraction) -> Fraction:
        """s(x)."""
        base, kinks = self.expansion()
        return (
            self.offset + base * x + sum(weight * max(side * x - place, Fraction(0)) for weight, side, place in kinks)
        )

    def reflections(self) -> tuple[bool, bool, bool]:
        """Whether s(-x) = s(x), s(-x) = -s(x), and s(x) + s(-x) is constant: decided at all kinks and beyond."""
        places = {abs(place) for place in self.breakpoints}
        pairs = [(self.value(x), self.value(-x)) for x in (*places, max(places) + 1, Fraction(0))]
        return (
            all(a == b for a, b in pairs),
            all(a == -b for a, b in pairs),
            all(a + b == 2 * self.offset for a, b in pairs),
        )


Activation = (
    TwoSlopes
    | ErrorFunction
    | Sinusoid
    | RadialFeature
    | GaussianBump
    | Exponential
    | GeluFunction
    | GaborFunction
    | SignFunction
    | StepFunction
    | RectifiedPower
    | PolynomialFunction
    | HermiteFunction
    | GaussianSum
    | SineSum
    | UserFunction
    | StripFunction
    | SoftsignFunction
    | ExponentialLinear
    | PiecewiseLinear
)


@dataclass(frozen=True)
class Facts:
    """Exact properties of an activation s.

    constant: s is a constant function.  zero: it is the constant 0.  vanishes_at_zero: s(0) = 0.
    parity: 1 even, -1 odd, 0 neither.  degree: k where s(c x) = c^k s(x) for all c > 0 and all x != 0, else None.
    """

    constant: bool
    zero: bool
    vanishes_at_zero: bool
    parity: int
    degree: int | None


def _constant(value_is_zero: bool) -> Facts:
    return Facts(True, value_is_zero, value_is_zero, 1, 0)


def _general(vanishes_at_zero: bool, parity: int = 0, degree: int | None = None) -> Facts:
    return Facts(False, False, vanishes_at_zero, parity, degree)


def hermite_coefficients(degree: int) -> tuple[int, ...]:
    """Coefficients of He_k: k! (-1)^m / (m! (k - 2m)! 2^m) at x^(k - 2m)."""
    values = [0] * (degree + 1)
    for m in range(degree // 2 + 1):
        values[degree - 2 * m] = (-1) ** m * factorial(degree) // (factorial(m) * factorial(degree - 2 * m) * 2**m)
    return tuple(values)


def exponents_of(activation: Activation) -> tuple[int, ...] | None:
    """The exponents with nonzero coefficients where the activation is a polynomial, else None."""
    if isinstance(activation, PolynomialFunction):
        return tuple(k for k, value in enumerate(activation.coefficients) if value)
    if isinstance(activation, HermiteFunction):
        return tuple(range(activation.degree % 2, activation.degree + 1, 2))
    if isinstance(activation, TwoSlopes) and activation.negative == activation.positive:
        return (1,) if activation.positive else ()
    return None


def facts_of(activation: Activation) -> Facts:
    """The exact properties of an activation."""
    exponents = exponents_of(activation)
    if exponents is not None:
        if not any(exponents):
            return _constant(not exponents)
        parities = {k % 2 for k in exponents}
        parity = 0 if len(parities) == 2 else 1 if parities == {0} else -1
        degree = exponents[0] if len(exponents) == 1 else None
        # Hermite polynomials of even degree do not vanish at zero: their constant coefficient is not zero.
        return _general(exponents[0] != 0, parity, degree)
    match activation:
        case TwoSlopes(negative, positive):
            return _general(True, 1 if negative == -positive else 0, 1)
        case ErrorFunction(scale, rate, offset):
            if not (scale and rate):
                return _constant(not offset)
            return _general(not offset, 0 if offset else -1)
        case Sinusoid(scale, rate, phase, cosine):
            # sin and cos of a nonzero rational are irrational: no zero, no symmetry there.
            if not (scale and rate):
                return _constant(not scale or (not cosine and not phase))
            if phase:
                return _general(False)
            return _general(not cosine, 1 if cosine else -1)
        case RadialFeature(gamma):
            return _general(False) if gamma else _constant(False)
        case GaussianBump(scale, decay):
            return _general(False, 1) if scale and decay else _constant(not scale)
        case Exponential(scale, rate):
            return _general(False) if scale and rate else _constant(not scale)
        case GeluFunction():
            return _general(True)
        case GaborFunction():
            return _general(True, -1)
        case SignFunction():
            return _general(True, -1, 0)
        case StepFunction():
            return _general(False, 0, 0)
        case RectifiedPower(degree):
            return _general(degree > 0, 0, degree)
        case GaussianSum(weights, rates):
            return _general(not sum(weights), 1) if any(rates) else _constant(False)
        case SineSum(_, _, phases):
            return _general(activation.vanishes_at_zero(), 0 if any(phases) else -1)
        case UserFunction():
            # Claims nothing: no symmetry and no zero; that it is not constant is shown where it matters.
            return _general(False)
        case SoftsignFunction():
            return _general(True, -1)
        case StripFunction(name):
            return _general(name not in ("Sigmoid", "Softplus"), -1 if name in ("Tanh", "Arctan") else 0)
        case ExponentialLinear():
            return _general(True)
        case PiecewiseLinear(breakpoints, _, offset):
            even, odd, _ = activation.reflections()
            homogeneous = not offset and not any(breakpoints)
            return _general(not offset, 1 if even else -1 if odd else 0, 1 if homogeneous else None)
    raise TypeError(f"no facts about {activation!r}")


def linear_odd_part(activation: Activation) -> bool:
    """Whether s(x) - s(-x) is a multiple of x: two slopes, x Phi(x), log(1 + exp(x)), x / (1 + exp(-x))."""
    smooth = (StripFunction("Softplus"), StripFunction("Swish"))
    return isinstance(activation, (TwoSlopes, GeluFunction)) or activation in smooth


def odd_about_a_constant(activation: Activation) -> bool:
    """Whether s(x) + s(-x) is the same number for all x != 0."""
    exponents = exponents_of(activation)
    if exponents is not None:
        return all(k % 2 or not k for k in exponents)
    step = isinstance(activation, StepFunction) or activation == RectifiedPower(0)
    step = step or activation == StripFunction("Sigmoid")
    step = step or (isinstance(activation, PiecewiseLinear) and activation.reflections()[2])
    return step or isinstance(activation, ErrorFunction) or facts_of(activation).parity == -1


def flat(activation: Activation) -> bool:
    """Whether the derivative dual is 0: constants, and by convention the functions with a jump."""
    jumps = isinstance(activation, (SignFunction, StepFunction)) or activation == RectifiedPower(0)
    return jumps or facts_of(activation).constant
