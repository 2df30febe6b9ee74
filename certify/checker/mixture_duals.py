"""Duals of sums of Gaussians and of sums of sines, term by term.

With d_i = -b_i >= 0: E exp(-d_i u^2 - d_j v^2) = D^(-1/2), D = 1 + 2 d_i q1 + 2 d_j q2 + 4 d_i d_j (q1 q2 - r^2), whose
derivative in r is -8 d_i d_j r.  With m, p = b_i^2 q1 / 2 + b_j^2 q2 / 2 -+ b_i b_j r: E sin(b_i u + c_i) sin(b_j v +
c_j) = (cos(c_i - c_j) exp(-m) - cos(c_i + c_j) exp(-p)) / 2; for i = j, m and p come from the caller's distances.
"""

from .activations import GaussianSum, SineSum
from .dual_base import Covariance
from .elementary import cosine, exponential
from .interval import ONE, ZERO, Interval, add, divide, from_fraction, multiply, negative, root, subtract


class _Sum:
    """Duals whose formula holds at variance zero as it stands."""

    uses_discriminant = False
    uses_distances = False

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def point(self, variance: Interval) -> Interval:
        return variance

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        raise NotImplementedError

    def at_zero(self, first: Interval, second: Interval, both: bool) -> Interval:
        # Covariance and discriminant vanish; the distances are both the sum of the variances.
        total = add(first, second, self.bits)
        return self.pair(first, second, Covariance(ZERO, ZERO, total, total, 0))[0]


class GaussianSumDual(_Sum):
    """sum_i a_i exp(b_i x^2)."""

    uses_discriminant = True

    def __init__(self, activation: GaussianSum, bits: int) -> None:
        super().__init__(bits)
        terms = list(zip(activation.weights, activation.rates, strict=True))
        self.terms = [
            (
                from_fraction(-2 * rate, bits),
                from_fraction(-2 * other, bits),
                from_fraction(4 * rate * other, bits),
                from_fraction(weight * factor, bits),
            )
            for weight, rate in terms
            for factor, other in terms
        ]

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        bits = self.bits
        value = slope = ZERO
        for left, right, both, weight in self.terms:
            inner = add(multiply(left, first, bits), multiply(right, second, bits), bits)
            inner = add(inner, multiply(both, moments.discriminant, bits), bits)
            determinant = add(ONE, inner, bits)
            part = divide(weight, root(determinant, bits), bits)
            bent = multiply(multiply(both, moments.covariance, bits), part, bits)
            value = add(value, part, bits)
            slope = add(slope, divide(bent, determinant, bits), bits)
        return value, slope


class SineSumDual(_Sum):
    """sum_i a_i sin(b_i x + c_i)."""

    uses_distances = True

    def __init__(self, activation: SineSum, bits: int) -> None:
        super().__init__(bits)
        terms = list(zip(activation.weights, activation.rates, activation.phases, strict=True))
        self.terms = [
            (
                i == j,
                from_fraction(-rate * rate / 2, bits),
                from_fraction(-other * other / 2, bits),
                from_fraction(rate * other, bits),
                from_fraction(weight * factor / 2, bits),
                cosine(phase - shift, bits),
                cosine(phase + shift, bits),
            )
            for i, (weight, rate, phase) in enumerate(terms)
            for j, (factor, other, shift) in enumerate(terms)
        ]

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        bits = self.bits
        value = slope = ZERO
        for same, left, right, product, weight, near, far in self.terms:
            if same:
                exponents = multiply(left, moments.apart, bits), multiply(left, moments.together, bits)
            else:
                level = add(multiply(left, first, bits), multiply(right, second, bits), bits)
                tilt = multiply(product, moments.covariance, bits)
                exponents = add(level, tilt, bits), subtract(level, tilt, bits)
            close = multiply(near, exponential(exponents[0], bits), bits)
            away = multiply(far, exponential(exponents[1], bits), bits)
            value = add(value, multiply(weight, add(close, negative(away), bits), bits), bits)
            bent = multiply(multiply(product, weight, bits), add(close, away, bits), bits)
            slope = add(slope, bent, bits)
        return value, slope
