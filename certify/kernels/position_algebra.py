"""Matrices over positions, held as flat lists: what acts on their rows or columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from certify.arithmetic.protocol import Arithmetic

Matrix = list[Any]


def spread(values: Matrix, shape: tuple[int, int], wanted: tuple[int, int]) -> Matrix:
    """A matrix whose sides of length one are repeated to the wanted shape."""
    if shape == wanted:
        return values
    rows, columns = shape
    return [
        values[(p if rows > 1 else 0) * columns + (q if columns > 1 else 0)]
        for p in range(wanted[0])
        for q in range(wanted[1])
    ]


def gathered(values: Matrix, shape: tuple[int, int], wanted: tuple[int, int], zero: Any) -> Matrix:
    """The transpose of `spread`: sums over the repeated sides."""
    if shape == wanted:
        return values
    result = [zero] * (wanted[0] * wanted[1])
    for position, value in enumerate(values):
        p, q = divmod(position, shape[1])
        place = (p if wanted[0] > 1 else 0) * wanted[1] + (q if wanted[1] > 1 else 0)
        result[place] = result[place] + value
    return result


def mixed(
    values: Matrix, shape: tuple[int, int], rows: Sequence[Sequence[tuple[int, Any]]], side: int, zero: Any
) -> Matrix:
    """A values for `side` 0, values A^T for 1, where A has the sparse rows given."""
    height, width = shape
    if side == 0:
        result: Matrix = []
        for row in rows:
            if len(row) == 1:
                q, c = row[0]
                result.extend(c * value for value in values[q * width : (q + 1) * width])
                continue
            for column in range(width):
                total = zero
                for q, c in row:
                    total = total + c * values[q * width + column]
                result.append(total)
        return result
    result = []
    for p in range(height):
        line = values[p * width : (p + 1) * width]
        for row in rows:
            total = zero
            for q, c in row:
                total = total + c * line[q]
            result.append(total)
    return result


def scaled(values: Matrix, shape: tuple[int, int], side: int, lengths: Matrix) -> Matrix:
    """Rows or columns multiplied by one number each."""
    rows, columns = shape
    if side == 0:
        return [values[p * columns + q] * lengths[p] for p in range(rows) for q in range(columns)]
    return [values[p * columns + q] * lengths[q] for p in range(rows) for q in range(columns)]


def softmax(number: Arithmetic, scores: Matrix) -> Matrix:
    """exp(s_q) / sum exp(s_r), each as 1 / sum_r exp(s_r - s_q), which never overflows to a useless enclosure."""
    one = number.exact(1)
    result = []
    for q, own in enumerate(scores):
        total = one
        for r, other in enumerate(scores):
            if r != q:
                total = total + number.exp(other - own)
        result.append(one / total)
    return result


def turned(rows: Sequence[Sequence[tuple[int, Any]]], height: int) -> list[list[tuple[int, Any]]]:
    """The transpose of a sparse matrix, with so many rows."""
    result: list[list[tuple[int, Any]]] = [[] for _ in range(height)]
    for p, row in enumerate(rows):
        for q, c in row:
            result[q].append((p, c))
    return result
