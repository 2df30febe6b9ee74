"""`certify train`: what it prints, its page, and its exit codes."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from certify.cli import main

TABLE = "x,y,label\n1,0,1\n0,1,-2\n3/5,4/5,1/2\n-1,1/3,3\n2,2,0\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return str(path)


def test_json_holds_every_enclosure(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["train", table, "--target", "label", "--time", "2", "--time", "inf", "--holdout", "0.2", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert code == 0
    assert answer["n"] == 4
    assert answer["held_out"] == 1
    assert [moment["time"] for moment in answer["moments"]] == ["2", "inf"]
    for moment in answer["moments"]:
        assert Fraction(moment["loss"]["lower"]) <= Fraction(moment["loss"]["upper"])
        assert len(moment["predictions"]) == 4
        assert len(moment["held_out"]) == 1
    assert sum(entry["dimension"] for entry in answer["rates"]) == 4
    assert answer["early_stopping"]["verdict"] in ("stop early", "no finite time")


def test_float64_is_shown_where_it_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "train",
        "iris",
        "--target",
        "target",
        "--normalize",
        "unit",
        "--holdout",
        "0.2",
        "--time",
        "1",
        "--time",
        "inf",
    ]
    assert main(arguments) == 0
    early, late = [line for line in capsys.readouterr().out.splitlines() if line.startswith("time ")]
    assert "float64" not in early
    assert "(float64 says" in late
    assert main([*arguments, "--json"]) == 0
    moments = json.loads(capsys.readouterr().out)["moments"]
    assert moments[0]["float64"]["correct_digits"] > 8
    assert moments[1]["float64"]["correct_digits"] < 3


def test_numbers_beyond_float64_are_spoken_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("huge", "x,y\n1,1e400\n1e390,3\n2,7\n"), ("tiny", "x,y\n1e-300,4\n1e-200,5\n1e-150,6\n")):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        assert main(["train", str(path), "--target", "y", "--report", str(tmp_path)]) == 0
        assert "training loss" in capsys.readouterr().out


def test_what_has_died_out_long_ago_is_enclosed_around_zero(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", table, "--target", "label", "--time", "1e400", "--json"]) == 0
    loss = json.loads(capsys.readouterr().out)["moments"][0]["loss"]
    assert Fraction(loss["lower"]) == 0 < Fraction(loss["upper"]) < Fraction(1, 10**4000)


def test_the_page_stands_alone(table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page"
    arguments = ["--holdout", "0.2", "--until", "1/100", "--initial", "gaussian", "--report", str(page)]
    assert main(["train", table, "--target", "2", *arguments]) == 0
    printed = capsys.readouterr().out
    assert "falls to 1/100 at time" in printed
    text = (page / "training-table.html").read_text(encoding="utf-8")
    assert str(page / "training-table.html") in printed
    assert "<polyline" in text
    assert "standard deviation" in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org", "")


def test_descent_counts_steps(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", table, "--target", "label", "--descent", "1/2", "--time", "10"]
    assert main(arguments) == 0
    assert "steps 10: training loss" in capsys.readouterr().out
    assert main([*arguments, "--descent", "1000", "--time", "inf"]) == 3
    assert "step is too large" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no target was given"),
        (["--target", "lable"], "did you mean 'label'"),
        (["--target", "label", "--time", "-1"], "negative"),
        (["--target", "label", "--time", "soon"], "no number"),
        (["--target", "label", "--holdout", "absent.csv"], "absent.csv"),
        (["--target", "label", "--rows", "1"], "constant"),
        (["--target", "label", "--network", "serial(Relu())"], "begins with Relu"),
    ],
)
def test_bad_input_is_one_line(
    table: str, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", table, *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
