"""x for x > 0 and alpha (exp(x) - 1) for x < 0, and its scaled form SELU.

A Gaussian pair tilted by exp(a u + b v) is the pair shifted by its covariance times (a, b), so every mean is one of an
orthant (Tsuchida et al. 2021, arXiv 2002.08517, for the NNGP). With c_i = sqrt(q_i), w = sqrt(1 - rho^2), theta the
angle and the shares of `normal_orthants`:

    E u+ v+ = (sqrt(q1 q2) w + r (pi - theta)) / 2 pi,           P(u < 0, v < 0) = (pi - theta) / 2 pi,
    E exp(v) [u > 0 > v] = exp(q2/2) (c(c2)/2 + share(-rho c2, c2 w)),
    E exp(v) [u, v < 0]  = exp(q2/2) (c(c2)/2 + share( rho c2, c2 w)),
    E exp(u + v) [u, v < 0] = exp((q1 + q2)/2 + r) (share((q1 + r)/c1, c2 w) + share((q2 + r)/c2, c1 w)),
    E u+ exp(v) [v < 0] = exp(q2/2) c1 (phi(rho c2) c(c2 w) - rho phi(c2)/2) + r E exp(v) [u > 0 > v],
    E u+ [v < 0] = c1 (1 - rho) / (2 sqrt(2 pi)).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals, spell
from certify.activations.normal_orthants import Normal
from certify.activations.pair import Pair
from certify.activations.parameters import keyword
from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter
from certify.errors import InputError

SELU_SCALE = Fraction("1.0507009873554804934193349852946")
SELU_ALPHA = Fraction("1.6732632423543772848170429916717")


class ExponentialLinear(Activation):
    """scale * (x for x > 0, alpha (exp(x) - 1) for x < 0), scale and alpha positive."""

    @property
    def parameters(self) -> tuple[Fraction, Fraction]:
        """(scale, alpha)."""
        raise NotImplementedError

    @property
    def vanishes_at_zero(self) -> bool:
        return True

    def duals(self, number: Arithmetic) -> Duals:
        normal = Normal(number)
        scale, alpha = self.parameters
        a, square = number.exact(alpha), number.exact(scale * scale)
        zero, half = number.exact(0), number.exact(Fraction(1, 2))

        def lower(c: Any) -> Any:
            """E exp(c X) [X < 0]."""
            return number.exp(c * c / 2) * normal.tail(c)

        def aligned(pair: Pair) -> tuple[Any, Any]:
            c1, c2 = number.sqrt(pair.q1), number.sqrt(pair.q2)
            if pair.relation.aligned:
                both = lower(c1 + c2)
                value = half * c1 * c2 + a * a * (both - lower(c1) - lower(c2) + half)
                return square * value, square * (half + a * a * both)
            sides = a * (lower(c1) + lower(c2))
            return -square * c1 * c2 * sides, square * sides

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            if pair.degenerate:
                return zero, zero
            if pair.relation is not Relation.GENERIC:
                return aligned(pair)
            q1, q2, r, sine = pair.q1, pair.q2, pair.r, pair.sine
            c1, c2 = number.sqrt(q1), number.sqrt(q2)
            rho, w = r / (c1 * c2), sine / (c1 * c2)
            quadrant = (number.pi - pair.angle) * normal.around
            positive = sine * normal.around + r * quadrant

            def one_side(p: Any, q: Any, c: Any, d: Any) -> tuple[Any, Any, Any]:
                """For u of variance p and v of variance q: E exp(v) [u > 0 > v], E exp(v) [u, v < 0], E u+ g(v)."""
                growth, tail = number.exp(q / 2), half * normal.tail(d)
                across = growth * (tail + normal.share(-rho * d, d * w))
                below = growth * (tail + normal.share(rho * d, d * w))
                tilted = normal.density(rho * d) * normal.tail(d * w) - half * rho * normal.density(d)
                mixed = growth * c * tilted + r * across
                return across, below, mixed - half * normal.peak * c * (1 - rho)

            across1, below1, mixed1 = one_side(q1, q2, c1, c2)
            across2, below2, mixed2 = one_side(q2, q1, c2, c1)
            corner = normal.share((q1 + r) / c1, c2 * w) + normal.share((q2 + r) / c2, c1 * w)
            both = number.exp((q1 + q2) / 2 + r) * corner
            value = positive + a * (mixed1 + mixed2) + a * a * (both - below1 - below2 + quadrant)
            return square * value, square * (quadrant + a * (across1 + across2) + a * a * both)

        return evaluate


@dataclass(frozen=True, repr=False)
class Elu(ExponentialLinear):
    """x for x > 0, alpha (exp(x) - 1) for x < 0; alpha > 0."""

    alpha: Fraction

    def __init__(self, alpha: object = 1) -> None:
        object.__setattr__(self, "alpha", exact_parameter(alpha, "alpha of Elu"))
        if self.alpha <= 0:
            raise InputError(f"alpha of Elu is {self.alpha}: it must be positive; Relu() is the case of 0.")

    @property
    def parameters(self) -> tuple[Fraction, Fraction]:
        return Fraction(1), self.alpha

    def __repr__(self) -> str:
        return spell("Elu", keyword("alpha", self.alpha, 1))


@dataclass(frozen=True, repr=False)
class Selu(ExponentialLinear):
    """1.0507... Elu(1.6732...), with the 31 decimals of both that libraries use (Klambauer et al. 2017)."""

    @property
    def parameters(self) -> tuple[Fraction, Fraction]:
        return SELU_SCALE, SELU_ALPHA

    def __repr__(self) -> str:
        return "Selu()"
