"""The plain streaming proof: below the truth, verified by two engines, resumable, honest where it says nothing."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

import certify
from certify import stax
from certify.certificate.document import canonical, seal
from certify.kernels.float64.choice import common_profile
from certify.kernels.float64.remainders import remainder, sharp, soft
from certify.kernels.float64.taylor import taylor_coefficients
from certify.points import load_points
from certify.proofs import pass_files

RELU = stax.parse("serial(Dense(W_var=2), Relu(), Dense(W_var=2))")
DEEP = stax.parse("serial(Dense(W_var=2, b_var='1/10'), Relu(), Dense(), Gelu(), Dense(W_var=2))")


def spread(n: int, columns: int = 12, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal((n, columns))


@pytest.mark.parametrize("net", [RELU, DEEP], ids=["relu", "deep"])
@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
def test_it_lies_below_the_truth_and_two_engines_verify_it(net: Any, kernel: str, tmp_path: Path) -> None:
    rows = spread(14)
    found = certify.prove(net, rows, kernel=kernel, normalize="unit", method="streaming", bound="plain")
    exact = certify.prove(net, rows, kernel=kernel, normalize="unit", arithmetic="arb", rel_width=1e-6)
    assert found.verdict == "positive definite"
    assert found.method == "streaming"
    assert 0 < found.lambda_min.lower <= exact.lambda_min.upper
    assert exact.lambda_min.lower <= found.lambda_min.upper
    assert found.lambda_min.lower >= exact.lambda_min.lower / 8
    path = found.save(tmp_path / "found.cert")
    for engine in ("python", "float", "flint"):
        answer = certify.check(path, engine=engine, data=rows, network=net)
        assert answer.valid, answer.reason


def test_rows_of_one_norm_need_no_normalisation() -> None:
    rows = np.random.default_rng(1).choice([-1.0, 1.0], (12, 16))
    found = certify.prove(RELU, rows, method="streaming", bound="plain")
    exact = certify.prove(RELU, rows, arithmetic="arb")
    assert 0 < found.lambda_min.lower <= exact.lambda_min.upper


def test_more_points_than_a_tile_holds_and_antipodal_ones(tmp_path: Path) -> None:
    half = spread(160, 24)
    rows = np.concatenate([half, -half, half[:30] + 1.5 * spread(30, 24, seed=1)])
    net = stax.parse("serial(Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense(W_var=2))")
    found = certify.prove(net, rows, normalize="unit", method="streaming", bound="plain")
    exact = certify.prove(net, rows, normalize="unit", arithmetic="float", rel_width="1/2")
    assert found.lambda_min.lower <= exact.lambda_min.upper
    assert exact.lambda_min.lower <= found.lambda_min.upper
    if found.verdict == "positive definite":
        assert certify.check(found.save(tmp_path / "found.cert"), engine="float").valid


def test_an_interrupted_run_goes_on_and_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pass_files, "_SECONDS", -1.0)
    rows, state = spread(600, 30), tmp_path / "state"
    whole = certify.prove(RELU, rows, normalize="unit", method="streaming", bound="plain")
    for stage, least in (("pass 1 of 2", 1), ("pass 2 of 2", 2)):

        def interrupt(at: str, done: int, total: int, stage: str = stage) -> None:
            if at == stage and done < total:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            certify.prove(
                RELU, rows, normalize="unit", method="streaming", bound="plain", resume=state, progress=interrupt
            )
        assert state.exists()
        assert len(np.load(state)["tops"]) == least
    again = certify.prove(RELU, rows, normalize="unit", method="streaming", bound="plain", resume=state)
    assert again.document == whole.document
    assert not state.exists()


def test_a_state_of_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Any) -> None:
    monkeypatch.setattr(pass_files, "_SECONDS", -1.0)
    state = tmp_path / "state"

    def interrupt(at: str, done: int, total: int) -> None:
        if at.startswith("pass"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        certify.prove(
            RELU, spread(30), normalize="unit", method="streaming", bound="plain", resume=state, progress=interrupt
        )
    with refused("another proof", "state"):
        certify.prove(RELU, spread(31), normalize="unit", method="streaming", bound="plain", resume=state)
    state.write_bytes(b"no state")
    with refused("holds no state"):
        certify.prove(RELU, spread(30), normalize="unit", method="streaming", bound="plain", resume=state)


def test_it_says_where_it_does_not_apply_and_where_it_is_vacuous(refused: Any) -> None:
    with refused("one positive norm", "--method dense"):
        certify.prove(RELU, spread(10), method="streaming", bound="plain")
    polynomial = stax.parse("serial(Dense(), Polynomial([1, 1]), Dense())")
    found = certify.prove(polynomial, spread(6, 5), normalize="unit", method="streaming", bound="plain")
    assert found.verdict in ("undecided", "positive definite")
    crowded = stax.parse("serial(Dense(b_var=1), Erf(), Dense())")
    smooth = certify.prove(crowded, 1 + spread(6, 3) / 100, normalize="unit", method="streaming", bound="plain")
    assert smooth.verdict == "undecided"
    assert "crowded" in smooth.reason


def test_too_little_memory_is_said_before_the_work_starts(monkeypatch: pytest.MonkeyPatch, refused: Any) -> None:
    monkeypatch.setattr("certify.proofs.proving.available_bytes", lambda: 1.0)
    with refused("GiB", "--method streaming"):
        certify.prove(RELU, spread(20), normalize="unit", method="dense")
    found = certify.prove(RELU, spread(20), normalize="unit")
    assert found.method == "streaming"


@pytest.mark.parametrize("engine", ["python", "float"])
@pytest.mark.parametrize("part", ["coefficients", "weights", "ratio", "lower", "upper"])
def test_no_engine_believes_a_witness_that_shows_less(part: str, engine: str, tmp_path: Path) -> None:
    found = certify.prove(RELU, spread(10), normalize="unit", method="streaming", bound="plain")
    document = json.loads(canonical(found.document))
    proof, bounds = document["proof"], document["claim"]["lambda_min"]
    if part == "coefficients":
        words = proof["coefficients"].split(" ")
        words[1] = format(int(words[1], 16) * 2, "x")
        proof["coefficients"] = " ".join(words)
    elif part == "weights":
        proof["weights"] = " ".join(format(1 + 900 * (i % 2), "x") for i in range(10))
    elif part == "ratio":
        proof["order"] = 3
    else:
        bounds[part] = bounds["lower" if part == "upper" else "upper"]
    document["seal"] = seal(document)
    path = tmp_path / "forged.cert"
    path.write_text(canonical(document), encoding="ascii")
    assert certify.check(path, engine=engine).status in ("invalid", "unsupported")


def test_taylor_coefficients_hold_the_known_ones() -> None:
    f = common_profile(RELU.layers, load_points([[1, 0], [0, 1]]), "ntk", "none")
    balls = taylor_coefficients(f, 12)
    # kappa_1 + rho kappa_0 with Gram <x, x'>/2, W_var 2: 1/pi + rho + 3 rho^2 / (2 pi) + 5 rho^4 / (24 pi) + ...
    before, ctx.prec = ctx.prec, 300
    try:
        pi = arb.pi()
        for ball, value in zip(balls, (1 / pi, arb(1), 3 / (2 * pi), arb(0), 5 / (24 * pi)), strict=False):
            assert ball.overlaps(value)
            assert ball.rad() < 1e-20
    finally:
        ctx.prec = before


def test_a_remainder_has_what_is_left_at_one() -> None:
    f = common_profile(RELU.layers, load_points([[1, 0], [0, 1]]), "ntk", "none")
    whole = float(f.at_one.mid())
    assert 0 < float(sharp(f, 8).at_one.mid()) < whole
    assert 0 < float(soft(f, 4, 1000).at_one.mid()) < whole
    known = sharp(f, 8)
    with pytest.raises(ArithmeticError, match="coefficient 2"):
        remainder(f, 0, Fraction(1, 2), [*known.coefficients[:2], known.coefficients[2] + 2**20], known.exponent)
