"""A sparse whitening factor from small principal parts (Kolotilina and Yeremin, Factorized sparse approximate inverse
preconditionings I, SIAM J. Matrix Anal. Appl. 14, 1993; Vecchia 1988)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.float64]
Indices = NDArray[np.intp]

_CHUNK_CELLS = 1 << 20
_BITS = 36


@dataclass(frozen=True)
class SparseFactor:
    """W, a real n x n matrix in sparse rows: integers below 2^37 times 2**exponent, so exact in float64."""

    matrix: sparse.csr_matrix
    exponent: int


def chunks(neighbours: Indices, points: Indices, columns: int) -> Iterator[tuple[Indices, Indices]]:
    """The points in runs with about as many neighbours each, and only as many of these as some point of a run has.

    columns: of a point, which every member of a part takes up. Yields positions among `points`, and their neighbours.
    """
    chosen = neighbours[points]
    counts = (chosen >= 0).sum(axis=1)
    width = 0
    while True:
        here = np.flatnonzero((counts > width // 2) & (counts <= width)) if width else np.flatnonzero(counts == 0)
        width_here = min(width, neighbours.shape[1])
        step = max(_CHUNK_CELLS // ((width_here + 1) * (width_here + 1 + columns)), 1)
        for start in range(0, len(here), step):
            places = here[start : start + step]
            yield places, chosen[places, :width_here]
        if width >= neighbours.shape[1]:
            return
        width = max(2 * width, 1)


def without_missing(matrices: FloatArray, members: Indices) -> FloatArray:
    """Parts with the rows of missing members those of the identity times the own diagonal entry, in place."""
    part, i = np.nonzero(members < 0)
    top = matrices[:, -1, -1]
    matrices[part, i, :] = 0.0
    matrices[part, :, i] = 0.0
    matrices[part, i, i] = top[part]
    return matrices


def whitening_rows(matrices: FloatArray, shift: float) -> FloatArray | None:
    """For parts A of a matrix the last row of the inverse Cholesky factor of A - shift I: rows w with w (A - shift) w'
    = 1, orthogonal to the members before. None where a part less the shift is not positive definite."""
    width = matrices.shape[1]
    shifted = matrices - shift * np.eye(width)
    unit = np.zeros((len(matrices), width, 1))
    unit[:, -1] = 1.0
    try:
        solved = np.linalg.solve(shifted, unit)[:, :, 0]
    except np.linalg.LinAlgError:
        return None
    last = solved[:, -1]
    if not (np.isfinite(solved).all() and (last > 0).all()):
        return None
    result: FloatArray = solved / np.sqrt(last)[:, None]
    return result


@dataclass(frozen=True)
class SparseRows:
    """Some rows of a matrix: row numbers, columns (-1 for none) and values."""

    rows: Indices
    members: Indices
    values: FloatArray

    def over(self, columns: Indices, height: int) -> sparse.csr_matrix:
        """As a sparse matrix of that height over these columns, in ascending order, which are all that occur."""
        there = self.members >= 0
        places = np.searchsorted(columns, self.members[there])
        index = np.broadcast_to(self.rows[:, None], self.members.shape)[there]
        return sparse.csr_matrix((self.values[there], (index, places)), shape=(height, len(columns)))


def summed(parts: Sequence[SparseRows], columns: Indices, height: int) -> sparse.csr_matrix:
    """All these rows in one matrix."""
    first, *others = (part.over(columns, height) for part in parts)
    return sum(others, first)


def assembled(n: int, parts: Sequence[SparseRows]) -> SparseFactor:
    """The factor of all rows, rounded to multiples of a power of two."""
    matrix = summed(parts, np.arange(n), n)
    exponent = int(np.frexp(float(np.abs(matrix.data).max()))[1]) - _BITS
    scale = 2.0**exponent
    matrix.data /= scale
    np.rint(matrix.data, out=matrix.data)
    matrix.data *= scale
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return SparseFactor(matrix, exponent)


def smallest_of_parts(matrices: FloatArray) -> FloatArray:
    """The smallest eigenvalue of every part."""
    return np.asarray(np.linalg.eigvalsh(matrices)[:, 0], dtype=np.float64)
