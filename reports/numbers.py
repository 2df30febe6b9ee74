"""Numbers as a page shows them: few digits, rounded in a stated direction, exact value kept elsewhere."""

from __future__ import annotations

import math
from fractions import Fraction

from markupsafe import Markup

from certify.certificate import decimal_above, decimal_below, readable

SHOWN_DIGITS = 6
MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def round_down(value: Fraction, digits: int = SHOWN_DIGITS) -> str:
    """The largest decimal of that many digits that is at most the value, as people type it: 2.49273e-23."""
    return readable(decimal_below(value, digits))


def round_up(value: Fraction, digits: int = SHOWN_DIGITS) -> str:
    """The smallest decimal of that many digits that is at least the value."""
    return readable(decimal_above(value, digits))


def round_near(value: Fraction | float, digits: int = 3) -> str:
    """The nearest decimal of that many digits, for numbers that claim nothing: -1.3e-14, 0.25."""
    exact = Fraction(value)
    below, above = decimal_below(exact, digits), decimal_above(exact, digits)
    return readable(below if exact - Fraction(below) <= Fraction(above) - exact else above)


def as_text(decimal: str) -> str:
    """A decimal in Unicode, for figures: ``-1.3e-14`` becomes −1.3 × 10⁻¹⁴."""
    mantissa, _, exponent = decimal.partition("e")
    mantissa = mantissa.replace("-", MINUS)
    if not exponent:
        return mantissa
    power = f"10{exponent.translate(_SUPERSCRIPTS)}"
    return {"1": power, MINUS + "1": MINUS + power}.get(mantissa, f"{mantissa} × {power}")


def as_html(decimal: str) -> Markup:
    """A decimal as markup with a real superscript, kept on one line."""
    mantissa, _, exponent = decimal.partition("e")
    mantissa = mantissa.replace("-", MINUS)
    if not exponent:
        return Markup('<span class="number">{}</span>').format(mantissa)
    return Markup('<span class="number">{} × 10<sup>{}</sup></span>').format(mantissa, exponent.replace("-", MINUS))


def log10(value: Fraction) -> float:
    """The decimal logarithm of |value| for value != 0, in float64, at any magnitude; for drawing only."""
    return math.log10(abs(value.numerator)) - math.log10(value.denominator)


def grouped(count: int) -> str:
    """A count with thin spaces between thousands."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def counted(count: int, noun: str) -> str:
    return f"{grouped(count)} {noun}{'' if count == 1 else 's'}"
