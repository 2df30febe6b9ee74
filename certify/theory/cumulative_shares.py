"""Table 1 of Murray et al. (arXiv 2211.07844): how much of a two-layer NTK its first coefficients hold.

gamma_w = 1, gamma_b = 0, sigma_w = 1, sigma_b^2 = 1 - E phi^2 at variance 1, so kappa_p = (1 + p) mu_p^2 + sigma_b^2
[p = 0] and their sum is 1 + E phi'^2. The paper's "Gaussian" is the density of N(0, 1).
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certify.activations import Activation, Gaussian, Relu, Sigmoid, Tanh
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.kernels.enclosure import dyadic
from certify.theory.power_series import Bounds, dual_series

BITS = 96


def cumulative_shares(activation: Activation, terms: int, *, over_two_pi: bool = False) -> tuple[Bounds, ...]:
    """100 sum_(p <= T) kappa_p / sum_p kappa_p for T = 0..terms-1, enclosed; `over_two_pi` divides the activation's
    square by 2 pi."""
    number = ArbArithmetic(BITS)
    with number.active():
        one = number.exact(1)
        scale = 1 / (2 * number.pi) if over_two_pi else one
        (values, _), (slopes, _), energy, derivative = dual_series(activation, one, max(terms, 64), number)
        total = 1 + scale * derivative
        running = 1 - scale * energy
        found: list[Bounds] = []
        for p in range(terms):
            running = running + scale * (values[p] + (slopes[p - 1] if p else arb(0)))
            low, high, exponent = number.endpoints(100 * running / total)
            found.append((dyadic(low, exponent), dyadic(high, exponent)))
        return tuple(found)


def table_one(terms: int = 6) -> dict[str, tuple[Bounds, ...]]:
    """The four rows of the table."""
    return {
        "ReLU": cumulative_shares(Relu(), terms),
        "Tanh": cumulative_shares(Tanh(), terms),
        "Sigmoid": cumulative_shares(Sigmoid(), terms),
        "Gaussian": cumulative_shares(Gaussian(1, Fraction(-1, 2)), terms, over_two_pi=True),
    }
