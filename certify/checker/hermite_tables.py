"""Gaussian means by the trapezoidal rule, and tables of Hermite polynomials at its nodes, in integers.

Means.  With f analytic for |Im z| < D and int |f(x + iy)| dx <= M for |y| < D, the sum h sum_j f(j h) is within
2 M / (exp(2 pi D / h) - 1) of int f (Trefethen and Weideman, The exponentially convergent trapezoidal rule, 2014,
Theorem 5.1).  For f = g(sqrt(q) z) h_k(z) phi(z), h_k = He_k / sqrt(k!), |g(w)| <= B |w|: the density grows by
exp(y^2 / 2), E |Z + iy|^2 = 1 + y^2 <= (1 + |y|)^2, and E |h_k(Z + iy)|^2 = sum_j C(k, j) y^(2j) / j! is at most
exp(2 |y| sqrt(k)).  Nodes beyond the last one are bounded with |h_k(x)| <= exp(x^2 / 4) (NIST DLMF 18.14.9).

Recurrence.  h_(k+1) = (z h_k - sqrt(k) h_(k-1)) / sqrt(k+1) in numbers X / 2^F, both coefficients rounded to F bits: a
step adds at most 2^-F ((z + 1) max |h| + 2).  An error of 1 at step j grows to at most m_k / m_j at step k, where m_k =
|h_k(iy)|, y = max(z, 1): m solves the recurrence with a plus sign, and starts no lower.  m_j >= 1: m_j(1) sqrt(j!)
counts the involutions of j letters, and (sum f)^2 >= sum f^2 = j! over the dimensions f of the representations of S_j;
and m_k <= sum_i (y sqrt(k))^i / i! <= exp(y sqrt(k)), since (2^i i!)^2 >= (2i)!.  So with G = K exp(y sqrt(K)) and F
such that 2^-F (z + 1) G <= 1/2, every value is off by at most E = 2^(1-F) ((z + 1) exp(z^2 / 4) + 2) G.
"""

from fractions import Fraction
from math import ceil, floor, inf, isqrt, log, pi, sqrt
from typing import NamedTuple

from . import limits
from .answers import Unsupported
from .elementary import exponential
from .elementary import pi as enclose_pi
from .interval import (
    ONE,
    Interval,
    add,
    divide,
    from_fraction,
    from_integer,
    multiply,
    root,
    square,
    subtract,
    times_power_of_two,
    to_fixed,
)

_BLOCK = 16


class Rule(NamedTuple):
    """Nodes j numerator / 2^places, 0 <= j <= last, for variances up to `ceiling`; half_width^2 ceiling <= strip^2."""

    bits: int
    ceiling: Fraction
    half_width: Fraction
    numerator: int
    places: int
    last: int
    terms: int

    @property
    def step(self) -> Fraction:
        return Fraction(self.numerator, 1 << self.places)

    @property
    def size(self) -> int:
        return (self.last + 1) * self.terms


def _about_root(ratio: Fraction) -> float:
    return sqrt(ratio) if ratio < 2**60 else 2.0**30


def choose_rule(
    bits: int,
    ceiling: Fraction,
    strip: Fraction,
    slope: int,
    means_only: bool = False,
    limit: Fraction | None = None,
) -> Rule:
    """A rule with errors of about 2^-bits; its numbers are guesses, and `rule_errors` says what they are worth.

    With `means_only` it serves one coefficient, the mean, else as many as a dual needs: fewer where the other variance
    is at most `limit`.
    """
    nats = bits * log(2) + 8
    ratio = strip * strip / ceiling
    reach = _about_root(ratio)
    other = reach if limit is None else _about_root(strip * strip / limit)
    most = (nats / max(reach + other, 2e-9)) ** 2 + nats / 2 + 16
    terms = 1 if means_only else ceil(most)
    width = min(reach, sqrt(2 * nats))
    half_width = Fraction(floor(width * 2**20 * (1 - 1e-9)), 2**20)
    while half_width > 0 and half_width**2 > ratio:
        half_width -= Fraction(1, 2**20)
    d = float(half_width)
    needed = nats + d * sqrt(terms) + d * d / 2 + log(slope * (1 + d)) if d else inf
    numerator = floor(2 * pi * d / needed * 2**24)
    last = ceil(2 * sqrt(nats + log(slope)) / (numerator / 2**24)) if numerator else limits.MAX_SERIES
    if terms * (last + 1) > limits.MAX_SERIES or last >= limits.MAX_NODES:
        raise Unsupported("a variance is too large for the Hermite series of its activation")
    return Rule(bits, ceiling, half_width, numerator, 24, last, terms)


class RuleErrors(NamedTuple):
    """Bounds on what the rule misses, divided by sqrt(q), q and 1: in coefficients of g, in E g^2 and in E s'^2."""

    coefficient: Interval
    square: Interval
    slope: Interval


def rule_errors(rule: Rule, slope: int) -> RuleErrors:
    """Upper ends bound the errors of the rule for every variance up to its ceiling."""
    bits = 64
    width, step = from_fraction(rule.half_width, bits), from_fraction(rule.step, bits)
    bound = from_integer(slope, bits)
    growth = exponential(from_fraction(rule.half_width**2 / 2, bits), bits)
    turns = multiply(from_fraction(2 * rule.half_width / rule.step, bits), enclose_pi(bits), bits)
    factor = divide(times_power_of_two(growth, 1), subtract(exponential(turns, bits), ONE, bits), bits)
    swing = exponential(multiply(width, root(from_integer(rule.terms, bits), bits), bits), bits)
    size = multiply(bound, add(ONE, width, bits), bits)
    # Beyond the last node: sums of exp(-z^2/4) and z exp(-z^2/4) over z = z0, z0 + h, ..., below geometric ones.
    beyond = (rule.last + 1) * rule.step
    quotient = exponential(from_fraction(-beyond * rule.step / 2, bits), bits)
    rest = subtract(ONE, quotient, bits)
    total = divide(exponential(from_fraction(-beyond * beyond / 4, bits), bits), rest, bits)
    further = divide(multiply(step, quotient, bits), rest, bits)
    moment = multiply(bound, multiply(total, add(from_fraction(beyond, bits), further, bits), bits), bits)
    density = divide(times_power_of_two(step, 1), root(times_power_of_two(enclose_pi(bits), 1), bits), bits)
    return RuleErrors(
        add(multiply(multiply(size, swing, bits), factor, bits), multiply(density, moment, bits), bits),
        add(multiply(square(size, bits), factor, bits), multiply(density, square(moment, bits), bits), bits),
        multiply(square(bound, bits), add(factor, multiply(density, total, bits), bits), bits),
    )


class Node(NamedTuple):
    """A node z, an enclosure of its weight w = h phi(z) (halved at zero), and of its products w h_k(z), in units of

    2^-bits: each is off by at most `slip`, and none exceeds `height` in magnitude.
    """

    place: Fraction
    weight: Interval
    slip: int
    height: int


class Table(NamedTuple):
    """The nodes and, for every k, the products w_j h_k(z_j) in units of 2^-bits, one for each node."""

    rule: Rule
    nodes: list[Node]
    rows: list[tuple[int, ...]]


def _shift_up(value: int, places: int) -> int:
    """An integer at least value 2^places, for value >= 0."""
    return value << places if places >= 0 else -(-value >> -places)


def _logs(z: Fraction, terms: int) -> tuple[int, int, int]:
    """Binary logarithms: of exp(y sqrt(K)) and exp(z^2 / 4) from above, of exp(z^2 / 2) from below."""
    growth = ceil(Fraction(1443, 1000) * max(z, Fraction(1)) * (isqrt(terms) + 1))
    return growth, ceil(Fraction(1443, 4000) * z * z), floor(Fraction(1442, 2000) * z * z)


def weights_of(rule: Rule) -> list[Interval]:
    """h phi(z) for the nodes z >= 0, halved at zero."""
    wide = rule.bits + 24
    scale = divide(from_fraction(rule.step, wide), root(times_power_of_two(enclose_pi(wide), 1), wide), wide)
    heights = (from_fraction(-((j * rule.step) ** 2) / 2, wide) for j in range(rule.last + 1))
    weights = [multiply(scale, exponential(height, wide), wide) for height in heights]
    return [times_power_of_two(weights[0], -1), *weights[1:]]


def build_table(rule: Rule) -> Table:
    """The table of a rule."""
    bits, terms = rule.bits, rule.terms
    weights = weights_of(rule)
    nodes: list[Node] = []
    columns: list[list[int]] = []
    for start in range(0, rule.last + 1, _BLOCK):
        members = range(start, min(start + _BLOCK, rule.last + 1))
        logs = [_logs(j * rule.step, terms) for j in members]
        tops = [ceil(j * rule.step) + 3 for j in members]
        places = max(
            growth + terms.bit_length() + top.bit_length() + 2 + max(0, bits + quarter - half + 4)
            for (growth, quarter, half), top in zip(logs, tops, strict=True)
        )
        ahead = [isqrt((1 << 2 * places) // (k + 1)) for k in range(terms)]
        back = [isqrt((k << 2 * places) // (k + 1)) for k in range(terms)]
        for j, (growth, quarter, _), top in zip(members, logs, tops, strict=True):
            z = j * rule.step
            weight = weights[j]
            fine = bits + quarter + 8
            low, high = to_fixed(weight, -fine)
            off = 1 - places + top.bit_length() + quarter + terms.bit_length() + growth
            gap = high - low
            slip = (
                1
                + _shift_up(max(high, 0), off - fine + bits)
                + _shift_up(gap, quarter - fine + bits)
                + _shift_up(gap, off - fine + bits)
            )
            column = _column(j * rule.numerator, rule.places, places, ahead, back, low, places + fine - bits)
            columns.append(column)
            nodes.append(Node(z, weight, slip, max(map(abs, column)) + slip))
    return Table(rule, nodes, list(zip(*columns, strict=True)))


def _column(
    z: int, z_places: int, places: int, ahead: list[int], back: list[int], weight: int, shift: int
) -> list[int]:
    """weight h_k(z) for all k, from the recurrence in integers times 2^places."""
    current, previous = 1 << places, 0
    column = [(weight * current) >> shift]
    for forward, backward in zip(ahead[:-1], back[:-1], strict=True):
        current, previous = (((z * forward * current) >> z_places) - backward * previous) >> places, current
        column.append((weight * current) >> shift)
    return column
