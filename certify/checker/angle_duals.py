"""Closed-form duals that depend on the angle between the two values: rectifiers, sign, step, rectified monomials.

theta = atan2(sqrt(q1 q2 - r^2), r) is the angle.  Where the orientation says that it is exactly 0 or pi no angle is
computed.  None of the formulas holds at variance zero; `at_zero` answers there.
"""

from typing import Any

from .activations import RectifiedPower, TwoSlopes
from .dual_base import Covariance
from .elementary import angle, inclination, pi
from .interval import (
    ONE,
    ZERO,
    Interval,
    add,
    divide,
    from_fraction,
    from_integer,
    multiply,
    root,
    subtract,
    times_power_of_two,
)


class _Angular:
    """Duals that need the discriminant and nothing of a single point."""

    uses_discriminant = True
    uses_distances = False

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.around = divide(ONE, times_power_of_two(pi(bits), 1), bits)

    def point(self, variance: Interval) -> Any:
        return None

    def at_zero(self, first: Any, second: Any, both: bool) -> Interval:
        return ZERO


class TwoSlopesDual(_Angular):
    """a min(x, 0) + b max(x, 0): from E max(u, 0) max(v, 0) = (D + r (pi - theta)) / (2 pi), D = sqrt(q1 q2 - r^2),

    and the same with signs changed: V' = (a^2 + b^2) / 2 - f theta with f = (a - b)^2 / (2 pi), V = f D + r V'.
    At theta = 0 the slope is (a^2 + b^2) / 2, at theta = pi it is a b.
    """

    def __init__(self, activation: TwoSlopes, bits: int) -> None:
        super().__init__(bits)
        a, b = activation.negative, activation.positive
        self.linear = a == b
        self.aligned = from_fraction((a * a + b * b) / 2, bits)
        self.opposed = from_fraction(a * b, bits)
        self.bend = multiply(from_fraction((a - b) ** 2, bits), self.around, bits)

    def pair(self, first: Any, second: Any, moments: Covariance) -> tuple[Interval, Interval]:
        bits, r = self.bits, moments.covariance
        if moments.orientation or self.linear:
            slope = self.opposed if moments.orientation < 0 else self.aligned
            return multiply(r, slope, bits), slope
        length = root(moments.discriminant, bits)
        slope = subtract(self.aligned, multiply(self.bend, angle(length, r, bits), bits), bits)
        return add(multiply(self.bend, length, bits), multiply(r, slope, bits), bits), slope


class SignDual(_Angular):
    """sign: V = 1 - 2 theta / pi = (2 / pi) atan2(r, sqrt(q1 q2 - r^2)); V' is 0 by convention."""

    def __init__(self, bits: int) -> None:
        super().__init__(bits)
        self.scale = times_power_of_two(self.around, 2)

    def pair(self, first: Any, second: Any, moments: Covariance) -> tuple[Interval, Interval]:
        if moments.orientation:
            return (moments.orientation, moments.orientation, 0), ZERO
        turn = inclination(moments.covariance, root(moments.discriminant, self.bits), self.bits)
        return multiply(self.scale, turn, self.bits), ZERO


class StepDual(_Angular):
    """step: V = P(u > 0, v > 0) = 1/2 - theta / (2 pi); V' is 0 by convention; step(0) = 1/2."""

    def pair(self, first: Any, second: Any, moments: Covariance) -> tuple[Interval, Interval]:
        if moments.orientation:
            return ((1, 1, -1) if moments.orientation > 0 else ZERO), ZERO
        turn = angle(root(moments.discriminant, self.bits), moments.covariance, self.bits)
        return subtract((1, 1, -1), multiply(self.around, turn, self.bits), self.bits), ZERO

    def at_zero(self, first: Any, second: Any, both: bool) -> Interval:
        # step(0) E step(v) is 1/4 whether v is zero as well or not.
        return 1, 1, -2


class RectifiedPowerDual(_Angular):
    """[x >= 0] x^k: M_k = E max(u, 0)^k max(v, 0)^k, with V' = k^2 M_(k-1) and, for k = 0, 0 by convention.

    M_0 = 1/2 - theta / (2 pi), M_1 = r M_0 + D / (2 pi), and integrating by parts in u, then in v, then in u again
    M_k = (2k - 1) r M_(k-1) + (k - 1)^2 D^2 M_(k-2) for k >= 2.
    With r >= 0 all terms are positive; with r < 0 errors stay below those of |r|, small against sqrt(M_k(q1) M_k(q2)).
    """

    def __init__(self, activation: RectifiedPower, bits: int) -> None:
        super().__init__(bits)
        self.degree = activation.degree
        degrees = range(2, self.degree + 1)
        self.steps = [(from_integer(2 * k - 1, bits), from_integer((k - 1) ** 2, bits)) for k in degrees]
        self.squared_degree = from_integer(self.degree**2, bits)

    def pair(self, first: Any, second: Any, moments: Covariance) -> tuple[Interval, Interval]:
        bits, r, discriminant = self.bits, moments.covariance, moments.discriminant
        if moments.orientation:
            length, older = ZERO, (1, 1, -1) if moments.orientation > 0 else ZERO
        else:
            length = root(discriminant, bits)
            older = subtract((1, 1, -1), multiply(self.around, angle(length, r, bits), bits), bits)
        if self.degree == 0:
            return older, ZERO
        newer = add(multiply(r, older, bits), multiply(self.around, length, bits), bits)
        for odd, even in self.steps:
            ahead = multiply(multiply(odd, r, bits), newer, bits)
            behind = multiply(multiply(even, discriminant, bits), older, bits)
            older, newer = newer, add(ahead, behind, bits)
        return newer, multiply(self.squared_degree, older, bits)

    def at_zero(self, first: Any, second: Any, both: bool) -> Interval:
        if self.degree:
            return ZERO
        return ONE if both else (1, 1, -1)
