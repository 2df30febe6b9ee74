"""Dual and derivative dual of an activation that is analytic in a strip, from its Hermite series.

With a_k(q) the coefficients of g = s - s(0) at variance q and rho = r / sqrt(q1 q2), Mehler's formula gives
E g(u) g(v) = sum_k a_k(q1) a_k(q2) rho^k, and its derivative in r is E s'(u) s'(v) (Price). By Cauchy-Schwarz the terms
from K on are at most |rho|^K sqrt(sum_(k >= K) a_k(q1)^2 sum_(k >= K) a_k(q2)^2); the same holds with weights k.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from certify.activations.analytic.expansion import Expansion, expand
from certify.activations.analytic.means import Means, gaussian_means
from certify.activations.analytic.rule import Rule, rule_for
from certify.activations.analytic.table import Table
from certify.activations.base import Parity
from certify.activations.pair import Pair
from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic

if TYPE_CHECKING:
    from certify.activations.analytic.strip import StripActivation

GUARD_BITS = 12
FAR_APART = 64
"""Variances whose ratio is larger have a table of their own."""
Polynomials = tuple[Callable[[Any], Any], Callable[[Any], Any], Any, Any, int]


class HermiteDual:
    """The dual of one activation in one arithmetic; series are computed when a variance is first met, and kept."""

    def __init__(self, activation: StripActivation, number: Arithmetic) -> None:
        self.activation, self.number = activation, number
        self.fine = number.at(number.bits + GUARD_BITS)
        self.zero = number.exact(0)
        with self.fine.active():
            self.at_zero, self.slope_at_zero = activation.at_zero(self.fine)
        self.tables: dict[tuple[Fraction, Fraction | None], Table] = {}
        self.means: dict[tuple[int, int, int], Means] = {}
        self.expansions: dict[tuple[Fraction, tuple[int, int, int], Fraction | None], Expansion] = {}
        self.polynomials: dict[tuple[Any, int, Fraction], Polynomials] = {}
        self.largest = Fraction(0)

    def evaluate(self, pair: Pair) -> tuple[Any, Any]:
        if pair.degenerate:
            return self._degenerate(pair)
        with self.fine.active():
            value, slope = self._evaluate(pair)
        return self.number.rounded(value), self.number.rounded(slope)

    def squares(self, variance: Any) -> tuple[list[Any], list[Any]]:
        """Taylor coefficients of V and of V' in the correlation, at one variance: a_k^2 and (k + 1) a_(k+1)^2 / q."""
        key = self.number.endpoints(variance)
        with self.fine.active():
            found = self._expansion(self._ceiling(key), key, variance, None)
            values = [value * value for value in found.coefficients]
            slopes = [k * value / variance for k, value in enumerate(values)][1:]
            values[0] = (self.at_zero + found.coefficients[0]) * (self.at_zero + found.coefficients[0])
            if self.activation.is_odd_about_a_constant:
                values[0] = self.at_zero * self.at_zero
                values[2::2] = [self.zero] * len(values[2::2])
                slopes[1::2] = [self.zero] * len(slopes[1::2])
        return values, slopes

    def _evaluate(self, pair: Pair) -> tuple[Any, Any]:
        key1, key2 = self.number.endpoints(pair.q1), self.number.endpoints(pair.q2)
        ceiling, limit = self._reach(key1, key2)
        one, two = self._means(key1, pair.q1), self._means(key2, pair.q2)
        base = self.at_zero * (self.at_zero + one.value + two.value)
        if pair.relation is Relation.EQUAL:
            return base + one.square, one.slope_square
        if pair.relation is Relation.OPPOSITE:
            return base + one.opposite, one.slope_opposite
        first = self._expansion(ceiling, key1, pair.q1, limit)
        second = first if key1 == key2 else self._expansion(ceiling, key2, pair.q2, limit)
        roots = one.root * two.root
        if pair.relation is Relation.GENERIC:
            rho = pair.r / roots
        else:
            rho = self.fine.exact(1 if pair.relation.aligned else -1)
        # The power of |rho| in the tail only serves to stop early, so a rough one will do.
        size = self._logarithm(rho)
        terms = self._terms(first, second, size)
        value, slope, rest, slope_rest, odd_or_even = self._series(ceiling, key1, key2, first, second, terms)
        shrink = self._power(rho, terms, size)
        argument = rho * rho if odd_or_even else rho
        total, derivative = value(argument), slope(argument)
        if odd_or_even == 2:
            total = total * rho
        elif odd_or_even == 1:
            derivative = derivative * rho
        return (
            base + total + self.fine.up_to(rest * shrink),
            (derivative + self.fine.up_to(slope_rest * shrink)) / roots,
        )

    def _reach(self, key1: tuple[int, int, int], key2: tuple[int, int, int]) -> tuple[Fraction, Fraction | None]:
        """The largest variance for which the table of a pair is made, and a limit on the smaller one.

        Variances of about one size share their tables, without a limit; beside a small one a large one needs few terms.
        """
        ceiling = self._ceiling(key1)
        if key1 == key2:
            self.largest = max(self.largest, ceiling)
            return ceiling, None
        low, high = sorted((ceiling, self._ceiling(key2)))
        if high > FAR_APART * low:
            return high, Fraction(4) ** -(-(low.numerator.bit_length() + 1 - low.denominator.bit_length()) // 2)
        self.largest = max(self.largest, high)
        return self.largest, None

    def _degenerate(self, pair: Pair) -> tuple[Any, Any]:
        """One value, or both, is zero almost surely."""
        with self.fine.active():
            if pair.zero1 and pair.zero2:
                value, slope = self.at_zero * self.at_zero, self.slope_at_zero * self.slope_at_zero
            else:
                q = pair.q2 if pair.zero1 else pair.q1
                key = self.number.endpoints(q)
                found = self._means(key, q)
                value = self.at_zero * (self.at_zero + found.value)
                slope = self.slope_at_zero * found.slope
        return self.number.rounded(value), self.number.rounded(slope)

    @staticmethod
    def _ceiling(key: tuple[int, int, int]) -> Fraction:
        """A rational with four bits just above a variance: variances that share it share a table."""
        _, high, exponent = key
        if high <= 0:
            raise ArithmeticError("a variance cannot be told from zero at this precision")
        surplus = high.bit_length() - 4
        top = -(-high >> surplus) if surplus > 0 else high
        return top * Fraction(2) ** (exponent + max(surplus, 0))

    def _finer(self, key: tuple[int, int, int]) -> Arithmetic:
        """Where the variance is tiny, s - s(0) loses as many bits as its square root is small."""
        return self.fine.at(self.fine.bits + max(0, -(key[2] + key[1].bit_length())) // 2)

    def _rule(self, ceiling: Fraction, means_only: bool, limit: Fraction | None = None) -> Rule:
        kind = self.activation
        return rule_for(
            self.fine.bits,
            ceiling,
            kind.strip,
            kind.slope_bound,
            repr(kind),
            growth=kind.growth,
            means_only=means_only,
            smallest=limit,
        )

    def _means(self, key: tuple[int, int, int], variance: Any) -> Means:
        if key not in self.means:
            finer = self._finer(key)
            with finer.active():
                rule = self._rule(self._ceiling(key), True)
                self.means[key] = gaussian_means(self.activation, rule, variance, finer)
        return self.means[key]

    def _expansion(
        self, ceiling: Fraction, key: tuple[int, int, int], variance: Any, limit: Fraction | None
    ) -> Expansion:
        found = self.expansions.get((ceiling, key, limit))
        if found is None:
            table = self.tables.get((ceiling, limit))
            if table is None:
                table = self.tables[ceiling, limit] = Table(self._rule(ceiling, False, limit), self.fine)
            means, finer = self._means(key, variance), self._finer(key)
            with finer.active():
                found = expand(self.activation, table, means, variance, finer)
            self.expansions[ceiling, key, limit] = found
        return found

    def _terms(self, first: Expansion, second: Expansion, size: float) -> int:
        """A number of terms after which the bound on the rest is below the rounding."""
        wanted = 2 * (first.rest_size[0] + second.rest_size[0]) / 2 - 2 * self.fine.bits
        slope_wanted = 2 * (first.slope_rest_size[0] + second.slope_rest_size[0]) / 2 - 2 * self.fine.bits
        low, high = 1, len(first.coefficients)
        while low < high:
            k = (low + high) // 2
            power = 2 * (k - 1) * size
            enough = (
                first.rest_size[k] + second.rest_size[k] + power <= wanted
                and first.slope_rest_size[k] + second.slope_rest_size[k] + power <= slope_wanted
            )
            low, high = (low, k) if enough else (k + 1, high)
        # Few different lengths, so that equal variances share their polynomials.
        return min(len(first.coefficients), -(-low // 64) * 64)

    def _logarithm(self, rho: Any) -> float:
        """A guess of log2 |rho|, never above 0."""
        low, high, exponent = self.fine.endpoints(rho)
        top = max(abs(low), abs(high))
        return min(0.0, math.log2(top) + exponent) if top else -1e6

    def _power(self, rho: Any, terms: int, size: float) -> Any:
        """An upper bound on |rho|^(terms - 1), for |rho| <= 1."""
        if size == 0.0:
            return self.fine.exact(1)
        result, base, k = self.fine.exact(1), self.fine.up_to(rho), terms - 1
        while k:
            if k & 1:
                result = result * base
            base, k = base * base, k >> 1
        return result

    def _series(
        self, ceiling: Fraction, key1: Any, key2: Any, first: Expansion, second: Expansion, terms: int
    ) -> Polynomials:
        """The truncated series of value and slope, their rests, and 1 or 2 where they are even or odd in rho, else 0.

        Slope here means sqrt(q1 q2) E s'(u) s'(v), of the opposite parity.
        """
        cached = self.polynomials.get((key1, terms, ceiling)) if key1 == key2 else None
        if cached is not None:
            return cached
        products = [a * b for a, b in zip(first.coefficients[:terms], second.coefficients[:terms], strict=True)]
        rest = self.fine.sqrt(first.rest[terms] * second.rest[terms])
        slope_rest = self.fine.sqrt(first.slope_rest[terms] * second.slope_rest[terms])
        slopes = [k * value for k, value in enumerate(products)][1:]
        parity = 1 if self.activation.parity is Parity.EVEN else 2 if self.activation.is_odd_about_a_constant else 0
        if parity == 1:
            products, slopes = products[0::2], slopes[1::2]
        elif parity == 2:
            products, slopes = products[1::2], slopes[0::2]
        made = self.fine.polynomial(products), self.fine.polynomial(slopes), rest, slope_rest, parity
        if key1 == key2:
            self.polynomials[key1, terms, ceiling] = made
        return made
