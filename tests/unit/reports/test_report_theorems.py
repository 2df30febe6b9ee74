"""The page of the theorems that Coq accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from reports.theorems_page import write_theorems_page

REALS = ["Classical_Prop.classic", "ClassicalDedekindReals.sig_not_dec"]


def measured(**changes: Any) -> dict[str, Any]:
    theorem = {
        "name": "iris, 10 rows",
        "network": "serial(Dense(), Relu(), Dense())",
        "kernel": "ntk",
        "normalize": "unit",
        "n": 10,
        "verdict": "positive definite",
        "claim": "1e-3 <= lambda_min <= 2e-3",
        "integers": "binary",
        "bits": 64,
        "seconds": 4.2,
        "axioms": REALS,
        "accepted": True,
        "axioms_as_stated": True,
    }
    return {
        "coq": "8.16.1",
        "library": {"files": ["Forms.v"], "seconds": 9.0, "accepted": True},
        "theorems": [theorem, theorem | {"n": 20, "name": "iris, 20 rows", "seconds": 6.0} | changes],
        "planted": [{"error": "another point", "theorem": "positive definite", "refused": True}],
    }


def page(tmp_path: Path, result: dict[str, Any]) -> str:
    return write_theorems_page(result, tmp_path).read_text(encoding="utf-8")


def test_every_theorem_has_its_row_and_the_axioms_are_explained(tmp_path: Path) -> None:
    text = page(tmp_path, measured())
    assert text.count("iris, ") >= 2
    assert "Accepted by a proof assistant" in text
    assert "excluded middle" in text
    assert "<polyline" in text


def test_a_refused_theorem_is_not_called_accepted(tmp_path: Path) -> None:
    text = page(tmp_path, measured(accepted=False, axioms_as_stated=False))
    assert "Not everything was as it should be" in text
    assert "accepted 1 of 2" in text


def test_an_accepted_error_is_not_passed_over(tmp_path: Path) -> None:
    result = measured()
    result["planted"][0]["refused"] = False
    text = page(tmp_path, result)
    assert "Not everything was as it should be" in text
    assert "ACCEPTED" in text


def test_an_axiom_beyond_the_stated_ones_is_named(tmp_path: Path) -> None:
    text = page(tmp_path, measured(axioms=[*REALS, "False_is_true"], axioms_as_stated=False))
    assert "not as stated" in text


def test_names_from_certificates_are_escaped(tmp_path: Path) -> None:
    text = page(tmp_path, measured(name="<script>alert(1)</script>", claim="<b>"))
    assert not re.search(r"<script|<b>", text)
