"""The engine `flint`: numerical proofs verified with Arb's functions and FLINT's integers, for sizes beyond the python
engine.

The file is read, and what it claims is compared with what is proved, by the checker's own code; only the enclosures of
the entries and the two bounds come from here. Proofs without enclosures are left to the python engine.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import flint

from certify.checker import Result
from certify.checker.answers import Invalid
from certify.checker.budget import Budget
from certify.checker.engine import compare_bounds
from certify.checker.points import Points as ClaimedPoints
from certify.checker.proof_shape import Modular, Residual
from certify.checker.rational_proofs import check_modular
from certify.checker.residual import EigenvalueBounds
from certify.checker.shape import Bounds, FiniteClaim, KernelClaim
from certify.kernels import arithmetic_named
from certify.points import Points
from certify.proofs.finite_claims import Subject
from certify.proofs.numerical_engine import check_by
from certify.proofs.program_gram import gram_balls
from certify.spectrum import Dyadic, FixedPointBall, ScaledMatrix, factor_for_shift, prove_lower, rayleigh_upper
from certify.stax import parse

ENGINE = "flint"


def check_with_flint(path: Path) -> Result:
    """The answer to one certificate; never raises on a bad file."""
    return check_by(ENGINE, path, (Residual, Modular), _verify, _verify_finite)


def _verify(claim: KernelClaim, proof: Residual | Modular, read: ClaimedPoints) -> None:
    if isinstance(proof, Modular):
        check_modular(claim.network, claim.kernel == "ntk", claim.unit, read, proof.modulus, Budget(None))
    points = Points.reduced(read.rows, read.denominator, shape=claim.shape)
    network, normalize = parse(claim.network.text), "unit" if claim.unit else "none"
    ball = gram_balls(network, points, normalize, claim.kernel, arithmetic_named("arb")[1])(proof.bits)
    lower = _lower(ball, proof, claim.bounds) if isinstance(proof, Residual) else None
    compare_bounds(claim.bounds, EigenvalueBounds(lower, rayleigh_upper(ball, proof.vector)))


def _verify_finite(claim: FiniteClaim, proof: Residual, read: ClaimedPoints) -> None:
    subject = Subject.of(claim, read, proof.bits)
    try:
        _compare_finite(claim, proof, subject.balls(proof.bits))
    except Invalid:
        # Quick balls may be wider than those of the checker: nothing is called invalid by them.
        _compare_finite(claim, proof, subject.finest(proof.bits))
    subject.check_memorisation(claim)


def _compare_finite(claim: FiniteClaim, proof: Residual, ball: FixedPointBall) -> None:
    lower = _lower(ball, proof, claim.bounds)
    compare_bounds(claim.bounds, EigenvalueBounds(lower, rayleigh_upper(ball, proof.vector)))


def _lower(ball: FixedPointBall, proof: Residual, bounds: Bounds) -> Fraction:
    """What the shift proves, with the factor of the certificate or, where it carries none, one found here."""
    shift = Dyadic(proof.shift, proof.shift_exponent)
    if proof.factor is not None:
        n = len(proof.factor)
        rows: list[Any] = [[*row, *(0 for _ in range(n - len(row)))] for row in proof.factor]
        return prove_lower(ball, shift, ScaledMatrix(flint.fmpz_mat(rows), proof.factor_exponent))
    slack = shift.fraction() - (bounds.lower or Fraction(0))
    factor = factor_for_shift(ball, shift, 2 * slack) if slack > 0 else None
    if factor is None:
        raise Invalid("no factor can be found for the stated shift")
    return prove_lower(ball, shift, factor)
