"""The sign of the smallest eigenvalue: what float64 says of a target's Gram matrix, and what is proved."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

import certify
from certify.stax import Network
from properties.audit.answers import Values
from properties.audit.comparison import Truth, nearest_float

MAX_BITS = 2048


@dataclass(frozen=True)
class SignError:
    """numpy's smallest eigenvalue of the returned matrix has a sign that is proved wrong.

    `within_rounding` says that the true eigenvalue is so small, and the one claimed so near to it, that a matrix whose
    entries are right to the tolerance may well have it: no fault of the library, a limit of its format.
    """

    claimed: float
    verdict: str
    lower: float | None
    upper: float
    within_rounding: bool

    def __str__(self) -> str:
        truth = "0 exactly" if self.verdict == "singular" else f"positive, at most {self.upper:.3g}"
        return f"numpy says {self.claimed:.3g} of the returned matrix, the smallest eigenvalue is proved {truth}"


@dataclass(frozen=True)
class SignAnswer:
    """Whether a proof was attempted, whether it decided, and the error if there is one."""

    asked: bool = False
    decided: bool = False
    error: SignError | None = None


def check_sign(
    network: Network,
    points: tuple[tuple[float, ...], ...],
    kernel: str,
    values: Values,
    truth: Truth,
    tolerance: Fraction,
    entries_are_right: bool,
) -> SignAnswer:
    """Compare signs. Wrong are: at most 0 where the matrix is proved positive definite; and, where it is proved
    singular, any number that is clearly not 0.

    Errors of at most t ulps an entry move an eigenvalue by at most n t ulps of the largest diagonal entry (Weyl's
    inequality); below that, with room for the eigenvalue routine, nothing is clear, and above it a positive eigenvalue
    of a matrix whose entries are right needs no proof.
    """
    claimed = float(np.linalg.eigvalsh(values.array)[0])
    ulp = Fraction(2) ** values.form.ulp_exponent(truth.largest_norm() ** 2)
    noise = (tolerance + truth.n) * ulp * truth.n
    if entries_are_right and Fraction(claimed) > noise:
        return SignAnswer()
    try:
        certificate = certify.prove(
            network, np.array(points), kernel=kernel, duplicates="keep", rel_width="1/2", max_bits=MAX_BITS
        )
    except certify.InputError:
        return SignAnswer(asked=True)
    verdict, (lower, upper) = certificate.verdict, certificate.lambda_min
    if verdict == "undecided":
        return SignAnswer(asked=True)
    positive = verdict == "positive definite"
    wrong = claimed <= 0 if positive else abs(Fraction(claimed)) > noise
    if not wrong:
        return SignAnswer(True, True)
    within = positive and upper <= noise and claimed >= -noise
    floor = None if lower is None else nearest_float(lower)
    return SignAnswer(True, True, SignError(claimed, verdict, floor, nearest_float(upper), within))
