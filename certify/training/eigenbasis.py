"""A matrix with a proven eigenbasis: K = Q D Q' + E with Q exactly orthogonal, D >= 0 diagonal and |E|_2 known.

Nothing is assumed about gaps. For any V with |I - V'V|_2 <= r < 1 the matrix Q = V (V'V)^(-1/2) is orthogonal, and with
(V'V)^(-1/2) = I + H, |H| <= h = (1 - r)^(-1/2) - 1 <= r (r <= 1/2, by convexity), and V'KV = D + Delta,

    |K - Q D Q'| = |(I + H)(D + Delta)(I + H) - D| <= |Delta| / (1 - r) + (2 h + h^2) |D|.

Norms of symmetric matrices are bounded by their largest row sum, in exact integers. Weyl's inequality then encloses
every eigenvalue, and the sine theorem (Davis and Kahan, 1970) every spectral projector.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.spectrum.fixed_point import FixedPointBall, scaled
from certify.training.refinement import IntegerMatrix, float_basis, refine


@dataclass(frozen=True)
class Eigenbasis:
    """Q = V (V'V)^(-1/2) with V = vectors * 2**-bits, D = diag(values) * 2**exponent >= 0, ascending.

    error: upper bound of |K - Q D Q'|_2 for every K of the ball. defect: upper bound, at most 1/2, of |I - V'V|_2
    and of |(V'V)^(-1/2) - I|_2.
    """

    vectors: IntegerMatrix
    bits: int
    values: tuple[int, ...]
    exponent: int
    error: Fraction
    defect: Fraction

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def smallest(self) -> Fraction:
        """A lower bound of the smallest eigenvalue both of K and of Q D Q'; it may be negative."""
        return min(scaled(value, self.exponent) for value in self.values) - self.error

    @property
    def largest(self) -> Fraction:
        """An upper bound of the largest eigenvalue both of K and of Q D Q'."""
        return scaled(max(self.values), self.exponent) + self.error

    def eigenvalue(self, i: int) -> tuple[Fraction, Fraction]:
        """Bounds of the eigenvalue number i of K, ascending (Weyl)."""
        middle = scaled(self.values[i], self.exponent)
        return max(middle - self.error, Fraction(0)), middle + self.error


def prove_eigenbasis(ball: FixedPointBall, start: Eigenbasis | None = None) -> Eigenbasis | None:
    """The eigenbasis of the positive semidefinite matrices in the ball, or None where no basis was found.

    Assumes that every matrix meant is positive semidefinite (a kernel matrix is): D is cut off at 0 and the cut counts
    as error. `start` is a basis at lower precision to begin with.
    """
    bits = ball.magnitude - ball.exponent
    if start is None:
        vectors = refine(ball, float_basis(ball), 53, bits)
    else:
        vectors = refine(ball, start.vectors, start.bits, bits)
    transposed = vectors.transpose()
    one = 1 << 2 * bits
    gram = (transposed * vectors).table()
    defect = Fraction(
        max(sum(abs((one if i == j else 0) - int(entry)) for j, entry in enumerate(row)) for i, row in enumerate(gram)),
        one,
    )
    if 2 * defect > 1:
        return None
    form: list[list[Any]] = (transposed * ball.mid * vectors).table()
    order = sorted(range(ball.n), key=lambda i: int(form[i][i]))
    values = {i: max(int(form[i][i]) + (one >> 1) >> 2 * bits, 0) for i in order}
    sums = [
        sum(abs(int(entry) - (values[i] << 2 * bits if i == j else 0)) for j, entry in enumerate(row))
        for i, row in enumerate(form)
    ]
    unit = ball.exponent
    delta = scaled(max(sums), unit - 2 * bits) + (1 + defect) * ball.max_radius
    spread = (2 * defect + defect * defect) * scaled(max(values.values()), unit)
    return Eigenbasis(
        _columns(vectors, order),
        bits,
        tuple(values[i] for i in order),
        unit,
        _short(delta / (1 - defect) + spread),
        _short(defect),
    )


def _columns(matrix: IntegerMatrix, order: list[int]) -> IntegerMatrix:
    return type(matrix)([[row[i] for i in order] for row in matrix.table()])


def _short(value: Fraction) -> Fraction:
    """The value rounded up to 32 significant bits."""
    if not value:
        return value
    shift = value.numerator.bit_length() - value.denominator.bit_length() - 32
    unit = scaled(1, shift)
    return -((-value) // unit) * unit
