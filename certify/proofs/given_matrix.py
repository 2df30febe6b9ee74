"""Certificates about a matrix that a user gives, with radii: the claim holds for every symmetric matrix in the ball."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np

from certify import __version__
from certify.arithmetic.environment import ensure_environment
from certify.certificate import Certificate, hexadecimal, integers, sealed_document
from certify.errors import InputError
from certify.proofs.gram import Progress
from certify.proofs.witness import bounds_field, check_width, residual_field, significant_digits
from certify.spectrum import FixedPointBall, enclose_smallest_eigenvalue, read_symmetric_ball


def prove_matrix(
    mid: Any,
    rad: Any = None,
    *,
    rel_width: Any = 1e-3,
    max_bits: int = 4096,
    progress: Progress | None = None,
) -> Certificate:
    """A certificate that bounds the smallest eigenvalue of every symmetric matrix within `rad` of `mid` (n x n
    float64 arrays, or paths of .npy files; no `rad` means exactly `mid`).

    The entries are an assumption of the certificate. Verdicts: "positive definite", "negative", "undecided". Raises
    InputError for input that is no symmetric matrix with radii.
    """
    ensure_environment()
    width = check_width(rel_width, max_bits)
    name, digest = (Path(mid).name, _digest(Path(mid))) if isinstance(mid, (str, Path)) else ("matrix", None)
    midpoints, radii = read_symmetric_ball(_array(mid, "the matrix"), 0.0 if rad is None else _array(rad, "the radii"))

    def ball(bits: int) -> FixedPointBall:
        return FixedPointBall.from_float64(midpoints, radii, bits)

    n = len(midpoints)
    found = enclose_smallest_eigenvalue(ball, n, rel_width=width, max_bits=max_bits, reserve=False)
    gram = _gram_field(midpoints, radii)
    claim = {"gram": gram, "lambda_min": bounds_field(found, significant_digits(width)), "verdict": found.verdict}
    labels = {
        "arithmetic": "exact",
        "data": {"columns": n, "duplicates": 0, "name": name, "rows": n, "sha256": digest},
        "method": "dense",
        "producer": f"ntk-certify {__version__}",
        "reason": "shifted factor and residual of the given matrix",
    }
    proof = {"bits": found.bits, "kind": "none"} if found.verdict == "undecided" else residual_field(found, n)
    return Certificate(sealed_document(claim, proof, labels))


def _array(source: Any, what: str) -> Any:
    if not isinstance(source, (str, Path)):
        return source
    path = Path(source)
    try:
        return np.load(path, allow_pickle=False)
    except OSError as error:
        raise InputError(f"{what} {str(path)!r} cannot be read ({error.strerror or error}): check the path.") from None
    except (ValueError, EOFError):
        raise InputError(f"{what} {str(path)!r} is no .npy file of numbers: write it with numpy.save.") from None


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _gram_field(midpoints: Any, radii: Any) -> dict[str, Any]:
    """The exact doubles as integers over one power of two."""
    n = len(midpoints)
    entries = [[float(midpoints[i, j]).as_integer_ratio() for j in range(i + 1)] for i in range(n)]
    scalar = bool((radii == radii[0, 0]).all())
    widths = [] if scalar else [[float(radii[i, j]).as_integer_ratio() for j in range(i + 1)] for i in range(n)]
    single = float(radii[0, 0]).as_integer_ratio() if scalar else (0, 1)
    denominators = [d for row in entries + widths for _, d in row] + [single[1]]
    numerators = [m for row in entries + widths for m, _ in row] + [single[0]]
    common = math.lcm(*denominators)
    zeros = 0
    if common == 1:
        content = math.gcd(*numerators)
        zeros = (content & -content).bit_length() - 1 if content else 0
    exponent = zeros - (common.bit_length() - 1)

    def whole(ratio: tuple[int, int]) -> int:
        return ratio[0] * (common // ratio[1]) >> zeros

    return {
        "exponent": exponent,
        "midpoints": [integers(map(whole, row)) for row in entries],
        "radii": hexadecimal(whole(single)) if scalar else [integers(map(whole, row)) for row in widths],
    }
