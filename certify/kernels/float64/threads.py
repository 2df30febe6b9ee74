"""Tiles of pairs, in a fixed order, on a few threads with one BLAS thread each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from threadpoolctl import threadpool_limits

TILE = 256
MOST_THREADS = 2
Workspace = TypeVar("Workspace")


class Tiles(Protocol):
    """Rows and columns, tile by tile, of so many pairs in all."""

    def __iter__(self) -> Iterator[tuple[slice, slice]]: ...

    @property
    def pairs(self) -> int: ...

    @property
    def size(self) -> int: ...


@dataclass(frozen=True)
class TilePlan:
    """The tiles of an n1 x n2 matrix, of a symmetric one those on and above the diagonal."""

    n1: int
    n2: int
    symmetric: bool
    size: int = TILE

    def __iter__(self) -> Iterator[tuple[slice, slice]]:
        for top in range(0, self.n1, self.size):
            yield from Stripe(self, top)

    @property
    def pairs(self) -> int:
        return self.n1 * (self.n1 + 1) // 2 if self.symmetric else self.n1 * self.n2


@dataclass(frozen=True)
class Stripe:
    """The tiles of a plan whose rows begin at `top`."""

    plan: TilePlan
    top: int

    @property
    def size(self) -> int:
        return self.plan.size

    def __iter__(self) -> Iterator[tuple[slice, slice]]:
        rows = slice(self.top, min(self.top + self.size, self.plan.n1))
        for left in range(self.top if self.plan.symmetric else 0, self.plan.n2, self.size):
            yield rows, slice(left, min(left + self.size, self.plan.n2))

    @property
    def pairs(self) -> int:
        return min(self.size, self.plan.n1 - self.top) * (self.plan.n2 - (self.top if self.plan.symmetric else 0))


def available_threads() -> int:
    """How many threads a tiled pass uses: the processors given to this process, two at most."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:
        count = os.cpu_count() or 1
    return min(count, MOST_THREADS)


def over_tiles(
    plan: Tiles,
    make: Callable[[], Workspace],
    work: Callable[[slice, slice, Workspace], None],
    done: Callable[[int], None] | None = None,
) -> None:
    """Call work(rows, columns, workspace) for every tile, each thread with a workspace of its own.

    `done(pairs)` is called under a lock after every tile. The first exception of a thread is raised again; the other
    threads stop after their tile.
    """
    tiles, lock, stop = iter(plan), threading.Lock(), threading.Event()

    def run() -> None:
        workspace = make()
        while not stop.is_set():
            with lock:
                tile = next(tiles, None)
            if tile is None:
                return
            try:
                work(*tile, workspace)
            except BaseException:
                stop.set()
                raise
            if done is not None:
                rows, columns = tile
                with lock:
                    done((rows.stop - rows.start) * (columns.stop - columns.start))

    threads = available_threads()
    with threadpool_limits(limits=1, user_api="blas"):
        if threads == 1 or plan.pairs <= plan.size**2:
            run()
            return
        with ThreadPoolExecutor(threads) as pool:
            try:
                for future in [pool.submit(run) for _ in range(threads)]:
                    future.result()
            except BaseException:
                stop.set()
                raise
