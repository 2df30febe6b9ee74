"""Approximate orthonormal eigenbases at any precision, from float64 ones: a guess that `eigenbasis` proves.

One step is V (I + X) with V orthonormal, A = V'KV and the skew-symmetric X_ij = A_ij / (A_jj - A_ii), quadratically
convergent where the gaps are wide (after Ogita and Aishima, Iterative refinement for symmetric eigenvalue
decomposition, 2018). Where |A_ij| is not small against the gap, the eigenvalues form a cluster, and float64 turns its
block, scaled to size one, into a diagonal first: eigenvalues spread over a thousand binary places come out sixteen
digits a pass.
"""

from __future__ import annotations

from math import isqrt
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, eigh

from certify.spectrum.fixed_point import FixedPointBall
from certify.spectrum.threads import blas_threads

FLOAT_BITS = 53
COUPLING = 10
"""A pair whose A_ij exceeds 2**-COUPLING of its gap is rotated by float64, not by a step of the iteration."""
GUARD = 8
MOST_STEPS = 60
IntegerMatrix = Any


def float_basis(ball: FixedPointBall) -> IntegerMatrix:
    """LAPACK's eigenvectors of the midpoints, ascending, as integers in units of 2**-53."""
    array, _ = ball.float64
    return _integers(_eigenvectors(array), FLOAT_BITS)


def refine(ball: FixedPointBall, vectors: IntegerMatrix, bits: int, wanted: int) -> IntegerMatrix:
    """Columns V, in units of 2**-wanted, with V'V close to I and V'KV close to a diagonal matrix.

    ball: K, of which the midpoints count. vectors: n x n integers in units of 2**-bits. No claim: it is a guess.
    """
    reached = FLOAT_BITS - GUARD
    for _ in range(MOST_STEPS):
        working = min(max(2 * reached + 32, 128), wanted)
        vectors, bits = _rescaled(vectors, bits, working), working
        vectors, defect = _step(_midpoints(ball, working), vectors, working)
        done = working == wanted and defect >= wanted - GUARD - ball.n.bit_length()
        reached = max(reached, defect)
        if done:
            break
    return _rescaled(vectors, bits, wanted)


def _step(matrix: IntegerMatrix, vectors: IntegerMatrix, bits: int) -> tuple[IntegerMatrix, int]:
    """Better vectors, and the number of binary places to which the given ones were eigenvectors."""
    n = vectors.nrows()
    noise = n << GUARD // 2
    vectors = _orthonormal(vectors, bits, noise)
    form = _rounded(vectors.transpose() * _rounded(matrix * vectors, bits), bits)
    rows = [[int(entry) for entry in row] for row in form.table()]
    worst = max((abs(rows[i][j]) for i in range(n) for j in range(i)), default=0)
    turn = _turn(rows, noise)
    if turn is not None:
        vectors = _rounded(vectors * turn, FLOAT_BITS)
        form = _rounded(turn.transpose() * form * turn, 2 * FLOAT_BITS)
        rows = [[int(entry) for entry in row] for row in form.table()]
    angles = [[0] * n for _ in range(n)]
    for i in range(n):
        angles[i][i] = 1 << bits
        for j in range(i):
            entry, gap = rows[i][j], rows[j][j] - rows[i][i]
            if noise < abs(entry) and abs(entry) << COUPLING <= abs(gap):
                angles[i][j] = (entry << bits) // gap
                angles[j][i] = -angles[i][j]
    return _rounded(vectors * flint.fmpz_mat(angles), bits), bits - worst.bit_length()


def _orthonormal(vectors: IntegerMatrix, bits: int, noise: int) -> IntegerMatrix:
    """The nearest orthonormal columns by Newton's iteration V (3 I - V'V) / 2 (Higham, Functions of Matrices, 2008,
    section 8.3): a defect would be multiplied by the largest eigenvalue."""
    n = vectors.ncols()
    one = flint.fmpz_mat([[(i == j) << bits for j in range(n)] for i in range(n)])
    for _ in range(bits.bit_length()):
        defect = one - _rounded(vectors.transpose() * vectors, bits)
        vectors = _rounded(vectors * (2 * one + defect), bits + 1)
        if max(abs(int(entry)) for entry in defect.entries()) << GUARD // 2 <= isqrt(noise << bits):
            break
    return vectors


def _turn(form: list[list[int]], noise: int) -> IntegerMatrix | None:
    """float64's eigenvectors of the block of every cluster, scaled to size one, as one matrix in units of 2**-53; None
    without clusters."""
    n = len(form)
    groups = list(range(n))
    for i in range(n):
        for j in range(i):
            size = abs(form[i][j])
            if size > noise and size << COUPLING > abs(form[j][j] - form[i][i]):
                _unite(groups, i, j)
    clusters: dict[int, list[int]] = {}
    for i in range(n):
        clusters.setdefault(_root(groups, i), []).append(i)
    if len(clusters) == n:
        return None
    turn = np.eye(n)
    for members in clusters.values():
        if len(members) > 1:
            middle = sum(form[i][i] for i in members) // len(members)
            block = [[form[i][j] - (middle if i == j else 0) for j in members] for i in members]
            drop = max(max(abs(entry) for row in block for entry in row).bit_length() - 900, 0)
            array = np.array([[float(entry >> drop) for entry in row] for row in block])
            turn[np.ix_(members, members)] = _eigenvectors(array / np.abs(array).max())
    return _integers(turn, FLOAT_BITS)


def _eigenvectors(array: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        with blas_threads(len(array)):
            _, vectors = eigh(array, check_finite=False)
    except (LinAlgError, ValueError):
        return np.eye(len(array))
    result: NDArray[np.float64] = vectors if np.isfinite(vectors).all() else np.eye(len(array))
    return result


def _integers(array: NDArray[np.float64], bits: int) -> IntegerMatrix:
    return flint.fmpz_mat(np.rint(np.ldexp(array, bits)).astype(np.int64).tolist())


def _midpoints(ball: FixedPointBall, bits: int) -> IntegerMatrix:
    """The midpoints in units of 2**(magnitude - bits)."""
    return _shifted(ball.mid, ball.exponent - ball.magnitude + bits)


def _rescaled(matrix: IntegerMatrix, bits: int, wanted: int) -> IntegerMatrix:
    return _shifted(matrix, wanted - bits)


def _shifted(matrix: IntegerMatrix, places: int) -> IntegerMatrix:
    if places >= 0:
        return matrix * (1 << places)
    return _rounded(matrix, -places)


def _rounded(matrix: IntegerMatrix, places: int) -> IntegerMatrix:
    """Every entry over 2**places, rounded to nearest."""
    if not places:
        return matrix
    half = 1 << places - 1
    return flint.fmpz_mat(matrix.nrows(), matrix.ncols(), [entry + half >> places for entry in matrix.entries()])


def _root(groups: list[int], i: int) -> int:
    while groups[i] != i:
        groups[i] = groups[groups[i]]
        i = groups[i]
    return i


def _unite(groups: list[int], i: int, j: int) -> None:
    groups[_root(groups, i)] = _root(groups, j)
