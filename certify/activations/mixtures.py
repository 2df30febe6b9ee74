"""Sums of Gaussians sum_i a_i exp(b_i x^2) and of sines sum_i a_i sin(b_i x + c_i): closed forms, term by term.

E exp(b u^2) exp(b' v^2) = 1 / E, E^2 = (1 - 2 b q1)(1 - 2 b' q2) - 4 b b' r^2,    derivative in r: 4 b b' r / E^3,
E sin(b u + c) sin(b' v + c') = (cos(c - c') exp(-m) - cos(c + c') exp(-p)) / 2, m, p = (b^2 q1 + b'^2 q2 -+ 2 b b' r)
/ 2, derivative in r: b b' (cos(c - c') exp(-m) + cos(c + c') exp(-p)) / 2
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from certify.activations.base import Activation, Duals, Parity, spell
from certify.activations.pair import Pair
from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter, spell_rational
from certify.errors import InputError

MAX_TERMS = 20


def _numbers(values: object, what: str) -> tuple[Fraction, ...]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence):
        raise InputError(f"{what} is {values!r}: give a list of numbers.")
    if not 1 <= len(values) <= MAX_TERMS:
        raise InputError(f"{what} has {len(values)} numbers: give 1 to {MAX_TERMS}.")
    return tuple(exact_parameter(value, f"{what}[{i}]") for i, value in enumerate(values))


def _spelled(values: Sequence[Fraction]) -> str:
    return f"[{', '.join(map(spell_rational, values))}]"


def _require_canonical(name: str, weights: Sequence[Fraction], rates: Sequence[Fraction]) -> None:
    """Raises InputError unless weights do not vanish and rates increase: then a mixture has one spelling."""
    if len(weights) != len(rates):
        raise InputError(f"{name} has {len(weights)} weights and {len(rates)} rates: give as many of both.")
    if 0 in weights:
        raise InputError(f"a weight of {name} is 0: leave the term out.")
    for before, after in pairwise(rates):
        if after <= before:
            raise InputError(f"the rates of {name} do not increase ({before}, {after}): sort and merge the terms.")


@dataclass(frozen=True, repr=False, init=False)
class GaussianMixture(Activation):
    """sum_i a[i] exp(b[i] x^2): weights a that are not zero, increasing rates b <= 0."""

    a: tuple[Fraction, ...]
    b: tuple[Fraction, ...]

    def __init__(self, a: object, b: object) -> None:
        weights, rates = _numbers(a, "a of GaussianMixture"), _numbers(b, "b of GaussianMixture")
        _require_canonical("GaussianMixture", weights, rates)
        if rates[-1] > 0:
            raise InputError(
                f"a rate of GaussianMixture is {rates[-1]}: it must not be positive, or the Gaussian mean is infinite."
            )
        object.__setattr__(self, "a", weights)
        object.__setattr__(self, "b", rates)

    @property
    def parity(self) -> Parity:
        return Parity.EVEN

    @property
    def is_constant(self) -> bool:
        # Exponentials with different rates are linearly independent.
        return not any(self.b)

    @property
    def vanishes_at_zero(self) -> bool:
        return not sum(self.a)

    def duals(self, number: Arithmetic) -> Duals:
        slopes = [number.exact(-2 * rate) for rate in self.b]
        weights = [number.exact(weight) for weight in self.a]

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            value = derivative = number.exact(0)
            for first, a in zip(slopes, weights, strict=True):
                for second, b in zip(slopes, weights, strict=True):
                    both = first * second
                    square = 1 + first * pair.q1 + second * pair.q2 + both * pair.discriminant
                    part = a * b / number.sqrt(square)
                    value = value + part
                    derivative = derivative + both * pair.r * part / square
            return value, derivative

        return evaluate

    def __repr__(self) -> str:
        return spell("GaussianMixture", _spelled(self.a), _spelled(self.b))


@dataclass(frozen=True, repr=False, init=False)
class SineMixture(Activation):
    """sum_i a[i] sin(b[i] x + c[i]): weights a that are not zero, increasing frequencies b > 0, phases c (0 if left
    out)."""

    a: tuple[Fraction, ...]
    b: tuple[Fraction, ...]
    c: tuple[Fraction, ...]

    def __init__(self, a: object, b: object, c: object = None) -> None:
        weights, rates = _numbers(a, "a of SineMixture"), _numbers(b, "b of SineMixture")
        _require_canonical("SineMixture", weights, rates)
        if rates[0] <= 0:
            raise InputError(
                f"a frequency of SineMixture is {rates[0]}: it must be positive; turn the signs of a and c."
            )
        phases = (Fraction(0),) * len(weights) if c is None else _numbers(c, "c of SineMixture")
        if len(phases) != len(weights):
            raise InputError(f"SineMixture has {len(weights)} weights and {len(phases)} phases: give as many of both.")
        for key, value in (("a", weights), ("b", rates), ("c", phases)):
            object.__setattr__(self, key, value)

    @property
    def parity(self) -> Parity:
        return Parity.NONE if any(self.c) else Parity.ODD

    @property
    def vanishes_at_zero(self) -> bool:
        # Sines of different positive rationals are linearly independent over the rationals (Lindemann and Weierstrass).
        totals: dict[Fraction, Fraction] = {}
        for weight, phase in zip(self.a, self.c, strict=True):
            totals[abs(phase)] = totals.get(abs(phase), Fraction(0)) + (weight if phase > 0 else -weight)
        return not any(total for phase, total in totals.items() if phase)

    def duals(self, number: Arithmetic) -> Duals:
        half = Fraction(1, 2)
        terms = [
            (
                i == j,
                number.exact(-half * b * b),
                number.exact(-half * e * e),
                number.exact(b * e),
                number.exact(half * a * d) * number.cos(number.exact(c - f)),
                number.exact(half * a * d) * number.cos(number.exact(c + f)),
            )
            for i, (a, b, c) in enumerate(zip(self.a, self.b, self.c, strict=True))
            for j, (d, e, f) in enumerate(zip(self.a, self.b, self.c, strict=True))
        ]
        one = number.exact(1)

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            value = derivative = number.exact(0)
            for same, first, second, product, near_scale, far_scale in terms:
                level, tilt = first * pair.q1 + second * pair.q2, product * pair.r
                # Where u = v or u = -v an exponent is exactly 0 for the terms of one frequency.
                exact = same and pair.relation is Relation.EQUAL, same and pair.relation is Relation.OPPOSITE
                near = near_scale * (one if exact[0] else number.exp(level + tilt))
                far = far_scale * (one if exact[1] else number.exp(level - tilt))
                value = value + (near - far)
                derivative = derivative + product * (near + far)
            return value, derivative

        return evaluate

    def __repr__(self) -> str:
        return spell("SineMixture", _spelled(self.a), _spelled(self.b), _spelled(self.c))
