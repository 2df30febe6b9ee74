"""Records what the checker's functions answer: `python tests/unit/checker/record_answers.py` renews answers.json.

With `--sample` calls of functions that have none on record are added.
The calls are those that the corpus and the unit tests make, and neighbours of them: an integer changed by one, its sign
turned, a zero, a string with a character more or less.  Of each function a few calls are kept for every set of its
lines that a call can execute.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from spelled_calls import NotSpelled, TooSlow, answer, find, spell

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests/certificates"))

from corpus import load_cases, sharpened_cases  # noqa: E402

import certify.checker as checker  # noqa: E402

FOLDER = str(Path(checker.__file__).parent) + "/"
ANSWERS = HERE / "answers.json"
# Calls of a function that are looked at, kept for one set of lines, and kept in all.
_SAMPLE, _FOR_A_PATH, _FOR_A_FUNCTION = 300, 3, 24
_LONGEST_CALL, _LONGEST_KEPT = 3000, 1800
_SECONDS = 0.05
_MISUSE = ("TypeError", "AttributeError", "IndexError", "KeyError", "AssertionError")
# Their answers depend on the machine.
_LEFT_OUT = {"__main__", "command"}
_LEFT_OUT_ALONE = {("points", "_read_regular"), ("points", "read_file")}

Function = tuple[str, str]


class Calls:
    """A random sample of the calls of every function of the checker."""

    def __init__(self) -> None:
        self.counts: dict[Function, int] = defaultdict(int)
        self.seen: dict[Function, dict[str, Any]] = defaultdict(dict)
        self.random = random.Random(0)

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(FOLDER) or "<" in code.co_qualname:
            return
        name = (Path(code.co_filename).stem, code.co_qualname)
        if name[0] in _LEFT_OUT or name in _LEFT_OUT_ALONE:
            return
        self.counts[name] += 1
        if self.random.random() > _SAMPLE / self.counts[name]:
            return
        sys.setprofile(None)
        try:
            values = [frame.f_locals[variable] for variable in code.co_varnames[: code.co_argcount]]
            spelled = spell(values)
            text = json.dumps(spelled)
            if len(text) <= _LONGEST_CALL:
                self.seen[name][text] = spelled
        except (NotSpelled, KeyError):
            pass
        finally:
            sys.setprofile(self.profile)


class _WhileTestsRun:
    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        sys.setprofile(self.calls.profile)
        try:
            return (yield)
        finally:
            sys.setprofile(None)


def collect() -> Calls:
    """Calls made by the corpus and by the unit tests."""
    calls = Calls()
    with tempfile.TemporaryDirectory() as folder:
        for case in (*load_cases(), *sharpened_cases(Path(folder))):
            sys.setprofile(calls.profile)
            checker.check_file(case.path)
            sys.setprofile(None)
    with redirect_stdout(io.StringIO()):
        others = [str(path) for path in sorted(HERE.glob("test_*.py")) if path.stem != "test_checker_answers"]
        pytest.main(["-q", "-p", "no:xdist", "-W", "ignore", *others], plugins=[_WhileTestsRun(calls)])
    return calls


def neighbours(spelled: Any) -> Iterator[Any]:
    """The same arguments with one integer, truth value or string changed."""
    if isinstance(spelled, bool):
        yield not spelled
    elif isinstance(spelled, int):
        yield from {spelled + 1, spelled - 1, 2 * spelled, -spelled, 0, 1} - {spelled}
    elif isinstance(spelled, str):
        yield from _strings_near(spelled)
    elif isinstance(spelled, list):
        for index, item in enumerate(spelled):
            for other in neighbours(item):
                yield [*spelled[:index], other, *spelled[index + 1 :]]
    elif isinstance(spelled, dict):
        for key, item in spelled.items():
            if key not in ("enum", "int", "float", "ratio", "bytes", "set", "frozenset"):
                for other in neighbours(item):
                    yield {**spelled, key: other}


def _strings_near(text: str) -> Iterator[str]:
    choose = random.Random(text)
    for _ in range(12):
        place = choose.randrange(len(text) + 1)
        yield text[:place] + text[place + 1 :]
        yield text[:place] + choose.choice('0-,=()[]"/ a') + text[place:]


class Chooser:
    """Keeps calls of one function, a few for every set of lines that they execute."""

    def __init__(self, name: Function) -> None:
        self.function = find(f"certify.checker.{name[0]}", name[1])
        self.file = f"{FOLDER}{name[0]}.py"
        self.paths: dict[frozenset[int], int] = defaultdict(int)
        self.kept: list[dict[str, Any]] = []

    def consider(self, arguments: Any) -> bool:
        """Whether the call is kept."""
        lines: set[int] = set()

        def trace(frame: FrameType, event: str, _argument: Any) -> Any:
            if frame.f_code.co_filename != self.file:
                return None
            lines.add(frame.f_lineno)
            return trace

        start = time.perf_counter()
        sys.settrace(trace)
        try:
            said = answer(self.function, arguments, 1.0)
        except (NotSpelled, TooSlow, TypeError, AttributeError, ValueError):
            return False
        finally:
            sys.settrace(None)
        if time.perf_counter() - start > 4 * _SECONDS:
            return False
        path = frozenset(lines)
        call = {"arguments": arguments, **said}
        nothing_said = said.get("raises", [""])[0] in _MISUSE
        if nothing_said or self.paths[path] >= _FOR_A_PATH or len(json.dumps(call)) > _LONGEST_KEPT:
            return False
        self.paths[path] += 1
        self.kept.append(call)
        return True


def choose(name: Function, seen: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls of a function to keep."""
    chooser = Chooser(name)
    order = list(seen.values())
    random.Random(str(name)).shuffle(order)
    for arguments in order:
        chooser.consider(arguments)
    for call in list(chooser.kept):
        others = list(neighbours(call["arguments"]))
        random.Random(str(name)).shuffle(others)
        for arguments in others[:60]:
            if len(chooser.kept) < _FOR_A_FUNCTION:
                chooser.consider(arguments)
    return chooser.kept[:_FOR_A_FUNCTION]


def write_answers(answers: dict[str, list[dict[str, Any]]]) -> None:
    """One call a line."""
    lines = []
    for key, kept in sorted(answers.items()):
        rows = ",\n".join(json.dumps(call, separators=(",", ":"), ensure_ascii=True) for call in kept)
        lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
    ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii")


def renewed(answers: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The recorded calls with the answers of today, without those that cannot be made any more."""
    result: dict[str, list[dict[str, Any]]] = {}
    for name, calls in answers.items():
        module, _, qualified = name.partition(":")
        for call in calls:
            try:
                said = answer(find(f"certify.checker.{module}", qualified), call["arguments"], 5.0)
            except (NotSpelled, TooSlow, TypeError, AttributeError, ValueError, KeyError, ImportError):
                continue
            if said.get("raises", [""])[0] not in _MISUSE:
                result.setdefault(name, []).append({"arguments": call["arguments"], **said})
    return result


def main() -> None:
    answers = renewed(json.loads(ANSWERS.read_text(encoding="ascii"))) if ANSWERS.exists() else {}
    if "--sample" in sys.argv[1:] or not answers:
        calls = collect()
        for name in sorted(calls.seen):
            if ":".join(name) not in answers and (kept := choose(name, calls.seen[name])):
                answers[":".join(name)] = kept
    write_answers(answers)
    print(f"{len(answers)} functions, {sum(map(len, answers.values()))} calls")


if __name__ == "__main__":
    main()
