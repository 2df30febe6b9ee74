"""Bounds as decimals, rounded outward, in one canonical spelling: ``0`` or ``<m>e<k>`` for m * 10**k."""

from __future__ import annotations

from fractions import Fraction

DIGITS = 12


def decimal_below(value: Fraction, digits: int = DIGITS) -> str:
    """The largest decimal of that many significant digits that is at most `value`."""
    if not value:
        return "0"
    exponent = _magnitude(abs(value)) - digits + 1
    scaled = value * Fraction(10) ** -exponent
    return _spell(scaled.numerator // scaled.denominator, exponent)


def decimal_above(value: Fraction, digits: int = DIGITS) -> str:
    """The smallest decimal of that many significant digits that is at least `value`."""
    text = decimal_below(-value, digits)
    return text if text == "0" else text[1:] if text.startswith("-") else "-" + text


def _magnitude(value: Fraction) -> int:
    """floor(log10(value)) for value > 0."""
    guess = int((value.numerator.bit_length() - value.denominator.bit_length()) * 0.30103) - 2
    while Fraction(10) ** (guess + 1) <= value:
        guess += 1
    return guess


def _spell(mantissa: int, exponent: int) -> str:
    while mantissa and mantissa % 10 == 0:
        mantissa //= 10
        exponent += 1
    return f"{mantissa}e{exponent}" if mantissa else "0"


def readable(text: str) -> str:
    """``<m>e<k>`` in the notation people read: 2.4927e-23, 0.125."""
    if text == "0":
        return "0"
    mantissa, exponent = text.split("e")
    sign, figures = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    power = int(exponent) + len(figures) - 1
    if -4 <= power < 7:
        if power < 0:
            return f"{sign}0.{'0' * (-power - 1)}{figures}"
        whole, rest = figures[: power + 1].ljust(power + 1, "0"), figures[power + 1 :]
        return f"{sign}{whole}.{rest}" if rest else sign + whole
    return f"{sign}{figures[0]}{'.' + figures[1:] if figures[1:] else ''}e{power:+d}".replace("e+", "e")


def spoken_bounds(lower: str | None, upper: str) -> str:
    """The claim about lambda_min in canonical decimals, in one line."""
    if lower == upper == "0":
        return "lambda_min = 0, exactly"
    return f"{'0 <' if lower is None else readable(lower) + ' <='} lambda_min <= {readable(upper)}"
