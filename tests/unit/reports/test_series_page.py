"""The page of `certify series`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from certify.cli import main
from certify.theory import power_series
from reports.series_page import write_series_page


def test_the_page_shows_coefficients_tails_and_ranks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = 'serial(Dense(), Relu(), Dense(b_var="1/2"))'
    assert main(["series", "--network", network, "--terms", "60", "--report", str(tmp_path)]) == 0
    assert "1.68169 times" in capsys.readouterr().out
    text = (tmp_path / "series.html").read_text(encoding="utf-8")
    assert text.count("<svg class=") == 2
    assert "2.275641" in text
    assert "p^(−3/2)" in text
    assert "The theorem as printed" not in text


def test_the_printed_theorem_is_shown_to_fail_where_the_first_layer_has_a_bias(tmp_path: Path) -> None:
    series = power_series('serial(Dense(W_var="7/10", b_var="3/10"), Relu(), Dense(b_var="1/2"))', 30)
    text = write_series_page(series, tmp_path).read_text(encoding="utf-8")
    assert text.count("apart: proved") >= 9
    assert "1.0338797648" in text
    assert "0.9550529562" in text


def test_fitted_decay_of_relu_is_near_the_stated_one(tmp_path: Path) -> None:
    text = write_series_page(power_series("serial(Dense(), Relu(), Dense())", 200), tmp_path).read_text("utf-8")
    exponent = Fraction(text.split("follow p<sup>")[1].split("<")[0])
    assert abs(exponent + Fraction(3, 2)) < Fraction(1, 20)
