"""The command: exit codes, one JSON object, one line for bad input, a page."""

import json
from pathlib import Path
from typing import Any

import pytest
from stranger_kernels import NETWORK

from certify.cli import main
from properties.audit import Kind

FAST = ["--network", NETWORK, "--examples", "5", "--data", "digits"]
TOP_KEYS = {
    *("target", "library", "kernel", "version", "seed", "examples", "columns", "tolerance", "data", "interrupted"),
    *("passed", "networks", "findings", "skipped", "stale", "counts", "meanings"),
}
FINDING_KEYS = {
    *("network", "kernel", "kind", "severity", "known", "examples", "detail", "example", "entry", "worst"),
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["audit", *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(capsys, *arguments, "--json")
    assert out.count("\n") == 1
    return code, json.loads(out)


def test_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = report(capsys, "stranger_kernels:relu", *FAST)
    assert code == 0
    assert found["passed"] is True
    assert set(found) == TOP_KEYS
    assert found["networks"][0]["entries"] > 1000


def test_findings(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = report(capsys, "stranger_kernels:wrong_factor", *FAST)
    assert code == 1
    assert found["counts"]["wrong-entry"] == 1
    (wrong,) = [one for one in found["findings"] if one["kind"] == "wrong-entry"]
    assert set(wrong) == FINDING_KEYS
    assert wrong["example"] == {"x1": [[1.0]], "x2": None}
    entry = wrong["entry"]
    assert (entry["i"], entry["j"], entry["value"], entry["lower"], entry["upper"]) == (0, 0, 1.5, "2", "2")


def test_the_text_shows_an_example_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "stranger_kernels:wrong_factor", *FAST)
    assert code == 1
    assert "x1 = [[1.0]]" in out
    assert "K[0, 0] = 1.5, proved 2.0" in out
    assert out.rstrip().splitlines()[-1].endswith("findings") or out.rstrip().endswith("1 finding")
    assert err == ""


def test_a_hang_is_counted_and_the_audit_ends(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = report(capsys, "stranger_kernels:hanging", *FAST, "--timeout", "0.3")
    assert code == 1
    assert Kind.HANGS.value in found["counts"]
    assert found["networks"][0]["given_up"] is True


def test_a_death_is_counted_and_the_audit_ends(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = report(capsys, "stranger_kernels:dying", *FAST)
    assert code == 1
    assert found["counts"] == {"dies": 1}


def test_a_known_failure_does_not_count_and_a_stale_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "known.toml"
    kinds = ("wrong-entry", "lambda-min", "nan")
    known.write_text("\n".join(f'[[known]]\nkind = "{kind}"\nreason = "because"\n' for kind in kinds))
    code, out, err = run(capsys, "stranger_kernels:wrong_factor", *FAST, "--known", str(known))
    assert code == 0
    assert "known: wrong-entry in 1 network, because" in out
    assert "entry 3 of known.toml (nan) is stale" in err


def test_limits_count_where_they_are_asked_to(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = report(capsys, "stranger_kernels:relu", *FAST)
    assert code == 0
    assert [(one["kind"], one["severity"]) for one in found["findings"]] == [("lambda-min", "limit")]
    code, found = report(capsys, "stranger_kernels:relu", *FAST, "--strict")
    assert code == 1
    assert set(found["counts"]) == {"lambda-min"}


def test_the_page_stands_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "audit"
    assert run(capsys, "stranger_kernels:wrong_factor", *FAST, "--report", str(folder))[0] == 1
    page = (folder / "audit.html").read_text()
    assert "wrong-entry" in page
    assert "x1 = [[1.0]]" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert "&#34;" not in page.split("<style>")[1].split("</style>")[0]


BAD = [
    (["no_such_module_anywhere:kernel"], "no_such_module_anywhere"),
    (["stranger_kernels:no_such_function"], "no_such_function"),
    (["stranger_kernels:no_function"], "cannot be called"),
    (["stranger_kernels"], "module:function"),
    (["neural-tangent"], "neural-tangents"),
    ([":kernel"], "module:function"),
    (["stranger_kernels:relu", "--network", "serial(Dense(), Rulu())"], "Relu"),
    (["stranger_kernels:relu", "--network", "serial(Relu())"], "without a Dense"),
    (["stranger_kernels:relu", "--data", "missing.csv"], "missing.csv"),
    (["stranger_kernels:relu", "--examples", "0"], "examples"),
    (["stranger_kernels:relu", "--tolerance", "-1"], "tolerance"),
    (["stranger_kernels:relu", "--columns", "0"], "columns"),
    (["stranger_kernels:relu", "--timeout", "0"], "timeout"),
    (["stranger_kernels:relu", "--known", "missing.toml"], "missing.toml"),
    (["stranger_kernels:relu", "--report", __file__], "directory"),
    (["stranger_kernels:relu", "--kernel", "rbf"], "rbf"),
    ([], "TARGET"),
]


@pytest.mark.parametrize(("arguments", "named"), BAD, ids=[" ".join(arguments)[-50:] for arguments, _ in BAD])
def test_bad_usage_gets_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], named: str) -> None:
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("certify: ")
    assert named in err


@pytest.mark.parametrize(
    ("adapter", "package"), [("neural-tangents", "neural-tangents==0.6.5"), ("scikit-ntk", "scikit-ntk==1.2.1")]
)
def test_a_missing_library_comes_with_the_command_that_installs_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, adapter: str, package: str
) -> None:
    from properties.audit import worker

    header = worker.Source.header
    # As in an environment where nothing else is installed: only what the tests themselves need.
    monkeypatch.setattr(worker.Source, "header", lambda source: _without_libraries(header(source)))
    code, _, err = run(capsys, adapter)
    assert code == 2
    assert err.count("\n") == 1
    assert f"pip install {package}" in err


def _without_libraries(header: dict[str, Any]) -> dict[str, Any]:
    blocked = Path(__file__).with_name("absent")
    return {**header, "paths": [str(blocked), *header["paths"]]}
