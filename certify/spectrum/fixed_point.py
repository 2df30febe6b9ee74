"""Symmetric matrices in fixed point: integer midpoints over one power of two, and a bound on each row of radii."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import add, gt, sub
from typing import Any, NamedTuple

import flint
import numpy as np
from numpy.typing import NDArray

from certify.spectrum.memory import tidy_memory

FloatArray = NDArray[np.float64]

_INT64_BITS = 62
_DOUBLE_BITS = 53


class Dyadic(NamedTuple):
    """The number value * 2**exponent."""

    value: int
    exponent: int

    def fraction(self) -> Fraction:
        return scaled(self.value, self.exponent)


class ScaledMatrix:
    """The matrix of entries matrix[i, j] * 2**exponent; it unpacks as the pair (matrix, exponent)."""

    def __init__(self, matrix: Any, exponent: int) -> None:
        self._matrix = matrix
        self.exponent = exponent

    @property
    def matrix(self) -> Any:
        return self._matrix

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.matrix.nrows()), int(self.matrix.ncols())

    def __iter__(self) -> Iterator[Any]:
        return iter((self.matrix, self.exponent))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScaledMatrix) and tuple(self) == tuple(other)


def scaled(value: int, exponent: int) -> Fraction:
    """value * 2**exponent, exactly."""
    return Fraction(value << exponent) if exponent >= 0 else Fraction(value, 1 << -exponent)


def floor_log2(value: Fraction) -> int:
    """Largest k with 2**k <= value, for value > 0."""
    k = value.numerator.bit_length() - value.denominator.bit_length()
    return k if scaled(1, k) <= value else k - 1


def fill_square(rows: Sequence[Sequence[int]]) -> Any:
    """FLINT matrix from rows of integers; from their lower triangle, mirrored, where row i holds i + 1 of them."""
    n = len(rows)
    if not rows or len(rows[0]) == n:
        return flint.fmpz_mat(rows)
    # The copies are made by FLINT: reading a Python integer takes it much longer.
    lower = flint.fmpz_mat([[*row, *[0] * (n - len(row))] for row in rows])
    square = lower + lower.transpose()
    for i, row in enumerate(rows):
        square[i, i] = row[i]
    return square


@dataclass(frozen=True)
class FixedPointBall:
    """A set of symmetric matrices A (n x n) around an exactly known one.

    The set: every symmetric A with sum_j |A_ij - mid_ij * 2**exponent| <= radius_row_sums[i] * 2**exponent for all i.

    mid: `flint.fmpz_mat`, n x n, exactly symmetric. radius_row_sums: n integers >= 0.
    Raises ArithmeticError where the fields break these rules: a matrix made asymmetric by its maker is a mistake in
    the program.
    """

    mid: Any
    exponent: int
    radius_row_sums: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.mid.nrows() != self.mid.ncols() or self.mid.nrows() == 0:
            raise ArithmeticError(
                f"a {self.mid.nrows()} x {self.mid.ncols()} matrix is not square with at least one row"
            )
        if len(self.radius_row_sums) != self.n or min(self.radius_row_sums) < 0:
            raise ArithmeticError(f"{self.n} radius sums >= 0 are needed, one a row")
        if self.mid != self.mid.transpose():
            raise ArithmeticError("the midpoint matrix is not symmetric")

    @property
    def n(self) -> int:
        return int(self.mid.nrows())

    @property
    def max_radius(self) -> Fraction:
        """Largest row sum of radii: an upper bound on the 2-norm of A - mid over the set."""
        return scaled(max(self.radius_row_sums), self.exponent)

    @cached_property
    def diagonal(self) -> tuple[int, ...]:
        """Diagonal of the midpoints, in units of 2**exponent."""
        return tuple(int(self.mid[i, i]) for i in range(self.n))

    @property
    def diagonal_upper(self) -> Fraction:
        """Upper bound on |A_ii| for every i and every A of the set."""
        return scaled(max(abs(d) + r for d, r in zip(self.diagonal, self.radius_row_sums, strict=True)), self.exponent)

    @property
    def least_diagonal_lower(self) -> Fraction:
        """Lower bound on the smallest diagonal entry over the set."""
        return scaled(min(d - r for d, r in zip(self.diagonal, self.radius_row_sums, strict=True)), self.exponent)

    @cached_property
    def tiles(self) -> dict[tuple[int, ...], list[list[Any]]]:
        """Tiles of the midpoints that were cut already, by the bounds of their rows: what `lower_blocks` keeps."""
        return {}

    @cached_property
    def magnitude(self) -> int:
        """Smallest k with |mid_ij| * 2**exponent < 2**k for all entries (the exponent where they are all 0)."""
        mid = self.mid
        return self.exponent + max(int(mid[r, c].bit_length()) for r in range(self.n) for c in range(r + 1))

    @cached_property
    def float64(self) -> tuple[FloatArray, int]:
        """(array, k) with mid * 2**exponent close to array * 2**k, the largest entry of the array between 1/2 and 1
        (or 0).

        An approximation without an error bound, symmetric, free of overflow at every scale; entries far below
        2**-1000 of the largest may become 0.
        """
        mid, n = self.mid, self.n
        top = self.magnitude - self.exponent
        drop = max(top - 1000, 0)
        array = np.zeros((n, n))
        for r in range(n):
            entries = [mid[r, c] for c in range(r + 1)]
            array[r, : r + 1] = [float(entry >> drop) for entry in entries] if drop else [*map(float, entries)]
            array[:r, r] = array[r, :r]
        return np.ldexp(array, drop - top), self.magnitude

    @classmethod
    def from_integers(cls, rows: Sequence[Sequence[int]], exponent: int = 0) -> FixedPointBall:
        """The one matrix of entries rows[i][j] * 2**exponent, from full rows or the lower triangle of it."""
        return cls(fill_square(rows), exponent, (0,) * len(rows))

    @classmethod
    def from_float64(cls, mid: FloatArray, rad: FloatArray | float, bits: int) -> FixedPointBall:
        """Ball that holds every symmetric A with |A_ij - mid_ij| <= rad_ij.

        Assumes mid symmetric and finite, rad finite and >= 0, a scalar standing for the same radius everywhere.
        The unit is 2**-bits of the smallest power of two above the largest |mid_ij|, or coarser where rad is 0 and the
        entries need less. Entries that need a finer unit are rounded to nearest, their error added to the radii.
        """
        mantissa, binary_exponent = np.frexp(mid)
        integers = np.ldexp(mantissa, _DOUBLE_BITS).astype(np.int64)
        binary_exponent = binary_exponent.astype(np.int64) - _DOUBLE_BITS
        nonzero = integers != 0
        radii = np.broadcast_to(np.asarray(rad, dtype=np.float64), mid.shape)
        exact = not radii.any()
        if not nonzero.any():
            unit = 0 if exact else int(np.frexp(radii[radii > 0.0])[1].max()) - bits
        else:
            unit = int(binary_exponent[nonzero].max()) + _DOUBLE_BITS - bits
            if exact:
                low_bit = np.frexp((integers & -integers)[nonzero].astype(np.float64))[1] - 1
                unit = max(unit, int((binary_exponent[nonzero] + low_bit).min()))
        left = np.where(nonzero, binary_exponent - unit, 0)
        rows, inexact = _shift_rows(integers, left)
        sums = _radius_sums(radii, unit)
        return cls(fill_square(rows), unit, tuple(s + (count + 1) // 2 for s, count in zip(sums, inexact, strict=True)))

    @classmethod
    def from_endpoints(cls, rows: Sequence[Sequence[tuple[int, int, int]]], bits: int) -> FixedPointBall:
        """Ball that holds every symmetric A with lo * 2**e <= A_ij <= hi * 2**e, from row i's i + 1 triples (lo, hi,
        e).

        The unit is 2**-bits of a power of two above the largest end point.
        """
        tidy_memory()
        tops = [
            max([max(lo.bit_length(), hi.bit_length()) + e for lo, hi, e in row if lo or hi], default=None)
            for row in rows
        ]
        unit = max((top for top in tops if top is not None), default=0) - bits
        midpoints: list[list[int]] = []
        sums: list[int] = []
        for i, row in enumerate(rows):
            lows = [lo << e - unit if e >= unit else lo >> unit - e for lo, _, e in row]
            highs = [hi << e - unit if e >= unit else -(-hi >> unit - e) for _, hi, e in row]
            if any(map(gt, lows, highs)):
                j = next(j for j, (low, high) in enumerate(zip(lows, highs, strict=True)) if low > high)
                raise ArithmeticError(f"the interval at entry ({i}, {j}) is empty")
            middles = [low + high >> 1 for low, high in zip(lows, highs, strict=True)]
            radii = list(map(sub, highs, middles))
            midpoints.append(middles)
            sums = [*map(add, sums, radii), sum(radii)]
        return cls(fill_square(midpoints), unit, tuple(sums))


BallMaker = Callable[[int], FixedPointBall]


def _shift_rows(integers: NDArray[np.int64], left: NDArray[np.int64]) -> tuple[list[list[int]], list[int]]:
    """(rows of integers * 2**left rounded to nearest, number of inexact entries in each row)."""
    right = np.clip(-left, 0, _INT64_BITS)
    floored = integers >> right
    remainder = integers - (floored << right)
    inexact = np.count_nonzero(remainder, axis=1)
    round_up = (remainder >> np.maximum(right - 1, 0)) & (right > 0)
    nearest = floored + round_up
    up = np.maximum(left, 0)
    if int(up.max()) <= _INT64_BITS - _DOUBLE_BITS:
        return (nearest << up).tolist(), inexact.tolist()
    pairs = zip(nearest.tolist(), up.tolist(), strict=True)
    return [[m << s for m, s in zip(ms, ss, strict=True)] for ms, ss in pairs], inexact.tolist()


def _radius_sums(radii: FloatArray, unit: int) -> list[int]:
    """Row sums of the radii in units of 2**unit, rounded up."""
    sums = []
    for row in radii:
        largest = float(row.max())
        if largest == 0.0:
            sums.append(0)
            continue
        fine = int(np.frexp(largest)[1]) - 40
        # Scaling down may underflow to zero, never the ceiling: a positive radius counts as one fine unit at least.
        counts = np.maximum(np.ceil(np.ldexp(row, -fine)), row > 0.0)
        total = int(counts.astype(np.int64).sum())
        shift = fine - unit
        sums.append(total << shift if shift >= 0 else -(-total >> -shift))
    return sums
