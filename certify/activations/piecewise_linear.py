"""Continuous piecewise linear functions with rational breakpoints.

s(x) = s(0) + b x + sum_i k_i max(e_i x - t_i, 0) with t_i >= 0, e_i = +-1. With h = t_i / sqrt(q1), k = t_j / sqrt(q2),
rho' = e_i e_j rho, w = sqrt(1 - rho^2), the upper tail c and density phi of the normal distribution:

    E max(u - t, 0) = sqrt(q) (phi(h) - h c(h)),     E u max(e v - t, 0) = e r c(k)   (Stein),
    L = P(X > h, Y > k),     E (X - h)+ (Y - k)+ = (rho' + h k) L - k phi(h) c(g) - h phi(k) c(g') + w phi(h) phi(g)

with g = (k - rho' h) / w and g' = (h - rho' k) / w; the derivative of the last in rho' is L (Price).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from certify.activations.base import Activation, Duals, Parity, spell
from certify.activations.normal_orthants import Normal
from certify.activations.pair import Pair
from certify.activations.parameters import keyword
from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter, spell_rational
from certify.errors import InputError

MAX_BREAKPOINTS = 100


class Kink(NamedTuple):
    """weight * max(side * x - place, 0) with side = +-1 and place >= 0."""

    weight: Fraction
    side: int
    place: Fraction


class Marks(NamedTuple):
    """What a variance gives: its square root, and h, phi(h), c(h), phi(h) - h c(h) for every kink."""

    root: Any
    places: list[Any]
    densities: list[Any]
    tails: list[Any]
    means: list[Any]


class PiecewiseLinearFunction(Activation):
    """A continuous piecewise linear function with at least one kink."""

    @property
    def pieces(self) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], Fraction]:
        """Increasing breakpoints, the slopes before, between and after them, and the value at 0."""
        raise NotImplementedError

    def value(self, x: Fraction) -> Fraction:
        """s(x), exactly."""
        base, kinks = self.expansion
        bends = (k.weight * max(k.side * x - k.place, Fraction(0)) for k in kinks)
        return self.pieces[2] + base * x + sum(bends, Fraction(0))

    @property
    def expansion(self) -> tuple[Fraction, tuple[Kink, ...]]:
        """The slope at 0 (just left of a kink there) and the kinks."""
        places, slopes, _ = self.pieces
        base = slopes[sum(1 for place in places if place < 0)]
        kinks = [
            Kink(after - before, 1 if place >= 0 else -1, abs(place))
            for place, (before, after) in zip(places, pairwise(slopes), strict=True)
            if after != before
        ]
        return base, tuple(kinks)

    def _samples(self) -> list[Fraction]:
        places = {abs(place) for place in self.pieces[0]}
        return sorted({*places, max(places) + 1, Fraction(0)})

    @property
    def parity(self) -> Parity:
        samples = self._samples()
        if all(self.value(x) == self.value(-x) for x in samples):
            return Parity.EVEN
        return Parity.ODD if all(self.value(x) == -self.value(-x) for x in samples) else Parity.NONE

    @property
    def is_odd_about_a_constant(self) -> bool:
        twice = 2 * self.pieces[2]
        return all(self.value(x) + self.value(-x) == twice for x in self._samples())

    @property
    def homogeneity(self) -> int | None:
        _, kinks = self.expansion
        return 1 if not self.pieces[2] and all(not kink.place for kink in kinks) else None

    @property
    def vanishes_at_zero(self) -> bool:
        return not self.pieces[2]

    def duals(self, number: Arithmetic) -> Duals:
        return _PiecewiseDual(self, number).evaluate


class _PiecewiseDual:
    def __init__(self, activation: PiecewiseLinearFunction, number: Arithmetic) -> None:
        self.number, self.normal = number, Normal(number)
        base, kinks = activation.expansion
        self.kinks = kinks
        self.offset, self.base, self.zero = number.exact(activation.pieces[2]), number.exact(base), number.exact(0)
        self.weights = [number.exact(kink.weight) for kink in kinks]
        self.places = [number.exact(kink.place) for kink in kinks]
        self.known: dict[tuple[int, int, int], Marks] = {}

    def marks(self, variance: Any) -> Marks:
        key = self.number.endpoints(variance)
        if key not in self.known:
            root = self.number.sqrt(variance)
            places = [
                place / root if kink.place else self.zero for place, kink in zip(self.places, self.kinks, strict=True)
            ]
            densities = [self.normal.density(h) for h in places]
            tails = [self.normal.tail(h) for h in places]
            means = [phi - h * c for h, phi, c in zip(places, densities, tails, strict=True)]
            self.known[key] = Marks(root, places, densities, tails, means)
        return self.known[key]

    def evaluate(self, pair: Pair) -> tuple[Any, Any]:
        if pair.zero1 and pair.zero2:
            return self.offset * self.offset, self.zero
        if pair.degenerate:
            return self.offset * (self.offset + self.mean(self.marks(pair.q2 if pair.zero1 else pair.q1))), self.zero
        one, two = self.marks(pair.q1), self.marks(pair.q2)
        value = self.offset * (self.offset + self.mean(one) + self.mean(two)) + self.base * self.base * pair.r
        slope = self.base * self.base
        for weight, kink, c, d in zip(self.weights, self.kinks, one.tails, two.tails, strict=True):
            bend = self.base * weight * (c + d) * kink.side
            value, slope = value + pair.r * bend, slope + bend
        scale = one.root * two.root
        rho = pair.r / scale
        w = pair.sine / scale if pair.relation is Relation.GENERIC else self.zero
        for i, first in enumerate(self.kinks):
            for j, second in enumerate(self.kinks):
                side = first.side * second.side
                joint, orthant = self.corner(pair, one, two, i, j, side, rho * side, w)
                weight = self.weights[i] * self.weights[j]
                value, slope = value + weight * scale * joint, slope + weight * orthant * side
        return value, slope

    def mean(self, marks: Marks) -> Any:
        """E s(u) - s(0)."""
        total = self.zero
        for weight, mean in zip(self.weights, marks.means, strict=True):
            total = total + weight * mean
        return marks.root * total

    def corner(
        self, pair: Pair, one: Marks, two: Marks, i: int, j: int, side: int, rho: Any, w: Any
    ) -> tuple[Any, Any]:
        """E (X - h)+ (Y - k)+ and P(X > h, Y > k) at correlation rho."""
        h, k = one.places[i], two.places[j]
        normal, number = self.normal, self.number
        if pair.relation is not Relation.GENERIC:
            if pair.relation.aligned != (side > 0):
                return self.zero, self.zero
            top = h if number.is_positive(h - k) else k if number.is_positive(k - h) else None
            if top is None:
                top = (h + k) / 2 + number.up_to((h - k) / 2)
            tail = normal.tail(top)
            return (1 + h * k) * tail + normal.density(top) * (top - h - k), tail
        if not self.kinks[i].place and not self.kinks[j].place:
            angle = number.pi - pair.angle if side > 0 else pair.angle
            orthant = angle * normal.around
            return rho * orthant + w * normal.around, orthant
        g, other = (k - rho * h) / w, (h - rho * k) / w
        # A share at h = 0 vanishes, as g is positive there.
        orthant = self.zero if not self.kinks[i].place else normal.share(h, g)
        orthant = orthant if not self.kinks[j].place else orthant + normal.share(k, other)
        joint = (
            (rho + h * k) * orthant - k * one.densities[i] * normal.tail(g) - h * two.densities[j] * normal.tail(other)
        )
        return joint + w * one.densities[i] * normal.density(g), orthant


@dataclass(frozen=True, repr=False)
class PiecewiseLinear(PiecewiseLinearFunction):
    """The continuous function with these slopes before, between and after the breakpoints, and the value `offset` at 0.

    `PiecewiseLinear([-1, 1], [0, 1, 0])` is the hard tanh. Raises InputError where the breakpoints do not increase, the
    numbers do not fit, or neighbouring slopes are equal.
    """

    breakpoints: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]
    offset: Fraction

    def __init__(self, breakpoints: object, slopes: object, offset: object = 0) -> None:
        for name, given in (("breakpoints", breakpoints), ("slopes", slopes)):
            if isinstance(given, str) or not isinstance(given, Sequence) or not given:
                raise InputError(f"{name} of PiecewiseLinear is {given!r}: give a list of numbers.")
            values = tuple(exact_parameter(value, f"{name}[{i}] of PiecewiseLinear") for i, value in enumerate(given))
            object.__setattr__(self, name, values)
        object.__setattr__(self, "offset", exact_parameter(offset, "offset of PiecewiseLinear"))
        if len(self.slopes) != len(self.breakpoints) + 1 or len(self.breakpoints) > MAX_BREAKPOINTS:
            raise InputError(
                f"PiecewiseLinear has {len(self.breakpoints)} breakpoints and {len(self.slopes)} slopes: give one "
                f"slope more than breakpoints, and at most {MAX_BREAKPOINTS} of these."
            )
        for before, after in pairwise(self.breakpoints):
            if before >= after:
                raise InputError(f"breakpoints of PiecewiseLinear hold {before} before {after}: let them increase.")
        for before, after in pairwise(self.slopes):
            if before == after:
                raise InputError(f"slopes of PiecewiseLinear hold {before} twice in a row: leave out what is no kink.")

    @property
    def pieces(self) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], Fraction]:
        return self.breakpoints, self.slopes, self.offset

    def __repr__(self) -> str:
        lists = [f"[{', '.join(map(spell_rational, values))}]" for values in (self.breakpoints, self.slopes)]
        return spell("PiecewiseLinear", *lists, keyword("offset", self.offset, 0))


@dataclass(frozen=True, repr=False)
class HardTanh(PiecewiseLinearFunction):
    """min(max(x, -1), 1)."""

    @property
    def pieces(self) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], Fraction]:
        return (Fraction(-1), Fraction(1)), (Fraction(0), Fraction(1), Fraction(0)), Fraction(0)

    def __repr__(self) -> str:
        return "HardTanh()"


@dataclass(frozen=True, repr=False)
class Relu6(PiecewiseLinearFunction):
    """min(max(x, 0), 6)."""

    @property
    def pieces(self) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], Fraction]:
        return (Fraction(0), Fraction(6)), (Fraction(0), Fraction(1), Fraction(0)), Fraction(0)

    def __repr__(self) -> str:
        return "Relu6()"
