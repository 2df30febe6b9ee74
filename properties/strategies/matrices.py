"""Strategies for symmetric matrices whose spectrum is known: Q diag(spectrum) Q' with rational orthogonal Q."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from properties.strategies.clouds import small_rows
from properties.strategies.floats import float_above

Matrix = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class BallMatrix:
    """Float64 midpoints and radii (as exact numbers) of a ball that holds `inside`, a matrix whose eigenvalues are
    `spectrum`, ascending."""

    midpoints: Matrix
    radii: Matrix
    inside: Matrix
    spectrum: tuple[Fraction, ...]

    @property
    def n(self) -> int:
        return len(self.midpoints)


def product(left: Matrix, right: Matrix) -> Matrix:
    """The exact product of two matrices."""
    columns = tuple(zip(*right, strict=True))
    return tuple(
        tuple(sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in columns) for row in left
    )


def transpose(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))


def identity(n: int) -> Matrix:
    return tuple(tuple(Fraction(i == j) for j in range(n)) for i in range(n))


def householder(vector: tuple[int, ...]) -> Matrix:
    """The reflection I - 2 v v' / v'v, orthogonal and rational; the identity for v = 0."""
    square = sum(value * value for value in vector)
    if not square:
        return identity(len(vector))
    return tuple(
        tuple(Fraction(i == j) - Fraction(2 * a * b, square) for j, b in enumerate(vector))
        for i, a in enumerate(vector)
    )


def cayley(entries: tuple[int, ...], n: int) -> Matrix:
    """(I - S)(I + S)^-1 = 2 (I + S)^-1 - I for the skew-symmetric S with these entries below its diagonal: a rational
    rotation, det = 1 (Cayley 1846)."""
    skew = [[Fraction(0)] * n for _ in range(n)]
    places = [(i, j) for i in range(n) for j in range(i)]
    for (row, column), value in zip(places, entries, strict=True):
        skew[row][column], skew[column][row] = Fraction(value), Fraction(-value)
    table = [[skew[i][j] + (i == j) for j in range(n)] + [Fraction(i == j) for j in range(n)] for i in range(n)]
    # I + S is regular, since its symmetric part is I: Gauss-Jordan without a search for pivots beyond nonzero ones.
    for k in range(n):
        pivot = next(i for i in range(k, n) if table[i][k])
        table[k], table[pivot] = table[pivot], table[k]
        table[k] = [value / table[k][k] for value in table[k]]
        for i in range(n):
            if i != k and table[i][k]:
                table[i] = [a - table[i][k] * b for a, b in zip(table[i], table[k], strict=True)]
    return tuple(tuple(2 * table[i][n + j] - (i == j) for j in range(n)) for i in range(n))


def rotations(n: int) -> SearchStrategy[Matrix]:
    """Rational rotations of R^n by Cayley's transform; shrinks to the identity."""
    return st.tuples(*[st.integers(-2, 2)] * (n * (n - 1) // 2)).map(lambda entries: cayley(entries, n))


def signed_permutations(n: int) -> SearchStrategy[Matrix]:
    """Orthogonal matrices that map doubles to doubles; shrinks to the identity."""

    def build(order: list[int], signs: tuple[int, ...]) -> Matrix:
        return tuple(
            tuple(Fraction(sign * (column == j)) for j in range(n)) for column, sign in zip(order, signs, strict=True)
        )

    return st.builds(build, st.permutations(range(n)), st.tuples(*[st.sampled_from((1, -1))] * n))


def orthogonal_matrices(n: int) -> SearchStrategy[Matrix]:
    """Products of a reflection and a rotation; shrinks to the identity."""
    return st.builds(product, small_rows(n, 3).map(householder), rotations(n))


def planted_matrices(
    *, max_size: int = 6, exact: bool | None = None, least: int = -9, singular: bool | None = None
) -> SearchStrategy[BallMatrix]:
    """Balls around Q diag(spectrum) Q', of order 1 to `max_size`, the spectrum of small rationals from `least` on.

    `exact` True gives integer matrices with radius zero, False float64 roundings with the tightest float64 radii that
    hold the matrix; None both. `singular` True plants the eigenvalue 0 as the smallest one. Shrinks to small diagonal
    matrices.
    """
    sizes = st.integers(1, max_size)
    return sizes.flatmap(lambda n: _planted(n, exact, least, singular))


def _planted(n: int, exact: bool | None, least: int, singular: bool | None) -> SearchStrategy[BallMatrix]:
    low = 0 if singular else least
    values = st.tuples(*[st.integers(low, 20)] * n)
    scales = st.sampled_from((0, 0, -20, 30, -60))

    def build_exact(vector: tuple[int, ...], spectrum: tuple[int, ...]) -> BallMatrix:
        # (v'v)^2 times the matrix is an integer matrix, and small enough for float64.
        square = max(sum(value * value for value in vector), 1) ** 2
        return ball([value * square for value in _floored(spectrum, singular)], householder(vector), 0, exact=True)

    def build_rounded(q: Matrix, spectrum: tuple[int, ...], places: int) -> BallMatrix:
        return ball(list(_floored(spectrum, singular)), q, places, exact=False)

    choices = []
    if exact is not False:
        choices.append(st.builds(build_exact, small_rows(n, 3), values))
    if exact is not True:
        choices.append(st.builds(build_rounded, orthogonal_matrices(n), values, scales))
    return st.one_of(choices)


def _floored(spectrum: tuple[int, ...], singular: bool | None) -> list[Fraction]:
    values = [Fraction(value) for value in spectrum]
    if singular:
        values[0] = Fraction(0)
    return values


def ball(spectrum: list[Fraction], q: Matrix, places: int, *, exact: bool) -> BallMatrix:
    """The ball around q diag(spectrum) q' * 2**places; with `exact` the matrix must consist of doubles."""
    scale = Fraction(2) ** places
    values = [value * scale for value in spectrum]
    scaled = tuple(tuple(entry * value for entry, value in zip(row, values, strict=True)) for row in q)
    inside = product(scaled, transpose(q))
    midpoints = tuple(tuple(Fraction(float(entry)) for entry in row) for row in inside)
    radii = tuple(
        tuple(Fraction(float_above(abs(entry - middle))) for entry, middle in zip(row, middles, strict=True))
        for row, middles in zip(inside, midpoints, strict=True)
    )
    if exact and any(map(any, radii)):
        raise AssertionError("the planted integer matrix is too large for float64")
    return BallMatrix(midpoints, radii, inside, tuple(sorted(values)))
