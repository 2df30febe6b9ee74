"""The baseline that comes with this version: complete, readable, and still true."""

from __future__ import annotations

import pytest

from certify.activations import CATALOGUE
from certify.stax import parse
from reports.gate import SHIPPED, read_baseline, run_gate
from reports.gate.baseline import Baseline, written

FAMILIES = (
    "equal points",
    "zero row",
    "parallel rows",
    "zero kernel",
    "constant function",
    "three parallel rows",
    "two parallel pairs",
    "opposite rows",
    "two opposite pairs",
    "antipodal pairs",
)


@pytest.fixture(scope="module")
def shipped() -> Baseline:
    return read_baseline(SHIPPED)


def test_every_shipped_claim_still_holds() -> None:
    report = run_gate(SHIPPED)
    assert [(outcome.claim.name, outcome.differences) for outcome in report.regressions] == []


def test_it_is_complete_and_spelled_as_update_spells_it(shipped: Baseline) -> None:
    shipped.require_complete()
    assert len(shipped.claims) >= 30
    for claim in shipped.claims:
        assert (SHIPPED / f"{claim.name}.json").read_text(encoding="ascii") == written(claim.as_json())


def test_every_verdict_method_and_family_is_in_it(shipped: Baseline) -> None:
    results = [claim.expected for claim in shipped.claims if claim.expected is not None]
    assert {result.verdict for result in results} == {"positive definite", "singular", "negative", "undecided"}
    assert {result.method for result in results} >= {
        "dense",
        "modular rank",
        "symmetry",
        "dimension count",
        "null vector",
    }
    symmetric = [result.reason for result in results if result.method == "symmetry"]
    for family in FAMILIES:
        assert any(reason.startswith(family) for reason in symmetric), family
    certified = [result for result in results if result.verdict != "undecided" and result.method != "training"]
    assert all(result.checker == "valid" for result in certified)


def test_every_activation_kernel_and_option_is_in_it(shipped: Baseline) -> None:
    requests = [claim.request for claim in shipped.claims]
    layers = [layer for request in requests if request.network for layer in parse(request.network).layers]
    written_names = " ".join(request.network or "" for request in requests)
    assert [name for name in CATALOGUE if f" {name}(" not in written_names] == []
    assert {bool(getattr(layer, "b_var", None)) for layer in layers} == {True, False}
    for key in ("kernel", "normalize", "arithmetic", "duplicates"):
        assert len({getattr(request, key) for request in requests}) >= 2, key
    assert {request.data for request in requests} >= {"iris", "wine", "breast_cancer", "digits"}
