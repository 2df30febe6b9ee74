"""Inner products of the points, exactly, and what they say about a pair before any rounding."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import flint

from certify.activations import Relation
from certify.points import Points


@dataclass(frozen=True)
class InputProducts:
    """Exact inner products between two sets of points, as integers over one common denominator `unit` = D^2.

    norms1[i] = D^2 |x_i|^2, norms2[j] = D^2 |y_j|^2, cross(i, j) = D^2 <x_i, y_j>. Under `normalize` "unit" the
    points meant are x/|x|; the integers stay those of the rows as given. `symmetric` says that both sets are the
    same. The n1 x n2 cross products are made when the first of them is asked for: norms need none of them.
    """

    columns: int
    unit: int
    norms1: tuple[int, ...]
    norms2: tuple[int, ...]
    make_products: Callable[[], flint.fmpz_mat]
    normalize: str
    symmetric: bool

    @cached_property
    def products(self) -> flint.fmpz_mat:
        return self.make_products()

    @cached_property
    def normalised(self) -> bool:
        return self.normalize == "unit"

    def cross(self, i: int, j: int) -> int:
        return int(self.products[i, j])

    def relation(self, a: int, b: int, c: int) -> Relation:
        """The exact relation between the points themselves, from a = |x|^2, b = |y|^2, c = <x, y> (Cauchy-Schwarz
        with equality)."""
        if c * c != a * b:
            return Relation.GENERIC
        same_norm = self.normalised or a == b
        if c > 0:
            return Relation.EQUAL if same_norm else Relation.PARALLEL
        if c < 0:
            return Relation.OPPOSITE if same_norm else Relation.ANTIPARALLEL
        # c = 0 = a b: at least one point is zero.
        return Relation.EQUAL if a == b else Relation.GENERIC


def input_products(x1: Points, x2: Points | None, normalize: str) -> InputProducts:
    """Exact inner products of the rows of x1 with those of x2 (with themselves if x2 is None)."""
    first, second = x1, x2 if x2 is not None else x1
    common = math.lcm(first.denominator, second.denominator)
    norms = _norms(first, common)

    def products() -> flint.fmpz_mat:
        left = _scaled(first, common)
        right = left if x2 is None else _scaled(second, common)
        return left * right.transpose()

    return InputProducts(
        columns=first.columns,
        unit=common * common,
        norms1=norms,
        norms2=norms if x2 is None else _norms(second, common),
        make_products=products,
        normalize=normalize,
        symmetric=x2 is None,
    )


def _scaled(points: Points, common: int) -> flint.fmpz_mat:
    factor = common // points.denominator
    return flint.fmpz_mat([[factor * value for value in row] for row in points.rows])


def _norms(points: Points, common: int) -> tuple[int, ...]:
    factor = (common // points.denominator) ** 2
    return tuple(factor * sum(value * value for value in row) for row in points.rows)
