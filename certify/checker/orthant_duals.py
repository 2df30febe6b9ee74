"""Duals of continuous piecewise linear functions and of ELU, from orthants of normal pairs.

Angle, sine w and cosine rho of a pair follow from the discriminant, which the caller forms without cancellation.
"""

from typing import NamedTuple

from .activations import ExponentialLinear, PiecewiseLinear
from .dual_base import Covariance
from .elementary import angle, exponential
from .elementary import pi as enclose_pi
from .interval import (
    ONE,
    ZERO,
    Interval,
    add,
    divide,
    from_fraction,
    multiply,
    negative,
    root,
    square,
    subtract,
    times_power_of_two,
)
from .normal import Normal

_HALF: Interval = (1, 1, -1)


class Mark(NamedTuple):
    """sqrt(q), and h, phi(h), c(h), phi(h) - h c(h) of every kink at one variance q."""

    length: Interval
    places: list[Interval]
    densities: list[Interval]
    tails: list[Interval]
    means: list[Interval]


class PiecewiseLinearDual:
    """s(0) + b x + sum_i k_i max(e_i x - t_i, 0), with t_i >= 0, e_i = +-1, and h = t_i / sqrt(q1), k = t_j / sqrt(q2):

    E u max(e v - t, 0) = e r c(k) (Stein), and for X, Y of correlation rho' = e_i e_j rho
    E max(X - h, 0) max(Y - k, 0) = (rho' + h k) L - k phi(h) c(g) - h phi(k) c(g') + w phi(h) phi(g), with
    L = P(X > h, Y > k), g = (k - rho' h) / w and g' = (h - rho' k) / w; its derivative in rho' is L.
    """

    uses_discriminant = True
    uses_distances = False

    def __init__(self, activation: PiecewiseLinear, bits: int) -> None:
        self.bits, self.normal = bits, Normal(bits)
        base, kinks = activation.expansion()
        self.kinks = [(from_fraction(weight, bits), side, place) for weight, side, place in kinks]
        self.offset, self.base = from_fraction(activation.offset, bits), from_fraction(base, bits)

    def point(self, variance: Interval) -> Mark:
        bits, normal = self.bits, self.normal
        if variance == ZERO:
            return Mark(ZERO, [], [], [], [])
        length = root(variance, bits)
        places = [divide(from_fraction(place, bits), length, bits) if place else ZERO for _, _, place in self.kinks]
        densities, tails = [normal.density(h) for h in places], [normal.tail(h) for h in places]
        means = [subtract(phi, multiply(h, c, bits), bits) for h, phi, c in zip(places, densities, tails, strict=True)]
        return Mark(length, places, densities, tails, means)

    def _mean(self, mark: Mark) -> Interval:
        """E s(u) - s(0)."""
        total = ZERO
        for (weight, _, _), mean in zip(self.kinks, mark.means, strict=True):
            total = add(total, multiply(weight, mean, self.bits), self.bits)
        return multiply(mark.length, total, self.bits)

    def at_zero(self, first: Mark, second: Mark, both: bool) -> Interval:
        if both:
            return square(self.offset, self.bits)
        mean = self._mean(first if first.places else second)
        return multiply(self.offset, add(self.offset, mean, self.bits), self.bits)

    def pair(self, first: Mark, second: Mark, moments: Covariance) -> tuple[Interval, Interval]:
        bits = self.bits
        scale = multiply(first.length, second.length, bits)
        total = add(self.offset, add(self._mean(first), self._mean(second), bits), bits)
        slope = square(self.base, bits)
        for (weight, side, _), c, d in zip(self.kinks, first.tails, second.tails, strict=True):
            bend = multiply(multiply(self.base, weight, bits), add(c, d, bits), bits)
            slope = add(slope, bend if side > 0 else negative(bend), bits)
        value = add(multiply(self.offset, total, bits), multiply(moments.covariance, slope, bits), bits)
        turned = moments.orientation
        if turned:
            rho, w = (turned, turned, 0), ZERO
        else:
            rho, w = divide(moments.covariance, scale, bits), divide(root(moments.discriminant, bits), scale, bits)
        for i, (left, first_side, _) in enumerate(self.kinks):
            for j, (right, second_side, _) in enumerate(self.kinks):
                side = first_side * second_side
                joint, orthant = self._corner(first, second, i, j, rho if side > 0 else negative(rho), w, turned * side)
                weight = multiply(left, right, bits)
                value = add(value, multiply(multiply(weight, scale, bits), joint, bits), bits)
                part = multiply(weight, orthant, bits)
                slope = add(slope, part if side > 0 else negative(part), bits)
        return value, slope

    def _corner(
        self, first: Mark, second: Mark, i: int, j: int, rho: Interval, w: Interval, turned: int
    ) -> tuple[Interval, Interval]:
        """E max(X - h, 0) max(Y - k, 0) and P(X > h, Y > k); `turned` says that rho is exactly 1 or -1."""
        bits, normal = self.bits, self.normal
        h, k = first.places[i], second.places[j]
        if turned < 0:
            return ZERO, ZERO
        if turned > 0:
            return self._aligned(h, k)
        at_zero = not self.kinks[i][2], not self.kinks[j][2]
        if all(at_zero):
            orthant = multiply(subtract(enclose_pi(bits), angle(w, rho, bits), bits), normal.around, bits)
            return add(multiply(rho, orthant, bits), multiply(w, normal.around, bits), bits), orthant
        g = divide(subtract(k, multiply(rho, h, bits), bits), w, bits)
        other = divide(subtract(h, multiply(rho, k, bits), bits), w, bits)
        # The share of a threshold 0 is 0: its g is positive, T(0, infinity) = 1/4.
        orthant = ZERO if at_zero[0] else normal.share(h, g)
        orthant = orthant if at_zero[1] else add(orthant, normal.share(k, other), bits)
        joint = multiply(add(rho, multiply(h, k, bits), bits), orthant, bits)
        joint = subtract(joint, multiply(k, multiply(first.densities[i], normal.tail(g), bits), bits), bits)
        joint = subtract(joint, multiply(h, multiply(second.densities[j], normal.tail(other), bits), bits), bits)
        peak = multiply(w, multiply(first.densities[i], normal.density(g), bits), bits)
        return add(joint, peak, bits), orthant

    def _aligned(self, h: Interval, k: Interval) -> tuple[Interval, Interval]:
        """Y = X: with t the larger threshold, (1 + h k) c(t) + phi(t) (t - h - k) and c(t)."""
        bits = self.bits
        gap = subtract(h, k, bits)
        if gap[0] > 0 or gap[1] < 0:
            larger = h if gap[0] > 0 else k
        else:
            # One of the two, and not known which: k plus what lies between 0 and h - k.
            larger = add(k, (min(gap[0], 0), max(gap[1], 0), gap[2]), bits)
        tail = self.normal.tail(larger)
        edge = subtract(larger, add(h, k, bits), bits)
        whole = multiply(add(ONE, multiply(h, k, bits), bits), tail, bits)
        return add(whole, multiply(self.normal.density(larger), edge, bits), bits), tail


class Side(NamedTuple):
    """A variance, its square root c, c(c), phi(c), exp(q/2) and E exp(c X) [X < 0]."""

    variance: Interval
    length: Interval
    tail: Interval
    density: Interval
    growth: Interval
    lower: Interval


class ExponentialLinearDual:
    """scale (x for x > 0, alpha (exp x - 1) for x < 0).

    Under the weight exp(a u + b v) a normal pair is shifted by its covariance times (a, b); so with c = sqrt(q) and the
    `share` of a threshold with its g = (k - rho h) / w:
    E exp(v) [u > 0 > v] = exp(q2/2) (c(c2)/2 + share(-rho c2; c2 w)), E exp(v) [u, v < 0] the same with +rho,
    E exp(u + v) [u, v < 0] = exp((q1 + q2)/2 + r) (share((q1 + r)/c1; c2 w) + share((q2 + r)/c2; c1 w)),
    E u+ exp(v) [v < 0] = exp(q2/2) c1 (phi(rho c2) c(c2 w) - rho phi(c2)/2) + r E exp(v) [u > 0 > v],
    E u+ [v < 0] = c1 (1 - rho) phi(0) / 2.  At rho = 1 and -1 these are means over one variable.
    """

    uses_discriminant = True
    uses_distances = False

    def __init__(self, activation: ExponentialLinear, bits: int) -> None:
        self.bits, self.normal = bits, Normal(bits)
        self.alpha, self.scale = from_fraction(activation.alpha, bits), from_fraction(activation.scale**2, bits)

    def point(self, variance: Interval) -> Side:
        bits, normal = self.bits, self.normal
        if variance == ZERO:
            return Side(ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
        length = root(variance, bits)
        tail, growth = normal.tail(length), exponential(times_power_of_two(variance, -1), bits)
        return Side(variance, length, tail, normal.density(length), growth, multiply(growth, tail, bits))

    def at_zero(self, first: Side, second: Side, both: bool) -> Interval:
        return ZERO

    def pair(self, first: Side, second: Side, moments: Covariance) -> tuple[Interval, Interval]:
        value, slope = (
            self._aligned(first, second, moments.orientation)
            if moments.orientation
            else self._generic(first, second, moments)
        )
        return multiply(self.scale, value, self.bits), multiply(self.scale, slope, self.bits)

    def _aligned(self, first: Side, second: Side, orientation: int) -> tuple[Interval, Interval]:
        bits, alpha = self.bits, self.alpha
        lengths, lowers = multiply(first.length, second.length, bits), add(first.lower, second.lower, bits)
        if orientation < 0:
            sides = multiply(alpha, lowers, bits)
            return negative(multiply(lengths, sides, bits)), sides
        sum_of_lengths = add(first.length, second.length, bits)
        growth = exponential(times_power_of_two(square(sum_of_lengths, bits), -1), bits)
        both = multiply(growth, self.normal.tail(sum_of_lengths), bits)
        squared = square(alpha, bits)
        rest = add(subtract(both, lowers, bits), _HALF, bits)
        value = add(times_power_of_two(lengths, -1), multiply(squared, rest, bits), bits)
        return value, add(_HALF, multiply(squared, both, bits), bits)

    def _generic(self, first: Side, second: Side, moments: Covariance) -> tuple[Interval, Interval]:
        bits, normal, r = self.bits, self.normal, moments.covariance
        scale = multiply(first.length, second.length, bits)
        sine = root(moments.discriminant, bits)
        rho, w = divide(r, scale, bits), divide(sine, scale, bits)
        quadrant = multiply(subtract(enclose_pi(bits), angle(sine, r, bits), bits), normal.around, bits)
        positive = add(multiply(sine, normal.around, bits), multiply(r, quadrant, bits), bits)
        across1, below1, mixed1 = self._one_side(first, second, rho, w, r)
        across2, below2, mixed2 = self._one_side(second, first, rho, w, r)
        h = divide(add(first.variance, r, bits), first.length, bits)
        k = divide(add(second.variance, r, bits), second.length, bits)
        shares = add(
            normal.share(h, multiply(second.length, w, bits)), normal.share(k, multiply(first.length, w, bits)), bits
        )
        growth = multiply(multiply(first.growth, second.growth, bits), exponential(r, bits), bits)
        both = multiply(growth, shares, bits)
        squared = square(self.alpha, bits)
        corner = add(subtract(both, add(below1, below2, bits), bits), quadrant, bits)
        mixed = multiply(self.alpha, add(mixed1, mixed2, bits), bits)
        value = add(positive, add(mixed, multiply(squared, corner, bits), bits), bits)
        across = multiply(self.alpha, add(across1, across2, bits), bits)
        return value, add(quadrant, add(across, multiply(squared, both, bits), bits), bits)

    def _one_side(
        self, one: Side, two: Side, rho: Interval, w: Interval, r: Interval
    ) -> tuple[Interval, Interval, Interval]:
        """E exp(v) [u > 0 > v], E exp(v) [u, v < 0] and E u+ (exp(v) - 1) [v < 0], u the first and v the second."""
        bits, normal = self.bits, self.normal
        turned, height = multiply(rho, two.length, bits), multiply(two.length, w, bits)
        half_tail = times_power_of_two(two.tail, -1)
        across = multiply(two.growth, add(half_tail, normal.share(negative(turned), height), bits), bits)
        below = multiply(two.growth, add(half_tail, normal.share(turned, height), bits), bits)
        tilted = multiply(normal.density(turned), normal.tail(height), bits)
        tilted = subtract(tilted, times_power_of_two(multiply(rho, two.density, bits), -1), bits)
        mixed = multiply(multiply(two.growth, one.length, bits), tilted, bits)
        flat = multiply(multiply(normal.peak, one.length, bits), subtract(ONE, rho, bits), bits)
        mixed = subtract(add(mixed, multiply(r, across, bits), bits), times_power_of_two(flat, -1), bits)
        return across, below, mixed
