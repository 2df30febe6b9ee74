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
from certify.checker.shape import KernelClaim, read_certificate
from certify.errors import InputError
from certify.kernels.float64 import fresh_approximants

Verify = Callable[[KernelClaim, Any, Points], None]
"""Raises a Refusal where a proof of a known kind does not show the claim about these points."""


def check_by(engine: str, path: Path, kinds: tuple[type, ...], verify: Verify) -> Result:
    """The answer to one certificate; never raises on a bad file. Proofs of other kinds go to the checker itself."""
    ensure_environment()
    claim: dict[str, str | int | None] | None = None
    labels: dict[str, object] | None = None
    try:
        certificate = read_certificate(read_canonical(read_file(path), "the file"))
        if not isinstance(certificate.claim, KernelClaim) or not isinstance(certificate.proof, kinds):
            return check_file(path, limit_seconds=None)
        claim, labels = describe_claim(certificate.claim), certificate.labels
        if not certificate.sealed:
            raise Invalid("the seal is not the digest of the certificate")
        points = _checked_points(certificate.claim, certificate.proof, os.path.dirname(path))
        with fresh_approximants():
            verify(certificate.claim, certificate.proof, points)
    except Refusal as refusal:
        return Result(refusal.status, str(refusal), claim, labels, engine=engine)
    except (InputError, ArithmeticError, MemoryError, RecursionError) as error:
        return Result("unsupported", f"the certificate exhausts this engine: {error}", claim, labels, engine=engine)
    return Result("valid", "every step of the proof was verified", claim, labels, (), points.digest, engine)


def _checked_points(claim: KernelClaim, proof: Any, folder: str) -> Points:
    """The points of a claim whose bounds and proof belong together."""
    check_bounds(claim.verdict, claim.bounds, proof, about_kernel=True)
    points = read_points_file(claim.points, folder) if isinstance(claim.points, PointsFile) else claim.points
    if claim.unit and (row := first_zero_row(points)) is not None:
        raise Invalid(f"row {row} is zero and cannot be normalised")
    return points
