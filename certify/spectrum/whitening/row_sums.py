"""Row sums of a kernel matrix whitened by a sparse factor, block by block and in O(n) memory.

Claim. Let R be symmetric, W any n x n matrix, x > 0 and B = W (R - s I) W'. If sum_{j != i} |B_ij| x_j < B_ii x_i for
all i, then lambda_min(R) > s: X^-1 B X, X = diag(x), has the eigenvalues of B, and Gershgorin's discs lie to the right
of zero, so B is positive definite; hence W is regular, and R - s I = W^-1 B W^-T is positive definite (Sylvester).
Nothing is assumed of how W, x and s were found.

Rounding. With k the longest row of W, a tile mid of R with radii rad, C = fl(fl(W mid) W') and the sparse product of W
with itself, the computed B is off by at most |W| ((2k + 8) u (|mid| + s I) + rad) |W|' entry by entry (Higham,
Accuracy and Stability, 2nd ed., section 3.5): its product with x is accumulated beside the row sums.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from certify.kernels.float64 import TiledKernel, over_tiles
from certify.spectrum.row_sums import PassState

FloatArray = NDArray[np.float64]
Indices = NDArray[np.intp]

UNIT = 2.0**-53
_UP = 1 + 2.0**-40
_TINY = 2.0**-400
"""More than all underflow: fewer than 2^60 roundings of 2^-1074 each, times two entries of W and a weight."""
_LARGEST = 2.0**250
_LARGEST_WEIGHT = 2.0**64
_CHUNK = 256


class BlockKernel(Protocol):
    """The kernel on the given sets of points: called with the numbers of two of them, it gives their entries."""

    def __call__(self, sets: Sequence[Indices]) -> Callable[[int, int], TiledKernel]: ...


class WhitenedSums(NamedTuple):
    """For k shifts: sums (k x n) of |B_ij| x_j over j != i and diagonal (k x n) of B, both as computed; errors (n): by
    how much sum and diagonal entry times x_i may be off together."""

    sums: FloatArray
    diagonal: FloatArray
    errors: FloatArray

    def growth(self, weights: FloatArray) -> FloatArray:
        """k numbers: below one where the claim is proved for that shift."""
        n = len(weights)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            above = (self.sums * (1 + (2 * n + 8) * UNIT) + self.errors) * _UP
            ratios = above / (self.diagonal * weights)
        ratios[~((self.diagonal > 0) & np.isfinite(ratios))] = np.inf
        return np.asarray(ratios.max(axis=1) * _UP)


@dataclass(frozen=True)
class _Part:
    """The rows of W for one block: `reach` are the columns in use, `local` the rows over them."""

    points: Indices
    reach: Indices
    local: sparse.csr_matrix
    absolute: sparse.csr_matrix

    @staticmethod
    def of(factor: sparse.csr_matrix, points: Indices) -> _Part:
        rows = factor[points]
        reach = np.unique(rows.indices)
        local = sparse.csr_matrix(
            (rows.data, np.searchsorted(reach, rows.indices), rows.indptr), shape=(len(points), len(reach))
        )
        # The places are shared with it, the numbers are not.
        absolute = sparse.csr_matrix((np.abs(local.data), local.indices, local.indptr), shape=local.shape)
        return _Part(points, reach, local, absolute)


@dataclass(frozen=True)
class _Strips:
    """The strips of some columns of a matrix, all rows at a time; the parts of it that threads share."""

    rows: int
    columns: int
    size: int = _CHUNK

    def __iter__(self) -> Iterator[tuple[slice, slice]]:
        for left in range(0, self.columns, self.size):
            yield slice(0, self.rows), slice(left, min(left + self.size, self.columns))

    @property
    def pairs(self) -> int:
        return self.rows * self.columns


def whitened_row_sums(
    kernel: BlockKernel,
    blocks: Sequence[Indices],
    factor: sparse.csr_matrix,
    weights: FloatArray,
    shifts: Sequence[float],
    state: PassState | None = None,
    after_block: Callable[[PassState], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WhitenedSums:
    """What the claim needs, for several shifts at once, in one pass over pairs of blocks.

    factor: n x n. weights: n numbers >= 1. blocks: a partition of the points; what a row of the factor reaches in other
    blocks is computed again for it. `after_block` sees a state from which a later call goes on. Raises ArithmeticError
    for overflow, for numbers beyond 2**+-250, and for weights beyond 2**64.
    """
    n, count = len(weights), len(shifts)
    _require_moderate(factor, shifts, weights)
    # One row of sums and one of diagonal entries a shift, then the errors.
    table = np.zeros((2 * count + 1, n)) if state is None else state.sums.reshape(2 * count + 1, n).copy()
    done_before = 0 if state is None else state.top
    pairs = [(i, j) for i in range(len(blocks)) for j in range(i + 1)]
    total = sum(len(blocks[i]) * len(blocks[j]) for i, j in pairs)
    done = 0
    parts = [_Part.of(factor, block) for block in blocks]
    entries = kernel([part.reach for part in parts])
    for number, (i, j) in enumerate(pairs):
        done += len(blocks[i]) * len(blocks[j])
        if number < done_before:
            continue
        _add_blocks(entries(i, j), parts[i], parts[j], weights, shifts, table)
        if after_block is not None:
            after_block(PassState(table.reshape(-1), number + 1, number + 1 == len(pairs)))
        if progress is not None:
            progress(done, total)
    absolute = abs(factor)
    own = absolute @ (absolute.T @ weights)
    longest = int(np.diff(factor.indptr).max())
    errors = table[-1] + (2 * longest + 8) * UNIT * max(map(abs, shifts)) * own
    errors = errors * (1 + (8 * n + 64) * UNIT) * _UP + _TINY
    if not np.isfinite(table).all() or not np.isfinite(errors).all():
        raise ArithmeticError("the whitened row sums overflow")
    return WhitenedSums(table[:count], table[count : 2 * count], errors)


def _require_moderate(factor: sparse.csr_matrix, shifts: Sequence[float], weights: FloatArray) -> None:
    sizes = np.concatenate([np.abs(factor.data), np.abs(np.array(shifts))])
    sizes = sizes[sizes > 0]
    if not sizes.size or not (sizes.min() > 1 / _LARGEST and sizes.max() < _LARGEST):
        raise ArithmeticError("a whitening factor or a shift beyond the range of this proof")
    if not (weights.min() >= 1 and weights.max() <= _LARGEST_WEIGHT):
        raise ArithmeticError("weights beyond the range of this proof")


def _add_blocks(
    gram: TiledKernel,
    first: _Part,
    second: _Part,
    weights: FloatArray,
    shifts: Sequence[float],
    table: FloatArray,
) -> None:
    """Adds to the table what two blocks, perhaps the same, have to do with each other."""
    same = first is second
    x, y = weights[first.points], weights[second.points]
    reach = first.absolute.T @ x, second.absolute.T @ y
    longest = int(max(np.diff(first.local.indptr).max(), np.diff(second.local.indptr).max()))
    unit = (2 * longest + 8) * UNIT
    half = np.empty((len(first.points), len(second.reach)))
    parts: list[tuple[int, FloatArray, FloatArray]] = []

    def strip(rows: slice, columns: slice, space: Any) -> None:
        work, buffer = space
        width = columns.stop - columns.start
        entries = buffer[: rows.stop * width].reshape(rows.stop, width)
        across, below = np.zeros(rows.stop), np.zeros(width)
        for top in range(0, rows.stop, _CHUNK):
            here = slice(top, min(top + _CHUNK, rows.stop))
            tile = gram.tile(here, columns, work)
            entries[here] = tile.mid
            size = np.abs(tile.mid, out=tile.mid)
            if float(size.max()) > _LARGEST:
                raise ArithmeticError("entries beyond the range of this proof")
            size *= unit
            size += tile.rad
            across[here] = size @ reach[1][columns]
            below += reach[0][here] @ size
        half[:, columns] = first.local @ entries
        parts.append((columns.start, across, below))

    over_tiles(
        _Strips(len(first.reach), len(second.reach)),
        lambda: (gram.workspace(), np.empty(len(first.reach) * _CHUNK)),
        strip,
    )
    across, below = np.zeros(len(first.reach)), np.zeros(len(second.reach))
    for start, one, other in sorted(parts, key=lambda part: part[0]):
        across += one
        below[start : start + len(other)] = other
    table[-1][first.points] += first.absolute @ across
    if not same:
        table[-1][second.points] += second.absolute @ below
    _add_products(half, first, second, x, y, shifts, table)


def _add_products(
    half: FloatArray,
    first: _Part,
    second: _Part,
    x: FloatArray,
    y: FloatArray,
    shifts: Sequence[float],
    table: FloatArray,
) -> None:
    """Adds the absolute sums of `half` times the second rows, less the shifts times the product of both parts of W."""
    same, count = first is second, len(shifts)
    union = np.union1d(first.reach, second.reach)
    wide = [_widened(part, union) for part in (first, second)]
    overlaps = (wide[0] @ wide[1].T).tocsr()
    overlaps.sum_duplicates()
    parts: list[tuple[slice, FloatArray, FloatArray, FloatArray | None]] = []
    lock = threading.Lock()

    def strip(rows: slice, columns: slice, space: Any) -> None:
        # Here the columns are rows of the first block, and the tile is that of the second with them.
        mine = columns
        tile = second.local @ np.ascontiguousarray(half[mine].T)
        common = overlaps[mine].tocoo()
        values = tile[common.col, common.row]
        tile[common.col, common.row] = 0.0
        np.abs(tile, out=tile)
        sums = np.tile(y @ tile, (count, 1))
        mirrored = None if same else np.tile(tile @ x[mine], (count, 1))
        own = np.zeros((count, mine.stop - mine.start))
        at_own = (common.col == common.row + mine.start) if same else np.zeros(len(values), dtype=bool)
        for k, shift in enumerate(shifts):
            entries = values - shift * common.data
            own[k, common.row[at_own]] = entries[at_own]
            sizes = np.where(at_own, 0.0, np.abs(entries))
            sums[k] += np.bincount(common.row, sizes * y[common.col], minlength=sums.shape[1])
            if mirrored is not None:
                mirrored[k] += np.bincount(common.col, sizes * x[mine][common.row], minlength=mirrored.shape[1])
        with lock:
            parts.append((mine, sums, own, mirrored))

    over_tiles(_Strips(len(second.points), len(first.points)), lambda: None, strip)
    for mine, sums, own, mirrored in sorted(parts, key=lambda part: part[0].start):
        table[:count, first.points[mine]] += sums
        table[count : 2 * count, first.points[mine]] += own
        if mirrored is not None:
            table[:count, second.points] += mirrored


def _widened(part: _Part, union: Indices) -> sparse.csr_matrix:
    """The same rows over more columns."""
    places = np.searchsorted(union, part.reach)[part.local.indices]
    return sparse.csr_matrix((part.local.data, places, part.local.indptr), shape=(len(part.points), len(union)))
