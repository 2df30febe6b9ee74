"""The trapezoidal rule for Gaussian means of functions that are analytic in a strip, and its proven error.

For f analytic on |Im z| < D with int |f(x + iy)| dx <= M for all |y| < D, the sum h sum_j f(j h) differs from int f
by at most 2 M / (exp(2 pi D / h) - 1) (Trefethen and Weideman 2014, Theorem 5.1). Here f(z) = g(sqrt(q) z) h_k(z)
phi(z) with g = s - s(0), the normalised Hermite polynomial h_k = He_k / sqrt(k!) and the normal density phi. With
|g(w)| <= B |w| on the strip, |phi(x + iy)| = phi(x) exp(y^2 / 2) and E |h_k(Z + iy)|^2 = sum_j C(k, j) y^(2j) / j! <=
exp(2 |y| sqrt(k)),

    M <= B sqrt(q) (1 + D) exp(D^2 / 2 + D sqrt(k)).

Where only |g(w)| <= B |w| exp(c |Re w|) is known, with a = c sqrt(q): E (Z^2 + D^2) exp(2 a |Z|) <= 2 E (Z^2 + D^2)
exp(2 a Z) = 2 exp(2 a^2) (1 + 4 a^2 + D^2), so sqrt(2) exp(a^2) (1 + 2 a + D) takes the place of 1 + D.

What lies beyond the last node is bounded with |h_k(x)| <= exp(x^2 / 4) (DLMF 18.14.9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.arithmetic.protocol import Arithmetic
from certify.errors import BeyondReach

LARGEST_TABLE = 40_000_000
MOST_NODES = 100_000
GUARD_NATS = 8.0


@dataclass(frozen=True)
class Rule:
    """Nodes j h, 0 <= j <= last, for all variances up to `largest`; `half_width` is D, with D^2 largest <= strip^2."""

    bits: int
    largest: Fraction
    half_width: Fraction
    step: Fraction
    last: int
    terms: int

    def amplification(self, j: int) -> float:
        """Bits that the recurrence of the Hermite polynomials may lose at node j, above what its weight forgives."""
        z = j * float(self.step)
        return max(0.0, (z * math.sqrt(self.terms) - z * z / 2) / math.log(2)) + 2 * math.log2(self.terms) + 16


def rule_for(
    bits: int,
    largest: Fraction,
    strip: Fraction,
    slope_bound: int,
    name: str,
    *,
    growth: Fraction = Fraction(0),
    means_only: bool = False,
    smallest: Fraction | None = None,
) -> Rule:
    """A rule whose errors are about 2**-bits of the root mean square of g, for variances up to `largest` > 0.

    With `means_only` it serves one coefficient, the mean; else as many as the dual needs: a guess from their decay
    exp(-D sqrt(k)), as the errors are computed with the rule. A series whose other variance is at most `smallest` needs
    fewer. Raises BeyondReach where the table would be too large.
    """
    nats = bits * math.log(2) + GUARD_NATS
    lift = float(growth) * math.sqrt(largest) if growth else 0.0
    ratio = strip**2 / largest
    reach = _root(ratio)
    other = reach if smallest is None else _root(strip**2 / smallest)
    terms = 1 if means_only else math.ceil((nats / (reach + other)) ** 2 + nats / 2 + 16 + 8 * lift * lift)
    width = min(reach, math.sqrt(2 * nats))
    half_width = Fraction(math.floor(width * 2**20 * (1 - 1e-9)), 2**20)
    while half_width**2 > ratio:
        half_width -= Fraction(1, 2**20)
    d = float(half_width)
    needed = nats + d * math.sqrt(terms) + d * d / 2 + math.log(slope_bound * (1 + d)) if d > 0 else math.inf
    needed += 2 * (lift * lift + math.log1p(2 * lift))
    step = Fraction(math.floor(2 * math.pi * d / needed * 2**24), 2**24)
    furthest = 2 * lift + 2 * math.sqrt(lift * lift + nats + math.log(slope_bound))
    nodes = furthest / float(step) if step else math.inf
    if nodes > MOST_NODES or terms * nodes > LARGEST_TABLE:
        raise BeyondReach(
            f"a variance of about {float(largest):.3g} at {name} needs {terms} Hermite coefficients at {bits} bits, "
            "too many: scale the points or the variances down, use normalize='unit', or method='theorem'."
        )
    return Rule(bits, largest, half_width, step, math.ceil(nodes), terms)


def _root(ratio: Fraction) -> float:
    return math.sqrt(ratio) if ratio < 2**60 else 2.0**30


@dataclass(frozen=True)
class Errors:
    """Upper bounds on what the rule may miss: for coefficients of g, for means of g^2, and for means of s'^2."""

    coefficient: Any
    square: Any
    slope: Any


def errors_of(rule: Rule, slope_bound: int, root: Any, number: Arithmetic, growth: Fraction = Fraction(0)) -> Errors:
    """The errors for one variance q, `root` an enclosure of sqrt(q), as numbers of `number`."""
    if growth:
        return _errors_of_growing(rule, slope_bound, root, number, growth)
    half, step, bound = number.exact(rule.half_width), number.exact(rule.step), number.exact(slope_bound)
    size = bound * root * (1 + half)
    gauss = number.exp(number.exact(rule.half_width**2 / 2))
    divisor = number.exp(number.exact(2 * rule.half_width / rule.step) * number.pi) - 1
    oscillation = number.exp(half * number.sqrt(number.exact(rule.terms)))
    # Beyond node `last`: sums over z >= z0 of exp(-z^2/4) and z exp(-z^2/4), both geometric.
    first = number.exact((rule.last + 1) * rule.step)
    ratio = number.exp(number.exact(-(rule.last + 1) * rule.step**2 / 2))
    start = number.exp(number.exact(-(((rule.last + 1) * rule.step) ** 2) / 4))
    total = start / (1 - ratio)
    moment = total * (first + step * ratio / (1 - ratio))
    density = 2 * step / number.sqrt(2 * number.pi)
    return Errors(
        coefficient=2 * size * gauss * oscillation / divisor + density * bound * root * moment,
        square=2 * size * size * gauss / divisor + density * (bound * root * moment) * (bound * root * moment),
        slope=2 * bound * bound * gauss / divisor + density * bound * bound * total,
    )


def _errors_of_growing(rule: Rule, slope_bound: int, root: Any, number: Arithmetic, growth: Fraction) -> Errors:
    """The errors where the function grows like an exponential, by the second bound of the head of the file."""
    half, step, bound = number.exact(rule.half_width), number.exact(rule.step), number.exact(slope_bound)
    lift = number.exact(growth) * root
    rise = number.exp(2 * lift * lift)
    size = 2 * rise * (1 + 2 * lift + half) * (1 + 2 * lift + half)
    gauss = number.exp(number.exact(rule.half_width**2 / 2))
    divisor = number.exp(number.exact(2 * rule.half_width / rule.step) * number.pi) - 1
    oscillation = number.exp(half * number.sqrt(number.exact(rule.terms)))
    # Beyond node `last`: sums over z >= z0 of exp(a z - z^2/4) and z exp(a z - z^2/4), both geometric.
    place = (rule.last + 1) * rule.step
    ratio = number.exp(number.exact(-place * rule.step / 2) + lift * step)
    if not number.is_positive(1 - ratio):
        raise ArithmeticError("the nodes of a rule end too early for the growth of a function")
    total = number.exp(number.exact(-(place * place) / 4) + lift * number.exact(place)) / (1 - ratio)
    moment = total * (number.exact(place) + step * ratio / (1 - ratio))
    density = 2 * step / number.sqrt(2 * number.pi)
    line = bound * root * moment
    return Errors(
        coefficient=2 * bound * root * number.sqrt(size) * gauss * oscillation / divisor + density * line,
        square=2 * (bound * root) * (bound * root) * size * gauss / divisor + density * line * line,
        slope=4 * bound * bound * rise * gauss / divisor + density * bound * bound * (total + total * total),
    )
