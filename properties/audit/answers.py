"""What a target answers: a matrix of numbers, or a failure that has a name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


class Kind(Enum):
    """What can be wrong with somebody else's kernel. The values are the names in reports and in known-failures files.

    The `scale-` kinds are met only at points that are very large or very small.
    """

    NAN = "nan"
    INFINITY = "infinity"
    WRONG = "wrong-entry"
    IMPRECISE = "imprecise-entry"
    ASYMMETRY = "asymmetry"
    PERMUTATION = "permutation"
    BLOCKS = "blocks"
    SIGN = "lambda-min"
    SCALE_NAN = "scale-nan"
    SCALE_INFINITY = "scale-infinity"
    SCALE_WRONG = "scale-wrong-entry"
    SCALE_IMPRECISE = "scale-imprecise-entry"
    RAISES = "raises"
    SHAPE = "wrong-shape"
    TYPE = "no-numbers"
    HANGS = "hangs"
    DIES = "dies"


def floor_log2_root(square: Fraction) -> int:
    """floor(log2 sqrt(square)) for an exact square > 0."""
    # floor(log2 sqrt(q)) = floor(floor(log2 q) / 2), and floor(log2 of a quotient) is off by at most one from the
    # difference of the lengths.
    logarithm = square.numerator.bit_length() - square.denominator.bit_length()
    if Fraction(2) ** logarithm > square:
        logarithm -= 1
    return logarithm // 2


@dataclass(frozen=True)
class FloatFormat:
    """A floating-point format: relative spacing, exponent of the smallest positive number, and the largest number."""

    name: str
    precision: int
    smallest_exponent: int
    largest: Fraction

    def ulp_exponent(self, square: Fraction) -> int:
        """e such that 2**e is the spacing of the format at sqrt(square), for an exact square >= 0."""
        if not square:
            return self.smallest_exponent
        return max(floor_log2_root(square) - self.precision + 1, self.smallest_exponent)


def _format(name: str, precision: int, smallest: int, emax: int) -> FloatFormat:
    return FloatFormat(name, precision, smallest, (2 - Fraction(2) ** (1 - precision)) * Fraction(2) ** emax)


FORMATS = {
    form.name: form
    for form in (
        _format("float64", 53, -1074, 1023),
        _format("float32", 24, -149, 127),
        _format("float16", 11, -24, 15),
        _format("bfloat16", 8, -133, 127),
    )
}
"""Formats by the name of their dtype; every other dtype is judged as float64."""


@dataclass(frozen=True)
class Values:
    """A matrix that a target returned: its numbers as float64, and the format that it came in."""

    array: NDArray[np.float64]
    form: FloatFormat


@dataclass(frozen=True)
class Failure:
    """No matrix of the right shape came back: RAISES, SHAPE, TYPE, HANGS or DIES, with what is known of it."""

    kind: Kind
    detail: str


@dataclass(frozen=True)
class Unsupported:
    """The target says that it has no such network."""

    detail: str


Answer = Values | Failure | Unsupported


def values_of(array: NDArray[np.float64], dtype: str) -> Values:
    """The matrix with the format that the dtype's name says; integers and longer floats count as float64."""
    return Values(array, FORMATS.get(dtype, FORMATS["float64"]))
