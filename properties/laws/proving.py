"""Proofs that laws ask for, and what a hunt wants to know of them."""

from __future__ import annotations

import math
from fractions import Fraction

import certify
from certify.certificate import Certificate
from certify.proofs.summary import largest_diagonal
from properties.laws.base import Outcome, holds, undecided, violated
from properties.laws.cases import NetworkCase


class ProofCount:
    """How many Gram matrices this process has put to `certify.prove` for a law."""

    total = 0


def prove(case: NetworkCase) -> Certificate:
    """The library's certificate by numbers, every point kept: the laws are what the theorem says of them."""
    ProofCount.total += 1
    return certify.prove(
        case.network,
        case.points,
        kernel=case.kernel,
        normalize=case.normalize,
        duplicates="keep",
        method="dense",
    )


def relative_upper(certificate: Certificate) -> Fraction:
    """An upper bound on lambda_min over the largest diagonal entry."""
    return certificate.lambda_min.upper / largest_diagonal(certificate)[0]


def decimal_log(value: Fraction) -> float:
    """log10 of a positive rational of any size."""
    shift = value.numerator.bit_length() - value.denominator.bit_length()
    return math.log10(float(value / Fraction(2) ** shift)) + shift * math.log10(2)


def positive_outcome(case: NetworkCase) -> Outcome:
    """Holds where the Gram matrix is proved positive definite; the hunt goes towards small eigenvalues."""
    certificate = prove(case)
    if certificate.verdict == "positive definite":
        return holds(certificate, smallness=-decimal_log(relative_upper(certificate)))
    if certificate.verdict == "singular":
        return violated(f"called singular: {certificate.reason}")
    return undecided(certificate.reason)


def singular_outcome(case: NetworkCase) -> Outcome:
    """Holds where the Gram matrix is proved singular."""
    certificate = prove(case)
    if certificate.verdict == "singular":
        return holds()
    if certificate.verdict == "positive definite":
        lower = certificate.lambda_min.lower
        return violated(f"called positive definite, lambda_min >= {lower if lower is None else float(lower)}")
    return undecided(f"singular, but {certificate.reason}")
