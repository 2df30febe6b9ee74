"""The positivity theorem (Carvalho, Costa, Mourao and Oliveira 2025), its hypotheses decided exactly.

Let the first preactivations be u_i = <w, z_i> with w standard normal and z_i pairwise non-proportional, and let sum_i
c_i s(u_i) = 0 almost surely with all N numbers c_i nonzero.  For j != i choose v_j orthogonal to z_j but not to z_i:
the differences of w by multiples of all v_j leave only the N - 1 differences of s(u_i), for all steps, so the
distribution s has the derivative s^(N-1) = 0 and is a polynomial of degree at most N - 2.  Consequences: (N = 2) a
function that is not constant keeps two points non-proportional; where s is no such polynomial the covariance of the
s(u_i) is regular; a regular covariance has full support, and stays regular under functions that are not constant, under
weights of positive variance and under biases.  The NTK is the NNGP plus a product of positive semidefinite matrices.
A user's continuous function is shown to be no polynomial of degree at most N - 2 by one difference of order N - 1, at
one place and for one step, that does not vanish.
"""

from fractions import Fraction

from .activations import (
    Activation,
    ErrorFunction,
    Exponential,
    ExponentialLinear,
    GaborFunction,
    GaussianBump,
    GaussianSum,
    GeluFunction,
    PiecewiseLinear,
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
    exponents_of,
    facts_of,
)
from .answers import Invalid
from .budget import Budget, elementary_seconds
from .interval import TooWide
from .networks import Dense, Network
from .points import Points, primitive
from .proof_shape import Difference, Theorem
from .user_functions import difference_at, range_of, read_function


def agrees_with_no_polynomial(activation: Activation, degree: int) -> bool:
    """Whether s is almost everywhere no polynomial of at most this degree, nor constant.

    Polynomials are told by their degree.  Another function of the catalogue is linear on either side of a kink, zero on
    a half-line, bounded (sine, erf, tanh, ...), or bounded on a half-line (exp, gelu, softplus, swish, mish): a
    polynomial that is not constant is none of these.
    """
    if facts_of(activation).constant:
        return False
    exponents = exponents_of(activation)
    if exponents is not None:
        return exponents[-1] > max(degree, 0)
    waves = (RadialFeature, SineSum, Sinusoid)
    steps = (SignFunction, SoftsignFunction, StepFunction)
    bounded = (ErrorFunction, GaborFunction, GaussianBump, GaussianSum, *steps, *waves)
    on_one_side = (Exponential, ExponentialLinear, GeluFunction, RectifiedPower, StripFunction)
    return isinstance(activation, (TwoSlopes, PiecewiseLinear, *bounded, *on_one_side))


def _check_difference(network: Network, difference: Difference, budget: Budget) -> None:
    """Raises Invalid unless the difference of a user's function does not vanish, Unsupported where it may jump."""
    index = difference.activation
    if index >= len(network.activations):
        raise Invalid("a difference is of an activation that the network does not have")
    activation = network.activations[index]
    if not isinstance(activation, UserFunction):
        raise Invalid("a difference is of an activation that is no user's function")
    tree = read_function(activation.text)
    range_of(tree)
    terms = len(activation.text) * elementary_seconds(difference.bits) / 2
    budget.charge((difference.order + 1) * terms, "a difference of a user's function")
    scale = Fraction(2) ** difference.exponent
    try:
        start, step = difference.start * scale, difference.step * scale
        low, high, _ = difference_at(tree, difference.order, start, step, difference.bits)
    except TooWide:
        low, high = -1, 1
    if low <= 0 <= high:
        raise Invalid("a difference of a user's function cannot be told from zero at the stated precision")


def _shown_order(index: int, theorem: Theorem) -> int:
    """The largest order of the differences stated for an activation, 0 where there is none."""
    return max((found.order for found in theorem.differences if found.activation == index), default=0)


def _differs(activation: Activation, index: int, degree: int, theorem: Theorem) -> bool:
    """Whether the activation is no polynomial of at most this degree, nor constant."""
    if isinstance(activation, UserFunction):
        return _shown_order(index, theorem) > max(degree, 0)
    return agrees_with_no_polynomial(activation, degree)


def _biased(network: Network) -> bool:
    """Whether a bias reaches the first activation."""
    for layer in network.layers:
        if not isinstance(layer, Dense):
            return False
        if layer.bias:
            return True
    return False


def _direction(row: tuple[int, ...], both_ways: bool) -> tuple[int, ...]:
    """The row divided by a positive number, or by any number, so that what is proportional becomes equal."""
    reduced = primitive(row)
    first = next(value for value in reduced if value)
    return tuple([-value for value in reduced]) if both_ways and first < 0 else reduced


def _non_proportional(points: Points, unit: bool, biased: bool) -> bool:
    """Whether the vectors of the first preactivations are pairwise non-proportional: (x_i, b) or x_i."""
    if biased and not unit:
        return len(set(points.rows)) == len(points.rows)
    if not all(any(row) for row in points.rows):
        return False
    return len({_direction(row, not biased) for row in points.rows}) == len(points.rows)


def check_theorem(network: Network, unit: bool, points: Points, theorem: Theorem, budget: Budget) -> None:
    """Raises Invalid unless network and points satisfy the hypotheses of the theorem, with the stated activation."""
    if not isinstance(network.layers[-1], Dense):
        raise Invalid("the positivity theorem needs a network that ends in a Dense layer")
    if theorem.activation >= len(network.activations):
        raise Invalid("the positivity theorem is applied to an activation that the network does not have")
    for difference in theorem.differences:
        _check_difference(network, difference, budget)
    if not all(_differs(s, index, 0, theorem) for index, s in enumerate(network.activations)):
        raise Invalid("the positivity theorem needs activations that are not constant")
    if not _differs(network.activations[theorem.activation], theorem.activation, len(points.rows) - 2, theorem):
        raise Invalid("the activation is a polynomial of too low a degree for the positivity theorem")
    if not _non_proportional(points, unit, _biased(network)):
        raise Invalid("two points are equal, or proportional without a bias in the first layer, or one is zero")
