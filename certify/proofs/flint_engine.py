"""The engine `flint`: numerical proofs verified with Arb's functions and FLINT's integers, for sizes beyond the python
engine.

The file is read, and what it claims is compared with what is proved, by the checker's own code; only the enclosures of
the entries and the two bounds come from here. Proofs without enclosures are left to the python engine.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flint

from certify.arithmetic.environment import ensure_environment
from certify.checker import Result, check_file
from certify.checker.answers import Invalid, Refusal
from certify.checker.budget import Budget
from certify.checker.canonical import read_canonical
from certify.checker.engine import check_bounds, compare_bounds, describe_claim
from certify.checker.points import PointsFile, first_zero_row, read_file, read_points_file
from certify.checker.proof_shape import Modular, Residual
from certify.checker.rational_proofs import check_modular
from certify.checker.residual import EigenvalueBounds
from certify.checker.shape import Certificate, KernelClaim, read_certificate
from certify.errors import InputError
from certify.kernels import arithmetic_named
from certify.points import Points
from certify.proofs.program_gram import gram_balls
from certify.spectrum import Dyadic, FixedPointBall, ScaledMatrix, factor_for_shift, prove_lower, rayleigh_upper
from certify.stax import parse

if TYPE_CHECKING:
    from certify.checker.proof_shape import Proof

ENGINE = "flint"


def check_with_flint(path: Path) -> Result:
    """The answer to one certificate; never raises on a bad file."""
    ensure_environment()
    claim: dict[str, str | int | None] | None = None
    labels: dict[str, object] | None = None
    try:
        certificate = read_certificate(read_canonical(read_file(path), "the file"))
        if not isinstance(certificate.claim, KernelClaim) or not isinstance(certificate.proof, (Residual, Modular)):
            return check_file(path, limit_seconds=None)
        claim, labels = describe_claim(certificate.claim), certificate.labels
        digest = _verify(certificate, certificate.claim, certificate.proof, os.path.dirname(path))
    except Refusal as refusal:
        return Result(refusal.status, str(refusal), claim, labels, engine=ENGINE)
    except (InputError, ArithmeticError, MemoryError, RecursionError) as error:
        return Result("unsupported", f"the certificate exhausts this engine: {error}", claim, labels, engine=ENGINE)
    return Result("valid", "every step of the proof was verified", claim, labels, (), digest, ENGINE)


def _verify(certificate: Certificate, claim: KernelClaim, proof: Proof, folder: str) -> str:
    """The digest of the points of a claim that holds; raises a Refusal where it does not."""
    if not certificate.sealed:
        raise Invalid("the seal is not the digest of the certificate")
    check_bounds(claim.verdict, claim.bounds, proof, about_kernel=True)
    read = read_points_file(claim.points, folder) if isinstance(claim.points, PointsFile) else claim.points
    if claim.unit and (row := first_zero_row(read)) is not None:
        raise Invalid(f"row {row} is zero and cannot be normalised")
    if isinstance(proof, Modular):
        check_modular(claim.network, claim.kernel == "ntk", claim.unit, read, proof.modulus, Budget(None))
    assert isinstance(proof, (Residual, Modular))
    if not any(proof.vector):
        raise Invalid("the vector for the upper bound is zero")
    points = Points.reduced(read.rows, read.denominator, shape=claim.shape)
    network, normalize = parse(claim.network.text), "unit" if claim.unit else "none"
    ball = gram_balls(network, points, normalize, claim.kernel, arithmetic_named("arb")[1])(proof.bits)
    lower = _lower(ball, proof, claim) if isinstance(proof, Residual) else None
    compare_bounds(claim.bounds, EigenvalueBounds(lower, rayleigh_upper(ball, proof.vector)))
    return read.digest


def _lower(ball: FixedPointBall, proof: Residual, claim: KernelClaim) -> Fraction:
    """What the shift proves, with the factor of the certificate or, where it carries none, one found here."""
    shift = Dyadic(proof.shift, proof.shift_exponent)
    if proof.factor is not None:
        n = len(proof.factor)
        rows: list[Any] = [[*row, *(0 for _ in range(n - len(row)))] for row in proof.factor]
        return prove_lower(ball, shift, ScaledMatrix(flint.fmpz_mat(rows), proof.factor_exponent))
    slack = shift.fraction() - (claim.bounds.lower or Fraction(0))
    factor = factor_for_shift(ball, shift, 2 * slack) if slack > 0 else None
    if factor is None:
        raise Invalid("no factor can be found for the stated shift")
    return prove_lower(ball, shift, factor)
