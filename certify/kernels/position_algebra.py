"""Matrices over positions, several of one shape one after the other in a flat list (blocks): what acts on their rows
or columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from certify.arithmetic.protocol import Arithmetic
from certify.programs.language import Taps

Matrix = list[Any]
Shape = tuple[int, int]
SparseRows = Sequence[Sequence[tuple[int, Any]]]


def blocks(values: Matrix, shape: Shape) -> Iterator[Matrix]:
    """The matrices one by one."""
    size = shape[0] * shape[1]
    if size == len(values):
        yield values
        return
    for start in range(0, len(values), size):
        yield values[start : start + size]


def spread(values: Matrix, shape: Shape, wanted: Shape) -> Matrix:
    """Matrices whose sides of length one are repeated to the wanted shape."""
    if shape == wanted:
        return values
    rows, columns = shape
    return [
        block[(p if rows > 1 else 0) * columns + (q if columns > 1 else 0)]
        for block in blocks(values, shape)
        for p in range(wanted[0])
        for q in range(wanted[1])
    ]


def gathered(values: Matrix, shape: Shape, wanted: Shape, zero: Any) -> Matrix:
    """The transpose of `spread`: sums over the repeated sides."""
    if shape == wanted:
        return values
    whole: Matrix = []
    for block in blocks(values, shape):
        result = [zero] * (wanted[0] * wanted[1])
        for position, value in enumerate(block):
            p, q = divmod(position, shape[1])
            place = (p if wanted[0] > 1 else 0) * wanted[1] + (q if wanted[1] > 1 else 0)
            result[place] = result[place] + value
        whole.extend(result)
    return whole


def picked(values: Matrix, shape: Shape, position: int, side: int) -> Matrix:
    """One row (side 0) or one column (1) of every matrix."""
    height, width = shape
    if side:
        return values[position::width]
    if height == 1:
        return values
    if width == 1:
        return values[position::height]
    return [v for block in blocks(values, shape) for v in block[position * width : (position + 1) * width]]


def mixed(values: Matrix, shape: Shape, rows_of: Sequence[SparseRows], side: int, zero: Any) -> Matrix:
    """A M for `side` 0, M A^T for 1, where A has the sparse rows given for every matrix M."""
    height, width = shape
    result: Matrix = []
    for block, rows in zip(blocks(values, shape), rows_of, strict=True):
        if side == 0:
            for row in rows:
                for column in range(width):
                    total = zero
                    for q, c in row:
                        total = total + c * block[q * width + column]
                    result.append(total)
            continue
        for p in range(height):
            line = block[p * width : (p + 1) * width]
            for row in rows:
                total = zero
                for q, c in row:
                    total = total + c * line[q]
                result.append(total)
    return result


def turned(rows: SparseRows, height: int) -> list[list[tuple[int, Any]]]:
    """The transpose of a sparse matrix, with so many rows."""
    result: list[list[tuple[int, Any]]] = [[] for _ in range(height)]
    for p, row in enumerate(rows):
        for q, c in row:
            result[q].append((p, c))
    return result


def scaled(values: Matrix, shape: Shape, side: int, lengths_of: Sequence[Matrix]) -> Matrix:
    """Rows or columns multiplied by one number each, given for every matrix."""
    rows, columns = shape
    result: Matrix = []
    for block, lengths in zip(blocks(values, shape), lengths_of, strict=True):
        if side == 0:
            result.extend(block[p * columns + q] * lengths[p] for p in range(rows) for q in range(columns))
        else:
            result.extend(block[p * columns + q] * lengths[q] for p in range(rows) for q in range(columns))
    return result


@lru_cache(maxsize=64)
def tap_places(taps: Taps, others: Taps, width: int) -> tuple[tuple[int, ...], ...]:
    """For every pair of output positions the places of M under their taps taken together; None is padding."""
    return tuple(
        tuple(p * width + q for p, q in zip(at, other, strict=True) if p is not None and q is not None)
        for at in taps
        for other in others
    )


def tapped(values: Matrix, shape: Shape, taps: Taps, others: Taps, zero: Any) -> Matrix:
    """The sums over the taps of M[taps[p], others[q]], taken together."""
    pairs = tap_places(taps, others, shape[1])
    return [sum([block[k] for k in places], zero) for block in blocks(values, shape) for places in pairs]


def untapped(values: Matrix, shape: Shape, wanted: Shape, taps: Taps, others: Taps, zero: Any) -> Matrix:
    """The transpose of `tapped`."""
    pairs = tap_places(taps, others, wanted[1])
    whole: Matrix = []
    for block in blocks(values, shape):
        result = [zero] * (wanted[0] * wanted[1])
        for value, places in zip(block, pairs, strict=True):
            for k in places:
                result[k] = result[k] + value
        whole.extend(result)
    return whole


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
