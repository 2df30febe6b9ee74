"""The page of `certify spectrum`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from certify.cli import main


@pytest.mark.parametrize(("normalize", "bounded"), [("unit", True), ("none", False)])
def test_the_page_shows_every_eigenvalue_and_the_bound_for_low_rank(
    normalize: str, bounded: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = "serial(Dense(W_var=2), Erf(), Dense())"
    arguments = ["spectrum", "iris", "--rows", "20", "--normalize", normalize, "--network", network]
    assert main([*arguments, "--report", str(tmp_path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    text = Path(answer["report"]).read_text(encoding="utf-8")
    assert text.count('<th scope="row">') == answer["n"]
    assert ("bound for low rank" in text) == bounded
    assert text.count("<svg class=") == 1


def test_a_first_bias_has_no_bound_for_low_rank(tmp_path: Path) -> None:
    network = "serial(Dense(b_var=1), Erf(), Dense())"
    arguments = ["spectrum", "iris", "--rows", "6", "--normalize", "unit", "--network", network]
    assert main([*arguments, "--report", str(tmp_path)]) == 0
    assert "bound for low rank" not in (tmp_path / "spectrum.html").read_text(encoding="utf-8")
