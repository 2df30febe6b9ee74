"""Polynomial activations, whose duals are polynomials with rational coefficients.

For s(t) = sum_k c_k t^k (Mehler's formula, term by term): V = sum_l r^l / l! A_l(q1) A_l(q2), V' = sum_{l>=1} r^(l-1)
/ (l-1)! A_l(q1) A_l(q2), where A_l(q) = E[s^(l)(sqrt(q) Z)] = sum_i c_{l+2i} (l+2i)! / (2^i i!) q^i.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import Activation, Duals, Parity, spell
from certify.activations.pair import Pair
from certify.activations.parameters import MAX_DEGREE, degree_of
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter, spell_rational
from certify.errors import InputError


class PolynomialActivation(Activation):
    """sqrt(scale) * sum_k c_k t^k with exact coefficients and an exact scale."""

    @property
    def coefficients(self) -> tuple[Fraction, ...]:
        raise NotImplementedError

    @property
    def scale(self) -> Fraction:
        return Fraction(1)

    @property
    def polynomial(self) -> tuple[Fraction, ...]:
        return self.coefficients

    @property
    def exponents(self) -> tuple[int, ...]:
        return tuple(k for k, c in enumerate(self.coefficients) if c)

    @property
    def parity(self) -> Parity:
        odd = {k % 2 for k in self.exponents}
        return Parity.EVEN if odd <= {0} else Parity.ODD if odd == {1} else Parity.NONE

    @property
    def is_odd_about_a_constant(self) -> bool:
        return all(k % 2 or not k for k in self.exponents)

    @property
    def homogeneity(self) -> int | None:
        return self.exponents[0] if len(self.exponents) == 1 else None

    @property
    def is_constant(self) -> bool:
        return len(self.coefficients) <= 1

    @property
    def vanishes_at_zero(self) -> bool:
        return not self.coefficients or not self.coefficients[0]

    def mean_derivatives(self) -> list[list[Fraction]]:
        """For each l the coefficients of A_l as a polynomial in the variance q."""
        c, p = self.coefficients, len(self.coefficients) - 1
        factorials = [math.factorial(k) for k in range(p + 1)]
        return [
            # (l + 2i)! / (2^i i!) is an integer: the number of ways to pair 2i of l + 2i factors, times l!.
            [
                c[k] * ((factorials[k] // factorials[(k - order) // 2]) >> (k - order) // 2) if c[k] else c[k]
                for k in range(order, p + 1, 2)
            ]
            for order in range(p + 1)
        ]

    def duals(self, number: Arithmetic) -> Duals:
        table = [
            (order, [number.exact(a) for a in row]) for order, row in enumerate(self.mean_derivatives()) if any(row)
        ]
        scale = [number.exact(self.scale / math.factorial(order)) for order, _ in table]
        slope_scale = [number.exact(self.scale / math.factorial(order - 1)) if order else None for order, _ in table]
        zero = number.exact(0)

        def horner(row: Sequence[Any], q: Any) -> Any:
            total = row[-1]
            for a in row[-2::-1]:
                total = total * q + a
            return total

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            value = derivative = zero
            power, reached, previous = number.exact(1), 0, zero
            for (order, row), factor, slope_factor in zip(table, scale, slope_scale, strict=True):
                while reached < order:
                    previous, power, reached = power, power * pair.r, reached + 1
                product = horner(row, pair.q1) * horner(row, pair.q2)
                value = value + factor * product * power
                if slope_factor is not None:
                    derivative = derivative + slope_factor * product * previous
            return value, derivative

        return evaluate


@dataclass(frozen=True, repr=False)
class Monomial(PolynomialActivation):
    """x^k."""

    degree: int

    def __init__(self, degree: object) -> None:
        object.__setattr__(self, "degree", degree_of(degree, "Monomial"))

    @property
    def coefficients(self) -> tuple[Fraction, ...]:
        return (Fraction(0),) * self.degree + (Fraction(1),)

    def __repr__(self) -> str:
        return spell("Monomial", str(self.degree))


@dataclass(frozen=True, repr=False)
class Polynomial(PolynomialActivation):
    """c_0 + c_1 x + ... + c_p x^p from the sequence (c_0, ..., c_p)."""

    coef: tuple[Fraction, ...]

    def __init__(self, coef: Sequence[object]) -> None:
        if isinstance(coef, str) or not hasattr(coef, "__iter__"):
            raise InputError(f"the coefficients of Polynomial are {coef!r}: give them as a list, the constant first.")
        values = [exact_parameter(c, f"coefficient {k} of Polynomial") for k, c in enumerate(coef)]
        while values and not values[-1]:
            values.pop()
        if len(values) > MAX_DEGREE + 1:
            raise InputError(f"the degree of Polynomial is {len(values) - 1}: it must not exceed {MAX_DEGREE}.")
        object.__setattr__(self, "coef", tuple(values))

    @property
    def coefficients(self) -> tuple[Fraction, ...]:
        return self.coef

    def __repr__(self) -> str:
        return spell("Polynomial", f"[{', '.join(spell_rational(c) for c in self.coef or (Fraction(0),))}]")


@dataclass(frozen=True, repr=False)
class Hermite(PolynomialActivation):
    """The normalised probabilists' Hermite polynomial He_k / sqrt(k!), with its true dual at every variance.

    With E He_2m(sqrt(q) Z) = (2m)! / (2^m m!) (q - 1)^m the general formula becomes
    V = sum_m k! / ((k - 2m)! 4^m m!^2) r^(k - 2m) w^m, w = (q1 - 1)(q2 - 1), which does not cancel near variance one;
    neural-tangents gives it for variance one only, V = r^k.
    """

    degree: int

    def __init__(self, degree: object) -> None:
        object.__setattr__(self, "degree", degree_of(degree, "Hermite"))

    @property
    def coefficients(self) -> tuple[Fraction, ...]:
        k = self.degree
        values = [Fraction(0)] * (k + 1)
        for i in range(k // 2 + 1):
            values[k - 2 * i] = Fraction(
                (-1) ** i * math.factorial(k), 2**i * math.factorial(i) * math.factorial(k - 2 * i)
            )
        return tuple(values)

    @property
    def scale(self) -> Fraction:
        return Fraction(1, math.factorial(self.degree))

    def duals(self, number: Arithmetic) -> Duals:
        k = self.degree
        weights = [Fraction(1)]
        for m in range(1, k // 2 + 1):
            weights.append(weights[-1] * Fraction((k - 2 * m + 2) * (k - 2 * m + 1), 4 * m * m))
        value_table = [number.exact(c) for c in weights]
        slope_table = [number.exact(c * (k - 2 * m)) for m, c in enumerate(weights) if k > 2 * m]
        zero, one = number.exact(0), number.exact(1)

        def homogeneous(table: Sequence[Any], odd: bool, r: Any, w: Any) -> Any:
            """sum_m table[m] r^(odd + 2 (last - m)) w^m."""
            square, total, power = r * r, zero, one
            for c in table:
                total, power = total * square + c * power, power * w
            return total * r if odd else total

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            w = (pair.q1 - 1) * (pair.q2 - 1)
            return homogeneous(value_table, k % 2 == 1, pair.r, w), homogeneous(slope_table, k % 2 == 0, pair.r, w)

        return evaluate

    def __repr__(self) -> str:
        return spell("Hermite", str(self.degree))
