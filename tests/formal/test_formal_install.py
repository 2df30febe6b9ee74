"""Where Coq cannot be had, nothing is called passed."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import install_coq as install
import pytest
import theorem_corpus as corpus

ABSENT = "coqc is not installed: apt-get install coq libcoq-interval on Debian 12"


def test_without_root_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "missing", lambda: ABSENT)
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    assert install.main() == 3
    message = capsys.readouterr().err
    assert "apt-get install coq libcoq-interval" in message
    assert "as root" in message
    assert "nothing is called passed" in message


def test_a_failing_installation_is_not_passed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "missing", lambda: ABSENT)
    monkeypatch.setattr(install.os, "geteuid", lambda: 0)
    monkeypatch.setattr(install.shutil, "which", lambda _: "/usr/bin/apt-get")
    commands: list[list[str]] = []

    def failing(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 100)

    monkeypatch.setattr(install.subprocess, "run", failing)
    assert install.main() == 3
    assert commands == [["apt-get", "update", "-q"]]
    assert "nothing is called passed" in capsys.readouterr().err


def test_the_corpus_compiles_nothing_without_coq(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(corpus, "missing", lambda: ABSENT)
    monkeypatch.setattr(sys, "argv", ["theorem_corpus.py", str(tmp_path / "out")])
    assert corpus.main() == 3
    assert "nothing was compiled" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_points_of_the_corpus_lie_where_they_are_said_to() -> None:
    assert all(x * x + y * y == 1 for x, y in corpus.circle(12))
    assert len({tuple(row) for row in corpus.circle(12)}) == 12
    pairs = corpus.near_pairs(20)
    assert len(pairs) == 20
    assert all(b[1] - a[1] == Fraction(1, 10**6) and a[0] == b[0] for a, b in zip(pairs[::2], pairs[1::2], strict=True))
