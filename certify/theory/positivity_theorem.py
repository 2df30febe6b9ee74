"""The positivity theorem of Carvalho, Costa, Mourao and Oliveira (SIAM J. Math. Data Sci. 7(2), 2025).

A network Dense, s_1, Dense, ..., s_L, Dense has a strictly positive definite NNGP and NTK matrix on N points as soon as

1. the vectors z_i of the first preactivations, E u_i u_j = <z_i, z_j>, are pairwise non-proportional: with a bias
   before s_1 that is to say that the points are distinct, without one that none is a multiple of another (or zero);
2. no s_l is constant, and one s_l agrees with no polynomial of degree <= N - 2.

Why. If sum_i u_i s(<w, z_i>) = 0 for almost every w with all u_i nonzero, then differences in directions orthogonal to
the other z_j leave the differences of order N - 1 of s, for all steps: s is a polynomial of degree <= N - 2 (in the
sense of distributions, hence almost everywhere). For N = 2: a function that is not constant keeps pairs
non-proportional. A positive definite covariance has full support, so a later function that is not constant keeps it
so, as do weights and biases. And NTK = NTK_below o Sd + NNGP with positive semidefinite factors (Schur), so it is at
least the NNGP. Nothing is computed but exact comparisons of points: O(N d), no matrix.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certify.activations import (
    SERIES,
    Activation,
    Cos,
    Elementwise,
    Erf,
    Exp,
    ExponentialLinear,
    Gabor,
    Gaussian,
    GaussianMixture,
    Gelu,
    PiecewiseLinearFunction,
    Rbf,
    RectifiedMonomial,
    Rectifier,
    Sigmoid_like,
    Sign,
    Sin,
    SineMixture,
    Softsign,
    Step,
)
from certify.errors import InputError
from certify.points import Points, load_points
from certify.programs import Dense, Identity, Layer, check_network
from certify.stax import Network, parse
from certify.theory.differences import Difference, find_difference

_BOUNDED = (Cos, Erf, Gabor, Gaussian, GaussianMixture, Rbf, Sigmoid_like, Sign, Sin, SineMixture, Softsign, Step)
_BOUNDED_SERIES = ("Arctan", "Sigmoid", "Tanh")


@dataclass(frozen=True)
class Hypothesis:
    """A hypothesis in words and whether it holds here."""

    statement: str
    holds: bool


@dataclass(frozen=True)
class Positivity:
    """What the theorem says of a network and points.

    `verdict`: "positive definite", or "undecided" where a hypothesis fails or cannot be shown (which does not make the
    matrix singular). `activation`: the index, among the activations, of the one that is no polynomial.
    """

    verdict: str
    reason: str
    hypotheses: tuple[Hypothesis, ...]
    activation: int | None


def why_no_polynomial(activation: Activation, degree: int) -> str | None:
    """Why the activation agrees almost everywhere with no polynomial of at most this degree; None claims nothing."""
    if activation.is_constant:
        return None
    if isinstance(activation, Elementwise):
        found_order = max(degree, 0) + 1
        difference = difference_of(activation, found_order)
        return None if difference is None else f"not one: a difference of order {found_order} does not vanish"
    coefficients = activation.polynomial
    if coefficients is not None:
        found = len(coefficients) - 1
        return f"a polynomial of degree {found}" if found > max(degree, 0) else None
    if isinstance(activation, PiecewiseLinearFunction):
        return "linear between kinks"
    if isinstance(activation, Rectifier):
        return "a kink at zero"
    if isinstance(activation, RectifiedMonomial):
        return "zero on a half-line and not elsewhere"
    if isinstance(activation, _BOUNDED) or type(activation).__name__ in _BOUNDED_SERIES:
        return "bounded and not constant"
    if isinstance(activation, (Exp, ExponentialLinear, Gelu)) or type(activation).__name__ in SERIES:
        return "bounded on a half-line and not constant"
    return None


def difference_of(activation: Activation, order: int) -> Difference | None:
    """A difference of this order that shows that the activation is no polynomial of lower degree, where that is how it
    is shown: for expressions of the user's own."""
    if not isinstance(activation, Elementwise) or activation.tree is None:
        return None
    return find_difference(activation.tree, order)


def positivity(
    net: Network | str,
    x: Any,
    *,
    normalize: str = "none",
    duplicates: str = "drop",
    rows: int | None = None,
    shape: Any = None,
) -> Positivity:
    """Whether the theorem shows that the NNGP and NTK matrices of a network on exact points are positive definite.

    Arguments as for `certify.prove`. Raises InputError for input that cannot be used.
    """
    network = parse(net) if isinstance(net, str) else net
    if not isinstance(network, Network):
        raise InputError(f"the network is {net!r}: build it with stax.serial(...) or give its text.")
    check_network(network.layers)
    given = load_points(x, rows=rows, shape=shape)
    return decide_positivity(
        network.layers,
        given.drop_duplicates(normalize, duplicates).points,  # type: ignore[arg-type]
        normalize,
    )


def decide_positivity(layers: Sequence[Layer], points: Points, normalize: str) -> Positivity:
    """The theorem for checked layers and points."""
    kept = [layer for layer in layers if not isinstance(layer, Identity)]
    activations = [layer for layer in kept if isinstance(layer, Activation)]
    serial = all(isinstance(layer, (Dense, Activation)) for layer in kept) and isinstance(kept[-1], Dense)
    shape = Hypothesis("the network is Dense, activation, ..., activation, Dense", serial and bool(activations))
    biased = _has_first_bias(kept)
    apart = _pairwise_apart(points, normalize, biased)
    unbiased = "no point is zero or a multiple of another"
    separate = Hypothesis("the points are distinct, and the first layer has a bias" if biased else unbiased, apart)
    moving = Hypothesis("no activation is constant", all(why_no_polynomial(layer, 0) for layer in activations))
    degree = points.n - 2
    reasons = [why_no_polynomial(layer, degree) for layer in activations]
    index = next((k for k, reason in enumerate(reasons) if reason is not None), None)
    shown = "" if index is None else f": {activations[index]!r} is {reasons[index]}" if reasons[index] else ""
    beyond = Hypothesis(f"an activation is no polynomial of degree at most {max(degree, 0)}{shown}", index is not None)
    hypotheses = (shape, separate, moving, beyond)
    missing = [hypothesis.statement for hypothesis in hypotheses if not hypothesis.holds]
    if missing:
        return Positivity("undecided", f"not shown: {'; '.join(missing)}", hypotheses, None)
    reason = f"positivity theorem: {separate.statement}; {activations[index or 0]!r} is {reasons[index or 0]}"
    return Positivity("positive definite", reason, hypotheses, index)


def _has_first_bias(layers: Sequence[Layer]) -> bool:
    for layer in layers:
        if isinstance(layer, Activation):
            return False
        if isinstance(layer, Dense) and layer.b_var:
            return True
    return False


def _pairwise_apart(points: Points, normalize: str, biased: bool) -> bool:
    """Whether the vectors z_i are pairwise non-proportional, by keys that are equal exactly where they are not."""
    if biased and normalize == "none":
        return len(set(points.rows)) == points.n
    seen = set()
    for row in points.rows:
        content = math.gcd(*row)
        if not content:
            return False
        first = next(value for value in row if value)
        sign = -1 if first < 0 and not biased else 1
        seen.add(tuple(sign * value // content for value in row))
    return len(seen) == points.n
