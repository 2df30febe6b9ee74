"""Tests of the tests: every law catches a planted bug, every planted bug is caught by the law that names it."""

from __future__ import annotations

import planted_entries
import planted_proofs
import planted_shapes
import pytest
from planted_catalogue import BUGS, PlantedBug

from properties.hunting import LawReport, hunt
from properties.laws import LAWS
from properties.profiles import Profile

MODULES = (planted_entries, planted_proofs, planted_shapes)
SEEDS = (1, pytest.param(20, marks=pytest.mark.slow), pytest.param(300, marks=pytest.mark.slow))


def hunt_bug(bug: PlantedBug, seed: int) -> LawReport:
    profile = Profile("planted", min(bug.examples, 500), reuse=False, shrink=False)
    return hunt(LAWS[bug.law], profile=profile, campaign_seed=seed)


def test_the_catalogue_is_large_and_every_law_has_a_bug_to_catch() -> None:
    assert len(BUGS) >= 20
    assert {bug.law for bug in BUGS} == set(LAWS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_caught_by_its_law(bug: PlantedBug, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)
    report = hunt_bug(bug, seed)
    assert report.failed, f"{bug.law} missed it in {report.counts}"
    assert report.status == "violated" or bug.law == "singular-families-are-recognised"
