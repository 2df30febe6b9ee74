"""The GitHub workflow and the reusable action: their structure, and what the action's script runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from workflow_yaml import read_yaml

ROOT = Path(__file__).resolve().parents[3]
ACTION = read_yaml((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOW = read_yaml((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))


def steps() -> list[dict[str, Any]]:
    return [*ACTION["runs"]["steps"], *(step for job in WORKFLOW["jobs"].values() for step in job["steps"])]


def test_the_workflow_runs_the_test_command_of_the_readme_and_the_gate_on_every_python() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [str(step.get("run")) for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    assert any("tox -q" in command and f"$ {command} " in readme for command in commands)
    assert any(command.startswith("certify gate") for command in commands)
    for name in ("tests", "gate"):
        assert WORKFLOW["jobs"][name]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


def test_the_workflow_installs_on_every_python_and_looks_at_the_site() -> None:
    jobs = WORKFLOW["jobs"]
    assert jobs["install"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert any("tox" in str(step.get("run")) for step in jobs["install"]["steps"])
    assert any("tox -q -e site" in str(step.get("run")) for step in jobs["site"]["steps"])


def test_every_step_runs_one_thing_and_the_token_may_only_read() -> None:
    for step in steps():
        assert ("run" in step) != ("uses" in step)
        if "uses" in step:
            assert step["uses"] == "./" or re.fullmatch(r"actions/[a-z-]+@v[0-9]+", step["uses"])
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in WORKFLOW["jobs"].values())


def test_no_script_is_built_from_what_a_caller_passes() -> None:
    for step in steps():
        assert "${{" not in step.get("run", "")


def test_every_input_is_described_and_used() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name, field in ACTION["inputs"].items():
        assert field["description"].endswith(".")
        assert "default" in field
        assert text.count(f"inputs.{name} ") == 1
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    assert all(step["shell"] == "bash" for step in ACTION["runs"]["steps"] if "run" in step)


def test_the_workflow_passes_only_inputs_that_the_action_has() -> None:
    for step in WORKFLOW["jobs"]["action"]["steps"]:
        if step["uses"] == "./":
            assert set(step["with"]) <= set(ACTION["inputs"])


@pytest.mark.skipif(shutil.which("bash") is None, reason="the action's scripts are for bash")
@pytest.mark.parametrize(
    ("given", "exit_code", "commands"),
    [
        ({}, 2, []),
        ({"baseline": "my claims"}, 0, ["gate|--baseline|my claims"]),
        ({"baseline": "b", "junit": "a b.xml"}, 0, ["gate|--baseline|b|--junit|a b.xml"]),
        ({"data": "iris"}, 0, ["prove|--kernel|ntk|--normalize|none|--require|positive|--|iris"]),
        (
            {"data": "-p.csv", "network": 'serial(Dense(b_var="1/100"), Erf(), Dense())', "certificate": "p.cert"},
            0,
            [
                'prove|--network|serial(Dense(b_var="1/100"), Erf(), Dense())|--kernel|ntk|--normalize|none'
                "|--require|positive|--out|p.cert|--|-p.csv",
                "check|--|p.cert",
            ],
        ),
        ({"data": "$(touch planted)", "require": ""}, 0, ["prove|--kernel|ntk|--normalize|none|--|$(touch planted)"]),
        ({"baseline": "fails", "data": "iris"}, 1, ["gate|--baseline|fails"]),
    ],
)
def test_the_action_runs_certify_with_what_it_was_given(
    tmp_path: Path, given: dict[str, str], exit_code: int, commands: list[str]
) -> None:
    programs = tmp_path / "certify" / "bin"
    programs.mkdir(parents=True)
    stub = programs / "certify"
    stub.write_text('#!/bin/sh\n(IFS="|"; echo "$*") >> ran\n[ "$3" != fails ]\n', encoding="ascii")
    stub.chmod(0o755)
    step = ACTION["runs"]["steps"][-1]
    values = {name: given.get(name, field["default"]) for name, field in ACTION["inputs"].items()}
    variables = {
        key: values[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text)[1]]  # type: ignore[index]
        for key, text in step["env"].items()
    }
    environment = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), **variables}
    done = subprocess.run(["bash", "-c", step["run"]], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == exit_code, done.stderr
    ran = tmp_path / "ran"
    assert (ran.read_text().splitlines() if ran.exists() else []) == commands
    assert not (tmp_path / "planted").exists()
