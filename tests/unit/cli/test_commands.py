"""What the commands print, and their exit codes."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from certify.cli import main

POINTS = "1,0\n0,1\n1,1\n1,-1\n"
SQUARE = "serial(Dense(), Monomial(2), Dense())"


@pytest.fixture
def points(tmp_path: Path) -> str:
    path = tmp_path / "points.csv"
    path.write_text(POINTS)
    return str(path)


def test_the_default_question_about_iris(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "iris.cert"
    assert main(["prove", "iris", "--normalize", "unit", "--out", str(target), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "positive definite"
    assert Fraction("2.4e-23") < Fraction(answer["lambda_min"]["lower"]) <= Fraction(answer["lambda_min"]["upper"])
    assert Fraction(answer["lambda_min"]["upper"]) < Fraction("2.6e-23")
    assert 0 < Fraction(answer["relative"]["lower"]) <= Fraction(answer["relative"]["upper"])
    assert answer["n"] == 149
    assert {**answer["data"], "sha256": None} == {
        "name": "iris",
        "sha256": None,
        "rows": 150,
        "columns": 4,
        "duplicates": 1,
    }
    assert answer["network"] == 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
    assert answer["certificate"] == str(target)
    assert main(["check", str(target), "--data", "iris"]) == 0
    printed = capsys.readouterr().out
    assert "valid" in printed
    assert "positive definite" in printed


def test_require_asks_for_a_verdict(points: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", points, "--network", SQUARE]) == 0
    assert main(["prove", points, "--network", SQUARE, "--require", "singular"]) == 0
    assert main(["prove", points, "--network", SQUARE, "--require", "positive"]) == 1
    assert "singular" in capsys.readouterr().out


def test_undecided_has_an_exit_code_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    near = tmp_path / "near.csv"
    near.write_text("1,0\n1,1e-200\n0,1\n")
    target = tmp_path / "a.cert"
    arguments = ["prove", str(near), "--method", "dense", "--max-bits", "64", "--out", str(target)]
    assert main(arguments) == 3
    output = capsys.readouterr()
    assert output.out.startswith("undecided")
    assert "--max-bits" in output.err
    assert not target.exists()
    assert main([*arguments[:-4], "--max-bits", "2000", "--out", str(target)]) == 0
    assert target.exists()


def test_quiet_prints_nothing(points: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", points, "--network", SQUARE, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_several_files_give_the_worst_answer(points: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.cert", tmp_path / "bad.cert"
    assert main(["prove", points, "--network", SQUARE, "--out", str(good)]) == 0
    bad.write_text(good.read_text().replace('"rank"', '"bank"'))
    assert main(["check", str(good)]) == 0
    assert main(["check", str(good), str(bad)]) in (2, 3)
    capsys.readouterr()
    assert main(["check", "--json", str(good), str(bad)]) in (2, 3)
    results = json.loads(capsys.readouterr().out)["results"]
    assert [result["valid"] for result in results] == [True, False]


def test_show_says_that_nothing_was_verified(points: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "a.cert"
    main(["prove", points, "--network", SQUARE, "--out", str(target)])
    capsys.readouterr()
    assert main(["show", str(target)]) == 0
    printed = capsys.readouterr().out
    assert "unverified" in printed
    assert SQUARE in printed


def test_a_given_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = tmp_path / "k.npy", tmp_path / "k.cert"
    np.save(path, np.array([[2.0, 1.0], [1.0, 2.0]]))
    assert main(["prove", "--gram", str(path), "--out", str(target), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["network"] is None
    assert main(["check", str(target)]) == 3
    assert main(["check", str(target), "--accept-assumptions"]) == 0


def test_a_report_is_written_only_for_what_verifies(points: str, tmp_path: Path) -> None:
    target, pages = tmp_path / "a.cert", tmp_path / "pages"
    assert main(["prove", points, "--network", SQUARE, "--out", str(target), "--report", str(pages)]) == 0
    assert len(list(pages.glob("*.html"))) == 1
    damaged = tmp_path / "b.cert"
    damaged.write_text(target.read_text().replace('"singular"', '"positive definite"'))
    assert main(["report", str(damaged), "--out", str(tmp_path / "other")]) == 1
    assert not (tmp_path / "other").exists()
