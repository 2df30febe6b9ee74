"""What a mutant is tried against: recorded answers, the corpus, then unit tests, as far as they reach the change.

Everything here runs in a forked child, which imports the checker for itself.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any

import pytest
from corpus import Case
from forking import LATE
from planting import CHECKER, PACKAGE, ROOT
from spelled_calls import TooSlow, answer, find

_CORPUS_TESTS = ("test_estimates.py", "test_hostile_files.py")
UNIT_TESTS = (ROOT / "tests/unit/checker", *(ROOT / "tests/certificates" / name for name in _CORPUS_TESTS))
ANSWERS = json.loads((ROOT / "tests/unit/checker/answers.json").read_text(encoding="ascii"))
_TEST_OF_ANSWERS = "test_checker_answers.py"
# Tests that take longer than this, or that look at the clock, are left out.
LONGEST_SECONDS = 1.5
CLOCKS = ("perf_counter", "monotonic", "subprocess")
PREFIX = str(CHECKER) + os.sep

Function = tuple[str, str]
BROKEN = "broken"


class _Reached:
    """Records the functions of the checker that are called, while it is active."""

    def __init__(self) -> None:
        self.functions: set[Function] = set()

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> None:
        if frame.f_code.co_filename.startswith(PREFIX):
            name = frame.f_code.co_qualname.partition(".<locals>")[0]
            self.functions.add((frame.f_code.co_filename[len(PREFIX) :], "" if name == "<module>" else name))

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        # A trace function is asked at calls only, a profile function at every return and call of C as well.
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(None)


@dataclass
class Trial:
    """A function with recorded answers, a corpus case (by its index) or a unit test (by its node id), with the
    functions it reaches and its seconds."""

    key: str
    seconds: float
    functions: set[Function] = field(default_factory=set)


class Late(BaseException):
    """A trial took much more of the processor's time than without a mutant."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises Late after so many seconds of the processor's time, which other processes do not use up."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Late

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def allowed(seconds: float) -> float:
    """How long a trial may take that takes so long without a mutant."""
    return 1 + 5 * seconds


def check_case(case: Case) -> bool:
    """Whether the checker, as it is in this process, gives the expected answer."""
    result = importlib.import_module("certify.checker").check_file(case.path)
    return case.fits(result.status, result.reason)


def check_answers(name: str) -> bool:
    """Whether a function of the checker, as it is in this process, answers what was recorded."""
    module, _, qualified = name.partition(":")
    try:
        function = find(f"{PACKAGE}.{module}", qualified)
        for call in ANSWERS[name]:
            if {"arguments": call["arguments"], **answer(function, call["arguments"], 10.0)} != call:
                return False
    except TooSlow:
        raise Late from None
    except Exception:
        return False
    return True


class _Measured:
    """A pytest plugin that measures what every test reaches."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self.failed: list[str] = []
        self.imports: dict[str, set[Function]] = defaultdict(set)
        self.imported: set[Function] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        reached = _Reached()
        with reached.recording():
            report = yield
        self.imports[collector.nodeid] |= reached.functions
        return report

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not self._watches_the_clock(item) and item.path.name != _TEST_OF_ANSWERS]

    @staticmethod
    def _watches_the_clock(item: pytest.Item) -> bool:
        code = getattr(getattr(item, "function", None), "__code__", None)
        return code is not None and any(name in CLOCKS for name in code.co_names)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        _forget()
        reached, start = _Reached(), time.process_time()
        with reached.recording():
            result = yield
        self.trials.append(Trial(item.nodeid, time.process_time() - start, reached.functions))
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def _pytest(arguments: list[str], plugins: list[Any]) -> int:
    quiet = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:benchmark", "-p", "no:randomly"]
    quiet += ["-o", "addopts=", "--rootdir", str(ROOT), "-W", "ignore", "--no-header", "--no-summary"]
    # Nobody reads what an assertion compared, and test modules are not rewritten for every child.
    quiet += ["--assert", "plain"]
    os.chdir(ROOT)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main([*quiet, *arguments], plugins=plugins))


@dataclass
class Trials:
    """Functions with recorded answers and cases, quick ones first; unit tests, those that reach few functions first;
    what the import itself calls."""

    answers: list[Trial]
    cases: list[Trial]
    tests: list[Trial]
    at_import: set[Function]


def _forget() -> None:
    """Empties the checker's caches, so that a trial reaches what it reaches in a process of its own."""
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        for value in vars(sys.modules[name]).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _measured(key: str, passes: Callable[[], bool]) -> Trial:
    """A trial outside pytest.  Raises RuntimeError where it fails without a mutant."""
    _forget()
    reached, start = _Reached(), time.process_time()
    with reached.recording():
        passed = passes()
    if not passed:
        raise RuntimeError(f"{key} fails without any mutant")
    return Trial(key, time.process_time() - start, reached.functions)


def measure(cases: tuple[Case, ...]) -> Trials:
    """All trials of the checker as it is.  Raises RuntimeError where one fails without a mutant."""
    importing = _Reached()
    with importing.recording():
        importlib.import_module("certify.checker")
    answers = [_measured(name, partial(check_answers, name)) for name in ANSWERS]
    found = [_measured(str(index), partial(check_case, case)) for index, case in enumerate(cases)]
    plugin = _Measured()
    code = _pytest([str(folder) for folder in UNIT_TESTS], [plugin])
    if code:
        raise RuntimeError(f"the unit tests of the checker fail without any mutant: {', '.join(plugin.failed)}")
    tests = [trial for trial in plugin.trials if trial.seconds < 2 * LONGEST_SECONDS]
    for trial in tests:
        trial.functions |= plugin.imports[trial.key.partition("::")[0]]
    plugin.imported = set().union(*plugin.imports.values())
    return Trials(
        sorted(answers, key=lambda trial: trial.seconds),
        sorted(found, key=lambda trial: trial.seconds),
        sorted(tests, key=lambda trial: (len(trial.functions - plugin.imported), trial.seconds)),
        importing.functions,
    )


class _Timed:
    """A pytest plugin that notes failures and ends tests which take too long."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds
        self.late = False
        self.failed: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        try:
            with within(allowed(self.seconds.get(item.nodeid, 1.0))):
                return (yield)
        except Late:
            self.late = True
            raise


def first_failure(cases: tuple[Case, ...], chosen: Trials) -> str | None:
    """The first trial that tells the checker of this process from the true one, or None; LATE where one took too
    long."""
    direct = [(trial, f"answers of {trial.key}", partial(check_answers, trial.key)) for trial in chosen.answers]
    for trial in chosen.cases:
        case = cases[int(trial.key)]
        direct.append((trial, case.name, partial(check_case, case)))
    try:
        for trial, name, passes in direct:
            with within(allowed(trial.seconds)):
                if not passes():
                    return name
    except Late:
        return LATE
    except BaseException as error:
        return f"{type(error).__name__} outside the unit tests"
    timed = _Timed({trial.key: trial.seconds for trial in chosen.tests})
    code = _pytest([trial.key for trial in chosen.tests], [timed]) if chosen.tests else 0
    if timed.late or timed.failed:
        return LATE if timed.late else timed.failed[0]
    return None if code == 0 else f"{BROKEN}: pytest ends with {code}"
