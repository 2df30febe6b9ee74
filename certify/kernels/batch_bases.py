"""Bases of the span of centred points, whose dimension is decided exactly."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat, fmpz_mat


def zero_sum_basis(size: int) -> arb_mat:
    """Orthonormal columns that span the vectors of sum zero: (1, ..., 1, -k, 0, ..., 0) / sqrt(k (k + 1))."""
    columns = []
    for k in range(1, size):
        length = arb(k * (k + 1)).sqrt()
        columns.append([1 / length] * k + [-k / length] + [arb(0)] * (size - k - 1))
    return arb_mat([[columns[k][i] for k in range(size - 1)] for i in range(size)])


def centred_basis(rows: Sequence[Sequence[int]], normalised: bool) -> arb_mat:
    """Orthonormal columns that span the coordinates of the points (or of x/|x|) less their means.

    Raises ArithmeticError where their dimension cannot be decided: directions whose mean may lie in a subspace.
    """
    n = len(rows)
    lengths = [arb(sum(v * v for v in row)).sqrt() for row in rows]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    whole = fmpz_mat([list(row) if normalised else [n * v - s for v, s in zip(row, sums, strict=True)] for row in rows])
    pivots = _pivots(whole)
    if len(pivots) >= n - 1:
        return zero_sum_basis(n)
    columns = []
    for k in pivots:
        column = [
            arb(row[k]) / length if normalised else arb(row[k]) for row, length in zip(rows, lengths, strict=True)
        ]
        mean = sum(column, arb(0)) / n
        columns.append([value - mean for value in column])
    return _orthonormal(columns)


def _pivots(matrix: fmpz_mat) -> list[int]:
    """Columns that form a basis of the column space."""
    reduced, _, rank = matrix.rref()
    table = reduced.table()
    return [next(k for k, value in enumerate(table[i]) if value) for i in range(rank)]


def _orthonormal(columns: list[list[arb]]) -> arb_mat:
    """Gram and Schmidt."""
    found: list[list[arb]] = []
    for given in columns:
        column = given
        for unit in found:
            share = sum((a * b for a, b in zip(column, unit, strict=True)), arb(0))
            column = [a - share * b for a, b in zip(column, unit, strict=True)]
        square = sum((a * a for a in column), arb(0))
        if not square > 0:
            raise ArithmeticError("the dimension of the centred points cannot be decided at this precision")
        length = square.sqrt()
        found.append([a / length for a in column])
    return arb_mat([list(row) for row in zip(*found, strict=True)])
