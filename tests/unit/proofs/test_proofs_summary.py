"""The words about a certificate take no more memory than its points."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import certify
from certify.kernels import inputs
from certify.proofs import summarise


@pytest.mark.parametrize("method", ["dense", "streaming"])
def test_a_summary_needs_no_matrix(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = "serial(Dense(W_var=2), Relu(), Dense(W_var=2))"
    rows = np.random.default_rng(0).standard_normal((40, 30))
    certificate = certify.prove(network, rows, normalize="unit", method=method)

    def refused(*_: object) -> None:
        raise AssertionError("the products of all pairs of points were made")

    monkeypatch.setattr(inputs, "_scaled", refused)
    summary = summarise(certificate, seconds=0.0, path=None)
    assert summary["n"] == 40
    # Unit rows of dimension 30: every diagonal entry is 2 * 2 / 30.
    exact = certificate.lambda_min.lower / Fraction(4, 30)
    relative = Fraction(summary["relative"]["lower"])
    assert relative <= exact <= relative * (1 + Fraction(1, 1000))
