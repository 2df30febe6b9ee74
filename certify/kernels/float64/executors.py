"""Who works on the tiles of a pass: the threads of this process, or the workers of a cluster.

What is asked for is a job and a plan of tiles; who does it, and in which order, must not be seen in the result. So a
job gives the same bits for a tile wherever it runs (one BLAS thread), and who consumes the results must not depend on
their order: partial sums are kept and added in the order of the plan (`in_order`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from threadpoolctl import threadpool_limits

from certify.kernels.float64.composite import Workspace
from certify.kernels.float64.threads import Stripe, TilePlan, available_threads, over_tiles

Answer = TypeVar("Answer")
Result = TypeVar("Result")
Made = TypeVar("Made", covariant=True)


class TileJob(Protocol[Made]):
    """Work on one tile after the other. A value that can be pickled; nothing of it changes.

    `workspace` gives buffers for one thread; the result of a call may be made of views of them, which the next call
    overwrites.
    """

    def workspace(self) -> Workspace: ...

    def __call__(self, rows: slice, columns: slice, work: Workspace) -> Made: ...


class TileExecutor(Protocol):
    """Runs a job on every tile of a plan.

    consume(rows, columns, result) is called in this process, once for every tile, in any order and perhaps by several
    threads at a time, a tile each; a result is valid until it returns. done(pairs) follows it under a lock. The first
    exception ends the run.
    """

    def run(
        self,
        plan: TilePlan | Stripe,
        job: TileJob[Result],
        consume: Callable[[slice, slice, Result], None],
        done: Callable[[int], None] | None = None,
    ) -> None: ...


class InThreads:
    """The executor of this process: `over_tiles`."""

    def run(
        self,
        plan: TilePlan | Stripe,
        job: TileJob[Result],
        consume: Callable[[slice, slice, Result], None],
        done: Callable[[int], None] | None = None,
    ) -> None:
        def work(rows: slice, columns: slice, space: Workspace) -> None:
            consume(rows, columns, job(rows, columns, space))

        over_tiles(plan, job.workspace, work, done)

    def each(
        self, function: Callable[..., Answer], arguments: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], Answer]]:
        """(arguments, function(*arguments)) for all of them, in their order; a few are under way at a time."""
        threads = available_threads()
        waiting: deque[tuple[tuple[Any, ...], Future[Answer]]] = deque()
        with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
            for item in arguments:
                waiting.append((item, pool.submit(function, *item)))
                if len(waiting) > 2 * threads:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for first, future in waiting:
                yield first, future.result()


_IN_USE: ContextVar[TileExecutor | None] = ContextVar("executor of tiles", default=None)


def tile_executor() -> TileExecutor:
    """The executor in use: the threads of this process unless `tiles_on` says otherwise."""
    return _IN_USE.get() or InThreads()


@contextmanager
def tiles_on(executor: TileExecutor) -> Iterator[None]:
    """Passes over tiles that begin inside the block go to this executor."""
    token = _IN_USE.set(executor)
    try:
        yield
    finally:
        _IN_USE.reset(token)


def in_order(parts: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Parts (rows, columns, ...) as the plan has its tiles, whatever order they came in."""
    return sorted(parts, key=lambda part: (part[0].start, part[1].start))
