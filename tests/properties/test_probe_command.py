"""`certify probe` as a command: its options, its exit codes, what goes where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from planted_catalogue import BUGS
from planted_entries import MODULE as ENTRIES

from certify.cli.probing import probe_command
from properties.laws import LAWS

LAW = "the-last-dense-scales-the-kernel"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(probe_command, list(arguments), standalone_mode=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json_is_one_object_on_standard_output(here: Path) -> None:
    found = run("--examples", "6", "--seed", "3", "--law", LAW, "--law", "square-roots-square-back", "--json")
    assert found.return_value == 0
    data = json.loads(found.stdout)
    assert found.stderr == ""
    assert data["verdict"] == "nothing found"
    assert {law["name"]: law["examples"] for law in data["laws"]} == {LAW: 6, "square-roots-square-back": 6}
    assert (here / ".hypothesis" / "certify-probe").is_dir()


def test_the_summary_repeats_the_seed_and_lines_go_to_standard_error(here: Path) -> None:
    found = run("--examples", "4", "--law", LAW, "--processes", "1")
    assert found.return_value == 0
    assert "--seed" in found.stdout
    assert f"holds     {LAW} (4 holds" in found.stderr
    seed = found.stdout.split("--seed ")[1].split()[0]
    again = run("--examples", "4", "--law", LAW, "--seed", seed, "--quiet")
    assert again.return_value == 0
    assert again.stderr == ""


def test_a_violation_exits_1_with_the_command_that_replays_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ENTRIES
    with monkeypatch.context() as patch:
        next(bug for bug in BUGS if bug.law == LAW).plant(patch)
        found = run("--examples", "100", "--seed", "1", "--law", LAW, "--report", str(here / "page"))
        assert found.return_value == 1
        command = next(line for line in found.stdout.splitlines() if "certify probe --replay" in line)
        path = command.split("--replay ")[1]
        assert LAWS[LAW].claim in found.stdout
        assert "violated" in (here / "page" / "probe.html").read_text()
        assert path in (here / "page" / "probe.html").read_text()
        replayed = run("--replay", path)
        assert replayed.return_value == 1
        assert replayed.stdout.startswith(f"{LAW}: violated: ")
    healed = run("--replay", path, "--json")
    assert healed.return_value == 0
    assert json.loads(healed.stdout)["verdict"] == "holds"


def test_laws_are_listed() -> None:
    text = run("--list").stdout
    for law in LAWS.values():
        assert law.name in text
        assert law.claim in text
    assert {law["name"] for law in json.loads(run("--list", "--json").stdout)} == set(LAWS)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--law", "no-such-law"], "--list"),
        (["--replay", "missing.json"], "cannot be read"),
        (["--database", "file/inside"], "--database"),
        (["--report", "file"], "name a directory"),
    ],
)
def test_bad_input_is_one_sentence(here: Path, refused: Any, arguments: list[str], part: str) -> None:
    (here / "file").write_text("")
    with refused(part):
        found = run(*arguments)
        if found.exception is not None:
            raise found.exception
