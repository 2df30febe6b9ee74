"""Duals of activations that are analytic in a strip, from their Hermite series.

With g = s - s(0), rho = r / sqrt(q1 q2) and coefficients a, b at the two variances: E g(u) g(v) = sum a_k b_k rho^k
(Mehler), V' = sum k a_k b_k rho^(k - 1) / sqrt(q1 q2) (Price), and by Cauchy-Schwarz the terms from K on are at most
|rho|^K sqrt(sum_{k >= K} a_k^2 sum_{k >= K} b_k^2), with weights k likewise.  Polynomials are evaluated in integers at
the middle of what encloses rho, cut to [-1, 1]; what that and the coefficients miss is added.
"""

from collections.abc import Callable
from fractions import Fraction
from math import isqrt, log2
from operator import mul
from typing import Any, NamedTuple

from .activations import StripFunction
from .budget import elementary_seconds
from .dual_base import Covariance
from .hermite_series import Means, Series, expand_series, gaussian_means
from .hermite_tables import Table, build_table, choose_rule
from .interval import (
    ZERO,
    Interval,
    TooWide,
    add,
    divide,
    from_fraction,
    multiply,
    outward,
    to_fixed,
)
from .strip_functions import STRIP_FUNCTIONS

_GUARD = 12

# Variances whose ratio is larger have a table of their own.
_FAR_APART = 64

Charge = Callable[[float, str], None]

Reach = tuple[Fraction, Fraction | None]
"""At least every variance of a table, and at least the smaller variance of the pairs that it serves, if it is short."""


class Truncated(NamedTuple):
    """The first terms of sum c_k x^k and of sum k c_k x^(k - 1), and sums of |c_k| times 1, k and k^2 with errors."""

    values: list[int]
    slopes: list[int]
    unit: int
    error: int
    slope_error: int
    slope_sum: int
    bend_sum: int


def _ceiling(variance: Interval) -> Fraction:
    """A rational with four bits just above a variance."""
    _, high, exponent = variance
    if high <= 0:
        raise TooWide("a variance cannot be told from zero")
    surplus = max(0, high.bit_length() - 4)
    return Fraction(-(-high >> surplus)) * Fraction(2) ** (exponent + surplus)


def _root_up(value: int) -> int:
    found = isqrt(value)
    return found if found * found == value else found + 1


class StripDual:
    """The dual at one working precision; series are made when a variance is first needed, and kept."""

    uses_discriminant = False
    uses_distances = False

    def __init__(self, activation: StripFunction, bits: int, charge: Charge) -> None:
        self.data = STRIP_FUNCTIONS[activation.name]
        self.bits, self.charge = bits + _GUARD, charge
        self.at_zero_value = self.data.at_zero(self.bits)
        self.at_zero_slope = from_fraction(self.data.slope_at_zero, self.bits)
        self.largest = Fraction(0)
        self.tables: dict[Reach, Table] = {}
        self.means: dict[Interval, Means] = {}
        self.series: dict[tuple[Reach, Interval], Series] = {}
        self.polynomials: dict[tuple[Reach, Interval, int], Truncated] = {}

    def point(self, variance: Interval) -> list[Interval]:
        """The variance, in a list of its own: the pair of a point with itself is told by identity."""
        return [variance]

    @property
    def pair_seconds(self) -> float:
        """An estimate for one pair, after the diagonal is known."""
        if not self.largest:
            return 0.0
        rule = choose_rule(self.bits, self.largest, self.data.strip, self.data.slope)
        return rule.terms * (2e-7 + self.bits * 5e-10)

    def _means(self, variance: Interval) -> Means:
        if variance not in self.means:
            rule = choose_rule(self.bits, _ceiling(variance), self.data.strip, self.data.slope, True)
            self.charge(rule.size * 25 * elementary_seconds(self.bits) / 10, "Gaussian means of an activation")
            self.means[variance] = gaussian_means(self.data, rule, variance)
        return self.means[variance]

    def _reach(self, q1: Interval, q2: Interval) -> Reach:
        """Variances of about one size share their tables; a large one needs few terms beside a small one."""
        ceiling = _ceiling(q1)
        if q1 == q2:
            self.largest = max(self.largest, ceiling)
            return ceiling, None
        low, high = sorted((ceiling, _ceiling(q2)))
        if high > _FAR_APART * low:
            size = low.numerator.bit_length() + 1 - low.denominator.bit_length()
            return high, Fraction(4) ** -(-size // 2)
        self.largest = max(self.largest, high)
        return self.largest, None

    def _series(self, reach: Reach, variance: Interval) -> Series:
        found = self.series.get((reach, variance))
        if found is None:
            table = self.tables.get(reach)
            if table is None:
                rule = choose_rule(self.bits, reach[0], self.data.strip, self.data.slope, limit=reach[1])
                self.charge(rule.size * 2.5e-6, "a table of Hermite polynomials")
                table = self.tables[reach] = build_table(rule)
            self.charge(table.rule.size * 1.5e-7, "the Hermite coefficients of an activation")
            means = self._means(variance)
            found = self.series[reach, variance] = expand_series(self.data, table, means, variance)
        return found

    def _constant(self, first: Interval, second: Interval) -> Interval:
        """s(0)^2 + s(0) (E g(u) + E g(v))."""
        total = add(self.at_zero_value, add(first, second, self.bits), self.bits)
        return multiply(self.at_zero_value, total, self.bits)

    def scaled_by_value_at_zero(self, mean: Interval) -> Interval:
        """s(0) times a mean of s."""
        return multiply(self.at_zero_value, mean, self.bits)

    def at_zero(self, first: list[Interval], second: list[Interval], both: bool) -> Interval:
        if both:
            return multiply(self.at_zero_value, self.at_zero_value, self.bits)
        (variance,) = second if first[0] == ZERO else first
        return self._constant(self._means(variance).value, ZERO)

    def pair(self, first: list[Interval], second: list[Interval], moments: Covariance) -> tuple[Interval, Interval]:
        q1, q2 = first[0], second[0]
        if first is second:
            self.largest = max(self.largest, _ceiling(q1))
            found = self._means(q1)
            constant = self._constant(found.value, found.value)
            return add(constant, found.same, self.bits), found.slope_same
        reach = self._reach(q1, q2)
        one, two = self._series(reach, q1), self._series(reach, q2)
        first_means, second_means = self._means(q1), self._means(q2)
        lengths = multiply(first_means.length, second_means.length, self.bits)
        if moments.orientation:
            rho: Interval = (moments.orientation, moments.orientation, 0)
        else:
            rho = divide(moments.covariance, lengths, self.bits)
        value, slope = self._evaluate(reach, q1, q2, one, two, rho)
        constant = self._constant(first_means.value, second_means.value)
        return add(constant, value, self.bits), divide(slope, lengths, self.bits)

    def _evaluate(
        self, tables: Reach, q1: Interval, q2: Interval, one: Series, two: Series, rho: Interval
    ) -> tuple[Interval, Interval]:
        """E g(u) g(v) and sqrt(q1 q2) E s'(u) s'(v)."""
        bits = self.bits
        one_place = 1 << bits
        low, high = to_fixed(rho, -bits)
        low, high = max(-one_place, min(low, one_place)), min(one_place, max(high, -one_place))
        middle, radius = (low + high) >> 1, (high - low + 2) >> 1
        reach = max(abs(low), abs(high))
        terms = self._terms(one, two, reach)
        key = (tables, q1, terms)
        series = self.polynomials.get(key) if q1 == q2 else None
        if series is None:
            series = self._truncated(one, two, terms)
            if q1 == q2:
                self.polynomials[key] = series
        if self.data.odd_about_a_constant:
            # Odd in rho: middle P(middle^2), and an even derivative.
            squared = (middle * middle) >> bits
            value = (_horner(series.values[1::2], squared, bits) * middle) >> bits
            slope = _horner(series.slopes[0::2], squared, bits)
            # The square is low by up to one unit, where the derivatives are at most the sums.
            radius += 1
        else:
            value = _horner(series.values, middle, bits)
            slope = _horner(series.slopes, middle, bits)
        power = _power_up(reach, terms - 1, bits)
        tail = (_root_up(one.rest[terms] * two.rest[terms]) * power >> 2 * bits) + 1
        slope_tail = (_root_up(one.slope_rest[terms] * two.slope_rest[terms]) * power >> 2 * bits) + 1
        lost = series.error + terms + 3 + (series.slope_sum * radius >> bits) + tail
        slope_lost = series.slope_error + terms + 3 + (series.bend_sum * radius >> bits) + slope_tail
        unit = series.unit
        return (
            outward(value - lost, value + lost, unit, bits),
            outward(slope - slope_lost, slope + slope_lost, unit, bits),
        )

    def _terms(self, one: Series, two: Series, reach: int) -> int:
        """A number of terms after which the bound on the rest is small; any number is right."""
        size = log2(reach) - self.bits if reach else -1e9
        wanted = one.rest[0].bit_length() + two.rest[0].bit_length() - 2 * self.bits
        slope_wanted = one.slope_rest[0].bit_length() + two.slope_rest[0].bit_length() - 2 * self.bits
        low, high = 1, len(one.coefficients)
        while low < high:
            k = (low + high) // 2
            power = 2 * (k - 1) * min(size, 0.0)
            if (
                one.rest[k].bit_length() + two.rest[k].bit_length() + power <= wanted
                and one.slope_rest[k].bit_length() + two.slope_rest[k].bit_length() + power <= slope_wanted
            ):
                high = k
            else:
                low = k + 1
        return min(len(one.coefficients), -(-low // 64) * 64)

    def _truncated(self, one: Series, two: Series, terms: int) -> Truncated:
        bits = self.bits
        values = [a * b >> bits for a, b in zip(one.coefficients[:terms], two.coefficients[:terms], strict=True)]
        slopes = [k * value for k, value in enumerate(values)][1:]
        # |a b - a' b'| <= |a'| e + |b'| e' + e e' summed, and a unit for each product cut off.
        error = (one.sums[terms] * two.error + two.sums[terms] * one.error >> bits) + terms + 1
        slope_error = (one.weighted_sums[terms] * two.error + two.weighted_sums[terms] * one.error >> bits) + 1
        sizes = [abs(value) + 1 for value in slopes]
        # |c_k| is bounded by what is stored and its error; the sums weigh the errors with k and k^2.
        slope_sum = sum(sizes) + slope_error + terms * terms
        bend_sum = sum(map(mul, range(1, terms), sizes)) + terms * (slope_error + terms * terms)
        return Truncated(
            values,
            slopes,
            one.exponent + two.exponent - bits,
            error,
            slope_error + terms * terms,
            slope_sum,
            bend_sum,
        )


def _horner(coefficients: list[int], x: int, bits: int) -> int:
    """sum coefficients[k] x^k with x in units of 2^-bits, |x| <= 1: low by less than one unit for each step."""
    total = 0
    for value in reversed(coefficients):
        total = (total * x >> bits) + value
    return total


def _power_up(base: int, exponent: int, bits: int) -> int:
    """An upper bound on base^exponent in units of 2^-bits, for 0 <= base <= 1."""
    result = 1 << bits
    while exponent:
        if exponent & 1:
            result = -(-result * base >> bits)
        base, exponent = -(-base * base >> bits), exponent >> 1
    return result


def series_seconds(dual: Any) -> float:
    """What a pair costs at a dual whose price depends on the variances; zero for the others."""
    return float(getattr(dual, "pair_seconds", 0.0))
