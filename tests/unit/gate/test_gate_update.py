"""`certify gate --update`: the whole baseline or nothing, and it says what changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certify.cli import main
from certify.errors import InputError
from certify.proofs import Verification
from reports.gate import recomputing, update_baseline

Editor = Callable[[str, Callable[[dict[str, Any]], None]], None]
Contents = Callable[[Path], dict[str, bytes]]


def expecting(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["expected"].update(values)


def test_recording_twice_changes_nothing(
    baseline: Path, contents: Contents, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(baseline)
    assert main(["gate", "--baseline", str(baseline), "--update"]) == 0
    assert capsys.readouterr().out == "4 claims recorded, nothing changed\n"
    assert contents(baseline) == before


def test_a_changed_answer_is_recorded_and_told(
    baseline: Path, edit: Editor, contents: Contents, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(baseline)
    edit("dense", expecting(verdict="singular", lambda_min={"lower": "0", "upper": "0"}))
    assert main(["gate", "--baseline", str(baseline), "--update"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "changed dense"
    assert "  verdict: was singular, is positive definite" in lines
    assert any("disjoint: one of the two is wrong" in line for line in lines)
    assert contents(baseline) == before
    assert main(["gate", "--baseline", str(baseline)]) == 0


def test_a_better_answer_is_recorded(baseline: Path, edit: Editor, contents: Contents) -> None:
    before = contents(baseline)
    edit("dense", expecting(bits=400))
    assert [(change.kind, change.name) for change in update_baseline(baseline).changes] == [("changed", "dense")]
    assert contents(baseline) == before


def test_an_answer_equally_good_up_to_the_slack_is_left_as_recorded(
    baseline: Path, edit: Editor, contents: Contents
) -> None:
    def one_digit_more(document: dict[str, Any]) -> None:
        mantissa, _, exponent = document["expected"]["lambda_min"]["upper"].partition("e")
        document["expected"]["lambda_min"]["upper"] = f"{mantissa}1e{exponent}"

    edit("modular", one_digit_more)
    assert [change.kind for change in update_baseline(baseline).changes] == ["spelled anew"]
    before = contents(baseline)
    assert b"1e-" in before["modular.json"]
    assert update_baseline(baseline).changes == ()
    assert contents(baseline) == before


def test_new_claims_are_added_with_their_data(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (baseline / "pair.csv").write_text("1,2\n-1,-2\n", encoding="ascii")
    request = {"data": "pair.csv", "network": "serial(Dense(), Erf(), Dense())"}
    (baseline / "pair.json").write_text(json.dumps({"request": request}), encoding="ascii")
    assert main(["gate", "--baseline", str(baseline), "--update", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"baseline", "claims", "updated", "changes", "refused"}
    assert report["updated"] is True
    assert [(change["name"], change["change"]) for change in report["changes"]] == [
        ("pair", "added"),
        ("pair.csv", "added"),
    ]
    assert json.loads((baseline / "pair.json").read_text())["expected"]["verdict"] == "singular"
    assert main(["gate", "--baseline", str(baseline)]) == 0


def test_removed_claims_and_data_are_told(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("modular", "undecided"):
        (baseline / f"{name}.json").unlink()
    assert main(["gate", "--baseline", str(baseline), "--update"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "removed modular",
        "removed undecided",
        "removed crowd.csv",
        "2 claims recorded",
    ]


def test_changed_data_is_told(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (baseline / "generic.csv").write_text("x,y\n1,2\n3,1\n", encoding="ascii")
    assert main(["gate", "--baseline", str(baseline), "--update"]) == 0
    output = capsys.readouterr().out
    assert "changed generic.csv\n" in output
    assert "  points: was 3, is 2\n" in output
    assert main(["gate", "--baseline", str(baseline)]) == 0


def test_the_slack_of_index_and_claims_survives(baseline: Path, edit: Editor) -> None:
    edit("baseline", lambda document: document["slack"].update(bits=3))
    edit("dense", lambda document: document.update(slack={"width": "2"}))
    update_baseline(baseline)
    assert json.loads((baseline / "baseline.json").read_text())["slack"]["bits"] == 3
    assert json.loads((baseline / "dense.json").read_text())["slack"] == {"width": "2"}


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_disk_that_fails_halfway_leaves_everything_as_it_was(
    baseline: Path, edit: Editor, contents: Contents, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    for name in ("dense", "modular"):
        edit(name, expecting(bits=400))
    (baseline / "baseline.json").unlink()
    before = contents(baseline)
    calls = []

    def replace(source: Any, target: Any) -> None:
        if Path(target).parent == baseline:
            calls.append(target)
        if len(calls) == failing:
            raise OSError(28, "No space left on device")
        move(source, target)

    move = os.replace
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(InputError, match="No space left"):
        update_baseline(baseline)
    assert contents(baseline) == before
    assert len(calls) == failing
    monkeypatch.undo()
    assert len(update_baseline(baseline).changes) >= 3


def test_a_bug_is_not_recorded(
    baseline: Path,
    edit: Editor,
    contents: Contents,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit("dense", expecting(bits=400))
    before = contents(baseline)
    refusal = Verification("invalid", "the residual is too large.", None, None, (), "python")
    monkeypatch.setattr(recomputing, "check", lambda *given, **options: refusal)
    assert main(["gate", "--baseline", str(baseline), "--update"]) == 1
    output = capsys.readouterr().out
    assert "dense: the checker answers invalid: the residual is too large." in output
    assert output.endswith("nothing was written: 3 claims cannot be recorded\n")
    assert contents(baseline) == before


def test_a_request_that_the_library_refuses_is_bad_input(
    baseline: Path, edit: Editor, contents: Contents, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("dense", lambda document: document["request"].update(network="serial(Dense(), Rulu(), Dense())"))
    before = contents(baseline)
    assert main(["gate", "--baseline", str(baseline), "--update"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("certify: the claim 'dense' cannot be recorded: ")
    assert "Relu" in message
    assert contents(baseline) == before


def test_requests_about_a_given_matrix_are_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    np.save(tmp_path / "m.npy", np.array([[1.0, 2.0], [2.0, 1.0]]))
    (tmp_path / "matrix.json").write_text('{"request": {"gram": "m.npy"}}', encoding="ascii")
    update_baseline(tmp_path)
    expected = json.loads((tmp_path / "matrix.json").read_text())["expected"]
    assert (expected["verdict"], expected["checker"]) == ("negative", "valid")
    assert main(["gate", "--baseline", str(tmp_path)]) == 0
