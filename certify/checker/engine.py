"""From a file to an answer: what is claimed, whether the proof fits the claim, and whether it holds."""

import os
from collections.abc import Iterator

from . import limits
from .activations import UserFunction
from .answers import Invalid, Refusal, Result, Unsupported
from .budget import Budget
from .canonical import read_canonical
from .counting import check_rank
from .families import check_family
from .finite_exact import check_null_gradients, live_parameters
from .finite_gram import FiniteGram
from .finite_shape import FiniteNetwork
from .gram import FixedMatrix, FixedRow, GramEnclosure
from .memorisation import check_memorisation
from .points import Points, PointsFile, first_zero_row, read_file, read_points_file
from .positivity import check_theorem
from .proof_shape import (
    Family,
    Modular,
    NullVector,
    Parameters,
    Proof,
    Rank,
    Residual,
    Streaming,
    Theorem,
    Whitened,
)
from .rational_proofs import check_modular, check_null_vector
from .residual import EigenvalueBounds, bound_eigenvalue, estimate_residual
from .shape import Ball, BallClaim, Bounds, Certificate, Claim, FiniteClaim, KernelClaim, read_certificate
from .shaped_proofs import check_shaped_family, require_shaped_proof
from .streaming import bound_streaming
from .whitened import bound_whitened

THE_USERS_MATRIX = "the entries of the matrix are the user's: they were not computed from points and a network"
THE_USERS_FUNCTION = (
    "the duals of a user's function exist, and lambda_min is at most the stated bound: this engine cannot compute them"
)


def describe_claim(claim: Claim) -> dict[str, str | int | None]:
    """The claim in a form to print; a user's matrix has no network, kernel, normalisation or columns."""
    described: dict[str, str | int | None] = {
        "kernel": None,
        "network": None,
        "normalize": None,
        "n": claim.size,
        "columns": None,
        "shape": None,
        "verdict": claim.verdict,
        "lower": claim.bounds.lower_text,
        "upper": claim.bounds.upper_text,
    }
    if isinstance(claim, KernelClaim):
        described["kernel"] = claim.kernel
        described["network"] = claim.network.text
        described["normalize"] = "unit" if claim.unit else "none"
        described["columns"] = claim.points.columns
        if claim.shape is not None:
            described["shape"] = "x".join(map(str, claim.shape))
    if isinstance(claim, FiniteClaim):
        described["kernel"] = "empirical ntk"
        described["network"] = claim.network.text
        described["normalize"] = "none"
        described["columns"] = claim.points.columns
        if claim.memorisation is not None:
            described["distance"] = claim.memorisation.distance_text
    return described


def check_bounds(verdict: str, bounds: Bounds, proof: Proof, about_kernel: bool) -> None:
    """Raises Invalid where verdict, bounds and kind of proof do not belong together, whatever the proof shows."""
    lower, upper = bounds.lower, bounds.upper
    if lower is not None and lower > upper:
        raise Invalid("the claimed lower bound exceeds the claimed upper bound")
    if not about_kernel and not isinstance(proof, Residual):
        raise Invalid("only a residual proof speaks about a user's matrix, which need not be positive semidefinite")
    if isinstance(proof, (Residual, Streaming, Whitened)) and lower is None:
        raise Invalid("a residual or streaming proof goes with a lower bound, and none is claimed")
    if verdict == "singular":
        if lower != 0 or upper != 0:
            raise Invalid("a singular matrix has both bounds zero")
        if isinstance(proof, (Modular, Theorem)):
            raise Invalid("this kind of proof shows regularity, not singularity")
        return
    if not isinstance(proof, (Residual, Modular, Streaming, Whitened, Theorem)):
        raise Invalid(f"this kind of proof shows singularity, not {verdict!r}")
    if isinstance(proof, (Modular, Theorem)):
        if verdict != "positive definite" or lower is not None:
            raise Invalid("this kind of proof shows that a kernel matrix is positive definite, without a lower bound")
    elif verdict == "positive definite" and (lower is None or lower <= 0):
        raise Invalid("a positive definite matrix needs a positive lower bound")
    elif verdict == "negative" and upper >= 0:
        raise Invalid("a negative smallest eigenvalue needs a negative upper bound")


def compare_bounds(bounds: Bounds, proved: EigenvalueBounds) -> None:
    """Raises Invalid unless what is claimed follows from what is proved."""
    if proved.lower is not None and (bounds.lower is None or bounds.lower > proved.lower):
        raise Invalid("the claimed lower bound is not proved: the shift less the largest row sum lies below it")
    if bounds.upper < proved.upper:
        raise Invalid("the claimed upper bound is not proved: the Rayleigh quotient of the vector may exceed it")


def _ball_rows(ball: Ball) -> Iterator[FixedRow]:
    for i, row in enumerate(ball.midpoints):
        radii = (ball.radii,) * (i + 1) if isinstance(ball.radii, int) else ball.radii[i]
        yield FixedRow(
            [value - radius for value, radius in zip(row, radii, strict=True)],
            [value + radius for value, radius in zip(row, radii, strict=True)],
        )


def _check_residual(matrix: FixedMatrix, bounds: Bounds, proof: Residual) -> None:
    compare_bounds(bounds, bound_eigenvalue(matrix, proof, proof.vector))


def _check_kernel(claim: KernelClaim, points: Points, proof: Proof, budget: Budget) -> tuple[str, ...]:
    """What the claim still rests on; raises a Refusal where the proof does not hold."""
    network, ntk, unit, bounds = claim.network, claim.kernel == "ntk", claim.unit, claim.bounds
    if unit and (row := first_zero_row(points)) is not None:
        raise Invalid(f"row {row} is zero and cannot be normalised")
    require_shaped_proof(network, proof)
    if isinstance(proof, Residual):
        estimate_residual(proof, claim.size, budget)
        enclosure = GramEnclosure(network, ntk, unit, points, proof.bits, budget, claim.shape)
        _check_residual(enclosure.matrix(), bounds, proof)
    elif isinstance(proof, Family) and network.shaped is not None:
        check_shaped_family(network, ntk, unit, points, claim.shape, proof)
    elif isinstance(proof, Modular):
        check_modular(network, ntk, unit, points, proof.modulus, budget)
        matrix = GramEnclosure(network, ntk, unit, points, proof.bits, budget).matrix()
        compare_bounds(bounds, bound_eigenvalue(matrix, None, proof.vector))
    elif isinstance(proof, Streaming):
        compare_bounds(bounds, bound_streaming(network, ntk, unit, points, proof, budget))
    elif isinstance(proof, Whitened):
        compare_bounds(bounds, bound_whitened(network, ntk, unit, points, proof, budget))
    elif isinstance(proof, NullVector):
        check_null_vector(network, ntk, unit, points, proof.rows, proof.entries, budget)
    elif isinstance(proof, Rank):
        check_rank(network, unit, points, proof.dimension, budget)
    elif isinstance(proof, Family):
        check_family(network, ntk, unit, points, proof)
    elif isinstance(proof, Theorem):
        check_theorem(network, unit, points, proof, budget)
        if any(isinstance(activation, UserFunction) for activation in network.activations):
            return (THE_USERS_FUNCTION,)
        alone = Points((points.rows[proof.row],), points.denominator, points.columns, points.digest)
        matrix = GramEnclosure(network, ntk, unit, alone, proof.bits, budget).matrix()
        compare_bounds(bounds, bound_eigenvalue(matrix, None, (1,)))
    elif isinstance(proof, Parameters):
        raise Invalid("an infinitely wide network has no finite number of parameters")
    return ()


def check_parameters(network: FiniteNetwork, points: Points, count: int, budget: Budget) -> None:
    """Raises Invalid unless the network has `count` parameters, or that many that matter at the points, and fewer than
    points: then K = J J' has no full rank."""
    few = count < len(points.rows)
    if not few or (count != network.parameters and count != live_parameters(network, points, budget)):
        raise Invalid("the network does not have fewer parameters than points, as the proof states")


def _check_finite(claim: FiniteClaim, proof: Proof, folder: str, budget: Budget) -> str:
    """The digest of the points of a claim about a finite network that holds."""
    points = read_points_file(claim.points, folder) if isinstance(claim.points, PointsFile) else claim.points
    network, memorisation = claim.network, claim.memorisation
    if isinstance(proof, Parameters):
        if memorisation is not None:
            raise Invalid("too few parameters show no memorisation")
        check_parameters(network, points, proof.count, budget)
        return points.digest
    if isinstance(proof, NullVector):
        if memorisation is not None:
            raise Invalid("a null vector shows no memorisation")
        check_null_gradients(network, points, proof.rows, proof.entries, budget)
        return points.digest
    if not isinstance(proof, Residual):
        raise Invalid("this kind of proof does not speak about finite networks")
    estimate_residual(proof, claim.size, budget)
    gram = FiniteGram(network, points, proof.bits, budget)
    _check_residual(gram.matrix(), claim.bounds, proof)
    if memorisation is not None:
        if claim.bounds.lower is None or claim.bounds.lower <= 0:
            raise Invalid("memorisation needs a positive lower bound of the smallest eigenvalue")
        check_memorisation(gram, memorisation, claim.bounds.lower)
    return points.digest


def check_certificate(certificate: Certificate, folder: str, budget: Budget) -> tuple[str | None, tuple[str, ...]]:
    """The digest of the points and the assumptions of a claim that holds; raises a Refusal where it does not."""
    claim, proof = certificate.claim, certificate.proof
    if not certificate.sealed:
        raise Invalid("the seal is not the digest of the certificate")
    check_bounds(claim.verdict, claim.bounds, proof, not isinstance(claim, BallClaim))
    if isinstance(proof, Residual) and proof.factor is None:
        raise Unsupported("the certificate carries no factor and this engine computes none; use --engine flint")
    if isinstance(claim, FiniteClaim):
        return _check_finite(claim, proof, folder, budget), ()
    if not isinstance(claim, KernelClaim):
        assert isinstance(proof, Residual)
        estimate_residual(proof, claim.size, budget)
        _check_residual(FixedMatrix(claim.size, claim.ball.exponent, _ball_rows(claim.ball)), claim.bounds, proof)
        return None, (THE_USERS_MATRIX,)
    points = read_points_file(claim.points, folder) if isinstance(claim.points, PointsFile) else claim.points
    return points.digest, _check_kernel(claim, points, proof, budget)


def _answer(path: str | os.PathLike[str], limit_seconds: float | None) -> Result:
    claim: dict[str, str | int | None] | None = None
    labels: dict[str, object] | None = None
    try:
        content = read_canonical(read_file(path), "the file")
        certificate = read_certificate(content)
        claim, labels = describe_claim(certificate.claim), certificate.labels
        folder = os.path.dirname(os.fsdecode(path))
        digest, assumptions = check_certificate(certificate, folder, Budget(limit_seconds))
    except Refusal as refusal:
        return Result(refusal.status, str(refusal), claim, labels)
    return Result("valid", "every step of the proof was verified", claim, labels, assumptions, digest)


def check_file(path: str | os.PathLike[str], *, limit_seconds: float | None = limits.DEFAULT_LIMIT_SECONDS) -> Result:
    """The answer to one certificate; never raises on a bad file.

    `limit_seconds` bounds the estimated time of the work, before it is done; None lifts the bound.  Nothing in the file
    is trusted: entries are recomputed from the points, and the proof is verified in exact integers.
    """
    try:
        return _answer(path, limit_seconds)
    except (MemoryError, RecursionError, OverflowError) as error:
        return Result("unsupported", f"the certificate exhausts this engine ({type(error).__name__})")
    except Exception as error:
        # A fault of the checker must not look like a verdict on the proof.
        return Result("unsupported", f"the checker failed on this file ({type(error).__name__}: {error})")
