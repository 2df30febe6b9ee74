"""Every file of the corpus gets its answer, for its own reason, in about a second."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from corpus import FOLDERS, HERE, Case, load_cases, sharpened_cases

from certify.checker import check_file

CHECKER = HERE.parents[1] / "certify" / "checker"
CASES = load_cases()
AGAIN = "if the checker's arithmetic was changed on purpose, run python tests/certificates/build.py"


def surprises(cases: tuple[Case, ...]) -> list[str]:
    """The cases with another answer than the expected one, and that answer."""
    answers = [(case, check_file(case.path)) for case in cases]
    return [f"{c.name}: {a.status}: {a.reason}" for c, a in answers if not c.fits(a.status, a.reason)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_gets_its_answer(folder: str) -> None:
    cases = tuple(case for case in CASES if case.status == folder)
    assert not surprises(cases), AGAIN


def test_no_numerical_bound_can_be_sharpened_by_a_unit(tmp_path: Path) -> None:
    cases = tuple(sharpened_cases(tmp_path))
    assert len(cases) > 100
    assert not surprises(cases), AGAIN


def test_the_corpus_is_what_the_index_says_and_small() -> None:
    files = {path for folder in FOLDERS for path in (HERE / folder).iterdir()}
    assert {path for path in files if path.suffix == ".cert"} == {case.path for case in CASES}
    assert all(case.path.parent.name == case.status for case in CASES)
    assert sum(path.stat().st_size for path in files) < 1_500_000


def test_every_attack_says_what_it_is() -> None:
    attacks = [case for case in CASES if case.status != "valid"]
    assert len(attacks) > 400
    assert all(case.what and case.reason for case in attacks)
    kinds = {json.loads(case.path.read_text())["proof"]["kind"] for case in CASES if case.status == "valid"}
    assert kinds == {
        "residual",
        "modular",
        "null vector",
        "rank",
        "parameters",
        "family",
        "streaming",
        "whitened",
        "theorem",
    }


def standalone(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The checker run by the path of its folder, with no installed package in reach."""
    command = [sys.executable, "-I", "-S", str(CHECKER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("valid/erf.cert", 0),
        ("valid/points-beside.cert", 0),
        ("valid/gram.cert", 3),
        ("invalid/lower-one-unit-too-high-relu.cert", 1),
        ("malformed/nested-100000.cert", 2),
        ("unsupported/version-three.cert", 3),
        ("valid/no-such-file.cert", 2),
    ],
)
def test_the_checker_runs_by_its_path_alone(file: str, code: int) -> None:
    run = standalone(HERE / file)
    assert run.returncode == code
    assert not run.stderr
    assert run.stdout.startswith(str(HERE / file))


def test_the_standalone_checker_agrees_on_the_whole_corpus() -> None:
    run = standalone("--json", "--accept-assumptions", *(case.path for case in CASES))
    assert run.returncode == 2
    assert [answer["status"] for answer in json.loads(run.stdout)] == [case.status for case in CASES]
