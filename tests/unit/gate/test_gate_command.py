"""`certify gate` on a small baseline: exit codes, reports, and every regression named."""

from __future__ import annotations

import json
import os
import shlex
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certify.cli import main
from certify.proofs import Verification
from reports.gate import recomputing
from reports.gate.requests import Request

Editor = Callable[[str, Callable[[dict[str, Any]], None]], None]


def raised(bound: str) -> Callable[[dict[str, Any]], None]:
    """A recorded enclosure, disjoint from the present one, or a bound that no answer reaches."""

    def change(document: dict[str, Any]) -> None:
        bounds = document["expected"]["lambda_min"]
        if bound == "enclosure":
            bounds["lower"] = bounds["upper"] = "5"
        elif bound == "lower bound":
            bounds["lower"] = bounds["upper"]
        else:
            bounds["upper"] = bounds["lower"]

    return change


def expecting(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["expected"].update(values)


def test_an_untouched_baseline_passes(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "--baseline", str(baseline)]) == 0
    output = capsys.readouterr()
    assert output.out == "4 claims recomputed, nothing found\n"
    assert output.err == ""


REGRESSIONS = [
    ("dense", expecting(verdict="singular"), "verdict: was singular, is positive definite"),
    ("undecided", expecting(verdict="positive definite"), "verdict: was positive definite, is undecided"),
    ("dense", raised("enclosure"), "enclosure: was [5, 5], is ["),
    ("dense", raised("lower bound"), "lower bound: was "),
    ("dense", raised("upper bound"), "upper bound: was "),
    ("dense", expecting(bits=5), "bits: was 5, is "),
    ("dense", expecting(method="streaming"), "method: was streaming, is dense"),
    ("singular", expecting(reason="equal points"), "reason: was equal points, is "),
    ("modular", expecting(points=9), "points: was 9, is 8"),
    ("modular", expecting(checker="unsupported"), "checker: was unsupported, is valid"),
    ("dense", lambda document: document["request"].update(network="serial(Rulu())"), "refused: was positive"),
]


@pytest.mark.parametrize(("name", "change", "sentence"), REGRESSIONS, ids=[case[2] for case in REGRESSIONS])
def test_a_planted_regression_is_named_with_the_command_that_shows_it(
    baseline: Path,
    edit: Editor,
    capsys: pytest.CaptureFixture[str],
    name: str,
    change: Callable[[dict[str, Any]], None],
    sentence: str,
) -> None:
    # No slack, so that bounds moved to the other end of a narrow enclosure count.
    edit("baseline", lambda document: document["slack"].update(bounds="0", width="0"))
    edit(name, change)
    assert main(["gate", "--baseline", str(baseline)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == name
    assert any(line.startswith(f"  {sentence}") for line in lines)
    assert lines[-1] == "4 claims recomputed, 1 regression found"
    assert any(line.startswith("  reproduce: certify prove ") for line in lines)


def test_the_command_to_reproduce_runs_and_asks_the_same(
    baseline: Path, edit: Editor, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("modular", expecting(method="dense"))
    assert main(["gate", "--baseline", str(baseline), "--json"]) == 1
    (result,) = [r for r in json.loads(capsys.readouterr().out)["results"] if r["status"] == "regression"]
    words = shlex.split(result["command"])
    assert words[0] == "certify"
    assert main([*words[1:], "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    expected = json.loads((baseline / "modular.json").read_text(encoding="ascii"))["expected"]
    assert answer["lambda_min"] == expected["lambda_min"]
    assert answer["method"] == "modular rank"


def test_no_file_name_is_taken_for_an_option(tmp_path: Path) -> None:
    line = Request(data="a b.csv", network="serial(Dense())").command_line(Path("-odd"))
    assert line == "certify prove './-odd/a b.csv' --network 'serial(Dense())'"


def test_a_crash_is_one_finding_among_others(
    baseline: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(network: str, *given: Any, **options: Any) -> Any:
        if "Erf" in network:
            raise ZeroDivisionError("division by zero")
        return sound(network, *given, **options)

    sound = recomputing.prove
    monkeypatch.setattr(recomputing, "prove", broken)
    assert main(["gate", "--baseline", str(baseline), "--junit", str(tmp_path / "gate.xml")]) == 1
    assert "crashed: was positive definite, is ZeroDivisionError: division by zero" in capsys.readouterr().out
    suite = ElementTree.parse(tmp_path / "gate.xml").getroot()[0]
    assert (suite.attrib["errors"], suite.attrib["failures"]) == ("2", "0")
    assert [case.attrib["name"] for case in suite if case.find("error") is not None] == ["dense", "undecided"]


def test_a_proof_that_the_checker_refuses_is_a_regression(
    baseline: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = Verification("invalid", "the residual is too large.", None, None, (), "python")
    monkeypatch.setattr(recomputing, "check", lambda *given, **options: refusal)
    assert main(["gate", "--baseline", str(baseline)]) == 1
    output = capsys.readouterr().out
    assert output.count("checker: was valid, is invalid: the residual is too large.") == 3
    assert "--out singular.cert && certify check singular.cert" in output


def test_better_numbers_are_mentioned_and_pass(
    baseline: Path, edit: Editor, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("dense", expecting(lambda_min={"lower": "1e-9", "upper": "9"}))
    assert main(["gate", "--baseline", str(baseline)]) == 0
    assert capsys.readouterr().out.endswith("better than recorded, keep it with --update: dense\n")


def test_a_claim_may_state_slack_of_its_own(baseline: Path, edit: Editor) -> None:
    def change(document: dict[str, Any]) -> None:
        document["expected"]["bits"] = 5
        document["slack"] = {"bits": 1000}

    edit("dense", change)
    assert main(["gate", "--baseline", str(baseline)]) == 0


def test_the_json_report_has_one_shape(baseline: Path, edit: Editor, capsys: pytest.CaptureFixture[str]) -> None:
    edit("dense", expecting(bits=5))
    assert main(["gate", "--baseline", str(baseline), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert {key: type(value) for key, value in report.items()} == {
        "baseline": str,
        "claims": int,
        "regressions": int,
        "improved": int,
        "passed": bool,
        "results": list,
    }
    assert (report["claims"], report["regressions"], report["passed"]) == (4, 1, False)
    assert [result["claim"] for result in report["results"]] == ["dense", "modular", "singular", "undecided"]
    for result in report["results"]:
        assert set(result) == {"claim", "status", "differences", "command"}
        assert result["status"] in ("passed", "improved", "regression")
        assert (result["status"] == "regression") == bool(result["differences"])
        for difference in result["differences"]:
            assert set(difference) == {"what", "was", "is", "note"}
            assert all(isinstance(value, str) for value in difference.values())


def test_junit_names_every_claim_and_holds_the_difference(
    baseline: Path, edit: Editor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("singular", expecting(reason='words <with> "marks" & \x7f'.replace("\x7f", "ü")))
    file = tmp_path / "gate.xml"
    assert main(["gate", "--baseline", str(baseline), "--junit", str(file)]) == 1
    root = ElementTree.parse(file).getroot()
    assert root.tag == "testsuites"
    assert {key: root.attrib[key] for key in ("tests", "failures", "errors")} == {
        "tests": "4",
        "failures": "1",
        "errors": "0",
    }
    cases = root.findall("testsuite/testcase")
    assert [case.attrib["name"] for case in cases] == ["dense", "modular", "singular", "undecided"]
    (failure,) = root.findall("testsuite/testcase/failure")
    assert failure.attrib["message"] == "reason"
    assert 'was words <with> "marks" & ü' in str(failure.text)
    assert "time" not in file.read_text(encoding="utf-8")


def test_the_same_findings_give_the_same_bytes(
    baseline: Path, edit: Editor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("dense", expecting(verdict="singular"))
    outputs = []
    for name in ("a.xml", "b.xml"):
        assert main(["gate", "--baseline", str(baseline), "--json", "--junit", str(tmp_path / name)]) == 1
        outputs.append((capsys.readouterr().out, (tmp_path / name).read_bytes()))
    assert outputs[0] == outputs[1]


def test_nothing_is_left_beside_the_baseline(
    baseline: Path, contents: Callable[[Path], dict[str, bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    before, here = contents(baseline), sorted(os.listdir())
    assert main(["gate", "--baseline", str(baseline)]) == 0
    assert contents(baseline) == before
    assert sorted(os.listdir()) == here
