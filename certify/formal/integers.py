"""The integers of the residual proof as Coq checks them: entries on one scale, factor, shift and vector.

Nothing here is trusted: Coq evaluates the same inequalities (`coq/Matrices.v`) and the entries behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import Any

from flint import arb

from certify.activations import Activation
from certify.certificate import Certificate
from certify.errors import InputError
from certify.formal.mirror import Mirror, Unreachable
from certify.points import Points
from certify.programs import Dense

Rows = list[list[int]]

RESERVE = 8
"""Bits by which the rehearsal is less precise than what is asked of Coq."""
FIRST_GUARD = 10
MOST_EXTRA = 160
MAX_PRECISION = 4000


@dataclass(frozen=True)
class ResidualIntegers:
    """Witness of lower <= lambda_min <= upper for integers `entries` within 1 of 2**exponent K_ij.

    multiple * entries and weight * factor factor' have one scale, that of the shift; `precision` is that of the
    enclosures of the entries, in bits.
    """

    exponent: int
    entries: Rows
    factor: Rows
    multiple: int
    weight: int
    shift: int
    vector: list[int]
    precision: int


def residual_integers(
    certificate: Certificate, layers: Sequence[Dense | Activation], points: Points
) -> ResidualIntegers:
    """The integers for a certificate with a residual proof, on the coarsest scale that shows the claimed bounds.

    Raises InputError where the bounds do not follow at any scale tried or an entry cannot be enclosed as Coq does it.
    """
    proof: Any = certificate.document["proof"]
    lower, upper = certificate.lambda_min
    assert lower is not None
    factor = [[int(word, 16) for word in row.split(" ")] for row in proof["factor"]["rows"]]
    vector = [int(word, 16) for word in proof["vector"].split(" ")]
    square = -2 * int(proof["factor"]["exponent"])
    shift = Fraction(int(proof["shift"]["value"], 16)) * Fraction(2) ** int(proof["shift"]["exponent"])
    kernel = (layers, certificate.kernel == "ntk", certificate.normalize == "unit", points)

    gram = _Entries(kernel)
    products = [[sum(map(mul, row, factor[j])) for j in range(i + 1)] for i, row in enumerate(factor)]
    first = _coarsest(shift - lower, len(factor))
    for exponent in range(first, first + MOST_EXTRA, 4):
        entries, precision = gram.at(exponent)
        common = max(exponent, square)
        multiple, weight = 1 << (common - exponent), 1 << (common - square)
        scaled_shift = int(shift * 2**common // 1)
        if _lower_holds(entries, products, multiple, weight, scaled_shift, lower * 2**common) and _upper_holds(
            entries, vector, upper * 2**exponent
        ):
            return ResidualIntegers(exponent, entries, factor, multiple, weight, scaled_shift, vector, precision)
    raise InputError(
        "the bounds of the certificate are too tight to be shown again from its factor: prove it with another "
        "--rel-width."
    )


def _coarsest(room: Fraction, n: int) -> int:
    """The first scale at which n entries rounded to integers use up less than the room between shift and bound."""
    exponent = 0
    while room > 0 and room * 2**exponent < n:
        exponent += 1
    return exponent


class _Entries:
    """Integers near 2**exponent K, at the precision at which Coq will find them near."""

    def __init__(self, kernel: tuple[Sequence[Dense | Activation], bool, bool, Points]) -> None:
        self.kernel = kernel
        self.precision = 0
        self.rows: list[list[arb]] = []
        self.radius = Fraction(0)

    def at(self, exponent: int) -> tuple[Rows, int]:
        while not self.rows or self.radius * 2**exponent > Fraction(1, 8):
            self._climb(exponent)
        return [[_nearest(value, exponent) for value in row] for row in self.rows], self.precision + RESERVE

    def _missing(self, exponent: int) -> int:
        """Bits by which the radius is too large, and a little more where few are missing."""
        return 4 + max(0, int(self.radius * 2 ** (exponent + 3))).bit_length()

    def _climb(self, exponent: int) -> None:
        wanted = exponent + FIRST_GUARD
        self.precision = max(wanted, self.precision + (self._missing(exponent) if self.rows else self.precision // 2))
        if self.precision > max(MAX_PRECISION, 4 * wanted):
            raise InputError(
                f"an entry cannot be enclosed to 2**-{exponent} by the formulas of the Coq library: points without "
                "rows that are zero or multiples of each other may do."
            )
        try:
            self.rows = Mirror(*self.kernel, self.precision).rows()
        except Unreachable:
            self.rows = []
            return
        self.radius = max(_fraction(value.rad()) for row in self.rows for value in row)


def _fraction(value: arb) -> Fraction:
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _nearest(value: arb, exponent: int) -> int:
    mantissa, power = (int(part) for part in value.mid().man_exp())
    places = power + exponent
    return mantissa << places if places >= 0 else (mantissa + (1 << (-places - 1))) >> -places


def _lower_holds(entries: Rows, products: Rows, multiple: int, weight: int, shift: int, lower: Fraction) -> bool:
    n = len(entries)
    sums = [n * multiple] * n
    for i, (row, product) in enumerate(zip(entries, products, strict=True)):
        for j in range(i + 1):
            size = abs(multiple * row[j] - weight * product[j] - (shift if i == j else 0))
            sums[i] += size
            if i != j:
                sums[j] += size
    return lower <= shift - max(sums)


def _upper_holds(entries: Rows, vector: list[int], upper: Fraction) -> bool:
    form = 0
    for i, row in enumerate(entries):
        form += vector[i] * (2 * sum(map(mul, row[:i], vector)) + row[i] * vector[i])
    size = sum(map(abs, vector))
    return size > 0 and form + size * size <= upper * sum(value * value for value in vector)
