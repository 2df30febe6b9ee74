"""One claim computed afresh: the proof, and the checker's answer to its certificate."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from certify.certificate import Certificate, decimal_above, decimal_below, readable
from certify.errors import InputError
from certify.finite import memorise, prove_finite
from certify.proofs import check, prove, prove_matrix
from certify.training import train
from reports.gate.claims import Result
from reports.gate.requests import Request

DIGITS = 12


@dataclass(frozen=True)
class Failure:
    """No answer: the library refused the request, or raised an error that it should not raise."""

    kind: str
    message: str

    @property
    def refused(self) -> bool:
        return self.kind == "refused"


def recompute(request: Request, folder: Path) -> Result | Failure:
    """The answer of this version of the library to a request, its files relative to `folder`.

    Every certificate is written to a temporary file and verified by the standard-library checker; what rests on the
    entries of a given matrix is accepted as such. Raises InputError only where no temporary file can be written.
    """
    try:
        asked = request.located(folder)
        answer = _trained(asked) if asked.command == "train" else _prove(asked)
    except InputError as error:
        return Failure("refused", str(error))
    # A crash is what a gate is there to find: it is one finding among others, and the other claims are still run.
    except Exception as error:
        return _crash(error)
    try:
        return answer if isinstance(answer, Result) else _result(answer)
    except InputError:
        raise
    except Exception as error:
        return _crash(error)


def _crash(error: Exception) -> Failure:
    return Failure("crashed", " ".join(f"{type(error).__name__}: {error}".split()))


def _prove(request: Request) -> Certificate:
    if request.gram is not None:
        return prove_matrix(request.gram, request.radius, rel_width=request.rel_width, max_bits=request.max_bits)
    if request.command == "finite":
        return prove_finite(
            str(request.network),
            request.data,
            seed=request.seed,
            weights=request.weights,
            duplicates=request.duplicates,
            rel_width=request.rel_width,
            max_bits=request.max_bits,
            rows=request.rows,
        )
    if request.command == "memorise":
        return memorise(
            str(request.network),
            request.data,
            request.target,
            seed=request.seed,
            weights=request.weights,
            max_bits=request.max_bits,
            rows=request.rows,
        )
    return prove(
        str(request.network),
        request.data,
        kernel=request.kernel,
        normalize=request.normalize,
        duplicates=request.duplicates,
        method=request.method,
        arithmetic=request.arithmetic,
        rel_width=request.rel_width,
        max_bits=request.max_bits,
        rows=request.rows,
        shape=request.shape,
    )


def _trained(request: Request) -> Result:
    """Training as a claim: the smallest eigenvalue is that of its kernel matrix, the values are losses and times."""
    found = train(
        str(request.network),
        request.data,
        request.target,
        [request.time],
        until=request.until,
        holdout=request.holdout,
        kernel=request.kernel,
        normalize=request.normalize,
        rows=request.rows,
        seed=request.seed,
        max_bits=request.max_bits,
    )
    values = {}
    for moment in found.moments:
        values[f"loss at {request.time}"] = _bounds(moment.loss)
        if moment.held_out_loss is not None:
            values[f"held-out loss at {request.time}"] = _bounds(moment.held_out_loss)
    if found.until is not None:
        values[f"time to a loss of {found.level}"] = _bounds(found.until)
    stopping = found.early_stopping
    if stopping is not None and stopping.intervals and stopping.intervals[-1][1] is not None:
        values["early stopping"] = _bounds((stopping.intervals[0][0], stopping.intervals[-1][1]))
    slowest = found.components[-1].rate
    lower, upper = _bounds((slowest.lower * found.n, slowest.upper * found.n))
    return Result(
        verdict="positive definite" if slowest.lower > 0 else "undecided",
        lower=lower,
        upper=upper,
        method="training",
        arithmetic="arb",
        reason="; ".join(found.undecided) or (stopping.verdict if stopping is not None else "all enclosed"),
        bits=found.bits,
        points=found.n,
        checker=None,
        values=values,
    )


def _bounds(pair: tuple[Fraction, Fraction]) -> tuple[str, str]:
    return readable(decimal_below(pair[0], DIGITS)), readable(decimal_above(pair[1], DIGITS))


def _result(certificate: Certificate) -> Result:
    bounds = certificate.claim["lambda_min"]
    return Result(
        verdict=certificate.verdict,
        lower=None if bounds["lower"] is None else readable(bounds["lower"]),
        upper=readable(bounds["upper"]),
        method=certificate.method,
        arithmetic=str(certificate.labels["arithmetic"]),
        reason=certificate.reason,
        bits=certificate.bits,
        points=certificate.n,
        checker=None if certificate.verdict == "undecided" else _checker_answer(certificate),
    )


def _checker_answer(certificate: Certificate) -> str:
    """ "valid", or the status with the checker's reason."""
    with tempfile.TemporaryDirectory(prefix="certify-gate-") as folder:
        path = certificate.save(Path(folder) / "claim.cert")
        answer = check(path, accept_assumptions=True)
    if answer.status in ("valid", "unsupported"):
        return answer.status
    return f"{answer.status}: {' '.join(answer.reason.split())}"
