"""Weighted absolute row sums of a symmetric kernel matrix, in one pass over its tiles and O(n) memory.

Stripe after stripe, the tiles of a stripe in parallel and their sums added in a fixed order: the same bits come out
whatever the threads do, and after every stripe the state is small enough to be saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.kernels.float64 import Stripe, TiledKernel, in_order, tile_executor

FloatArray = NDArray[np.float64]

UNIT = 2.0**-53
_UP = 1 + 2.0**-40


@dataclass
class PassState:
    """A pass that is under way: the sums so far, where the next stripe begins, and whether there is none."""

    sums: FloatArray
    top: int = 0
    ended: bool = False


_Sums = tuple[FloatArray, FloatArray | None]


@dataclass(frozen=True)
class _AbsoluteSums:
    """Weighted absolute sums of a tile, along its rows and, off the diagonal, along its columns."""

    kernel: TiledKernel
    weights: FloatArray

    def workspace(self) -> Any:
        return self.kernel.workspace()

    def __call__(self, rows: slice, columns: slice, work: Any) -> _Sums:
        tile = self.kernel.tile(rows, columns, work)
        size = np.abs(tile.mid)
        size += tile.rad
        if rows == columns:
            np.fill_diagonal(size, 0.0)
            return size @ self.weights[columns], None
        return size @ self.weights[columns], self.weights[rows] @ size


def absolute_row_sums(
    kernel: TiledKernel,
    weights: FloatArray,
    state: PassState | None = None,
    after_stripe: Callable[[PassState], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FloatArray:
    """Numbers >= sum_{j != i} |K_ij| weights[j] for every K of the balls.

    weights: n numbers > 0. `after_stripe` sees the state after every stripe; a pass that is given such a state goes on
    from there.
    """
    executor, job = tile_executor(), _AbsoluteSums(kernel, weights)
    plan = kernel.plan
    n = plan.n1
    state = PassState(np.zeros(n)) if state is None else state
    done = sum(Stripe(plan, top).pairs for top in range(0, state.top, plan.size))
    total = sum(Stripe(plan, top).pairs for top in range(0, n, plan.size))
    while state.top < n:
        stripe = Stripe(plan, state.top)
        parts: list[tuple[slice, slice, FloatArray, FloatArray | None]] = []

        def keep(rows: slice, columns: slice, sums: _Sums, parts: Any = parts) -> None:
            parts.append((rows, columns, *sums))

        executor.run(stripe, job, keep)
        for rows, columns, across, below in in_order(parts):
            state.sums[rows] += across
            if below is not None:
                state.sums[columns] += below
        state.top += plan.size
        state.ended = state.top >= n
        done += stripe.pairs
        if after_stripe is not None:
            after_stripe(state)
        if progress is not None:
            progress(done, total)
    if not np.isfinite(state.sums).all():
        raise ArithmeticError("the row sums overflow")
    return np.asarray(state.sums * (1 + (2 * n + 8) * UNIT) * _UP)
