"""Numbers that a user writes, read exactly."""

from __future__ import annotations

import math
import numbers
import re
from fractions import Fraction

from certify.errors import InputError

MAX_EXPONENT = 5000
MAX_LENGTH = 5000
_NUMBER = re.compile(r"\s*([+-]?)(\d[\d_]*)?(?:\.(\d*))?(?:[eE]([+-]?\d+))?(?:/(\d+))?\s*\Z", re.ASCII)


def exact_rational(value: object, place: str) -> Fraction:
    """The rational number that `value` is.

    Integers and Fractions are themselves, a float is the double that it is, a string is read as a decimal or a ratio
    (``"0.1"`` is one tenth). `place` names the number in messages.

    Raises InputError for anything else, for NaN and infinity, for strings longer than 5000 characters and for decimal
    exponents beyond 5000 (they would not fit into memory).
    """
    if isinstance(value, str):
        return _from_text(value, place)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError(
            f'{place} must be a number, not {value!r}: write an int, a float, a Fraction or a string such as "1/3".'
        )
    if isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    number = float(value)
    if not math.isfinite(number):
        raise InputError(f"{place} is {number}: give a finite number.")
    return Fraction(number)


def _from_text(text: str, place: str) -> Fraction:
    if len(text) > MAX_LENGTH:
        raise InputError(f"{place} has {len(text)} characters: write it in at most {MAX_LENGTH}.")
    match = _NUMBER.match(text)
    if match is None or (match[2] is None and not match[3]) or (match[5] and (match[3] is not None or match[4])):
        raise InputError(f'{place} is {text!r}: write a decimal such as "0.25" or a ratio such as "1/4".')
    if match[4] and (len(match[4]) > 6 or abs(int(match[4])) > MAX_EXPONENT):
        raise InputError(f"{place} is {text!r}: its exponent must lie between -{MAX_EXPONENT} and {MAX_EXPONENT}.")
    if match[5] and not int(match[5]):
        raise InputError(f"{place} is {text!r}: the denominator must not be zero.")
    return Fraction(text.strip())


def spell_rational(value: Fraction) -> str:
    """The canonical spelling inside a network expression: a bare integer, or a ratio in lowest terms in double
    quotes."""
    return str(value.numerator) if value.denominator == 1 else f'"{value.numerator}/{value.denominator}"'
