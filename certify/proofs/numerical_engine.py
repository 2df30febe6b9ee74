"""What the engines outside the checker share: file, claim and points, read and compared by the checker's own code."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from certify.arithmetic.environment import ensure_environment
from certify.checker import Result, check_file
from certify.checker.answers import Invalid, Refusal
from certify.checker.canonical import read_canonical
from certify.checker.engine import check_bounds, describe_claim
from certify.checker.points import Points, PointsFile, first_zero_row, read_file, read_points_file
from certify.checker.proof_shape import Residual, Whitened
from certify.checker.shape import FiniteClaim, KernelClaim, read_certificate
from certify.errors import InputError
from certify.kernels.float64 import fresh_approximants

Verify = Callable[[KernelClaim, Any, Points], None]
"""Raises a Refusal where a proof of a known kind does not show the claim about these points."""
VerifyFinite = Callable[[FiniteClaim, Residual, Points], None]


def check_by(engine: str, path: Path, kinds: tuple[type, ...], verify: Verify, verify_finite: VerifyFinite) -> Result:
    """The answer to one certificate; never raises on a bad file. `verify` takes proofs of these kinds about kernels,
    `verify_finite` residuals of finite networks; everything else goes to the checker itself."""
    ensure_environment()
    claim: dict[str, str | int | None] | None = None
    labels: dict[str, object] | None = None
    try:
        certificate = read_certificate(read_canonical(read_file(path), "the file"))
        meant, proof = certificate.claim, certificate.proof
        known = (FiniteClaim, Residual), (KernelClaim, kinds)
        if not any(isinstance(meant, about) and isinstance(proof, kind) for about, kind in known):
            return check_file(path, limit_seconds=None)
        assert isinstance(meant, (FiniteClaim, KernelClaim))
        claim, labels = describe_claim(meant), certificate.labels
        if not certificate.sealed:
            raise Invalid("the seal is not the digest of the certificate")
        points = _checked_points(meant, proof, os.path.dirname(path))
        if isinstance(meant, FiniteClaim):
            assert isinstance(proof, Residual)
            verify_finite(meant, proof, points)
        else:
            with fresh_approximants():
                verify(meant, proof, points)
    except Refusal as refusal:
        return Result(refusal.status, str(refusal), claim, labels, engine=engine)
    except (InputError, ArithmeticError, MemoryError, RecursionError) as error:
        return Result("unsupported", f"the certificate exhausts this engine: {error}", claim, labels, engine=engine)
    return Result("valid", "every step of the proof was verified", claim, labels, (), points.digest, engine)


def _checked_points(claim: KernelClaim | FiniteClaim, proof: Any, folder: str) -> Points:
    """The points of a claim whose bounds and proof belong together."""
    check_bounds(claim.verdict, claim.bounds, proof, about_kernel=True)
    vector = proof.taken.vector if isinstance(proof, Whitened) else proof.vector
    if not any(vector):
        raise Invalid("the vector for the upper bound is zero")
    points = read_points_file(claim.points, folder) if isinstance(claim.points, PointsFile) else claim.points
    if isinstance(claim, KernelClaim) and claim.unit and (row := first_zero_row(points)) is not None:
        raise Invalid(f"row {row} is zero and cannot be normalised")
    return points
