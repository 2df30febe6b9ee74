"""The mutation gate itself: what it changes, how it names it, and that every explanation is of a mutant that exists."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator

import pytest
from forking import DIED, LATE, run_all
from mutants import Mutant, mutants_of
from planting import CHECKER, ROOT
from survivors import read_survivors, spelled

from certify.checker import gram, interval

SOURCE = '''
"""A docstring with 1 in it."""

def floor(x: int, s: int = 2) -> int:
    """Not 3."""
    if x < 0 and s:
        raise Invalid(f"{x} is less than {0}")
    assert x != 7
    return -(-x >> s)
'''


def changes(source: str) -> list[tuple[str, str]]:
    return [(mutant.name.before, mutant.name.after) for mutant in mutants_of(source, "a.py", "a.py")]


def test_every_kind_of_place_is_changed_once() -> None:
    found = changes(SOURCE)
    assert len(found) == len(set(found))
    after = [text for _, text in found]
    assert "if x <= 0 and s:" in after
    assert "if x >= 0 and s:" in after
    assert "if x < 0 or s:" in after
    assert "if s:" in after
    assert "if x < 0:" in after
    assert "if x < 1 and s:" in after
    assert "pass" in after
    assert "raise Unsupported(f'{x} is less than {0}')" in after
    assert "return -x >> s" in after or "return --x >> s" in after
    assert "return -(-x << s)" in after
    assert "def floor(x: int, s: int=3) -> int:" in after


def test_docstrings_messages_and_assertions_are_left_alone() -> None:
    assert not [after for before, after in changes(SOURCE) if "assert" in before or "docstring" in before]
    assert not [after for _, after in changes(SOURCE) if "than {1}" in after]


def test_stubs_are_left_alone() -> None:
    assert changes("class Dual:\n    def pair(self) -> int: ...\n") == []


def test_drawn_calls_are_of_functions_of_numbers_and_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests/unit/checker"))
    drawn_calls = importlib.import_module("drawn").drawn_calls
    read = importlib.import_module("spelled_calls").read
    calls = list(itertools.islice(drawn_calls(interval.add), 200))
    assert calls == list(itertools.islice(drawn_calls(interval.add), 200))
    assert all(low <= high for low, high, _ in (read(call)[0] for call in calls))
    assert not list(drawn_calls(gram.GramEnclosure.entry))


def test_names_outlive_edits_elsewhere() -> None:
    names = {mutant.name for mutant in mutants_of(SOURCE, "a.py", "a.py")}
    moved = "import os\n\n\ndef another(y):\n    return y + 1\n" + SOURCE
    assert names < {mutant.name for mutant in mutants_of(moved, "a.py", "a.py")}


def test_the_same_change_of_the_same_statement_has_numbers() -> None:
    twice = "def f(x):\n    x = x + 1\n    x = x + 1\n"
    numbers = [m.name.number for m in mutants_of(twice, "a.py", "a.py") if m.name.after == "x = x - 1"]
    assert numbers == [1, 2]


@pytest.fixture(scope="module")
def mutants() -> list[Mutant]:
    return [
        mutant
        for path in sorted(CHECKER.glob("*.py"))
        for mutant in mutants_of(path.read_text(encoding="utf-8"), path.name, str(path))
    ]


def test_the_mutants_of_the_checker_have_names_of_their_own_and_compile(mutants: list[Mutant]) -> None:
    assert len({mutant.name for mutant in mutants}) == len(mutants) > 3000
    for mutant in mutants[::25]:
        assert mutant.code


def test_every_explanation_is_of_a_mutant_that_exists(mutants: list[Mutant]) -> None:
    explained = read_survivors()
    missing = explained.reasons.keys() - {mutant.name for mutant in mutants}
    assert not missing, "\n".join(f"{name}\n{spelled(name)}" for name in sorted(missing))
    functions = {(mutant.name.file, function) for mutant in mutants for function in (mutant.name.function, "*")}
    assert explained.outside.keys() <= functions


def test_children_answer_die_and_run_late() -> None:
    def forever() -> None:
        while True:
            pass

    def dying() -> None:
        raise MemoryError

    works: Iterator = iter([("answer", lambda: 6 * 7, 60.0), ("dying", dying, 60.0), ("forever", forever, 0.2)])
    assert dict(run_all(works, 2)) == {"answer": 42, "dying": DIED, "forever": LATE}


def test_only_what_exists_waits(mutants: list[Mutant]) -> None:
    exist = {mutant.name.file for mutant in mutants} | {f"{m.name.file}:{m.name.function}" for m in mutants}
    assert read_survivors().waiting <= exist
