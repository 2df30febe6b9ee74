"""Parameters of activations, checked."""

from __future__ import annotations

import operator
from fractions import Fraction

from certify.arithmetic.rationals import spell_rational
from certify.errors import InputError

MAX_DEGREE = 1000


def degree_of(value: object, layer: str) -> int:
    """A degree between 0 and 1000."""
    try:
        degree = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        degree = -1
    if isinstance(value, bool) or not 0 <= degree <= MAX_DEGREE:
        raise InputError(f"the degree of {layer} is {value!r}: it must be an integer from 0 to {MAX_DEGREE}.")
    return degree


def keyword(name: str, value: Fraction, default: int) -> str:
    """`name=value` in canonical spelling, empty for the default."""
    return "" if value == default else f"{name}={spell_rational(value)}"
