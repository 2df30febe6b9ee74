"""The numbers behind the pictures, each with how it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from reports.claims import Claim, binary_exponent, hexadecimal_integer, shortened
from reports.float64 import Float64View
from reports.matrix_image import MatrixImage
from reports.numbers import round_down, round_near, round_up

CLAIM, WITNESS, FLOAT, LABEL = "claim", "witness", "float", "label"


@dataclass(frozen=True)
class Fact:
    """A named value as plain text that can be copied, and its provenance."""

    name: str
    value: str
    provenance: str


def shift(claim: Claim) -> Fraction | None:
    """The shift s of a residual proof."""
    field = claim.proof.get("shift")
    if not isinstance(field, dict):
        return None
    return hexadecimal_integer(field["value"]) * Fraction(2) ** binary_exponent(field["exponent"])


def facts(claim: Claim, view: Float64View, image: MatrixImage) -> list[Fact]:
    return [*_bounds(claim), *_subject(claim), *_witness(claim), *_float64(view), *_picture(image)]


def _bounds(claim: Claim) -> Iterator[Fact]:
    yield Fact(
        "λ_min, lower bound",
        "greater than 0, no number" if claim.lower_text is None else claim.lower_text,
        claim.standing,
    )
    yield Fact("λ_min, upper bound", claim.upper_text, claim.standing)
    if claim.lower and claim.lower * claim.upper > 0:
        width = (claim.upper - claim.lower) / min(abs(claim.lower), abs(claim.upper))
        yield Fact("relative width of the bounds, at most", round_up(width, 3), claim.standing)


def _subject(claim: Claim) -> Iterator[Fact]:
    yield Fact("rows of the matrix, n", str(claim.n), CLAIM)
    if claim.points is not None:
        yield Fact("coordinates of a point, d", str(claim.points.columns), CLAIM)
        yield Fact("common denominator of the coordinates", shortened(str(claim.points.denominator)), CLAIM)
        yield Fact("SHA-256 of the exact points", claim.points.content_sha256(), CLAIM)


def _witness(claim: Claim) -> Iterator[Fact]:
    bits, s = claim.proof.get("bits"), shift(claim)
    if isinstance(bits, int):
        yield Fact("bits of the enclosed entries", str(bits), WITNESS)
    if s is not None and claim.lower is not None:
        yield Fact("shift s", round_near(s, 12), WITNESS)
        yield Fact("s minus the lower bound: what the residual may use up", round_down(s - claim.lower, 3), WITNESS)
    for key, name in (("dimension", "dimension of the span of the features"), ("modulus", "modulus, hexadecimal")):
        if key in claim.proof:
            yield Fact(name, shortened(str(claim.proof[key])), WITNESS)


def _float64(view: Float64View) -> Iterator[Fact]:
    yield Fact("rows that float64 was asked about", f"{view.rows} of {view.n}", FLOAT)
    if view.eigenvalues is None or view.noise is None or view.largest is None:
        yield Fact("eigenvalues", "none: beyond the range of float64", FLOAT)
        return
    yield Fact("smallest eigenvalue, numpy.linalg.eigvalsh", repr(view.smallest), FLOAT)
    yield Fact("largest eigenvalue", repr(view.largest), FLOAT)
    yield Fact("rounding noise n ε ‖A‖", repr(view.noise), FLOAT)
    yield Fact("negative eigenvalues", str(int((view.eigenvalues < 0).sum())), FLOAT)
    yield Fact("eigenvalues within the noise", str(int((np.abs(view.eigenvalues) <= view.noise).sum())), FLOAT)
    yield Fact("numpy.linalg.cholesky", "succeeds" if view.cholesky else "fails", FLOAT)


def _picture(image: MatrixImage) -> Iterator[Fact]:
    what = "normalised entry" if image.cosine else "entry over the largest"
    yield Fact(f"smallest {what}", repr(image.low), FLOAT)
    yield Fact(f"largest {what}", repr(image.high), FLOAT)
    if image.off_low is not None:
        yield Fact(f"smallest {what} off the diagonal", repr(image.off_low), FLOAT)
        yield Fact(f"largest {what} off the diagonal", repr(image.off_high), FLOAT)


def label_facts(labels: Mapping[str, Any]) -> list[Fact]:
    """Every label of the file, in its order of names; the values are nothing but text."""
    found: list[Fact] = []
    for key, value in sorted(labels.items()):
        inner = value.items() if isinstance(value, Mapping) else ((None, value),)
        for name, entry in sorted(inner, key=lambda pair: str(pair[0])):
            if entry is not None:
                found.append(Fact(shortened(key if name is None else f"{key}: {name}"), shortened(str(entry)), LABEL))
    return found
