"""Points with positions: inner products between the parts of two points, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul

import flint

from certify.points import Points


@dataclass(frozen=True)
class Parts:
    """A set of points cut into positions: rows[i][p] is the integer vector of point i at position p, all over one
    denominator that is left out here."""

    rows: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def positions(self) -> int:
        return len(self.rows[0])

    @property
    def channels(self) -> int:
        return len(self.rows[0][0])

    @cached_property
    def norms(self) -> tuple[int, ...]:
        """Squared lengths of whole points."""
        return tuple(sum(value * value for row in point for value in row) for point in self.rows)

    @cached_property
    def matrix(self) -> flint.fmpz_mat:
        """All positions of all points, a row each, transposed."""
        return flint.fmpz_mat([list(row) for point in self.rows for row in point]).transpose()


@dataclass(frozen=True)
class PositionInputs:
    """Two sets of points over one denominator D; entry products over `unit` = D^2 are exact. Under `normalize` "unit"
    the points meant are x/|x|, by the length of the whole point."""

    first: Parts
    second: Parts
    unit: int
    normalize: str
    symmetric: bool

    @property
    def normalised(self) -> bool:
        return self.normalize == "unit"

    def products(self, i: int) -> list[list[int]]:
        """For every point j of the second set the D^2 <x_ip, y_jq>, p slower than q, in one list."""
        left = flint.fmpz_mat([list(row) for row in self.first.rows[i]])
        table = (left * self.second.matrix).table()
        width = self.second.positions
        return [[int(v) for row in table for v in row[j * width : (j + 1) * width]] for j in range(self.second.n)]

    def pair_products(self, i: int, j: int) -> list[int]:
        """The same for one point j alone."""
        left, right = self.first.rows[i], self.second.rows[j]
        return [sum(map(mul, x, y)) for x in left for y in right]

    def own_products(self, side: int, i: int) -> list[int]:
        """The same for a point with itself."""
        left = flint.fmpz_mat([list(row) for row in (self.first, self.second)[side].rows[i]])
        return [int(v) for row in (left * left.transpose()).table() for v in row]


def position_inputs(x1: Points, x2: Points | None, positions: tuple[int, int], normalize: str) -> PositionInputs:
    """The points cut into so many positions each, C order, over a common denominator."""
    second = x1 if x2 is None else x2
    common = math.lcm(x1.denominator, second.denominator)
    left = _parts(x1, common // x1.denominator, positions[0])
    right = left if x2 is None else _parts(second, common // second.denominator, positions[1])
    return PositionInputs(left, right, common * common, normalize, x2 is None)


def _parts(points: Points, factor: int, positions: int) -> Parts:
    width = points.columns // positions

    def cut(row: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(factor * v for v in row[p * width : (p + 1) * width]) for p in range(positions))

    return Parts(tuple(map(cut, points.rows)))
