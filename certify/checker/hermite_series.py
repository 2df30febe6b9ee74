"""The Hermite series of an activation at one variance, in integers.

With g(x) = s(x) - s(0) and Z standard normal, g(sqrt(q) Z) = sum_k a_k h_k(Z).  Numbers a_k are held as integers times
2^(exponent - bits), all with one error bound.  Parseval: sum a_k^2 = E g^2; and sum k a_k^2 = q E s'^2, which is the
derivative of E g(u) g(v) in r at u = v.  So what the terms before K leave of the two energies bounds the others.
"""

from itertools import accumulate
from operator import mul
from typing import NamedTuple

from .hermite_tables import Rule, Table, rule_errors, weights_of
from .interval import (
    ZERO,
    Interval,
    add,
    from_fraction,
    multiply,
    negative,
    root,
    square,
    times_power_of_two,
    to_fixed,
    top,
)
from .strip_functions import StripData


class Means(NamedTuple):
    """At one variance q: sqrt(q), E g(u)^2, E g(u) g(-u), E s'(u)^2, E s'(u) s'(-u), E g(u) and E s'(u)."""

    length: Interval
    same: Interval
    opposite: Interval
    slope_same: Interval
    slope_opposite: Interval
    value: Interval
    slope: Interval


class Series(NamedTuple):
    """a_k in units of 2^(exponent - bits), off by at most `error` each, with `sums` of |a_k| + error before k.

    `rest[k]` and `slope_rest[k]` bound sum_{j >= k} a_j^2 and sum_{j >= k} j a_j^2 in units of 2^(2 exponent - 2 bits).
    """

    exponent: int
    coefficients: list[int]
    error: int
    sums: list[int]
    weighted_sums: list[int]
    rest: list[int]
    slope_rest: list[int]


def _widen(x: Interval, bound: Interval, bits: int) -> Interval:
    """x with every number up to the upper end of `bound` away from it."""
    return add(x, (-bound[1], bound[1], bound[2]), bits)


def _fixed(values: list[Interval], exponent: int) -> tuple[list[int], list[int]]:
    """Integers times 2^exponent and how far each may be off."""
    ends = [to_fixed(value, exponent) for value in values]
    return [(low + high) >> 1 for low, high in ends], [high - low for low, high in ends]


def _precision(bits: int, variance: Interval) -> int:
    """s - s(0) loses as many bits as the standard deviation is small."""
    return bits + 8 + max(0, -((top(variance) + 1) >> 1))


def gaussian_means(data: StripData, rule: Rule, variance: Interval) -> Means:
    """The means at a variance that is positive and at most the ceiling of the rule."""
    bits = _precision(rule.bits, variance)
    errors = rule_errors(rule, data.slope)
    length = root(variance, bits)
    totals = [ZERO] * 6
    for j, weight in enumerate(weights_of(rule)):
        v = data.values(multiply(length, from_fraction(j * rule.step, bits), bits), bits)
        parts = (
            add(square(v.right, bits), square(v.left, bits), bits),
            times_power_of_two(multiply(v.right, v.left, bits), 1),
            add(square(v.slope_right, bits), square(v.slope_left, bits), bits),
            times_power_of_two(multiply(v.slope_right, v.slope_left, bits), 1),
            add(v.right, v.left, bits),
            add(v.slope_right, v.slope_left, bits),
        )
        totals = [add(total, multiply(weight, part, bits), bits) for total, part in zip(totals, parts, strict=True)]
    missed = multiply(errors.square, variance, 64)
    bounds = (missed, missed, errors.slope, errors.slope, multiply(errors.coefficient, length, 64), errors.slope)
    return Means(length, *(_widen(total, bound, bits) for total, bound in zip(totals, bounds, strict=True)))


def expand_series(data: StripData, table: Table, means: Means, variance: Interval) -> Series:
    """The series at a variance that is positive and at most the ceiling of the table's rule."""
    bits, terms = table.rule.bits, table.rule.terms
    errors = rule_errors(table.rule, data.slope)
    exponent = (top(variance) + 1) >> 1
    fine = _precision(bits, variance)
    length = means.length
    about = [data.values(multiply(length, from_fraction(node.place, fine), fine), fine) for node in table.nodes]
    unit = exponent - bits
    missed = to_fixed(multiply(errors.coefficient, length, 64), unit)[1] + 1
    coefficients = [0] * terms
    worst = 0
    for parity in (0, 1):
        parts = [add(v.right, negative(v.left) if parity else v.left, fine) for v in about]
        values, radii = _fixed(parts, unit)
        lost = sum(
            node.slip * (abs(value) + radius) + node.height * radius
            for node, value, radius in zip(table.nodes, values, radii, strict=True)
        )
        worst = max(worst, (lost >> bits) + 2)
        for k in range(parity, terms, 2):
            coefficients[k] = sum(map(mul, table.rows[k], values)) >> bits
    error = worst + missed
    sizes = [abs(value) + error for value in coefficients]
    energy = to_fixed(means.same, 2 * unit)[1]
    slope_energy = to_fixed(multiply(variance, means.slope_same, fine), 2 * unit)[1]
    floors = [max(abs(value) - error, 0) ** 2 for value in coefficients]
    left = max(energy - sum(floors), 0)
    slope_left = max(slope_energy - sum(map(mul, range(terms), floors)), 0)
    squares = [size * size for size in sizes]
    rest = list(accumulate(reversed(squares), initial=left))
    slope_rest = list(accumulate(map(mul, range(terms - 1, -1, -1), reversed(squares)), initial=slope_left))
    return Series(
        exponent,
        coefficients,
        error,
        list(accumulate(sizes, initial=0)),
        list(accumulate(map(mul, range(terms), sizes), initial=0)),
        rest[::-1],
        slope_rest[::-1],
    )
