"""What a certificate claims, read with care: a file may hold anything until it has been checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.certificate import Certificate
from certify.certificate.document import INLINE_CELLS, seal
from certify.errors import InputError
from certify.points import BUNDLED, Points, load_points
from certify.points.shapes import parse_shape

VERDICTS = ("positive definite", "singular", "negative", "undecided")
MAX_EXPONENT = 5000
MAX_BINARY_EXPONENT = 65_536
LONGEST_TEXT = 4000
_DECIMAL = re.compile(r"0|-?[1-9][0-9]*e(0|-?[1-9][0-9]*)")
_HEXADECIMAL = re.compile(r"-?[0-9a-f]+")


@dataclass(frozen=True)
class Claim:
    """The parts of a claim that a page speaks of.

    Bounds are exact; `lower_text` and `upper_text` are as the file has them. `sealed` is None where the points come
    from a file of their own, whose reference is what the seal covers. `bundled` names the bundled set that the points
    were found equal to.
    """

    verdict: str
    lower: Fraction | None
    upper: Fraction
    lower_text: str | None
    upper_text: str
    network: str | None
    kernel: str | None
    unit: bool
    n: int
    points: Points | None
    proof: Mapping[str, Any]
    labels: Mapping[str, Any]
    seal: str
    sealed: bool | None
    bundled: str | None

    @property
    def given_matrix(self) -> bool:
        """Whether the claim is about a matrix that the user gave, not about a network and points."""
        return self.network is None

    @property
    def standing(self) -> str:
        """How far the bounds may be called proved: "proved", "enclosed" (no certificate), "claimed" (broken seal)."""
        if self.sealed is False:
            return "claimed"
        return "enclosed" if self.verdict == "undecided" else "proved"

    @property
    def data_name(self) -> str:
        return _data_name(self.labels)


def read_claim(certificate: Certificate) -> Claim:
    """The claim of a certificate, proved or not; whether the content still matches its seal is recorded, not demanded.

    Raises InputError where the document does not have the form of a certificate.
    """
    try:
        return _read(certificate)
    except InputError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}"[:120]
        raise InputError(
            f"the certificate cannot be shown ({what}): certify check says what is wrong with it."
        ) from None


def _read(certificate: Certificate) -> Claim:
    claim, labels, proof = certificate.claim, certificate.labels, certificate.document["proof"]
    if not isinstance(labels, dict) or not isinstance(proof, dict):
        raise TypeError("labels and proof must be objects")
    verdict = certificate.verdict
    if verdict not in VERDICTS:
        raise ValueError(f"unknown verdict {verdict!r}")
    lower, upper = claim["lambda_min"]["lower"], claim["lambda_min"]["upper"]
    below, above = None if lower is None else _decimal(lower), _decimal(upper)
    if below is not None and below > above:
        raise ValueError("the lower bound exceeds the upper bound")
    points = None if "gram" in claim else _points(claim, _data_name(labels))
    stated = certificate.document.get("seal")
    return Claim(
        verdict=verdict,
        lower=below,
        upper=above,
        lower_text=lower,
        upper_text=upper,
        network=None if points is None else _text(claim["network"]),
        kernel=None if points is None else _text(claim["kernel"]),
        unit=claim.get("normalize") == "unit",
        n=certificate.n,
        points=points,
        proof=proof,
        labels=labels,
        seal=str(stated)[:64],
        sealed=_sealed(certificate.document, stated),
        bundled=None if points is None else _bundled_twin(points, labels, str(claim.get("normalize"))),
    )


def _sealed(document: Mapping[str, Any], stated: Any) -> bool | None:
    if stated == seal(document):
        return True
    field = document["claim"].get("points")
    from_file = field is not None and len(field["rows"]) * field["columns"] > INLINE_CELLS
    return None if from_file else False


def binary_exponent(value: Any) -> int:
    """A power of two out of a certificate, refused where shifting by it would fill the memory."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_BINARY_EXPONENT:
        raise ValueError("a binary exponent is no integer or too large")
    return value


def hexadecimal_integer(value: Any) -> int:
    if not isinstance(value, str) or not _HEXADECIMAL.fullmatch(value):
        raise ValueError("an integer is not written in hexadecimal")
    return int(value, 16)


def shortened(text: str) -> str:
    """Text of bounded length; what is left out is counted."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text) - LONGEST_TEXT} more characters)"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is no string")
    return value


def _decimal(text: Any) -> Fraction:
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise ValueError("a bound is no decimal")
    mantissa, _, exponent = text.partition("e")
    if len(mantissa) > MAX_EXPONENT or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise ValueError("a bound is too long")
    return Fraction(text)


def _points(claim: Mapping[str, Any], name: str) -> Points:
    field = claim["points"]
    if "rows" not in field:
        raise InputError(
            f"the points of {name!r} are in a file of their own, which a page cannot show: keep them inline."
        )
    rows = [tuple(map(hexadecimal_integer, row.split(" "))) for row in field["rows"]]
    if any(len(row) != field["columns"] for row in rows):
        raise ValueError("a row of points does not have the stated number of columns")
    shape = claim.get("shape")
    sizes = None if shape is None else parse_shape(shape)
    return Points.reduced(rows, hexadecimal_integer(field["denominator"]), name=name, shape=sizes)


def _data_name(labels: Mapping[str, Any]) -> str:
    data = labels.get("data")
    return str(data.get("name", "")) if isinstance(data, dict) else ""


def _bundled_twin(points: Points, labels: Mapping[str, Any], normalize: str) -> str | None:
    """The bundled set of the stated name, if these are exactly its first rows (repeated points left out or not)."""
    name = _data_name(labels)
    if name not in BUNDLED:
        return None
    rows = labels["data"].get("rows")
    whole = load_points(name)
    source = whole.take(range(rows)) if isinstance(rows, int) and 0 < rows <= whole.n else whole
    if source.columns != points.columns:
        return None
    candidates = [source] if source.n == points.n else []
    if normalize == "none" or all(map(any, source.rows)):
        candidates.append(source.drop_duplicates("unit" if normalize == "unit" else "none").points)
    same = any((c.rows, c.denominator) == (points.rows, points.denominator) for c in candidates)
    return name if same else None
