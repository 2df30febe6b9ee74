"""Numbers as text: hexadecimal integers, decimal integers of any length, and the decimals of a claim.

Python refuses to convert decimal strings beyond 4300 digits, and `Fraction("1e30000000")` builds an integer of
thirty million digits; so lengths and exponents are looked at before anything is converted, and long decimals are
converted in pieces.
"""

import re
from fractions import Fraction

from . import limits
from .answers import Malformed

_HEX = re.compile(r"0|-?[1-9a-f][0-9a-f]*")
_HEXES = re.compile(r"(?:0|-?[1-9a-f][0-9a-f]*+)(?: (?:0|-?[1-9a-f][0-9a-f]*+))*+")
_DECIMAL = re.compile(r"0|-?[1-9][0-9]*")
_CLAIMED = re.compile(r"(-?[1-9][0-9]*)e(0|-?[1-9][0-9]*)")
_PIECE = 4000
_PIECE_VALUE = 10**_PIECE


def _bounded(text: str, where: str) -> str:
    if len(text) > limits.MAX_NUMBER_CHARACTERS:
        raise Malformed(f"{where} is a number of {len(text)} characters, more than {limits.MAX_NUMBER_CHARACTERS}")
    return text


def integer_from_decimal(text: str, where: str) -> int:
    """The integer that a plain decimal spells: no leading zero, no plus sign, no negative zero."""
    if _DECIMAL.fullmatch(_bounded(text, where)) is None:
        raise Malformed(f"{where} is not a plain decimal integer")
    digits = text.removeprefix("-")
    value = 0
    for start in range(0, len(digits), _PIECE):
        piece = digits[start : start + _PIECE]
        value = value * 10 ** len(piece) + int(piece)
    return -value if text[0] == "-" else value


def decimal_from_integer(value: int) -> str:
    """The plain decimal spelling of an integer, whatever its length."""
    if -_PIECE_VALUE < value < _PIECE_VALUE:
        return str(value)
    pieces: list[str] = []
    rest = abs(value)
    while rest >= _PIECE_VALUE:
        rest, piece = divmod(rest, _PIECE_VALUE)
        pieces.append(str(piece).zfill(_PIECE))
    pieces.append(str(rest))
    return ("-" if value < 0 else "") + "".join(reversed(pieces))


def integer_from_hex(text: str, where: str) -> int:
    """The integer that lower-case hexadecimal digits spell: no prefix, no leading zero, no negative zero."""
    if _HEX.fullmatch(_bounded(text, where)) is None:
        raise Malformed(f"{where} is not a hexadecimal integer")
    return int(text, 16)


def integers_from_hex(text: str, count: int, where: str) -> tuple[int, ...]:
    """The `count` hexadecimal integers of a string, one space between two of them."""
    # Counted before it is split: millions of numbers where three are expected must not fill the memory.
    found = text.count(" ") + 1
    if found != count:
        raise Malformed(f"{where} holds {found} numbers instead of {count}")
    items = text.split(" ")
    if len(text) > limits.MAX_NUMBER_CHARACTERS:
        for item in items:
            _bounded(item, where)
    if _HEXES.fullmatch(text) is None:
        raise Malformed(f"{where} holds something that is not a hexadecimal integer")
    return tuple([int(item, 16) for item in items])


def rational_from_claim(text: str, where: str) -> Fraction:
    """The value of a claimed bound: `0`, or `<m>e<k>` with integers m (no trailing zero) and k, meaning m 10^k."""
    if text == "0":
        return Fraction(0)
    match = _CLAIMED.fullmatch(_bounded(text, where))
    if match is None or match[1][-1] == "0":
        raise Malformed(f"{where} is neither 0 nor an integer m and an exponent k written as <m>e<k> in lowest form")
    if len(match[2]) > 8 or abs(int(match[2])) > limits.MAX_DECIMAL_EXPONENT:
        raise Malformed(f"{where} has a decimal exponent beyond {limits.MAX_DECIMAL_EXPONENT}")
    return integer_from_decimal(match[1], where) * Fraction(10) ** int(match[2])


def binary_exponent(value: int, where: str) -> int:
    """An exponent of two within the format's limit."""
    if abs(value) > limits.MAX_BINARY_EXPONENT:
        raise Malformed(f"{where} is a binary exponent beyond {limits.MAX_BINARY_EXPONENT}")
    return value
