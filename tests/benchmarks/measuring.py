"""Times of two ways to do one thing, taken in turns, so that a busy machine slows both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table: `ours` against `other`, whose ratio must not exceed `must` and should reach `aim`."""

    name: str
    ours: float
    other: float
    must: float | None
    aim: float | None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.ours / self.other

    @property
    def fails(self) -> bool:
        return self.must is not None and self.ratio > self.must


def in_turns(
    ours: Callable[[], Any],
    other: Callable[[], Any],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median seconds of both, each called once before. With `time.process_time` as clock, those of the processor, over
    all threads: of use on a busy machine."""
    ours()
    other()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, found in zip((ours, other), times, strict=True):
            start = clock()
            work()
            found.append(clock() - start)
    return median(times[0]), median(times[1])
