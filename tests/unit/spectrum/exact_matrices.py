"""Symmetric matrices of exact rationals with known spectra, and decisions about them by exact elimination."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from random import Random

from certify.spectrum.fixed_point import BallMaker, FixedPointBall

Matrix = list[list[Fraction]]


def rational(rows: Sequence[Sequence[int | float | Fraction]]) -> Matrix:
    return [[Fraction(entry) for entry in row] for row in rows]


def shifted(matrix: Matrix, shift: Fraction) -> Matrix:
    """matrix - shift * I."""
    return [[entry - (shift if i == j else 0) for j, entry in enumerate(row)] for i, row in enumerate(matrix)]


def is_semidefinite(matrix: Matrix, strict: bool = False) -> bool:
    """Whether all eigenvalues are >= 0 (> 0 with `strict`), by elimination with diagonal pivots."""
    work = [row[:] for row in matrix]
    while work:
        n = len(work)
        pivot = max(range(n), key=lambda i: work[i][i])
        top = work[pivot][pivot]
        if top <= 0:
            return not strict and not any(any(row) for row in work)
        rest = [i for i in range(n) if i != pivot]
        work = [[work[i][j] - work[i][pivot] * work[pivot][j] / top for j in rest] for i in rest]
    return True


def encloses(matrix: Matrix, lower: Fraction, upper: Fraction) -> bool:
    """Whether lower <= lambda_min(matrix) <= upper, decided exactly."""
    return is_semidefinite(shifted(matrix, lower)) and not is_semidefinite(shifted(matrix, upper), strict=True)


def with_spectrum(eigenvalues: Sequence[int | Fraction], seed: int = 0) -> Matrix:
    """Q D Q' for a rational orthogonal Q, a product of Householder reflections of small integer vectors."""
    n = len(eigenvalues)
    random = Random(seed)
    matrix = [[Fraction(eigenvalues[i]) if i == j else Fraction(0) for j in range(n)] for i in range(n)]
    for _ in range(3):
        v = [random.randint(-5, 5) for _ in range(n - 1)] + [1]
        matrix = _reflected(matrix, v)
    return matrix


def _reflected(matrix: Matrix, v: Sequence[int]) -> Matrix:
    """H A H with H = I - 2 v v' / v'v."""
    n, norm = len(v), sum(x * x for x in v)
    w = [sum(matrix[i][j] * v[j] for j in range(n)) * 2 / norm for i in range(n)]
    inner = sum(x * y for x, y in zip(v, w, strict=True)) / norm
    return [[matrix[i][j] - v[i] * w[j] - w[i] * v[j] + 2 * inner * v[i] * v[j] for j in range(n)] for i in range(n)]


def hilbert(n: int) -> Matrix:
    return [[Fraction(1, i + j + 1) for j in range(n)] for i in range(n)]


def make_ball_of(matrix: Matrix) -> BallMaker:
    """Enclosures of an exact matrix at any precision, as a kernel would give them: intervals two units wide."""
    largest = max(abs(entry) for row in matrix for entry in row)
    top = largest.numerator.bit_length() - largest.denominator.bit_length()

    def make(bits: int) -> FixedPointBall:
        unit = top - bits
        rows = []
        for i, row in enumerate(matrix):
            low = [floor(entry / Fraction(2) ** unit) for entry in row[: i + 1]]
            rows.append([(value - (i + j) % 2, value + 1 + (i * j) % 2, unit) for j, value in enumerate(low)])
        return FixedPointBall.from_endpoints(rows, bits)

    return make


def exact_ball(matrix: Sequence[Sequence[int]], exponent: int = 0) -> FixedPointBall:
    """The ball of radius 0 around an integer matrix times 2**exponent."""
    return FixedPointBall.from_integers(matrix, exponent)


def midpoints(ball: FixedPointBall) -> Matrix:
    unit = Fraction(2) ** ball.exponent
    return [[Fraction(int(ball.mid[i, j])) * unit for j in range(ball.n)] for i in range(ball.n)]
