"""Residual of a float64 matrix, and factor of a large one, in blocks, each a task that takes what it needs along.

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
from certify.kernels.float64.executors import InThreads

FloatArray = NDArray[np.float64]
Answer = TypeVar("Answer")

LARGE = 8192
"""From this order on the factor is made in blocks, and a cluster is given work: below, that takes longer."""
BLOCK = 1024
_SMALL = 1024
_NARROW = 512


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


class _Here:
    """This thread, with whatever threads the BLAS has."""

    def each(
        self, function: Callable[..., Answer], arguments: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], Answer]]:
        for item in arguments:
            yield item, function(*item)


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
    mid: FloatArray, shift: float, factor: FloatArray, vectors: FloatArray
) -> Iterator[tuple[slice, slice, Sums]]:
    """Of every tile P of L L' on and below the diagonal, in a fixed order: row and column sums of |mid - shift I - P|,
    then P times the vectors of its columns and P' times those of its rows."""
    n = len(mid)
    workers: Workers = workers_for(n) or (InThreads() if n >= _SMALL else _Here())
    tiles = list(_lower_tiles(n, BLOCK if n >= LARGE else _NARROW))

    def blocks() -> Iterator[tuple[Any, ...]]:
        for rows, columns in tiles:
            width = columns.stop
            parts = mid[rows, columns], factor[rows, :width], factor[columns, :width]
            yield rows.start, columns.start, shift, *parts, vectors[rows], vectors[columns]

    # A cluster answers in any order.
    answers = workers.each(_residual, blocks())
    early: dict[tuple[int, int], Sums] = {}
    for rows, columns in tiles:
        place = rows.start, columns.start
        while place not in early:
            (top, left, *_), sums = next(answers)
            early[top, left] = sums
        yield rows, columns, early.pop(place)


def _lower_tiles(n: int, width: int) -> Iterator[tuple[slice, slice]]:
    """Squares on the diagonal, and what is below them in tiles of up to BLOCK rows: what is computed in vain, above the
    diagonal and right of it in L, grows with the width, while tall tiles keep products efficient."""
    for left in range(0, n, width):
        right = min(left + width, n)
        yield slice(left, right), slice(left, right)
        for top in range(right, n, BLOCK):
            yield slice(top, min(top + BLOCK, n)), slice(left, right)


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
        product = np.matmul(rows, columns.T)
        images = product @ beside, product.T @ above
        error = np.subtract(part, product, out=product)
        if top == left:
            error[np.diag_indices_from(error)] -= shift
        sizes = np.abs(error, out=error)
        return sizes.sum(axis=1), sizes.sum(axis=0), *images
