"""One claim computed afresh: the proof, and the checker's answer to its certificate."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from certify.certificate import Certificate, readable
from certify.errors import InputError
from certify.proofs import check, prove, prove_matrix
from reports.gate.claims import Request, Result


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
        certificate = _prove(request.located(folder))
    except InputError as error:
        return Failure("refused", str(error))
    # A crash is what a gate is there to find: it is one finding among others, and the other claims are still run.
    except Exception as error:
        return _crash(error)
    try:
        return _result(certificate)
    except InputError:
        raise
    except Exception as error:
        return _crash(error)


def _crash(error: Exception) -> Failure:
    return Failure("crashed", " ".join(f"{type(error).__name__}: {error}".split()))


def _prove(request: Request) -> Certificate:
    if request.gram is not None:
        return prove_matrix(request.gram, request.radius, rel_width=request.rel_width, max_bits=request.max_bits)
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
