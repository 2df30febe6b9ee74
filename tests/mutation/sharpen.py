"""Adds to the recorded answers what tells surviving mutants from the checker: `python tests/mutation/sharpen.py`.

For every unexplained survivor of earlier runs, calls that the corpus and the unit tests make of the changed file, and
neighbours of them, and drawn calls where the arguments are numbers, are put to the mutant; the first that it answers
otherwise goes into answers.json.  Functions without answers get some.
"""

from __future__ import annotations

import itertools
import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "certificates"), str(HERE.parent / "unit" / "checker")]

from drawn import drawn_calls  # noqa: E402
from mutants import Name  # noqa: E402
from planting import CHECKER, PACKAGE  # noqa: E402
from record_answers import ANSWERS, Calls, Function, choose, collect, neighbours, write_answers  # noqa: E402
from run import STATE, SURVIVED, all_mutants, digest  # noqa: E402
from spelled_calls import NotSpelled, TooSlow, answer, find  # noqa: E402
from survivors import read_survivors  # noqa: E402
from tqdm import tqdm  # noqa: E402

_MEMORY = 8 << 30
_CALLS_WITH_NEIGHBOURS, _CALLS = 80, 1500
_SECONDS = 0.3
_SECONDS_FOR_A_MUTANT = 6.0
_MISUSED = ("TypeError", "AttributeError", "IndexError", "KeyError", "NameError")


class Copy:
    """A second copy of a module of the checker, made from other code, with the classes of the first."""

    def __init__(self, stem: str, code: CodeType) -> None:
        original = sys.modules[f"{PACKAGE}.{stem}"]
        self.module = ModuleType(original.__name__)
        self.module.__dict__.update(__package__=PACKAGE, __file__=original.__file__)
        # Dataclasses look their module up by name while they are made.
        sys.modules[original.__name__] = self.module
        try:
            exec(code, self.module.__dict__)
        finally:
            sys.modules[original.__name__] = original
        self.own = dict(self.module.__dict__)
        for name, value in vars(original).items():
            if isinstance(value, type) and value.__module__ == original.__name__:
                self.module.__dict__[name] = value

    def function(self, qualified: str) -> Any:
        first, *rest = qualified.split(".")
        found = reduce(getattr, rest, self.own[first])
        return found.fget if isinstance(found, property) else found


def said_by(function: Any, arguments: Any) -> Any:
    """The spelled answer, or None where there is none that a test could expect."""
    try:
        said = answer(function, arguments, _SECONDS)
    except (NotSpelled, TooSlow, ValueError, TypeError, AttributeError, MemoryError, RecursionError):
        return None
    return None if said.get("raises", [""])[0] in _MISUSED else said


class Candidates:
    """Calls of the functions of one file with the true answers."""

    def __init__(self, stem: str, calls: Calls) -> None:
        self.stem = stem
        code = compile((CHECKER / f"{stem}.py").read_text(encoding="utf-8"), str(CHECKER / f"{stem}.py"), "exec")
        copy = Copy(stem, code)
        self.calls: dict[str, list[tuple[Any, Any]]] = {}
        for name, seen in calls.seen.items():
            if name[0] == stem:
                self.calls[name[1]] = list(self._answered(copy, name, list(seen.values())))

    @staticmethod
    def _answered(copy: Copy, name: Function, seen: list[Any]) -> Iterator[tuple[Any, Any]]:
        choose = random.Random(str(name))
        choose.shuffle(seen)
        others = [other for arguments in seen[:_CALLS_WITH_NEIGHBOURS] for other in neighbours(arguments)]
        choose.shuffle(others)
        function, copied = find(f"{PACKAGE}.{name[0]}", name[1]), copy.function(name[1])
        for arguments in itertools.islice(itertools.chain(seen, others), _CALLS):
            said = said_by(function, arguments)
            if said is not None and said_by(copied, arguments) == said:
                yield arguments, said

    def _of(self, function: str, is_changed: bool) -> Iterator[tuple[Any, Any]]:
        yield from self.calls.get(function, ())
        if is_changed:
            true = find(f"{PACKAGE}.{self.stem}", function)
            for arguments in drawn_calls(true):
                said = said_by(true, arguments)
                if said is not None:
                    yield arguments, said

    def telling(self, stem: str, mutated: str, code: CodeType) -> tuple[str, dict[str, Any]] | None:
        """A function and a call of it that the mutant answers otherwise; the changed function is asked first."""
        copy = Copy(stem, code)
        stop = time.process_time() + _SECONDS_FOR_A_MUTANT
        for function in sorted({*self.calls, mutated} - {""}, key=lambda name: name != mutated):
            changed = copy.function(function)
            for arguments, said in self._of(function, function == mutated):
                try:
                    other = answer(changed, arguments, _SECONDS)
                except (NotSpelled, MemoryError, RecursionError):
                    other = None
                except TooSlow:
                    break
                if time.process_time() > stop:
                    return None
                if other != said:
                    return function, {"arguments": arguments, **said}
        return None


def survivors_of_any_run() -> set[Name]:
    """Mutants that survived when they were tried last, with the file as it is now."""
    last: dict[Name, bool] = {}
    for line in STATE.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        name = Name(*entry["name"])
        if entry["file"] == digest([CHECKER / name.file]):
            last[name] = entry["result"] == SURVIVED
    return {name for name, survives in last.items() if survives}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    explained = read_survivors()
    survived = survivors_of_any_run()
    waiting = [m for m in all_mutants(explained) if m.name in survived and m.name not in explained.reasons]
    answers = json.loads(ANSWERS.read_text(encoding="ascii"))
    calls = collect()
    for name in sorted(calls.seen):
        if ":".join(name) not in answers and (kept := choose(name, calls.seen[name])):
            answers[":".join(name)] = kept
    write_answers(answers)
    left = 0
    for file, mutants in itertools.groupby(waiting, key=lambda mutant: mutant.name.file):
        stem = file.removesuffix(".py")
        candidates = Candidates(stem, calls)
        for mutant in tqdm(list(mutants), desc=stem, unit="mutant"):
            try:
                found = candidates.telling(stem, mutant.name.function, mutant.code)
            except (ImportError, ValueError, TypeError, AttributeError, NameError, KeyError, ArithmeticError):
                found = None
            if found is None:
                left += 1
                continue
            kept = answers.setdefault(f"{stem}:{found[0]}", [])
            if found[1] not in kept:
                kept.append(found[1])
        write_answers(answers)
    print(f"{len(waiting) - left} of {len(waiting)} survivors are told from the checker by an answer")


if __name__ == "__main__":
    main()
