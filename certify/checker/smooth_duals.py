"""Closed-form duals of smooth activations: erf, sine and cosine, radial features, Gaussian, exponential, GELU, Gabor.

All of them are analytic at variance zero.  Where the formula books form differences of nearly equal numbers, the
formulas here use the discriminant q1 q2 - r^2 and the distances q1 + q2 -+ 2 r, which the caller forms without
cancellation, and exp(x) - 1 instead of differences of exponentials.
"""

from fractions import Fraction
from typing import Any

from .activations import ErrorFunction, Exponential, GaussianBump, RadialFeature, Sinusoid
from .dual_base import Covariance
from .elementary import cosine, exponential, exponential_minus_one, inclination, pi
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


class _Smooth:
    """Duals whose formula holds at variance zero as it stands."""

    uses_discriminant = False
    uses_distances = False

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def point(self, variance: Interval) -> Any:
        return variance

    def pair(self, first: Any, second: Any, moments: Covariance) -> tuple[Interval, Interval]:
        raise NotImplementedError

    def at_zero(self, first: Any, second: Any, both: bool) -> Interval:
        # Covariance and discriminant vanish; the distances are both the sum of the variances.
        total = add(first, second, self.bits) if self.uses_distances else ZERO
        return self.pair(first, second, Covariance(ZERO, ZERO, total, total, 0))[0]


class ErrorFunctionDual(_Smooth):
    """a erf(b x) + c: with A_i = 1 + 2 b^2 q_i and

    D = A_1 A_2 - (2 b^2 r)^2 = 1 + 2 b^2 (q1 + q2) + 4 b^4 (q1 q2 - r^2),
    V = (2 a^2 / pi) arcsin(2 b^2 r / sqrt(A_1 A_2)) + c^2 and the arcsine is atan2(2 b^2 r, sqrt D); the cross terms
    vanish because erf is odd.  V' = dV/dr = 4 a^2 b^2 / (pi sqrt D).
    """

    uses_discriminant = True

    def __init__(self, activation: ErrorFunction, bits: int) -> None:
        super().__init__(bits)
        twice = 2 * activation.rate**2
        self.twice = from_fraction(twice, bits)
        self.quadruple = from_fraction(twice**2, bits)
        self.offset = from_fraction(activation.offset**2, bits)
        self.scale = divide(from_fraction(2 * activation.scale**2, bits), pi(bits), bits)
        self.slope = multiply(self.scale, self.twice, bits)

    def point(self, variance: Interval) -> Interval:
        return multiply(self.twice, variance, self.bits)

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        bits = self.bits
        inner = add(ONE, add(first, second, bits), bits)
        length = root(add(inner, multiply(self.quadruple, moments.discriminant, bits), bits), bits)
        turn = inclination(multiply(self.twice, moments.covariance, bits), length, bits)
        return add(multiply(self.scale, turn, bits), self.offset, bits), divide(self.slope, length, bits)


class SinusoidDual(_Smooth):
    """a sin(b x + c) or a cos(b x + c): products of sines and cosines are sums of cosines of u - v and u + v, so with

    m = b^2 (q1 + q2 - 2 r) / 2, p = b^2 (q1 + q2 + 2 r) / 2 and k = cos 2c for the sine, -cos 2c for the cosine,
    V = (a^2 / 2) (exp(-m) - k exp(-p)) and V' = (a^2 b^2 / 2) (exp(-m) + k exp(-p)).
    """

    uses_distances = True

    def __init__(self, activation: Sinusoid, bits: int) -> None:
        super().__init__(bits)
        weight = cosine(2 * activation.phase, bits)
        self.weight = negative(weight) if activation.cosine else weight
        self.rest = subtract(ONE, self.weight, bits)
        self.half_rate = from_fraction(-(activation.rate**2) / 2, bits)
        self.scale = from_fraction(activation.scale**2 / 2, bits)
        self.slope = from_fraction(activation.scale**2 * activation.rate**2 / 2, bits)

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        bits = self.bits
        near = exponential_minus_one(multiply(self.half_rate, moments.apart, bits), bits)
        far = exponential_minus_one(multiply(self.half_rate, moments.together, bits), bits)
        weighted = multiply(self.weight, far, bits)
        value = add(subtract(near, weighted, bits), self.rest, bits)
        total = add(add(ONE, near, bits), add(self.weight, weighted, bits), bits)
        return multiply(self.scale, value, bits), multiply(self.slope, total, bits)


class RadialFeatureDual(_Smooth):
    """sqrt(2) sin(sqrt(2 g) x + pi/4): the sinusoid with cos 2c = 0, so V = exp(-g (q1 + q2 - 2 r)), V' = 2 g V."""

    uses_distances = True

    def __init__(self, activation: RadialFeature, bits: int) -> None:
        super().__init__(bits)
        self.rate = from_fraction(-activation.gamma, bits)
        self.slope = from_fraction(2 * activation.gamma, bits)

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        value = exponential(multiply(self.rate, moments.apart, self.bits), self.bits)
        return value, multiply(self.slope, value, self.bits)


class GaussianBumpDual(_Smooth):
    """a exp(-d x^2): the Gaussian integral of exp(-d (u^2 + v^2)) is det(I + 2 d Sigma)^(-1/2), so with

    E^2 = 1 + 2 d (q1 + q2) + 4 d^2 (q1 q2 - r^2): V = a^2 / E and V' = 4 a^2 d^2 r / E^3.
    """

    uses_discriminant = True

    def __init__(self, activation: GaussianBump, bits: int) -> None:
        super().__init__(bits)
        self.twice = from_fraction(2 * activation.decay, bits)
        self.quadruple = from_fraction(4 * activation.decay**2, bits)
        self.scale = from_fraction(activation.scale**2, bits)

    def point(self, variance: Interval) -> Interval:
        return multiply(self.twice, variance, self.bits)

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        bits = self.bits
        inner = add(ONE, add(first, second, bits), bits)
        determinant = add(inner, multiply(self.quadruple, moments.discriminant, bits), bits)
        value = divide(self.scale, root(determinant, bits), bits)
        twisted = multiply(multiply(self.quadruple, moments.covariance, bits), value, bits)
        return value, divide(twisted, determinant, bits)


class ExponentialDual(_Smooth):
    """a exp(b x): the moment generating function of u + v, V = a^2 exp(b^2 (q1 + q2 + 2 r) / 2), V' = b^2 V."""

    uses_distances = True

    def __init__(self, activation: Exponential, bits: int) -> None:
        super().__init__(bits)
        self.half_rate = from_fraction(activation.rate**2 / 2, bits)
        self.scale = from_fraction(activation.scale**2, bits)
        self.slope = from_fraction(activation.rate**2, bits)

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        growth = exponential(multiply(self.half_rate, moments.together, self.bits), self.bits)
        value = multiply(self.scale, growth, self.bits)
        return value, multiply(self.slope, value, self.bits)


class GeluDual(_Smooth):
    """x Phi(x): with P = (1 + q1)(1 + q2) and D^2 = P - r^2 = 1 + q1 + q2 + (q1 q2 - r^2),

    E Phi(u) Phi(v) = G = 1/4 + atan2(r, D) / (2 pi), E phi(u) phi(v) = 1 / (2 pi D), and Stein's identity gives
    V = r G + (q1 q2 + r^2 (1 - q1 q2) / P) / (2 pi D), V' = G + r (1/(1 + q1) + 1/(1 + q2) + 1/D^2) / (2 pi D).
    The bracket of V equals (r^2 + q1 q2 D^2) / P, a sum of terms that are not negative.
    """

    uses_discriminant = True

    def __init__(self, bits: int) -> None:
        super().__init__(bits)
        self.around = divide(ONE, times_power_of_two(pi(bits), 1), bits)
        self.quarter = from_fraction(Fraction(1, 4), bits)

    def point(self, variance: Interval) -> tuple[Interval, Interval, Interval]:
        above = add(ONE, variance, self.bits)
        return variance, above, divide(ONE, above, self.bits)

    def pair(
        self,
        first: tuple[Interval, Interval, Interval],
        second: tuple[Interval, Interval, Interval],
        moments: Covariance,
    ) -> tuple[Interval, Interval]:
        bits, r = self.bits, moments.covariance
        determinant = add(add(first[1], second[0], bits), moments.discriminant, bits)
        length = root(determinant, bits)
        density = divide(self.around, length, bits)
        orthant = add(self.quarter, multiply(self.around, inclination(r, length, bits), bits), bits)
        products = multiply(multiply(first[0], second[0], bits), determinant, bits)
        shares = multiply(first[2], second[2], bits)
        bracket = multiply(add(square(r, bits), products, bits), shares, bits)
        value = add(multiply(r, orthant, bits), multiply(density, bracket, bits), bits)
        inverses = add(add(first[2], second[2], bits), divide(ONE, determinant, bits), bits)
        slope = add(orthant, multiply(multiply(r, density, bits), inverses, bits), bits)
        return value, slope


class GaborDual(_Smooth):
    """exp(-x^2) sin x: tilting by exp(-u^2 - v^2) leaves a Gaussian of weight 1/E, E^2 = 1 + 2 (q1 + q2) + 4 delta,

    delta = q1 q2 - r^2, with second moments E (u -+ v)^2 = N / E^2, N = q1 + q2 + 4 delta -+ 2 r.  With N / (2 E^2)
    called m and p for the two signs: V = (exp(-m) - exp(-p)) / (2 E), and differentiating (E^2 has derivative -8 r)
    V' = ((E^2 (1 + 8 r) - 4 r N_m) exp(-m) + (E^2 (1 - 8 r) + 4 r N_p) exp(-p)) / (2 E^5).
    """

    uses_discriminant = True
    uses_distances = True

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        bits = self.bits
        fourfold = times_power_of_two(moments.discriminant, 2)
        total = times_power_of_two(add(first, second, bits), 1)
        determinant = add(add(ONE, total, bits), fourfold, bits)
        apart, together = add(moments.apart, fourfold, bits), add(moments.together, fourfold, bits)
        twice = times_power_of_two(determinant, 1)
        near = exponential_minus_one(negative(divide(apart, twice, bits)), bits)
        far = exponential_minus_one(negative(divide(together, twice, bits)), bits)
        length = times_power_of_two(root(determinant, bits), 1)
        value = divide(subtract(near, far, bits), length, bits)
        eight = times_power_of_two(moments.covariance, 3)
        four = times_power_of_two(moments.covariance, 2)
        left = subtract(multiply(determinant, add(ONE, eight, bits), bits), multiply(four, apart, bits), bits)
        right = add(multiply(determinant, subtract(ONE, eight, bits), bits), multiply(four, together, bits), bits)
        weighted = add(multiply(left, add(ONE, near, bits), bits), multiply(right, add(ONE, far, bits), bits), bits)
        return value, divide(weighted, multiply(length, square(determinant, bits), bits), bits)
