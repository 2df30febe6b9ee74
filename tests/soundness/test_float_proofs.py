"""The dense proof in float64: its certificates hold under every engine, and agree with the exact proof."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import certify
from certify import stax
from certify.certificate import decimal_below
from certify.certificate.document import canonical, seal
from certify.proofs import float_dense

RELU = stax.parse("serial(Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense())")
SHIFTED = stax.parse("serial(Dense(W_var=2, b_var='1/10'), Relu(), Dense(b_var='1/10'))")


def rows(n: int, columns: int = 6) -> Any:
    return np.random.default_rng(n).standard_normal((n, columns))


@pytest.mark.parametrize("net", [RELU, SHIFTED], ids=["homogeneous", "biased"])
@pytest.mark.parametrize("normalize", ["unit", "none"])
@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
def test_every_engine_verifies_it_and_arb_agrees(net: Any, normalize: str, kernel: str, tmp_path: Path) -> None:
    found = certify.prove(net, rows(24), kernel=kernel, normalize=normalize, arithmetic="float")
    assert found.labels["arithmetic"] == "float"
    assert found.verdict == "positive definite"
    exact = certify.prove(net, rows(24), kernel=kernel, normalize=normalize, arithmetic="arb", rel_width=1e-9)
    assert found.lambda_min.lower <= exact.lambda_min.upper
    assert exact.lambda_min.lower <= found.lambda_min.upper
    path = found.save(tmp_path / "found.cert")
    for engine in ("python", "flint", "float"):
        answer = certify.check(path, engine=engine)
        assert answer.valid, answer.reason
        assert answer.engine == engine
    again = certify.prove(net, rows(24), kernel=kernel, normalize=normalize, arithmetic="float")
    assert again.document == found.document


def test_many_points_take_it_by_themselves_and_carry_no_factor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(float_dense, "FACTOR_ROWS", 900)
    monkeypatch.setattr("certify.proofs.witness.FACTOR_ROWS", 900)
    found = certify.prove(RELU, rows(1000, 12), normalize="unit", rel_width=1e-6)
    assert found.labels["arithmetic"] == "float"
    assert found.lambda_min.upper - found.lambda_min.lower <= found.lambda_min.lower / 10**6
    path = found.save(tmp_path / "found.cert")
    assert found.document["proof"]["factor"] is None
    assert certify.check(path, engine="float").valid
    assert certify.check(path).status == "unsupported"


def test_what_float64_cannot_decide_goes_to_arb() -> None:
    crowded = np.linspace(0, 1, 12)[:, None] * np.ones((1, 2)) + [[0, 1]]
    net = stax.parse("serial(Dense(b_var=1), Erf(), Dense())")
    found = certify.prove(net, crowded, arithmetic="float")
    assert found.verdict == "positive definite"
    assert found.labels["arithmetic"] == "arb"
    narrow = certify.prove(RELU, rows(10), arithmetic="float", rel_width=1e-20)
    assert narrow.labels["arithmetic"] == "arb"


@pytest.mark.parametrize("part", ["lower", "upper"])
def test_the_float_engine_verifies_no_claim_that_is_too_strong(part: str, tmp_path: Path) -> None:
    found = certify.prove(RELU, rows(24), arithmetic="float", normalize="unit")
    document = json.loads(canonical(found.document))
    bounds = found.lambda_min
    middle = (bounds.lower + bounds.upper) / 2
    document["claim"]["lambda_min"][part] = decimal_below(middle)
    document["seal"] = seal(document)
    path = tmp_path / "strong.cert"
    path.write_text(canonical(document), encoding="ascii")
    answer = certify.check(path, engine="float")
    assert answer.status == "unsupported"
    assert "flint" in answer.reason
    document["claim"]["lambda_min"]["lower"] = document["claim"]["lambda_min"]["upper"] = "1e5"
    document["seal"] = seal(document)
    path.write_text(canonical(document), encoding="ascii")
    assert not certify.check(path, engine="float").valid


def test_a_broken_seal_and_a_zero_vector_are_invalid_here_too(tmp_path: Path) -> None:
    found = certify.prove(RELU, rows(8), arithmetic="float", normalize="unit")
    document = json.loads(canonical(found.document))
    path = tmp_path / "forged.cert"
    document["seal"] = "0" * 64
    path.write_text(canonical(document), encoding="ascii")
    assert certify.check(path, engine="float").status == "invalid"
    document["proof"]["vector"] = " ".join("0" for _ in range(8))
    document["seal"] = seal(document)
    path.write_text(canonical(document), encoding="ascii")
    assert certify.check(path, engine="float").status == "invalid"
    path.write_text("{}", encoding="ascii")
    assert certify.check(path, engine="float").status == "malformed"
