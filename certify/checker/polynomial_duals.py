"""Duals of polynomial activations at every variance.

Expanding s(sqrt(q) z) in Hermite polynomials, E s(u) s(v) = sum_l r^l / l! A_l(q1) A_l(q2) with
A_l(q) = E s^(l)(sqrt(q) z) = sum_i c_k k! / (2^i i!) q^i, k = l + 2 i.  Since A_l = l! B_l with
B_l(q) = sum_i c_k C(k, l) (2i - 1)!! q^i, the dual is V = sum_l l! r^l B_l(q1) B_l(q2).
"""

from fractions import Fraction
from math import comb, factorial
from typing import Any

from .activations import HermiteFunction, PolynomialFunction
from .dual_base import Covariance
from .interval import ONE, ZERO, Interval, add, from_fraction, from_integer, from_ratio, multiply, subtract


def odd_factorial(i: int) -> int:
    """(2i - 1)!! = (2i)! / (2^i i!), the 2i-th moment of a standard normal variable."""
    return factorial(2 * i) // (factorial(i) << i)


def moment_factors(coefficients: tuple[Fraction, ...]) -> list[list[tuple[int, int, int]]]:
    """For every order l the nonzero terms of B_l, as above: i, k = l + 2 i, and C(k, l) (2i - 1)!!."""
    orders: list[list[tuple[int, int, int]]] = [[] for _ in coefficients]
    odd = [odd_factorial(i) for i in range(len(coefficients) // 2 + 1)]
    for k, value in enumerate(coefficients):
        if value:
            for i in range(k // 2 + 1):
                orders[k - 2 * i].append((i, k, comb(k, 2 * i) * odd[i]))
    return orders


class _Polynomial:
    """What the two polynomial families share: nothing but the covariance of a pair is used."""

    uses_discriminant = False
    uses_distances = False

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def pair(self, first: Any, second: Any, moments: Covariance) -> tuple[Interval, Interval]:
        raise NotImplementedError

    def at_zero(self, first: Any, second: Any, both: bool) -> Interval:
        return self.pair(first, second, Covariance(ZERO, ZERO, ZERO, ZERO, 0))[0]


class PolynomialDual(_Polynomial):
    """V = sum_l l! r^l B_l(q1) B_l(q2) and V' = sum_l l l! r^(l-1) B_l(q1) B_l(q2)."""

    def __init__(self, activation: PolynomialFunction, bits: int) -> None:
        super().__init__(bits)
        values = activation.coefficients
        self.orders = [
            (
                order,
                from_integer(factorial(order), bits),
                [(i, from_ratio(values[k].numerator * factor, values[k].denominator, bits)) for i, k, factor in terms],
            )
            for order, terms in enumerate(moment_factors(values))
            if terms
        ]
        self.highest = len(values) // 2

    def point(self, variance: Interval) -> list[Interval]:
        bits = self.bits
        powers = [ONE]
        for _ in range(self.highest):
            powers.append(multiply(powers[-1], variance, bits))
        values: list[Interval] = []
        for _, _, terms in self.orders:
            total = ZERO
            for i, coefficient in terms:
                total = add(total, multiply(coefficient, powers[i], bits), bits)
            values.append(total)
        return values

    def pair(self, first: list[Interval], second: list[Interval], moments: Covariance) -> tuple[Interval, Interval]:
        bits, r = self.bits, moments.covariance
        value, slope, power, reached = ZERO, ZERO, ONE, 1
        for (order, weight, _), left, right in zip(self.orders, first, second, strict=True):
            term = multiply(weight, multiply(left, right, bits), bits)
            if order == 0:
                value = term
                continue
            while reached < order:
                power = multiply(power, r, bits)
                reached += 1
            term = multiply(term, power, bits)
            value = add(value, multiply(term, r, bits), bits)
            slope = add(slope, multiply((order, order, 0), term, bits), bits)
        return value, slope


class HermiteDual(_Polynomial):
    """He_k / sqrt(k!): derivatives of He_k are multiples of He_j and E He_(2i)(sqrt(q) z) = (2i - 1)!! (q - 1)^i, so

    V = sum_i h_i r^l ((q1 - 1)(q2 - 1))^i with l = k - 2 i and h_i = k! / (l! (2^i i!)^2), a sum without cancellation.
    """

    def __init__(self, activation: HermiteFunction, bits: int) -> None:
        super().__init__(bits)
        k = activation.degree
        self.terms = [
            (k - 2 * i, from_fraction(Fraction(factorial(k), factorial(k - 2 * i) * (factorial(i) << i) ** 2), bits))
            for i in range(k // 2, -1, -1)
        ]

    def point(self, variance: Interval) -> Interval:
        return subtract(variance, ONE, self.bits)

    def pair(self, first: Interval, second: Interval, moments: Covariance) -> tuple[Interval, Interval]:
        bits, r = self.bits, moments.covariance
        excess = multiply(first, second, bits)
        powers = [ONE]
        for _ in self.terms[1:]:
            powers.append(multiply(powers[-1], excess, bits))
        value, slope, power, reached = ZERO, ZERO, ONE, 1
        for (order, weight), other in zip(self.terms, reversed(powers), strict=True):
            term = multiply(weight, other, bits)
            if order == 0:
                value = term
                continue
            while reached < order:
                power = multiply(power, r, bits)
                reached += 1
            term = multiply(term, power, bits)
            value = add(value, multiply(term, r, bits), bits)
            slope = add(slope, multiply((order, order, 0), term, bits), bits)
        return value, slope
