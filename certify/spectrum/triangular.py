"""Solving with a tiled Cholesky factor: applying the inverse of the factored matrix to one vector, in fixed point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flint

from certify.spectrum.cholesky import NotPositive, TiledFactor
from certify.spectrum.tiles import round_right, scale_up


def solve(factor: TiledFactor, vector: Sequence[int]) -> list[int]:
    """Integers z with L L' z close to 4**b * vector, b = factor.fraction_bits, L in its own integer unit.

    With L scaled to entries of absolute value at most 1, z is (L L')^-1 applied to the vector, so |z| >= |vector| / n:
    no digits of a vector are lost. A guess: rounding is not accounted for.
    """
    bits = factor.fraction_bits
    middle = _forward(factor, [entry << bits for entry in vector])
    return _backward(factor, [entry << bits for entry in middle])


def descent_direction(failure: NotPositive, n: int, bits: int) -> list[int]:
    """Integer vector v of length n with v'Av close to the failed pivot: (-L1'^-1 l, 1, 0, ...), 2**bits for the one.

    L1 is the leading factor and l the row of L below it (Higham, Analysis of the Cholesky Decomposition, 1990: the
    Schur complement is the form on this vector).
    """
    head: list[int] = []
    if failure.leading is not None:
        head = _backward(failure.leading, [-(entry << bits) for entry in failure.row])
    return [*head, 1 << bits, *[0] * (n - failure.index - 1)]


def _forward(factor: TiledFactor, vector: Sequence[int]) -> list[int]:
    """y with L y close to the vector, integers against integers."""
    solution: list[Any] = []
    for i, inverse in enumerate(factor.inverses):
        right = _column(vector[factor.offsets[i] : factor.offsets[i + 1]])
        for j in range(i):
            right -= scale_up(factor.tiles[i][j] * solution[j], factor.drops[j])
        solution.append(round_right(inverse * right, factor.inverse_bits[i]))
    return [int(entry) for part in solution for entry in part.entries()]


def _backward(factor: TiledFactor, vector: Sequence[int]) -> list[int]:
    """z with L' z close to the vector, integers against integers; row vectors, so that no tile is transposed."""
    offsets = factor.offsets
    right = [_column(vector[offsets[i] : offsets[i + 1]]).transpose() for i in range(len(factor.inverses))]
    solution: list[Any] = [None] * len(right)
    for i in reversed(range(len(right))):
        part = round_right(right[i] * factor.inverses[i], factor.inverse_bits[i])
        solution[i] = part
        for j in range(i):
            right[j] -= scale_up(part * factor.tiles[i][j], factor.drops[j])
    return [int(entry) for part in solution for entry in part.entries()]


def _column(entries: Sequence[int]) -> Any:
    return flint.fmpz_mat(len(entries), 1, list(entries))
