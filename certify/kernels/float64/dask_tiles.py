"""Tiles on the workers of a Dask cluster (the extra `distributed` of this package).

A task is a few tiles; what it needs travels as the result of a task of its own, which the scheduler makes again where a
worker that held it is lost. So a worker that dies costs the tiles it was at. Tasks are cut from the plan alone, BLAS
has one thread in each, and who consumes the results adds them in the order of the plan: the same bits come out whatever
the number of workers, on machines of one kind.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from certify.arithmetic.environment import ensure_environment
from certify.errors import InputError
from certify.kernels.float64.executors import Result, TileJob
from certify.kernels.float64.stored import makers
from certify.kernels.float64.threads import Stripe, TilePlan

Tiles = Sequence[tuple[slice, slice]]
Answer = TypeVar("Answer")

PAIRS_A_TASK = 2**21
_AHEAD = 3
_RETRIES = 10
"""How often a task is given to another worker after one that held it was lost."""


class DaskTiles:
    """The executor of a `distributed.Client`. Raises InputError where its workers run another version of this code."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.version = makers()
        self.sent: tuple[Any, Any] | None = None

    def run(
        self,
        plan: TilePlan | Stripe,
        job: TileJob[Result],
        consume: Callable[[slice, slice, Result], None],
        done: Callable[[int], None] | None = None,
    ) -> None:
        """See `TileExecutor`. Results arrive in this process, in any order."""
        for tiles, results in self._each(_on_tiles, job, _tasks(plan), _AHEAD * self._slots()):
            for (rows, columns), result in zip(tiles, results, strict=True):
                consume(rows, columns, result)
                if done is not None:
                    done((rows.stop - rows.start) * (columns.stop - columns.start))

    def each(
        self, function: Callable[..., Answer], arguments: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], Answer]]:
        """(arguments, function(*arguments)) for all of them, in any order; a few are under way at a time."""
        yield from self._each(_on_arguments, function, arguments, self._slots() + 1)

    def _each(self, work: Callable[..., Any], what: Any, items: Iterable[Any], most: int) -> Iterator[tuple[Any, Any]]:
        as_completed = import_module("distributed").as_completed
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")
            handle = self._handle(what)
            remaining = iter(items)
            under_way: dict[Any, Any] = {}
            pending = as_completed()
            try:
                for item in remaining:
                    self._submit(work, handle, item, under_way, pending)
                    if len(under_way) >= most:
                        break
                while under_way:
                    future = next(pending)
                    answer = self._answer(future)
                    yield under_way.pop(future), answer
                    future.release()
                    following = next(remaining, None)
                    if following is not None:
                        self._submit(work, handle, following, under_way, pending)
            finally:
                if under_way:
                    self.client.cancel(list(under_way))

    def _handle(self, what: Any) -> Any:
        """What the workers know `what` by. A pass asks stripe after stripe for the same job: it is sent once."""
        if self.sent is None or self.sent[0] is not what:
            self.sent = what, self.client.submit(_itself, what, pure=False, retries=_RETRIES)
        return self.sent[1]

    def _submit(
        self, work: Callable[..., Any], handle: Any, item: Any, under_way: dict[Any, Any], pending: Any
    ) -> None:
        future = self.client.submit(work, handle, item, self.version, pure=False, retries=_RETRIES)
        under_way[future] = item
        pending.add(future)

    def _answer(self, future: Any) -> Any:
        lost_often = import_module("distributed.scheduler").KilledWorker
        try:
            return future.result()
        except lost_often as lost:
            raise InputError(
                f"the workers died again and again over the same tiles ({lost.args[0]}): give them more memory."
            ) from None

    def _slots(self) -> int:
        return max(1, int(sum(self.client.nthreads().values())))


def _tasks(plan: TilePlan | Stripe) -> Iterator[Tiles]:
    """The tiles of a plan, so many to a task as makes a few hundredths of a second."""
    task: list[tuple[slice, slice]] = []
    pairs = 0
    for rows, columns in plan:
        task.append((rows, columns))
        pairs += (rows.stop - rows.start) * (columns.stop - columns.start)
        if pairs >= PAIRS_A_TASK:
            yield task
            task, pairs = [], 0
    if task:
        yield task


def _itself(what: Any) -> Any:
    return what


def _on_tiles(job: TileJob[Any], tiles: Tiles, version: str) -> list[Any]:
    """Runs on a worker: a result of each tile, none of them a view of the workspace."""
    _require(version)
    work = job.workspace()
    with threadpool_limits(limits=1, user_api="blas"):
        return [copy.deepcopy(job(rows, columns, work)) for rows, columns in tiles]


def _on_arguments(function: Callable[..., Answer], arguments: tuple[Any, ...], version: str) -> Answer:
    _require(version)
    with threadpool_limits(limits=1, user_api="blas"):
        return function(*arguments)


def _require(version: str) -> None:
    """A worker proves nothing unless it runs the same code, in an environment that passes the test of it."""
    ensure_environment()
    if makers() != version:
        raise InputError("a worker runs another version of ntk-certify or of FLINT: install the same on all machines.")
