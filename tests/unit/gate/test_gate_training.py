"""The gate on finite networks and on training: other commands, and values beyond the smallest eigenvalue."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify import InputError
from certify.cli import main
from reports.gate import run_gate, update_baseline
from reports.gate.requests import Request

NETWORK = "serial(Dense(4, b_var=1), Tanh(), Dense(1, b_var=1))"
REQUESTS: dict[str, dict[str, Any]] = {
    "finite": {"command": "finite", "data": "plain.csv", "network": NETWORK, "weights": "weights.npz"},
    "memory": {"command": "memorise", "data": "t.csv", "network": NETWORK, "target": "y", "weights": "weights.npz"},
    "training": {
        "command": "train",
        "data": "t.csv",
        "network": "serial(Dense(), Erf(), Dense())",
        "target": "y",
        "time": "5",
        "until": "1/10",
        "holdout": "1/4",
    },
}


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    (tmp_path / "plain.csv").write_text("a,b\n1,0\n0,1\n3/5,4/5\n-1,1/3\n", encoding="ascii")
    (tmp_path / "t.csv").write_text("a,b,y\n1,0,1\n0,1,-2\n3/5,4/5,1/2\n-1,1/3,3\n2,2,0\n", encoding="ascii")
    draw = np.random.default_rng(1)
    np.savez(tmp_path / "weights.npz", draw.standard_normal((4, 3)), draw.standard_normal((1, 5)))
    for name, request in REQUESTS.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"request": request}), encoding="ascii")
    assert not update_baseline(tmp_path).refused
    return tmp_path


def expected(baseline: Path, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((baseline / f"{name}.json").read_text(encoding="ascii"))["expected"]
    return answer


def test_they_are_recorded_and_pass(baseline: Path) -> None:
    assert run_gate(baseline).passed
    assert expected(baseline, "finite")["method"] == "empirical kernel"
    assert expected(baseline, "memory")["method"] == "memorisation"
    assert expected(baseline, "memory")["checker"] == "valid"
    training = expected(baseline, "training")
    assert training["checker"] is None
    assert {"loss at 5", "held-out loss at 5", "time to a loss of 1/10"} <= training["values"].keys()
    assert "values" not in expected(baseline, "finite")


def disjoint(values: dict[str, Any]) -> None:
    values["loss at 5"] = {"lower": "7", "upper": "8"}


def forgotten(values: dict[str, Any]) -> None:
    values["loss at 7"] = {"lower": "7", "upper": "8"}


def narrower(values: dict[str, Any]) -> None:
    values["loss at 5"]["upper"] = values["loss at 5"]["lower"]


@pytest.mark.parametrize(
    ("change", "message"), [(disjoint, "disjoint"), (forgotten, "not answered"), (narrower, "the slack is 1/2")]
)
def test_a_value_that_became_worse_is_a_regression(
    baseline: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    path = baseline / "training.json"
    document = json.loads(path.read_text(encoding="ascii"))
    change(document["expected"]["values"])
    path.write_text(json.dumps(document), encoding="ascii")
    (regression,) = run_gate(baseline).regressions
    assert regression.claim.name == "training"
    assert message in str(regression.differences[0])
    assert regression.command.startswith("certify train ")


def test_the_command_line_asks_the_same(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Request.read("here", REQUESTS["memory"]).command_line(baseline, "m.cert")
    assert line.startswith("certify memorise ")
    assert f"--weights {baseline / 'weights.npz'}" in line
    assert line.endswith("certify check m.cert")
    assert main(["gate", "--baseline", str(baseline)]) == 0
    assert "3 claims recomputed, nothing found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"command": "dream"}, "write one of"),
        ({"command": "finite", "target": "y"}, "'finite' and 'target'"),
        ({"command": "memorise"}, "lacks the key 'target'"),
        ({"command": "train", "target": "y"}, "lacks the key 'time'"),
        ({"seed": 3}, "'prove' and 'seed'"),
        ({"command": "finite", "gram": "m.npy"}, "'finite' and 'gram'"),
        ({"seed": -1}, "whole number"),
    ],
)
def test_requests_that_do_not_go_together(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Request.read("here", {"data": "iris", "network": NETWORK, **changes})
