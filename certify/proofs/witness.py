"""What certificates about networks and about given matrices share: the asked width, the bounds and the witness."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Protocol

from certify.arithmetic.rationals import MAX_EXPONENT, exact_rational
from certify.certificate import decimal_above, decimal_below, hexadecimal, integers
from certify.errors import InputError
from certify.spectrum import EigenvalueEnclosure

FACTOR_ROWS = 2000
MIN_BITS, MAX_BITS = 53, 16_384


class HasBounds(Protocol):
    """Proven bounds, whatever proved them."""

    @property
    def lower(self) -> Fraction: ...

    @property
    def upper(self) -> Fraction: ...


def check_width(rel_width: Any, max_bits: int) -> Fraction:
    """The asked relative width as an exact number. Raises InputError for a width or a precision that cannot be used."""
    width = exact_rational(rel_width, "rel_width")
    if width <= 0:
        raise InputError(f"rel_width is {rel_width}: it must be positive.")
    if isinstance(max_bits, bool) or not isinstance(max_bits, int) or not MIN_BITS <= max_bits <= MAX_BITS:
        raise InputError(f"max_bits is {max_bits!r}: give a whole number from {MIN_BITS} to {MAX_BITS}.")
    return width


def significant_digits(rel_width: Fraction) -> int:
    """Digits for the bounds: four more than the asked width shows."""
    return max(12, 4 + len(str(math.ceil(1 / rel_width))))


def bounds_field(found: HasBounds, digits: int) -> dict[str, str | None]:
    """The bounds as outward decimals. Raises InputError where they leave the range that a certificate can hold."""
    bounds = {"lower": decimal_below(found.lower, digits), "upper": decimal_above(found.upper, digits)}
    for text in bounds.values():
        if abs(int(text.partition("e")[2] or 0)) > MAX_EXPONENT:
            raise InputError(
                f"lambda_min has a decimal exponent beyond {MAX_EXPONENT}: scale the points or use normalize='unit'."
            )
    return {**bounds}


def residual_field(found: EigenvalueEnclosure, n: int) -> dict[str, Any]:
    """The witness of both bounds; above 2000 rows without the factor, which the engine then recomputes from the
    shift."""
    carried = None
    if found.factor is not None and n <= FACTOR_ROWS:
        factor, exponent = found.factor
        rows = [integers(int(factor[i, j]) for j in range(i + 1)) for i in range(n)]
        carried = {"exponent": exponent, "rows": rows}
    return {
        "bits": found.bits,
        "factor": carried,
        "kind": "residual",
        "shift": {"exponent": found.shift.exponent, "value": hexadecimal(found.shift.value)},
        "vector": integers(found.vector),
    }
