"""The campaign: what it reports, what it keeps, what it does when something is wrong or somebody interrupts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from planted_catalogue import BUGS, PlantedBug
from planted_entries import MODULE as ENTRIES

import certify
from properties.campaign import run_campaign
from properties.findings import read_finding, replay
from properties.hunting import LawReport, law_seed
from properties.laws import LAWS, Verdict
from properties.nearest import Nearest
from properties.page import write_campaign_page
from properties.profiles import PROFILES, hypothesis_settings

FEW = ("ntk-dominates-nngp", "square-roots-square-back", "non-proportional-points-are-positive")


def bug(story: str) -> PlantedBug:
    assert ENTRIES
    return next(entry for entry in BUGS if entry.story.startswith(story))


def test_a_campaign_finds_nothing_and_says_what_it_did(tmp_path: Path) -> None:
    seen: list[str] = []
    result = run_campaign(
        examples=25, seed=11, laws=FEW, folder=tmp_path, on_report=lambda report: seen.append(report.law)
    )
    assert not result.failed
    assert seen == list(FEW)
    data = json.loads(json.dumps(result.as_json()))
    assert data["verdict"] == "nothing found"
    assert data["seed"] == 11
    assert [law["name"] for law in data["laws"]] == list(FEW)
    for law in data["laws"]:
        assert law["examples"] == law["holds"] + law["violated"] + law["undecided"] >= 24
        assert law["asked"] == 25
        assert law["claim"]
        assert law["citation"]
    assert data["proofs"] >= 25
    assert data["totals"]["holds"] == sum(law["holds"] for law in data["laws"])


def test_the_nearest_to_singular_are_sorted_and_check(tmp_path: Path) -> None:
    result = run_campaign(examples=40, seed=3, laws=["non-proportional-points-are-positive"], folder=tmp_path)
    assert 2 <= len(result.nearest) <= 10
    sizes = [Fraction(entry["relative"]) for entry in result.nearest]
    assert sizes == sorted(sizes)
    for entry in result.nearest:
        assert entry["check"] == "valid"
        assert certify.check(entry["certificate"]).valid
        assert Fraction(entry["lambda_min"]["lower"]) > 0
    assert len({(entry["network"], entry["kernel"]) for entry in result.nearest}) == len(result.nearest)


def test_targeting_goes_towards_singularity() -> None:
    report = run_campaign(examples=120, seed=5, laws=["non-proportional-points-are-positive"], folder=None).reports[0]
    assert report.extremes["smallness"] > 20
    assert min(entry.relative for entry in report.nearest) < Fraction(1, 10**20)


def test_the_same_seed_hunts_the_same_way() -> None:
    runs = [run_campaign(examples=30, seed=8, laws=FEW, folder=None) for _ in range(2)]
    first, second = ([(r.law, r.counts, r.extremes, r.seed) for r in run.reports] for run in runs)
    assert first == second
    assert law_seed(8, FEW[0]) == runs[0].reports[0].seed != law_seed(8, FEW[1])
    other = run_campaign(examples=30, seed=9, laws=FEW, folder=None)
    assert [r.seed for r in other.reports] != [r.seed for r in runs[0].reports]


def test_a_violation_is_shrunk_saved_and_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        planted = bug("W_var multiplies")
        planted.plant(patch)
        result = run_campaign(examples=200, seed=1, laws=[planted.law], folder=tmp_path)
        assert result.failed
        report = result.reports[0]
        assert report.status == "violated"
        assert report.counts["violated"] == 1
        path = result.findings[planted.law]
        content = json.loads(path.read_text())
        assert content["replay"] == f"certify probe --replay {path}"
        assert content["case"]["first"]["points"] in ([["0"]], [["1"]])
        assert content["case"]["second"]["network"] == "serial(Dense(), Relu(), Dense())"
        assert replay(path)[2].verdict is Verdict.VIOLATED
        again = run_campaign(examples=5, seed=2, laws=[planted.law], folder=tmp_path)
        assert again.reports[0].status == "violated"
        assert sum(again.reports[0].counts.values()) == 1  # the database remembers
    name, case = read_finding(path)
    assert name == planted.law
    assert replay(path)[2].verdict is Verdict.HOLDS
    assert case.first.network != case.second.network


def test_two_processes_do_what_one_does(tmp_path: Path) -> None:
    one = run_campaign(examples=20, seed=4, laws=FEW, folder=None)
    two = run_campaign(examples=20, seed=4, laws=FEW, folder=tmp_path, processes=2)
    assert [(r.law, r.counts) for r in one.reports] == [(r.law, r.counts) for r in two.reports]
    assert two.processes == 2


def test_a_hunt_in_this_process_keeps_what_it_has_when_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def interrupt(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 10:
            raise KeyboardInterrupt
        return original(*arguments)

    law = LAWS["square-roots-square-back"]
    original = law.check
    monkeypatch.setitem(LAWS, law.name, _with_check(law, interrupt))
    result = run_campaign(examples=50, seed=1, laws=[law.name, "ntk-dominates-nngp"], folder=None)
    assert result.interrupted
    assert result.reports[0].counts["holds"] == 10
    assert result.missing == ("ntk-dominates-nngp",)
    assert not result.failed
    assert result.as_json()["verdict"] == "interrupted"


def _with_check(law: Any, check: Any) -> Any:
    from dataclasses import replace

    return replace(law, check=check)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.slow
def test_an_interrupted_campaign_of_two_processes_reports_what_it_found(tmp_path: Path) -> None:
    script = tmp_path / "campaign.py"
    script.write_text(
        textwrap.dedent(
            """
            import json, os, pathlib
            from dataclasses import replace
            from properties import laws
            from properties.campaign import run_campaign

            def counting(check, calls=[]):
                def counted(subject, case):
                    calls.append(1)
                    if len(calls) == 20:
                        pathlib.Path(f"ready-{os.getpid()}").touch()
                    return check(subject, case)
                return counted

            names = ["square-roots-square-back", "duals-are-sums-of-their-hermite-series", "ntk-dominates-nngp"]
            for name in names:
                laws.LAWS[name] = replace(laws.LAWS[name], check=counting(laws.LAWS[name].check))
            if __name__ == "__main__":
                result = run_campaign(examples=10**6, seed=1, laws=names, folder=None, processes=2)
                print(json.dumps(result.as_json()))
            """
        )
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 120
    while len(list(tmp_path.glob("ready-*"))) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    data = json.loads(out)
    assert data["interrupted"]
    assert data["verdict"] == "interrupted"
    assert sum(law["examples"] for law in data["laws"]) >= 40
    assert all(law["interrupted"] for law in data["laws"])
    assert data["not_run"] == ["ntk-dominates-nngp"]


def test_a_process_that_dies_is_reported(tmp_path: Path) -> None:
    script = tmp_path / "campaign.py"
    script.write_text(
        textwrap.dedent(
            """
            import json, os
            from dataclasses import replace
            from properties import laws
            from properties.campaign import run_campaign

            def die(subject, case):
                os._exit(3)

            name = "square-roots-square-back"
            laws.LAWS[name] = replace(laws.LAWS[name], check=die)
            if __name__ == "__main__":
                found = run_campaign(examples=5, seed=1, laws=[name, "ntk-dominates-nngp"], folder=None, processes=2)
                print(json.dumps(found.as_json()))
            """
        )
    )
    found = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True)
    statuses = {law["name"]: (law["status"], law["detail"]) for law in json.loads(found.stdout)["laws"]}
    assert statuses["square-roots-square-back"] == ("error", "the process that hunted died with exit code 3")
    assert statuses["ntk-dominates-nngp"][0] == "holds"


def test_bad_requests_are_refused(tmp_path: Path, refused: Any) -> None:
    with refused("no-such-law", "--list"):
        run_campaign(laws=["no-such-law"])
    with refused("examples=0"):
        run_campaign(examples=0)
    with refused("hourly", "nightly"):
        run_campaign(profile="hourly")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with refused("--database"):
        run_campaign(examples=1, folder=blocked / "inside")
    with refused("cannot be read"):
        read_finding(tmp_path / "missing.json")
    blocked.write_text("{}")
    with refused("falsifying example"):
        read_finding(blocked)


def test_profiles_state_everything(tmp_path: Path) -> None:
    assert [PROFILES[name].examples for name in ("dev", "ci", "nightly")] == [50, 300, 5000]
    for profile in PROFILES.values():
        found = hypothesis_settings(profile, tmp_path)
        assert not found.derandomize
        assert found.deadline is None
        assert not found.suppress_health_check
        assert found.database is not None
        assert found.max_examples == profile.examples


def test_merging_keeps_the_nearest_of_each_network() -> None:
    def entry(network: str, relative: Fraction) -> Nearest:
        return Nearest(relative, {"seal": f"{network}{relative}", "claim": {"network": network, "kernel": "ntk"}})

    many = [entry(f"net {k % 15}", Fraction(1, k + 1)) for k in range(60)]
    merged = Nearest.merged(many[:30], many[30:])
    assert [found.relative for found in merged] == [Fraction(1, 60 - k) for k in range(10)]


def test_the_page_shows_every_law_and_escapes_what_it_shows(tmp_path: Path) -> None:
    result = run_campaign(examples=8, seed=1, laws=FEW, folder=None)
    text = write_campaign_page(result, tmp_path / "deep" / "er").read_text()
    for name in FEW:
        assert name in text
    assert "http" not in text.replace("http-equiv", "")
    assert "&lt;" not in text or "<script" not in text
    assert f"{len(FEW)} laws hold" in text


def test_a_report_of_a_failure_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def unchecked(entries: Any, folder: Any) -> list[dict[str, Any]]:
        return [{"check": "invalid"}]

    monkeypatch.setattr("properties.campaign.verified", unchecked)
    result = run_campaign(examples=2, seed=1, laws=[FEW[1]], folder=None)
    assert isinstance(result.reports[0], LawReport)
    assert result.failed
    assert result.unchecked


@pytest.mark.slow
def test_twenty_grams_a_second_are_proved() -> None:
    started = time.process_time()
    result = run_campaign(examples=150, seed=6, laws=["distinct-points-with-a-first-bias-are-positive"], folder=None)
    assert result.proofs >= 150
    assert result.proofs >= 20 * (time.process_time() - started)
