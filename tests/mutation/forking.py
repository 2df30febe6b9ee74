"""Work in forked children: each sends back what it returns, within its time and a limit of memory."""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

MEMORY = 2 * 2**30
DIED = "died"
LATE = "late"


@dataclass(frozen=True)
class Child:
    """A running child: its process, the pipe that its answer comes through, and when it must have ended."""

    process: int
    pipe: int
    deadline: float


def start(work: Callable[[], Any], seconds: float) -> Child:
    """Runs `work` in a child."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return Child(process, reading, time.monotonic() + seconds)
    try:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(work()))
    finally:
        os._exit(0)


def finish(child: Child, ended: bool) -> Any:
    """What the child sent, DIED where it sent nothing, LATE where it is stopped here."""
    if not ended:
        os.kill(child.process, signal.SIGKILL)
    with os.fdopen(child.pipe, "rb") as stream:
        data = stream.read()
    os.waitpid(child.process, 0)
    return LATE if not ended else pickle.loads(data) if data else DIED


def run_all(works: Iterator[tuple[Any, Callable[[], Any], float]], children: int) -> Iterator[tuple[Any, Any]]:
    """Runs (key, work, seconds) in so many children at a time; gives (key, answer) as they end."""
    running: dict[int, tuple[Any, Child]] = {}
    more = True
    while more or running:
        while more and len(running) < children:
            item = next(works, None)
            more = item is not None
            if item is not None:
                key, work, seconds = item
                child = start(work, seconds)
                running[child.pipe] = key, child
        if not running:
            return
        soonest = min(child.deadline for _, child in running.values())
        ready, _, _ = select.select(list(running), [], [], max(0.0, soonest - time.monotonic()))
        now = time.monotonic()
        over = [pipe for pipe, (_, child) in running.items() if pipe not in ready and child.deadline <= now]
        for pipe in (*ready, *over):
            key, child = running.pop(pipe)
            yield key, finish(child, pipe in ready)
