"""The witness of an exact proof in words; ``templates/methods`` says how each kind of proof works."""

from __future__ import annotations

from dataclasses import dataclass

from reports.claims import Claim, hexadecimal_integer

SHOWN_ROWS = 12
SHOWN_DIGITS = 24

FAMILIES = {
    "equal points": (
        "Two of the points are equal, so the network cannot tell them apart: two rows of the matrix are the same."
    ),
    "zero row": "One point is zero, and the kernel of this network vanishes there: a row of the matrix is zero.",
    "zero kernel": "The kernel of this network vanishes at every point: the matrix is zero.",
    "constant function": (
        "This network is a constant function of its input, whatever the weights: all rows of the matrix are the same."
    ),
    "parallel rows": (
        "One point is a positive multiple of another, and this network is positively homogeneous as far as that "
        "matters: its output at one point is a fixed multiple of its output at the other, whatever the weights."
    ),
    "three parallel rows": (
        "Three points lie on one ray from the origin. Up to the bias of the last layer this network is positively "
        "homogeneous, so on that ray it moves in two dimensions only, and three rows are dependent."
    ),
    "two parallel pairs": (
        "Two rays from the origin hold two points each. Up to the bias of the last layer, which is common to all, this "
        "network is positively homogeneous, so four rows move in three dimensions only."
    ),
    "opposite rows": (
        "Two points are opposite to each other, and the symmetries of the activations carry that through to the "
        "output: at one point it is a fixed multiple of what it is at the other, whatever the weights."
    ),
    "two opposite pairs": (
        "The points hold two pairs x, −x and y, −y. This network is odd up to a random constant, so the sum of its "
        "outputs over a pair is the same for both pairs, and the two sums cancel."
    ),
    "antipodal pairs": (
        "The points include antipodal pairs whose representatives are linearly dependent. Under one hidden layer of "
        "rectifiers the difference over such a pair is linear in the point, so the same dependence holds between rows."
    ),
}


@dataclass(frozen=True)
class Family:
    """The exact reason of a symmetric singularity and the rows concerned, counted from 0."""

    name: str
    explanation: str
    rows: str


@dataclass(frozen=True)
class Vector:
    """An exact null vector: its rows and, where they are few and short, its entries."""

    rows: str
    count: int
    entries: tuple[tuple[int, str], ...]


def family_of(claim: Claim) -> Family | None:
    if claim.proof.get("kind") != "family":
        return None
    name = str(claim.proof["family"])
    rows = [int(row) for row in claim.proof["rows"]]
    return Family(
        name, FAMILIES.get(name, "A symmetry of the network makes rows of the matrix dependent."), _listed(rows)
    )


def witness_vector(claim: Claim) -> Vector | None:
    if claim.proof.get("kind") != "null vector":
        return None
    rows = [int(row) for row in claim.proof["rows"]]
    entries = [str(hexadecimal_integer(word)) for word in claim.proof["entries"].split(" ")]
    short = len(rows) <= SHOWN_ROWS and all(len(entry) <= SHOWN_DIGITS for entry in entries)
    return Vector(_listed(rows), len(rows), tuple(zip(rows, entries, strict=True)) if short else ())


def _listed(rows: list[int]) -> str:
    shown = ", ".join(map(str, rows[:SHOWN_ROWS]))
    return shown if len(rows) <= SHOWN_ROWS else f"{shown} and {len(rows) - SHOWN_ROWS} more"
