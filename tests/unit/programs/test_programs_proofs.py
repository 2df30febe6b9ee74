"""Proofs about architectures the whole way: prover, certificate, both checkers, page and command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import certify
from certify import stax
from certify.certificate import Certificate, sealed_document
from certify.cli.main import main
from reports import write_page

PROVED = [
    ("RNN()", {"rows": 6}),
    ("Transformer()", {"rows": 5, "normalize": "unit"}),
    ("serial(Conv(None, (3, 3), (2, 2), padding='SAME'), Relu(), GlobalAvgPool(), Dense())", {"rows": 4}),
    ("serial(Dense(b_var=1), Relu(), Dense(W_var=2), parametrization='s4')", {"rows": 6, "kernel": "nngp"}),
]
BATCH = [[2, 0, 0, "1/2"], [0, 1, 0, 0], ["1/2", 0, 1, 0], [0, 0, "1/3", 2]]
NORMED = "serial(Dense(), BatchNorm(), Relu(), Dense())"


@pytest.mark.parametrize(("network", "options"), PROVED, ids=[text[:25] for text, _ in PROVED])
def test_digits_are_proved_and_checked(network: str, options: Any, tmp_path: Path) -> None:
    certificate = certify.prove(network, "digits", **options)
    assert certificate.verdict == "positive definite"
    assert certificate.network == repr(stax.parse(network))
    path = certificate.save(tmp_path / "digits.cert")
    for engine in ("python", "flint"):
        assert certify.check(path, engine=engine, network=network).status == "valid"
    assert certify.check(path, network="RNN(v_var=7)").status == "invalid"
    assert certify.load(path).points == certificate.points
    assert write_page(certificate, tmp_path).exists()


def test_the_shape_is_part_of_the_claim(tmp_path: Path) -> None:
    sequences = np.array([[1.0, 2, 0, 1], [0, 1, 1, 1], [2, 0, 1, -1]])
    claims = {}
    for shape in ("2x2", "4x1"):
        certificate = certify.prove("RNN()", sequences, shape=shape)
        path = certificate.save(tmp_path / f"{shape}.cert")
        assert json.loads(path.read_text())["version"] == 2
        answer = certify.check(path)
        assert answer.valid
        assert answer.claim is not None
        assert answer.claim["shape"] == shape
        claims[shape] = certificate.lambda_min
    assert claims["2x2"].lower != claims["4x1"].lower


def test_repeated_sequences_are_singular_and_checked(tmp_path: Path) -> None:
    sequences = [[1, 2, 0, 1], [0, 1, 1, 1], [1, 2, 0, 1]]
    certificate = certify.prove("RNN()", sequences, shape="2x2", duplicates="keep")
    assert certificate.verdict == "singular"
    assert certify.check(certificate.save(tmp_path / "x.cert")).valid
    assert certify.check(tmp_path / "x.cert", engine="flint").valid


def test_a_batch_is_proved_from_its_entries(tmp_path: Path) -> None:
    certificate = certify.prove(NORMED, BATCH)
    assert certificate.verdict == "positive definite"
    assert certificate.assumptions
    path = certificate.save(tmp_path / "batch.cert")
    assert certify.check(path).status == "unsupported"
    assert certify.check(path, accept_assumptions=True).valid
    mid: Any = stax.parse(NORMED).kernel(BATCH)
    smallest = float(np.linalg.eigvalsh(mid.mid)[0])
    assert float(certificate.lambda_min.lower or 0) <= smallest <= float(certificate.lambda_min.upper)


def test_the_command_line_reads_shapes(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.array([[1, 2, 0, 1], [0, 1, 1, 1], [2, 0, 1, -1]]))
    assert main(["prove", str(path), "--network", "RNN()", "--shape", "2x2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["network"] == "RNN()"
    assert main(["prove", str(path), "--network", "RNN()"]) == 2
    assert "--shape" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("network", "rows"),
    [
        ("RNN()", 12),
        ("Transformer()", 8),
        ('serial(Conv(None, (3, 3), padding="SAME"), Relu(), GlobalAvgPool(), Dense())', 3),
    ],
)
def test_a_proof_in_float64_is_verified_by_every_engine(network: str, rows: int, tmp_path: Path) -> None:
    certificate = certify.prove(network, "digits", rows=rows, arithmetic="float")
    assert certificate.verdict == "positive definite"
    assert certificate.labels["arithmetic"] == "float"
    path = tmp_path / "shaped.cert"
    certificate.save(path)
    for engine in ("python", "flint", "float"):
        assert certify.check(path, engine=engine).valid, engine


def test_the_float_engine_never_accepts_more_than_is_true(tmp_path: Path) -> None:
    """A lower bound above the truth is not valid, and a bound too sharp for float64 is unsupported, never invalid."""
    honest = certify.prove("RNN()", "digits", rows=6, arithmetic="float")
    claim = json.loads(json.dumps(honest.claim))
    claim["lambda_min"]["lower"] = claim["lambda_min"]["upper"]
    forged = tmp_path / "forged.cert"
    Certificate(sealed_document(claim, honest.document["proof"], honest.labels)).save(forged)
    assert certify.check(forged, engine="float").status == "unsupported"
    assert certify.check(forged, engine="python").status == "invalid"


def test_wide_proofs_take_float64_by_themselves() -> None:
    assert certify.prove("RNN()", "digits", rows=110).labels["arithmetic"] == "float"
    assert certify.prove("RNN()", "digits", rows=5).labels["arithmetic"] == "arb"
