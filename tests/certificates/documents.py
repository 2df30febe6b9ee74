"""Honest documents: proved by the prover, or stated by hand where the proof is a few integers.

Bounds of residual proofs are pulled as tight as the checker's own enclosure allows, so that one unit in the last digit
claims more than is proved.
"""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

import numpy as np
from forging import Document, canonical, digest, sealed, words

from certify import memorise, prove, prove_finite
from certify.certificate import decimal_above, decimal_below
from certify.checker.budget import Budget
from certify.checker.engine import _ball_rows
from certify.checker.finite_gram import FiniteGram
from certify.checker.gram import FixedMatrix, GramEnclosure
from certify.checker.proof_shape import Residual, Streaming, Whitened
from certify.checker.residual import bound_eigenvalue
from certify.checker.shape import FiniteClaim, KernelClaim, read_certificate
from certify.checker.streaming import bound_streaming
from certify.checker.whitened import bound_whitened
from certify.proofs import prove_matrix

DIGITS = 45
LABELS = {"producer": "tests/certificates/build.py"}

BARE = "serial(Dense(), {}, Dense())"
BIASED = 'serial(Dense(W_var=2, b_var="1/100"), {}, Dense(W_var="3/2", b_var="1/10"))'


def tightened(document: Document) -> Document:
    """The document with the best bounds that its proof shows, to 45 digits."""
    certificate = read_certificate(sealed(document))
    claim, proof, budget = certificate.claim, certificate.proof, Budget(None)
    if isinstance(claim, KernelClaim) and isinstance(proof, Streaming):
        shown = bound_streaming(claim.network, claim.kernel == "ntk", claim.unit, claim.points, proof, budget)
    elif isinstance(claim, KernelClaim) and isinstance(proof, Whitened):
        shown = bound_whitened(claim.network, claim.kernel == "ntk", claim.unit, claim.points, proof, budget)
    else:
        if isinstance(claim, KernelClaim):
            ntk = claim.kernel == "ntk"
            matrix = GramEnclosure(
                claim.network, ntk, claim.unit, claim.points, proof.bits, budget, claim.shape
            ).matrix()
        elif isinstance(claim, FiniteClaim):
            matrix = FiniteGram(claim.network, claim.points, proof.bits, budget).matrix()
        else:
            matrix = FixedMatrix(claim.size, claim.ball.exponent, _ball_rows(claim.ball))
        shown = bound_eigenvalue(matrix, proof if isinstance(proof, Residual) else None, proof.vector)
    bounds = document["claim"]["lambda_min"]
    bounds["upper"] = decimal_above(shown.upper, DIGITS)
    if shown.lower is not None:
        bounds["lower"] = decimal_below(shown.lower, DIGITS)
    return document


def proved(network: str, rows: list[list[Any]], kind: str = "residual", **options: Any) -> Document:
    """What the prover says, with short labels; `kind` is the kind of proof that it must find."""
    document: Document = copy.deepcopy(dict(prove(network, rows, **options).document))
    if document["proof"]["kind"] != kind:
        raise ValueError(f"{network} has a proof of kind {document['proof']['kind']!r}, not {kind!r}")
    document["labels"] = dict(LABELS)
    return tightened(document) if kind in ("residual", "modular", "streaming", "whitened") else document


WEIGHTS = (
    ((("1/2", -1, "1/4"), (1, "3/4", "-1/2"), ("-1/3", "5/4", 1)), ((1, "-3/2", "1/2", "1/8"),)),
    ((("1/2", -1, "1/4"), (1, "3/4", "-1/2")), (("5/4", 1, "-1/8"), (-1, "1/2", 1)), ((1, "-3/2", "1/8"),)),
)


def finite(activation: str, which: int, rows: list[list[Any]], targets: list[Any] | None = None) -> Document:
    """A claim about a finite network of given weights, memorising the targets where there are some."""
    layers = [np.array([[float(Fraction(v)) for v in row] for row in layer]) for layer in WEIGHTS[which]]
    hidden = "".join(f"Dense({len(layer)}, b_var=1), {activation}, " for layer in layers[:-1])
    network = f"serial({hidden}Dense(1, b_var=1))"
    if targets is None:
        made = prove_finite(network, rows, weights=layers)
    else:
        made = memorise(network, rows, y=targets, weights=layers)
    if made.verdict == "undecided":
        raise ValueError(f"{network}: {made.reason}")
    document: Document = copy.deepcopy(dict(made.document))
    document["labels"] = dict(LABELS)
    return tightened(document) if document["proof"]["kind"] == "residual" else document


def stated(
    network: str, rows: list[list[int]], proof: dict[str, Any], normalize: str = "none", kernel: str = "ntk"
) -> Document:
    """The claim that integer rows make a Gram matrix singular, with a proof written by hand."""
    claim = {
        "kernel": kernel,
        "lambda_min": {"lower": "0", "upper": "0"},
        "network": network,
        "normalize": normalize,
        "points": {"columns": len(rows[0]), "denominator": "1", "rows": [words(row) for row in rows]},
        "verdict": "singular",
    }
    return {"claim": claim, "format": "ntk-certificate", "labels": dict(LABELS), "proof": proof, "version": 1}


def family(name: str, network: str, rows: list[list[int]], members: list[int], **more: str) -> Document:
    """A degenerate family; `coefficients` belong to the proof, `normalize` and `kernel` to the claim."""
    proof: dict[str, Any] = {"family": name, "kind": "family", "rows": members}
    if "coefficients" in more:
        proof["coefficients"] = more.pop("coefficients")
    return stated(network, rows, proof, **more)


def shaped_family(name: str, network: str, rows: list[list[int]], members: list[int], shape: list[int]) -> Document:
    """Rows at which a network with positions is the same function, or zero."""
    document = family(name, network, rows, members)
    document["claim"]["shape"] = shape
    return {**document, "version": 2}


def given(midpoints: list[list[float]], radii: Any = None) -> Document:
    """A user's matrix with radii."""
    document: Document = copy.deepcopy(dict(prove_matrix(np.array(midpoints), radii).document))
    document["labels"] = dict(LABELS)
    return tightened(document)


def with_sidecar(document: Document, name: str) -> tuple[Document, bytes]:
    """The document with its points moved to a file beside it, and the content of that file."""
    inside = document["claim"]["points"]
    content = canonical({"denominator": inside["denominator"], "rows": inside["rows"]}).encode("ascii")
    document = copy.deepcopy(document)
    document["claim"]["points"] = {
        "columns": inside["columns"],
        "count": len(inside["rows"]),
        "file": name,
        "sha256": digest(content),
    }
    return document, content
