"""Hunts in several processes: a queue of laws, reports as they come, and an interruption that loses nothing.

Processes are started afresh (spawn), so that no state of numpy, FLINT or Hypothesis is shared.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from properties.hunting import LawReport, hunt
from properties.laws import LAWS, Domain
from properties.profiles import Profile
from properties.subjects import Subject

_PATIENCE = 10.0
_TICK = 0.2


@dataclass(frozen=True)
class Plan:
    """What every hunt of a campaign has in common; picklable."""

    subject: Subject
    domain: Domain
    profile: Profile
    campaign_seed: int
    database: Path | None

    def hunt(self, name: str) -> LawReport:
        database = None if self.database is None else self.database / name
        return hunt(
            LAWS[name],
            self.subject,
            self.domain,
            profile=self.profile,
            campaign_seed=self.campaign_seed,
            database=database,
        )


def run_hunts(plan: Plan, names: Sequence[str], processes: int, on_report: Callable[[LawReport], None]) -> bool:
    """Hunt for every law named; True if an interruption (Ctrl-C) ended it early.

    `on_report` is called in this process with every report, in the order in which they come. With one process the
    hunts run here. A process that dies leaves a report of status "error" for the law it was at.
    """
    if processes <= 1 or len(names) <= 1:
        return _run_here(plan, names, on_report)
    return _Pool(plan, names, min(processes, len(names))).run(on_report)


def run_hunts_on(client: Any, plan: Plan, names: Sequence[str], on_report: Callable[[LawReport], None]) -> bool:
    """The same on the workers of a `distributed.Client`: a law lost with its worker is hunted for on another one."""
    as_completed = import_module("distributed").as_completed
    lost_often = import_module("distributed.scheduler").KilledWorker
    futures = {client.submit(plan.hunt, name, pure=False, retries=3): name for name in names}
    try:
        for future in as_completed(futures):
            try:
                on_report(future.result())
            except lost_often:
                on_report(_failed(plan, futures[future], "every worker that hunted died"))
    except KeyboardInterrupt:
        client.cancel(list(futures))
        return True
    return False


def _run_here(plan: Plan, names: Sequence[str], on_report: Callable[[LawReport], None]) -> bool:
    for name in names:
        try:
            report = plan.hunt(name)
        except KeyboardInterrupt:
            return True
        on_report(report)
        if report.interrupted:
            return True
    return False


class _Pool:
    """Worker processes around two queues: names of laws out, (process, name or report) back."""

    def __init__(self, plan: Plan, names: Sequence[str], processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.plan = plan
        self.waiting: Any = context.Queue()
        self.answers: Any = context.Queue()
        for name in [*names, *[None] * processes]:
            self.waiting.put(name)
        self.processes = [
            context.Process(target=_work, args=(k, plan, self.waiting, self.answers), daemon=True)
            for k in range(processes)
        ]
        self.current: dict[int, str] = {}
        self.finished: set[int] = set()
        self.deadline: float | None = None

    def run(self, on_report: Callable[[LawReport], None]) -> bool:
        for process in self.processes:
            process.start()
        try:
            while len(self.finished) < len(self.processes):
                try:
                    self._step(on_report)
                except KeyboardInterrupt:
                    self._interrupt()
                if self.deadline is not None and time.monotonic() > self.deadline:
                    break
        finally:
            for process in self.processes:
                if process.is_alive():
                    process.terminate()
                process.join(_PATIENCE)
            self.waiting.cancel_join_thread()
        return self.deadline is not None

    def _step(self, on_report: Callable[[LawReport], None]) -> None:
        try:
            worker, message = self.answers.get(timeout=_TICK)
        except queue.Empty:
            self._bury(on_report)
            return
        if message is None:
            self.finished.add(worker)
        elif isinstance(message, str):
            self.current[worker] = message
        else:
            self.current.pop(worker, None)
            on_report(message)

    def _bury(self, on_report: Callable[[LawReport], None]) -> None:
        """Notice processes that died."""
        for worker, process in enumerate(self.processes):
            if worker in self.finished or process.is_alive() or not self.answers.empty():
                continue
            self.finished.add(worker)
            name = self.current.pop(worker, None)
            if name is not None and self.deadline is None:
                on_report(_died(self.plan, name, process.exitcode))

    def _interrupt(self) -> None:
        """Ask every process for what it has so far; a second interruption asks no more."""
        if self.deadline is not None:
            self.deadline = time.monotonic()
            return
        self.deadline = time.monotonic() + _PATIENCE
        for process in self.processes:
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, signal.SIGINT)


def _died(plan: Plan, name: str, code: int | None) -> LawReport:
    return _failed(plan, name, f"the process that hunted died with exit code {code}")


def _failed(plan: Plan, name: str, detail: str) -> LawReport:
    law = LAWS[name]
    return LawReport(
        law=name,
        theme=law.theme,
        claim=law.claim,
        citation=law.citation,
        seed=plan.campaign_seed,
        examples=plan.profile.examples,
        counts={},
        filtered=0,
        cut=0,
        reasons={},
        status="error",
        detail=detail,
    )


def _work(worker: int, plan: Plan, waiting: Any, answers: Any) -> None:
    """The loop of one process: a name, a hunt, a report, until there are no more names or it is interrupted."""
    stopping = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        # A terminal and the parent may both send the signal: only the first may break in.
        nonlocal stopping
        if not stopping:
            stopping = True
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        while not stopping and (name := waiting.get()) is not None:
            answers.put((worker, name))
            answers.put((worker, plan.hunt(name)))
    except KeyboardInterrupt:
        pass
    answers.put((worker, None))
