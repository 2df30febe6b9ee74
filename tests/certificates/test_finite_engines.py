"""The engines beyond the standard library on claims about finite networks: the checker's answers, attack for attack."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from corpus import Case, load_cases

import certify
from certify.certificate import decimal_below
from certify.certificate.document import canonical, seal
from certify.empirical import network as empirical
from certify.proofs import witness

NETWORK = "serial(Dense(60, b_var=1), Tanh(), Dense(20, b_var=1), Tanh(), Dense(1, b_var=1))"


def finite_cases() -> list[Case]:
    return [
        case
        for case in load_cases()
        if case.path.stem.startswith(("finite", "memorised", "distance-", "target", "weight-changed", "parameters-"))
        and "weights" in json.loads(case.path.read_text(encoding="ascii")).get("claim", {})
    ]


def test_flint_gives_every_file_the_answer_of_the_checker() -> None:
    cases = finite_cases()
    assert len(cases) > 30
    for case in cases:
        answer = certify.check(case.path, engine="flint")
        assert answer.status == case.status, f"{case.name}: {answer.reason}"


def test_float64_never_calls_an_attack_valid_and_verifies_what_is_well_conditioned() -> None:
    answers = {case: certify.check(case.path, engine="float") for case in finite_cases()}
    for case, answer in answers.items():
        allowed = {case.status} if case.status == "malformed" else {case.status, "unsupported"}
        assert answer.status in allowed, f"{case.name}: {answer.reason}"


@pytest.mark.parametrize("engine", ["flint", "float"])
@pytest.mark.parametrize("part", ["lower", "upper"])
def test_a_claim_beyond_the_truth_is_not_valid(engine: str, part: str, tmp_path: Path) -> None:
    exact = certify.prove_finite(NETWORK, [[1, 2], [3, 4], [-1, "1/2"]], rel_width=1e-12).lambda_min
    found = certify.prove_finite(NETWORK, [[1, 2], [3, 4], [-1, "1/2"]])
    document = json.loads(canonical(found.document))
    beyond = exact.upper * (1 + Fraction(1, 10**6)) if part == "lower" else exact.lower * (1 - Fraction(1, 10**6))
    document["claim"]["lambda_min"][part] = decimal_below(beyond, 30)
    if part == "lower":
        document["claim"]["lambda_min"]["upper"] = decimal_below(2 * beyond)
    document["seal"] = seal(document)
    path = tmp_path / "beyond.cert"
    path.write_text(canonical(document), encoding="ascii")
    assert certify.check(path, engine=engine).status == ("invalid" if engine == "flint" else "unsupported")


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.random.default_rng(5).standard_normal((80, 7))


def test_every_engine_verifies_a_float64_proof(
    rows: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = certify.prove_finite(NETWORK, rows, seed=2, rel_width=1e-9)
    monkeypatch.setattr("certify.finite.proving.FLOAT_POINTS", 50)
    found = certify.prove_finite(NETWORK, rows, seed=2)
    assert found.lambda_min.lower < exact.lambda_min.lower
    assert exact.lambda_min.upper < found.lambda_min.upper
    assert found.lambda_min.upper - found.lambda_min.lower <= found.lambda_min.lower / 1000
    path = found.save(tmp_path / "found.cert")
    for engine in ("python", "flint", "float"):
        answer = certify.check(path, engine=engine)
        assert answer.valid, answer.reason
        assert answer.engine == engine
    monkeypatch.setattr(witness, "FACTOR_ROWS", 50)
    monkeypatch.setattr("certify.proofs.float_dense.FACTOR_ROWS", 50)
    bare = certify.prove_finite(NETWORK, rows, seed=2).save(tmp_path / "bare.cert")
    assert certify.check(bare).status == "unsupported"
    assert certify.check(bare, engine="float").valid
    assert certify.check(bare, engine="flint").valid


def test_what_float64_cannot_hold_is_left_to_other_engines(tmp_path: Path) -> None:
    rows = [["1e170", 0], [0, "1e170"]]
    found = certify.prove_finite("serial(Dense(3, b_var=1), Relu(), Dense(1, b_var=1))", rows, seed=1)
    assert found.verdict == "positive definite"
    path = found.save(tmp_path / "huge.cert")
    assert certify.check(path, engine="flint").valid
    answer = certify.check(path, engine="float")
    assert answer.status == "unsupported"
    assert "--engine flint" in answer.reason


def test_weights_that_ask_for_endless_precision_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certify.prove_finite(NETWORK, [[1, 2], [3, 4]]).save(tmp_path / "small.cert")
    monkeypatch.setattr(empirical.FiniteNetwork, "growth", 10**9)
    for engine in ("flint", "float"):
        assert certify.check(path, engine=engine).status == "unsupported"
