"""Work is charged to the budget before it is done, part by part, for every kind of proof."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus import HERE

from certify.checker import check_file, engine
from certify.checker.budget import Budget

RESIDUAL = ["verifying the factor", "the Rayleigh quotient"]
ENTRIES = ["computing the Gram entries"]
RATIONAL = "the rational Gram matrix"
CHARGES = {
    "relu": RESIDUAL + ENTRIES,
    "gram": RESIDUAL,
    "rays-until-late-bias": RESIDUAL + ENTRIES,
    "rays-until-late-bias-odd": RESIDUAL + ENTRIES,
    "modular": [RATIONAL, "elimination modulo the modulus", *ENTRIES],
    "null-vector": [RATIONAL, "the exact quadratic form"],
    "rank": ["counting features", "counting features"],
    "nearly-parallel-deep": RESIDUAL + ENTRIES + ["a higher precision", "an entry at a higher precision"],
}


@pytest.mark.parametrize("name", CHARGES)
def test_every_part_of_the_work_is_charged(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    charged: list[tuple[str, float]] = []

    class Recording(Budget):
        def charge(self, seconds: float, what: str) -> None:
            charged.append((what, seconds))
            super().charge(seconds, what)

    monkeypatch.setattr(engine, "Budget", Recording)
    path: Path = HERE / "valid" / f"{name}.cert"
    assert check_file(path).valid
    assert [what for what, _ in charged] == CHARGES[name]
    assert all(seconds > 0 for _, seconds in charged)


@pytest.mark.parametrize("name", CHARGES)
def test_a_limit_of_no_time_refuses_every_proof_with_work_in_it(name: str) -> None:
    answer = check_file(HERE / "valid" / f"{name}.cert", limit_seconds=0)
    assert answer.status == "unsupported"
    assert "brings the estimate to 0 seconds, over the limit of 0" in answer.reason
