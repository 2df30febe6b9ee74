"""A matrix of floats against proven enclosures of the truth, decided in exact rationals.

The unit of every error is one ulp of sqrt(K_ii K_jj), the size at which rounding happens: off the diagonal an entry
itself may be zero. With this unit and a tolerance of t ulps, a value is wrong where even the nearest number in the
enclosure is more than t ulps away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.kernels import Enclosure
from properties.audit.answers import FloatFormat, Values, floor_log2_root

DEFAULT_TOLERANCE = 4096
"""Rounding in a few layers costs some tens of ulps; a square root of rounding, the usual loss near correlation 1, costs
2**26. This lies between, and stands for twelve correct decimals."""

COARSE = Fraction(1, 2**20)
"""From this error relative to sqrt(K_ii K_jj) on, an entry counts as wrong rather than imprecise."""


@dataclass(frozen=True)
class Truth:
    """What is proved of the matrix that a target should return: enclosures, and sqrt(K_ii K_jj) squared."""

    lower: NDArray[np.object_]
    upper: NDArray[np.object_]
    norms: tuple[Fraction, ...]

    @classmethod
    def of(cls, enclosure: Enclosure) -> Truth:
        """From the enclosure of a symmetric kernel matrix."""
        lower, upper = enclosure.lower_exact, enclosure.upper_exact
        return cls(lower, upper, tuple(abs(lower[i, i] + upper[i, i]) / 2 for i in range(len(lower))))

    @property
    def n(self) -> int:
        return len(self.norms)

    def square(self, i: int, j: int) -> Fraction:
        return self.norms[i] * self.norms[j]

    def root_lower(self, i: int, j: int) -> Fraction:
        """A power of two that sqrt(K_ii K_jj) is not below, and not above twice, or zero."""
        square = self.square(i, j)
        return Fraction(2) ** floor_log2_root(square) if square else Fraction(0)

    def ulp(self, i: int, j: int, form: FloatFormat) -> Fraction:
        """The spacing of the format at sqrt(K_ii K_jj)."""
        return Fraction(2) ** form.ulp_exponent(self.square(i, j))

    def is_narrow(self, i: int, j: int, allowance: Fraction) -> bool:
        """Whether the enclosure tells right from wrong at this allowance."""
        width: Fraction = self.upper[i, j] - self.lower[i, j]
        return width <= allowance or width * width <= self.square(i, j) / 2**100

    def largest_norm(self) -> Fraction:
        return max(self.norms)


@dataclass(frozen=True)
class EntryError:
    """An entry that lies outside its enclosure: what was returned, what is proved, and how far apart they are."""

    i: int
    j: int
    value: float
    lower: Fraction
    upper: Fraction
    ulps: float
    relative: float

    @property
    def proved(self) -> float:
        return nearest_float((self.lower + self.upper) / 2)


@dataclass(frozen=True)
class Comparison:
    """The entries of one matrix: not-a-number and infinite ones, errors beyond the tolerance, how many could not be
    decided or lie beyond the format, and the largest error in ulps among the finite ones."""

    nans: tuple[tuple[int, int], ...]
    infinities: tuple[tuple[int, int], ...]
    errors: tuple[EntryError, ...]
    entries: int
    undecided: int
    out_of_range: int
    largest_ulps: float


def compare(values: Values, truth: Truth, tolerance: Fraction) -> Comparison:
    """Every entry of a square matrix against the truth about it."""
    nans, infinities, errors = [], [], []
    undecided = out_of_range = 0
    largest = 0.0
    for i, j in np.ndindex(values.array.shape):
        value = float(values.array[i, j])
        low: Fraction = truth.lower.item(i, j)
        high: Fraction = truth.upper.item(i, j)
        if max(abs(low), abs(high), truth.root_lower(i, j)) > values.form.largest:
            out_of_range += 1
        elif math.isnan(value):
            nans.append((i, j))
        elif math.isinf(value):
            infinities.append((i, j))
        else:
            ulp = truth.ulp(i, j, values.form)
            exact = Fraction(value)
            distance = max(low - exact, exact - high, Fraction(0))
            largest = max(largest, nearest_float(distance / ulp))
            if distance > tolerance * ulp:
                errors.append(_error(i, j, value, distance, ulp, truth))
            elif not truth.is_narrow(i, j, tolerance * ulp):
                undecided += 1
    return Comparison(
        tuple(nans), tuple(infinities), tuple(errors), values.array.size, undecided, out_of_range, largest
    )


def _error(i: int, j: int, value: float, distance: Fraction, ulp: Fraction, truth: Truth) -> EntryError:
    relative = relative_to_root(distance, truth.square(i, j))
    return EntryError(i, j, value, truth.lower[i, j], truth.upper[i, j], nearest_float(distance / ulp), relative)


def disagreements(
    first: NDArray[np.float64], second: NDArray[np.float64], ulps: NDArray[np.object_], tolerance: Fraction
) -> list[tuple[int, int, float, float, float]]:
    """(i, j, both entries, ulps) where two matrices that should be equal differ by more than the tolerance, the largest
    difference first; entries that are not finite are left out."""
    found = []
    for i, j in np.ndindex(first.shape):
        a, b = float(first[i, j]), float(second[i, j])
        if math.isfinite(a) and math.isfinite(b) and a != b:
            distance = abs(Fraction(a) - Fraction(b))
            if distance > tolerance * ulps[i, j]:
                found.append((i, j, a, b, nearest_float(distance / ulps[i, j])))
    return sorted(found, key=lambda entry: -entry[-1])


def relative_to_root(distance: Fraction, square: Fraction) -> float:
    """distance / sqrt(square) to about fifteen digits, infinity where the square is zero."""
    if not square:
        return math.inf if distance else 0.0
    ratio = distance * distance / square
    # An even power of two brings the ratio near 1, where float arithmetic can neither overflow nor vanish.
    shift = (ratio.numerator.bit_length() - ratio.denominator.bit_length()) // 2 if ratio else 0
    root = math.sqrt(float(ratio / Fraction(4) ** shift))
    try:
        return math.ldexp(root, shift)
    except OverflowError:
        return math.inf


def nearest_float(value: Fraction) -> float:
    """The nearest double, infinite beyond the range."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
