"""Factor and residual of a large float64 matrix in blocks, each a task that takes what it needs along.

The matrix and the factor stay with who asks; a task is a product of a few hundred operations for every number that it
is sent. Blocks have a fixed size and are put together in a fixed order, so that the same bits come out whatever the
number of workers, and without any: some builds of OpenBLAS die in their threaded Cholesky factorisation of orders above
12000, so large matrices always come here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack, solve_triangular

from certify.kernels.float64 import tile_executor

FloatArray = NDArray[np.float64]
Answer = TypeVar("Answer")

LARGE = 8192
"""From this order on the work is cut into blocks: below, that takes longer."""
BLOCK = 1024


@runtime_checkable
class Workers(Protocol):
    """Who can be given work: see `InThreads.each` and `DaskTiles.each`."""

    def each(
        self, function: Callable[..., Answer], arguments: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], Answer]]: ...


def workers_for(n: int) -> Workers | None:
    """Those in use, for a matrix of an order for which blocks pay."""
    executor: object = tile_executor()
    return executor if n >= LARGE and isinstance(executor, Workers) else None


def factor_in_blocks(workers: Workers, mid: FloatArray, shift: float, buffer: FloatArray) -> FloatArray | None:
    """L with L L' close to mid - shift I in the lower triangle of the buffer; None where a pivot is not positive.

    Column of blocks after column of blocks, from the left (Golub and Van Loan, Matrix Computations, 4th ed., 4.2.6). No
    claim: L is a guess.
    """
    n = len(mid)
    for left in range(0, n, BLOCK):
        right = min(left + BLOCK, n)
        top = buffer[left:right, :left]
        corner = mid[left:right, left:right] - top @ top.T
        corner[np.diag_indices_from(corner)] -= shift
        lower, info = lapack.dpotrf(corner, lower=1, clean=1)
        if info:
            return None
        buffer[left:right, left:right] = lower

        def panels(left: int = left, right: int = right, top: FloatArray = top) -> Iterator[tuple[Any, ...]]:
            for start in range(right, n, BLOCK):
                rows = slice(start, min(start + BLOCK, n))
                yield start, mid[rows, left:right], buffer[rows, :left], top, buffer[left:right, left:right]

        for (start, *_), panel in workers.each(_panel, panels()):
            buffer[start : start + BLOCK, left:right] = panel
    return buffer


def _panel(start: int, part: FloatArray, rows: FloatArray, top: FloatArray, corner: FloatArray) -> FloatArray:
    solved = solve_triangular(corner, (part - rows @ top.T).T, lower=True, check_finite=False)
    return np.ascontiguousarray(solved.T)


Sums = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def residual_in_blocks(
    workers: Workers, mid: FloatArray, shift: float, factor: FloatArray, vectors: FloatArray
) -> Iterator[tuple[slice, slice, Sums]]:
    """Of every block E of mid - shift I - L L' on and below the diagonal, in a fixed order: row sums and column sums of
    |E|, E times the vectors of its columns, E' times those of its rows."""
    n = len(mid)
    starts = [(top, left) for top in range(0, n, BLOCK) for left in range(0, top + 1, BLOCK)]

    def blocks() -> Iterator[tuple[Any, ...]]:
        for top, left in starts:
            rows, columns = slice(top, min(top + BLOCK, n)), slice(left, min(left + BLOCK, n))
            width = columns.stop
            parts = mid[rows, columns], factor[rows, :width], factor[columns, :width]
            yield top, left, shift, *parts, vectors[rows], vectors[columns]

    found = {(top, left): sums for (top, left, *_), sums in workers.each(_residual, blocks())}
    for top, left in starts:
        yield slice(top, min(top + BLOCK, n)), slice(left, min(left + BLOCK, n)), found[top, left]


def _residual(
    top: int,
    left: int,
    shift: float,
    part: FloatArray,
    rows: FloatArray,
    columns: FloatArray,
    above: FloatArray,
    beside: FloatArray,
) -> Sums:
    with np.errstate(invalid="ignore", over="ignore"):
        error = part - rows @ columns.T
        if top == left:
            error[np.diag_indices_from(error)] -= shift
        sizes = np.abs(error)
        return sizes.sum(axis=1), sizes.sum(axis=0), error @ beside, error.T @ above
