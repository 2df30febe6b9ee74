"""`certify finite` and `certify memorise`: answers, pages, exit codes."""

import json
from pathlib import Path

import pytest

import certify
from certify.cli import main

TABLE = "a,b,label\n1,0,1\n0,1,-2\n3/5,4/5,1/2\n-1,1/3,3\n"
NETWORK = "serial(Dense(4, b_var=1), Tanh(), Dense(1, b_var=1))"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return str(path)


def test_memorise_writes_a_certificate_that_checks_and_a_page(
    table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, page = tmp_path / "memory.cert", tmp_path / "page"
    arguments = ["memorise", table, "--target", "label", "--network", NETWORK, "--out", str(target)]
    assert main([*arguments, "--report", str(page)]) == 0
    assert "every target is fitted exactly" in capsys.readouterr().out
    assert main(["check", str(target)]) == 0
    assert "fit every target exactly" in capsys.readouterr().out
    text = (page / "memory.html").read_text(encoding="utf-8")
    assert "Memorised, exactly" in text
    assert main(["report", str(target), "--out", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "memory.html").read_text(encoding="utf-8") == text
    capsys.readouterr()
    assert "targets memorised" in repr(certify.load(target))
    assert text.count('<svg class="chart"') == 2
    assert main([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["memorised"]
    assert answer["parameters"] == 17


def test_too_few_parameters_leave_memorisation_undecided(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["memorise", table, "--target", "label", "--network", "serial(Dense(1), Tanh(), Dense(1))"])
    printed = capsys.readouterr()
    assert code == 3
    assert "singular" in printed.out
    assert "3 parameters are fewer than 4 points" in printed.err
    assert "undecided by this method" in printed.err


def test_finite_proves_the_empirical_kernel(table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "net.cert"
    assert (
        main(["finite", table, "--network", NETWORK, "--seed", "4", "--out", str(target), "--report", str(tmp_path)])
        == 0
    )
    assert "empirical tangent kernel" in capsys.readouterr().out
    assert (tmp_path / "net.html").exists()
    assert main(["check", str(target)]) == 0
    assert main(["show", str(target)]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["memorise"], "no target was given"),
        (["memorise", "--target", "label", "--network", "serial(Dense(), Tanh(), Dense())"], "has no width"),
        (["finite", "--weights", "absent.npz"], "cannot be read"),
    ],
)
def test_bad_input_is_one_line(
    table: str, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([arguments[0], table, *arguments[1:]]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
