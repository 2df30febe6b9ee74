"""Float64 against proof: what counts as wrong, which cases there are, and one command for the table."""

import json
from pathlib import Path

import pytest

from certify import prove
from certify.cli.main import main
from reports.cases import CASES, markdown, prove_cases, read_rows
from reports.cases.rows import judge
from reports.site.comparison import comparison_chart

SMALL = tuple(case for case in CASES if case.name in ("iris-singular-square-ntk", "iris-singular-linear-bias-ntk"))


@pytest.mark.parametrize(
    ("verdict", "smallest", "noise", "cholesky", "outcome"),
    [
        ("positive definite", -1e-14, 1e-13, False, "wrong"),
        ("positive definite", 1e-3, 1e-13, False, "wrong"),
        ("positive definite", 1e-15, 1e-13, True, "no evidence"),
        ("positive definite", 1e-3, 1e-13, True, "agrees"),
        ("singular", 1e-14, 1e-13, False, "wrong"),
        ("singular", -1e-14, 1e-13, True, "wrong"),
        ("singular", -1e-14, 1e-13, False, "no evidence"),
        ("singular", 0.0, 1e-13, False, "no evidence"),
    ],
)
def test_what_numpy_is(verdict: str, smallest: float, noise: float, cholesky: bool, outcome: str) -> None:
    assert judge(verdict, smallest, noise, cholesky)[0] == outcome


def test_the_cases_cover_activations_depths_biases_kernels_and_both_verdicts() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    for word in ("relu", "erf", "gelu", "tanh", "sin", "-3-", "bias", "nngp", "ntk", "singular", "wine", "breast"):
        assert any(word in name for name in names), word


def test_a_case_is_what_its_command_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shlex

    monkeypatch.chdir(tmp_path)
    for path in prove_cases(tmp_path / "cases", SMALL, lambda line: None):
        case = next(case for case in CASES if case.name == path.stem)
        assert main([*shlex.split(case.command)[1:], "--quiet"]) == 0
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_one_command_makes_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prove_cases(tmp_path, SMALL, lambda line: None)
    prove("serial(Dense(), Relu(), Dense())", [[1, 2], [3, 5]]).save(tmp_path / "pair.cert")
    (tmp_path / "broken.cert").write_text("{}\n")
    assert main(["compare", str(tmp_path), "--json", "--quiet"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["certificates"] == 3
    assert [row["name"] for row in answer["rows"]][-1] == "pair"
    assert list(answer["refused"]) == [str(tmp_path / "broken.cert")]
    assert main(["compare", str(tmp_path / "pair.cert"), "--markdown"]) == 0
    assert "| agrees | Relu | NTK |" in capsys.readouterr().out


def test_nothing_there_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["compare"]) == 2
    assert main(["compare", "a.cert", "b.cert", "--prove"]) == 2


def test_proved_columns_are_the_certificates(tmp_path: Path) -> None:
    cert = prove("serial(Dense(), Relu(), Dense())", [[1, 2], [3, 5]])
    path = cert.save(tmp_path / "pair.cert")
    (row,), refused = read_rows([path], print)
    assert refused == {}
    assert cert.lambda_min.lower is not None
    assert float(str(row.lower)) <= cert.lambda_min.lower <= cert.lambda_min.upper <= float(row.upper)
    assert "pair" in markdown([row], "{name}")


def test_only_eigenvalues_with_a_number_are_drawn(tmp_path: Path) -> None:
    positive = prove("serial(Dense(), Relu(), Dense())", [[1, 2], [3, 5]]).save(tmp_path / "a.cert")
    theorem = prove('serial(Dense(b_var="1/10"), Relu(), Dense())', [[1, 2], [3, 5]], method="theorem")
    singular = prove("serial(Dense(), Dense())", [[1, 2], [3, 5], [1, 1]]).save(tmp_path / "c.cert")
    rows, _ = read_rows([positive, theorem.save(tmp_path / "b.cert"), singular], print)
    assert len(rows) == 3
    chart = comparison_chart(rows)
    assert chart is not None
    assert sum("chart-mark" in str(mark) for mark in chart.marks) == 1
    assert comparison_chart([row for row in rows if row.verdict == "singular"]) is None
