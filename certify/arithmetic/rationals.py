"""Numbers that a user writes, read exactly, and the canonical spelling of parameters."""

from __future__ import annotations

import decimal
import math
import numbers
import operator
import re
from fractions import Fraction
from typing import Any

from certify.errors import InputError

Ratio = tuple[int, int]

MAX_CHARACTERS = 5000
MAX_EXPONENT = 5000
MAX_PARAMETER_BITS = 6000

_DECIMAL = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?")
_RATIO = re.compile(r"([+-]?)([0-9]+)/([0-9]+)")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
# Python refuses int() on long digit strings (4300 by default, never below 640), whatever the cell limit is.
_DIGITS_AT_ONCE = 600


def exact_rational(value: object, place: str) -> Fraction:
    """The rational number that `value` is: integers and rationals are themselves, a float is the double that it is, a
    string is read as a decimal or a ratio (``"0.1"`` is one tenth). `place` names it in messages.

    Raises InputError for anything else, see `ratio_of_value`.
    """
    try:
        return Fraction(*ratio_of_value(value))
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def exact_parameter(value: object, place: str) -> Fraction:
    """A parameter of a layer: `exact_rational`, short enough to be spelled (also squared) in a network expression."""
    result = exact_rational(value, place)
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > MAX_PARAMETER_BITS:
        raise InputError(f"{place} needs more than {MAX_PARAMETER_BITS} bits as a ratio: write it with fewer digits.")
    return result


def spell_rational(value: Fraction) -> str:
    """Canonical spelling in a network expression: a bare integer, or a ratio in lowest terms and double quotes."""
    return str(value.numerator) if value.denominator == 1 else f'"{value.numerator}/{value.denominator}"'


def is_text(cell: str) -> bool:
    """True for a cell that can only be a heading: not empty, no number, not NaN or infinity.

    A number that is refused for its size, and a ratio with denominator zero, still count as numbers.
    """
    cell = cell.strip()
    return bool(cell) and not any(pattern.fullmatch(cell) for pattern in (_DECIMAL, _RATIO, _NOT_FINITE))


def ratio_of_text(cell: str) -> Ratio:
    """The exact value of a decimal (``-1.5e-3``) or of a ratio of integers (``1/3``); blanks around it do not count.

    Returns numerator and positive denominator in lowest terms. Raises InputError for anything else,
    and, before any arithmetic, for more than 5000 characters and for exponents beyond 5000: 1e30000000 would fill the
    memory.
    """
    cell = cell.strip()
    if not cell:
        raise InputError("the text is empty; give a number or leave it out.")
    if len(cell) > MAX_CHARACTERS:
        raise InputError(f"{abbreviate(cell)} has {len(cell)} characters; write it in at most {MAX_CHARACTERS}.")
    if match := _DECIMAL.fullmatch(cell):
        return _decimal(cell, match)
    if match := _RATIO.fullmatch(cell):
        denominator = _integer(match[3])
        if denominator == 0:
            raise InputError(f"{abbreviate(cell)} divides by zero; write a ratio of integers such as 1/3.")
        return _lowest(_signed(match[1], _integer(match[2])), denominator)
    if _NOT_FINITE.fullmatch(cell):
        raise InputError(f"{abbreviate(cell)} is not finite; give a finite number or leave it out.")
    raise InputError(f"{abbreviate(cell)} is no number; write a decimal such as 1.5e-3 or a ratio such as 1/3.")


def ratio_of_value(value: object) -> Ratio:
    """The exact value of a Python or numpy number, or of a string.

    Integers and rationals are themselves, floats of any width are the binary fractions that they are, strings and
    `decimal.Decimal` are read as decimals. Raises InputError for truth values, NaN, infinity and every other type.
    """
    if isinstance(value, str):
        return ratio_of_text(value)
    if type(value).__name__ in ("bool", "bool_"):
        raise InputError(f"{value} is a truth value; write 1 or 0.")
    if isinstance(value, numbers.Rational):
        return int(value.numerator), int(value.denominator)
    if isinstance(value, decimal.Decimal):
        return ratio_of_text(str(value))
    if hasattr(value, "as_integer_ratio"):
        return _binary_fraction(value)
    try:
        return operator.index(value), 1  # type: ignore[arg-type]
    except TypeError:
        kind = type(value).__name__
    raise InputError(
        f"a value of type {kind} is no exact number; write an int, a float, a Fraction or a decimal string."
    )


def abbreviate(text: str, limit: int = 40) -> str:
    """The text in quotes with control characters escaped, cut to a length that fits into a message."""
    return repr(text if len(text) <= limit else f"{text[: limit - 3]}...")


def _decimal(cell: str, match: re.Match[str]) -> Ratio:
    sign, whole, fraction, bare_fraction, exponent_text = match.groups()
    digits_after_point = fraction or bare_fraction or ""
    exponent_digits = (exponent_text or "0").lstrip("+-").lstrip("0") or "0"
    if len(exponent_digits) > len(str(MAX_EXPONENT)) or int(exponent_digits) > MAX_EXPONENT:
        raise InputError(f"{abbreviate(cell)} has an exponent beyond {MAX_EXPONENT}; use a smaller one.")
    exponent = int(exponent_digits) * (-1 if exponent_text and exponent_text[0] == "-" else 1) - len(digits_after_point)
    mantissa = _signed(sign, _integer((whole or "") + digits_after_point))
    return (mantissa * 10**exponent, 1) if exponent >= 0 else _lowest(mantissa, 10**-exponent)


def _lowest(numerator: int, denominator: int) -> Ratio:
    common = math.gcd(numerator, denominator)
    return numerator // common, denominator // common


def _integer(digits: str) -> int:
    if len(digits) <= _DIGITS_AT_ONCE:
        return int(digits)
    low = len(digits) // 2
    power: int = 10**low
    return _integer(digits[:-low]) * power + _integer(digits[-low:])


def _signed(sign: str, magnitude: int) -> int:
    return -magnitude if sign == "-" else magnitude


def _binary_fraction(value: Any) -> Ratio:
    try:
        numerator, denominator = value.as_integer_ratio()
    except (OverflowError, ValueError):
        raise InputError(f"{value} is not finite; give a finite number or leave it out.") from None
    return int(numerator), int(denominator)
