"""Integers, lists and harmless comments in Coq's syntax."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

WIDTH = 112
PLAIN = frozenset(" .,:;=+-_/|<>()[]^")


class Decimal(NamedTuple):
    """The rational number / unit as two terms of type Z."""

    number: str
    unit: str


def decimal_integer(value: int) -> str:
    return str(value) if value >= 0 else f"({value})"


def hexadecimal_integer(value: int) -> str:
    """Coq reads long hexadecimal numbers faster than decimal ones."""
    return f"{value:#x}" if value >= 0 else f"({value:#x})"


def rational(value: Fraction) -> str:
    """A term of type Q."""
    if value.denominator == 1:
        return decimal_integer(value.numerator)
    return f"({decimal_integer(value.numerator)} # {value.denominator})"


def decimal(text: str) -> Decimal:
    """A claimed bound ``<m>e<k>``, as it stands, over a power of ten."""
    mantissa, _, exponent = text.partition("e")
    power = int(exponent or 0)
    if power < 0:
        return Decimal(decimal_integer(int(mantissa)), f"(10 ^ {-power})")
    return Decimal(decimal_integer(int(mantissa) * 10**power), "1")


def integer_list(values: Iterable[int], spell: Callable[[int], str]) -> str:
    """A list over several lines, without its scope."""
    lines = [""]
    for value in values:
        word = f"{spell(value)}; "
        if lines[-1] and len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += word
    return "[" + "\n    ".join(line.rstrip() for line in lines).rstrip(";") + "]"


def integer_table(rows: Iterable[Sequence[int]], spell: Callable[[int], str]) -> str:
    """A term of type list (list Z)."""
    return "[" + ";\n   ".join(integer_list(row, spell) for row in rows) + "]%Z"


def harmless(text: str) -> str:
    """Text that can neither end nor upset a Coq comment: plain ASCII without quotes and asterisks."""
    kept = (c if c in PLAIN or (c.isascii() and c.isalnum()) else "?" for c in text)
    return "".join(kept)
