"""The second moments of two inputs, from exact integers and without cancellation.

With a = |x|^2, b = |y|^2, c = <x, y> exact integers, the differences that cancel near parallel points, a b - c^2 and
a + b -+ 2 c, are formed exactly and rounded once.  For the exact points x/|x| the correlation is rho = c / sqrt(a b)
and 1 - |rho| = (a b - c^2) / (a b + |c| sqrt(a b)).
"""

from typing import NamedTuple

from .dual_base import Covariance
from .interval import (
    ONE,
    ZERO,
    Interval,
    add,
    divide,
    from_integer,
    from_ratio,
    multiply,
    negative,
    not_below_zero,
    root,
    square,
    subtract,
    times_power_of_two,
)
from .linear_blocks import Block
from .points import Points, primitive
from .relations import Inner, Relation


class Rows(NamedTuple):
    """Integer rows, their exact squared norms, and the divisor that turns products into means <x, y> / d."""

    rows: tuple[tuple[int, ...], ...]
    squares: tuple[int, ...]
    divisor: int
    unit: bool


def prepare_rows(points: Points, unit: bool) -> Rows:
    """The rows as the entries need them; directions are kept in lowest terms under unit normalisation."""
    rows = tuple(primitive(row) for row in points.rows) if unit else points.rows
    squares = tuple(sum(value * value for value in row) for row in rows)
    return Rows(rows, squares, points.columns if unit else points.denominator**2 * points.columns, unit)


class InputMoments:
    """The first block of a network on the rows, at one working precision."""

    def __init__(self, rows: Rows, block: Block, bits: int) -> None:
        self.rows, self.bits = rows, bits
        mean = from_ratio(1, rows.divisor, bits)
        self.weight = multiply(block.weight, mean, bits)
        self.inflow = multiply(block.inflow, mean, bits)
        self.bias, self.constant = block.bias, block.constant
        self.twice_weight = times_power_of_two(self.weight, 1)
        self.fourfold_bias = times_power_of_two(self.bias, 2)
        self.mixed = multiply(self.weight, self.bias, bits)
        self.squared_weight = square(self.weight, bits)
        self.lengths = [root(from_integer(value, bits), bits) for value in rows.squares] if rows.unit else []
        self.inverses = [divide(ONE, length, bits) for length in self.lengths]

    def variance(self, i: int) -> tuple[Interval, Interval]:
        """NNGP and NTK of one point with itself after the first block."""
        product = ONE if self.rows.unit else from_integer(self.rows.squares[i], self.bits)
        return self._kernels(product)

    def _kernels(self, product: Interval) -> tuple[Interval, Interval]:
        bits = self.bits
        return (
            add(multiply(self.weight, product, bits), self.bias, bits),
            add(multiply(self.inflow, product, bits), self.constant, bits),
        )

    def pair(self, i: int, j: int, inner: Inner, relation: Relation) -> tuple[Covariance, Interval]:
        """Second moments and NTK of two points after the first block; `relation` is theirs there."""
        if self.rows.unit:
            return self._unit_pair(i, j, inner, relation)
        bits = self.bits
        a, b, c = inner
        nngp, ntk = self._kernels(from_integer(c, bits))
        away = from_integer(a + b - 2 * c, bits)
        together = add(multiply(self.weight, from_integer(a + b + 2 * c, bits), bits), self.fourfold_bias, bits)
        discriminant = ZERO
        if not relation.orientation:
            spread = multiply(self.squared_weight, from_integer(a * b - c * c, bits), bits)
            discriminant = add(spread, multiply(self.mixed, away, bits), bits)
        apart = multiply(self.weight, away, bits)
        return Covariance(nngp, discriminant, apart, together, relation.orientation), ntk

    def _unit_pair(self, i: int, j: int, inner: Inner, relation: Relation) -> tuple[Covariance, Interval]:
        bits = self.bits
        a, b, c = inner
        norms = a * b
        gap = norms - c * c
        if gap == 0:
            near, size = ZERO, ONE
        else:
            size = multiply(multiply(from_integer(abs(c), bits), self.inverses[i], bits), self.inverses[j], bits)
            lengths = multiply(self.lengths[i], self.lengths[j], bits)
            whole = add(from_integer(norms, bits), multiply(from_integer(abs(c), bits), lengths, bits), bits)
            near = divide(from_integer(gap, bits), whole, bits)
        far = add(ONE, size, bits)
        nngp, ntk = self._kernels(size if c >= 0 else negative(size))
        less, more = (near, far) if c >= 0 else (far, near)
        apart = multiply(self.twice_weight, less, bits)
        together = add(multiply(self.twice_weight, more, bits), self.fourfold_bias, bits)
        discriminant = ZERO
        if not relation.orientation:
            # The variances are equal: q^2 - r^2 = (q - r)(q + r).
            discriminant = times_power_of_two(multiply(apart, together, bits), -2)
        return Covariance(nngp, discriminant, apart, together, relation.orientation), ntk


def later_moments(
    first: Interval, second: Interval, covariance: Interval, relation: Relation, bits: int, distances: bool
) -> Covariance:
    """The second moments inside the network, where only enclosures of q1, q2 and r are known.

    What is known not to be negative loses its negative part; what is exactly zero for related points is zero.
    """
    orientation = relation.orientation
    discriminant = ZERO
    if not orientation:
        discriminant = not_below_zero(subtract(multiply(first, second, bits), square(covariance, bits), bits))
    apart = together = ZERO
    if distances:
        total, twice = add(first, second, bits), times_power_of_two(covariance, 1)
        if relation != Relation.EQUAL:
            apart = not_below_zero(subtract(total, twice, bits))
        if relation != Relation.OPPOSITE:
            together = not_below_zero(add(total, twice, bits))
    return Covariance(covariance, discriminant, apart, together, orientation)
