"""The command line: exit codes, plain words, JSON, and running where nothing is installed."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from checker_certificates import (
    ERF,
    SQUARE,
    ball_claim,
    canonical,
    certificate,
    changed,
    kernel_claim,
    proved,
)

import certify.checker
from certify.checker import Result, check_file, exit_code, main
from certify.checker.spoken import harmless, result_in_words

FOLDER = Path(certify.checker.__file__).parent
TRIANGLE = [[1, 0], [0, 1], [1, 1]]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """One file for every answer."""
    good = proved(ERF, TRIANGLE, bits=40)
    ball = ball_claim([[2]], "0", "positive definite", "1e0", "2e0")
    proof = {
        "bits": 3,
        "factor": {"exponent": 0, "rows": ["1"]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": "1"},
        "vector": "1",
    }
    contents = {
        "valid": canonical(good),
        "invalid": canonical(changed(good, "claim.lambda_min.lower", "1e0")),
        "malformed": "{}\n",
        "unsupported": canonical(changed(good, "proof.factor", None)),
        "assuming": canonical(certificate(ball, proof)),
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    return {name: str(tmp_path / name) for name in [*contents, "missing"]}


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["valid"], 0),
        (["invalid"], 1),
        (["malformed"], 2),
        (["missing"], 2),
        (["unsupported"], 3),
        (["valid", "valid"], 0),
        (["valid", "unsupported"], 3),
        (["unsupported", "invalid", "valid"], 1),
        (["invalid", "malformed", "unsupported"], 2),
        (["assuming"], 3),
    ],
)
def test_exit_codes(files: dict[str, str], names: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([files[name] for name in names]) == code
    assert capsys.readouterr().out.count("engine: python") == len(names)


def test_no_results_are_no_success() -> None:
    assert exit_code([]) == 2


def test_assumptions_are_named_and_accepted_on_request(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_file(files["assuming"]).valid
    assert main([files["assuming"]]) == 3
    assert "resting on assumptions not accepted" in capsys.readouterr().out
    assert main(["--accept-assumptions", files["assuming"]]) == 0
    assert "assumed: the entries of the matrix are the user's" in capsys.readouterr().out


def test_the_claim_is_printed_in_words(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    main([files["valid"], files["invalid"]])
    first, second = capsys.readouterr().out.split(files["invalid"])
    assert "verified: the NTK Gram matrix of " + ERF in first
    assert "on 3 points with 2 columns (rows as given) is positive definite" in first
    assert "claimed, not verified" in second
    assert "not verified" not in first


def test_json_is_one_object_or_a_list(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", files["valid"]]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["status"], found["valid"], found["claim"]["network"]) == ("valid", True, ERF)
    assert main(["--json", files["missing"], files["assuming"]]) == 2
    both = json.loads(capsys.readouterr().out)
    assert [item["status"] for item in both] == ["malformed", "unsupported"]


def test_the_limit_of_time_can_be_lifted(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certify.checker.limits, "DEFAULT_LIMIT_SECONDS", 1e-9)
    assert main([files["valid"]]) == 3
    assert main(["--no-limit", files["valid"]]) == 0


def test_usage_errors_exit_with_two() -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(FOLDER), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, check=False)


def test_the_folder_runs_alone(files: dict[str, str], tmp_path: Path) -> None:
    result = run(files["valid"], cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "valid" in result.stdout
    result = run("--json", files["invalid"], cwd=tmp_path)
    assert result.returncode == 1
    assert json.loads(result.stdout)["status"] == "invalid"


def test_the_folder_runs_alone_from_another_name(files: dict[str, str], tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    for source in FOLDER.glob("*.py"):
        (copy / source.name).write_text(source.read_text())
    command = [sys.executable, "-I", "-S", str(copy), files["valid"]]
    assert subprocess.run(command, capture_output=True, cwd=tmp_path, timeout=60, check=False).returncode == 0


def test_a_closed_output_is_no_traceback(files: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(FOLDER), *[files["valid"]] * 3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 2


def test_names_of_files_are_printed_harmlessly(tmp_path: Path) -> None:
    result = run("no such\n\x1b[31mfile", cwd=tmp_path)
    assert result.returncode == 2
    assert "\x1b" not in result.stdout
    assert "no such\\n\\x1b[31mfile: malformed" in result.stdout


def test_nothing_but_the_standard_library_is_imported() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert all(name.name.split(".")[0] in sys.stdlib_module_names for name in node.names), path
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module is not None
                assert node.module.split(".")[0] in sys.stdlib_module_names, path
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 1, path


def test_no_module_bears_a_name_of_the_standard_library_or_evaluates_anything() -> None:
    for path in FOLDER.glob("*.py"):
        assert path.stem in ("__init__", "__main__") or path.stem not in sys.stdlib_module_names
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__", "float"} - {"float"}, path
        assert not {"pickle", "json", "marshal", "shelve"} & names, path


def test_text_from_the_file_is_escaped() -> None:
    assert harmless("a\x1b[31m\n\u202eb\\") == "a\\x1b[31m\\n\\u202eb\\\\"
    assert len(harmless("x" * 10**6)) < 450
    labels: dict[str, object] = {"name\r": "\x00", "n": {"k": 10**9000}, "many": {f"k{i}": i for i in range(100)}}
    claim: dict[str, str | int | None] = dict.fromkeys(
        ["kernel", "network", "normalize", "n", "columns", "verdict", "lower", "upper"]
    )
    text = result_in_words("f\x07", Result("invalid", "because\x1b", claim, labels))
    assert all(character == "\n" or " " <= character <= "~" for character in text)
    assert "labels (unverified)" in text
    assert "more" in text


def test_singular_claims_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rank.cert"
    path.write_text(
        canonical(certificate(kernel_claim(SQUARE, [*TRIANGLE, [1, 2]], unit=True), {"kind": "rank", "dimension": 3}))
    )
    assert main([str(path)]) == 0
    text = capsys.readouterr().out
    assert "rows of norm one" in text
    assert "is singular: lambda_min = 0" in text
