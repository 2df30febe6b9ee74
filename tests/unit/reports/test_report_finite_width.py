"""The page about finite networks."""

from __future__ import annotations

from pathlib import Path

from reports.finite_width import ARCHITECTURES, page_of, study, write_finite_width


def test_every_architecture_has_its_table(tmp_path: Path) -> None:
    text = write_finite_width(tmp_path, widths=(8, 16, 32), seeds=3).read_text(encoding="utf-8")
    assert text.count("<table>") == text.count("falls like width^(") == len(ARCHITECTURES)
    assert text.count('role="img"') == 2 * len(ARCHITECTURES)
    assert "RNN(U_var=2, b_var=&quot;1/5&quot;)" in text
    assert "vu**2" in text


def test_finite_transformers_come_close_to_the_proven_value_and_not_to_the_public_one() -> None:
    found = study(*ARCHITECTURES[1], widths=(256,), seeds=16)
    (row,) = found.rows
    assert abs(row.mean - found.lower) <= 5 * row.error + 0.02 * found.lower
    public = float(found.remark.rsplit(" ", 1)[1].rstrip("."))
    assert abs(row.mean - public) > 8 * row.error
    assert "<h2>" in page_of([found])
