"""A certificate in the few words that a command line or a script wants."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from certify.certificate import Certificate, decimal_above, decimal_below, readable
from certify.kernels import EntryEvaluator, arithmetic_named, check_inputs
from certify.kernels.enclosure import dyadic
from certify.proofs.program_gram import evaluator_of, is_chain
from certify.stax import parse


def largest_diagonal(certificate: Certificate) -> tuple[Fraction, Fraction]:
    """Proven bounds on the largest diagonal entry of the Gram matrix."""
    if certificate.points is None or certificate.network is None or certificate.kernel is None:
        gram = certificate.claim["gram"]
        entries = [int(row.split(" ")[-1], 16) for row in gram["midpoints"]]
        radii = gram["radii"]
        widths = (
            [int(row.split(" ")[-1], 16) for row in radii]
            if isinstance(radii, list)
            else [int(radii, 16)] * len(entries)
        )
        pairs = [(m - r, m + r, gram["exponent"]) for m, r in zip(entries, widths, strict=True)]
    else:
        network = parse(certificate.network)
        if is_chain(network):
            inputs = check_inputs(certificate.points, None, certificate.normalize)
            evaluator = EntryEvaluator(network.layers, inputs, (certificate.kernel,), 53, arithmetic_named("arb")[1])
            endpoints = evaluator.level(0).number.endpoints
            norms = inputs.norms1[:1] if inputs.normalised else sorted(set(inputs.norms1))
            pairs = [endpoints(entry[0]) for entry in evaluator.diagonal(norms)]
        else:
            found = evaluator_of(network, certificate.points, certificate.normalize, certificate.kernel, 53)
            pairs = [found.endpoints(entry[0]) for entry in found.diagonal()]
    return max(dyadic(low, e) for low, _, e in pairs), max(dyadic(high, e) for _, high, e in pairs)


def summarise(certificate: Certificate, *, seconds: float, path: Path | None) -> dict[str, Any]:
    """The object that `certify prove --json` prints. Decimals are strings, rounded outward; `relative` is lambda_min
    over the largest diagonal entry."""
    bounds = certificate.lambda_min
    claimed = certificate.claim["lambda_min"]
    relative: dict[str, str | None] = {"lower": None, "upper": "0"}
    if certificate.method == "theorem":
        # A diagonal entry is the bound, and no smallest eigenvalue exceeds the largest one.
        low = high = Fraction(0)
        relative["upper"] = "1"
    else:
        low, high = largest_diagonal(certificate)
    if bounds.lower is not None:
        relative["lower"] = (
            readable(decimal_below(bounds.lower / (high if bounds.lower >= 0 else low))) if low > 0 else "0"
        )
    if bounds.upper and certificate.method != "theorem":
        relative["upper"] = (
            readable(decimal_above(bounds.upper / (low if bounds.upper >= 0 else high))) if low > 0 else "0"
        )
    return {
        "verdict": certificate.verdict,
        "lambda_min": {side: None if claimed[side] is None else readable(claimed[side]) for side in ("lower", "upper")},
        "relative": relative,
        "reason": certificate.reason,
        "n": certificate.n,
        "kernel": certificate.kernel,
        "network": certificate.network,
        "normalize": certificate.normalize,
        "data": dict(certificate.labels.get("data") or {}),
        "method": certificate.method,
        "arithmetic": certificate.labels.get("arithmetic"),
        "bits": certificate.bits,
        "seconds": round(seconds, 3),
        "certificate": None if path is None else str(path),
    }
