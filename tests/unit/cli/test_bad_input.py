"""Bad input gets one clear sentence, exit code 2, no traceback, and nothing is written."""

from pathlib import Path

import numpy as np
import pytest

from certify.cli import main


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of damaged and sound inputs."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "good.csv").write_text("a,b\n1,2\n3,5\n")
    (folder / "text.csv").write_text("a,b\n1,2\n3,oops\n")
    (folder / "ragged.csv").write_text("1,2\n3\n")
    (folder / "empty.csv").write_text("")
    (folder / "nan.csv").write_text("a,b\n1,2\nnan,3\n")
    (folder / "zero.csv").write_text("1,2\n0,0\n")
    (folder / "bomb.csv").write_text("1,1e30000000\n")
    np.save(folder / "flat.npy", np.arange(4.0))
    np.save(folder / "inf.npy", np.array([[1.0, np.inf]]))
    np.save(folder / "object.npy", np.array([[{}, 1]], dtype=object), allow_pickle=True)
    np.save(folder / "rectangle.npy", np.ones((2, 3)))
    (folder / "noise.npy").write_bytes(b"no array at all")
    return folder


CASES = [
    (["missing.csv"], "missing.csv"),
    (["{data}/missing.npy"], "missing.npy"),
    (["iriss"], "iris"),
    (["{data}"], "data"),
    (["{data}/text.csv"], "oops"),
    (["{data}/ragged.csv"], "line 2"),
    (["{data}/empty.csv"], "empty.csv"),
    (["{data}/nan.csv"], "nan"),
    (["{data}/bomb.csv"], "exponent"),
    (["{data}/flat.npy"], "dimension"),
    (["{data}/inf.npy"], "inf"),
    (["{data}/object.npy"], "object"),
    (["{data}/noise.npy"], "noise.npy"),
    (["{data}/zero.csv", "--normalize", "unit"], "zero"),
    (["{data}/good.csv", "--rows", "0"], "rows"),
    (["{data}/good.csv", "--shape", "3x3"], "3x3"),
    (["{data}/good.csv", "--network", "serial(Dense(W_var=-1))"], "W_var"),
    (["{data}/good.csv", "--network", "serial(Dense(), Rulu(), Dense())"], "Relu"),
    (["{data}/good.csv", "--network", "serial(Dense(W_vra=1))"], "W_var"),
    (["{data}/good.csv", "--network", "serial(Relu(), Dense())"], "without a Dense"),
    (["{data}/good.csv", "--network", "serial(Dense(), Relu(), Erf())"], "without a Dense"),
    (["{data}/good.csv", "--network", "serial(Dense()"], "not readable"),
    (["{data}/good.csv", "--network", "__import__('os').system('true')"], "no layer"),
    (["{data}/good.csv", "--network", 'serial(Dense(W_var="1e30000000"))'], "exponent"),
    (["{data}/good.csv", "--network", "serial(Dense(), Monomial(100000), Dense())"], "degree"),
    (["{data}/good.csv", "--rel-width", "0"], "rel_width"),
    (["{data}/good.csv", "--rel-width", "narrow"], "rel_width"),
    (["{data}/good.csv", "--max-bits", "3"], "max_bits"),
    (["{data}/good.csv", "--method", "magic"], "magic"),
    (["{data}/good.csv", "--arithmetic", "magic"], "magic"),
    (["{data}/good.csv", "--out", "{data}/no/such/folder/a.cert"], "cannot be written"),
    (["{data}/good.csv", "--out", "{data}"], "directory"),
    (["{data}/good.csv", "--report", "{data}/good.csv"], "directory"),
    (["{data}/good.csv", "--radius", "{data}/flat.npy"], "--gram"),
    (["--gram", "{data}/rectangle.npy"], "square"),
    (["--gram", "{data}/missing.npy"], "missing.npy"),
    (["--gram", "{data}/rectangle.npy", "--network", "serial(Dense())"], "--network"),
    (["{data}/good.csv", "--unknown"], "--unknown"),
]


@pytest.mark.parametrize(("arguments", "named"), CASES, ids=[" ".join(arguments) for arguments, _ in CASES])
def test_bad_input_of_prove(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    written = [] if "--out" in arguments else ["--out", str(tmp_path / "a.cert")]
    assert main(["prove", *(argument.format(data=data) for argument in arguments), *written]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.startswith("certify: ")
    assert output.err.rstrip().endswith((".", "?", ")"))
    assert named in output.err
    assert sorted(tmp_path.rglob("*")) == before


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["porve"]) == 2
    assert "porve" in capsys.readouterr().err


def test_a_missing_certificate_is_malformed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "none.cert")]) == 2
    assert main(["show", str(tmp_path / "none.cert")]) == 2
