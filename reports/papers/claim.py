"""What a reproduction of a claim consists of: what is said, what was found, its numbers and its picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from certify.certificate import Certificate
from reports.numbers import round_down, round_near, round_up

# "certified": a certificate proves it; "enclosed": enclosures show it; "differs": what is printed is not what holds;
# "open": not decided here; "failed": this version does not find what is expected, which is a regression.
STATUSES = ("certified", "enclosed", "differs", "open", "failed")
Save = Callable[[str, Certificate], bool]
Point = tuple[float, ...]


@dataclass(frozen=True)
class Series:
    """Marks of one kind.

    shape: "line", "dashed", "circle", "square", "diamond" or "triangle" from (x, y); "intervals" or "band" from (x,
    low, high). kind: a colour of the pages, "proved", "float", "noise" or "alarm".
    """

    label: str
    kind: str
    shape: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Figure:
    """A picture as data; `description` is read out in its place."""

    x: str
    y: str
    description: str
    caption: str
    series: tuple[Series, ...]
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True)
class Table:
    """Numbers as text; the caption says how they are known."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Claim:
    """A claim of a paper and what became of it. `certificates` are the stems of the files that `reproduce` wrote."""

    key: str
    title: str
    place: str
    says: str
    found: str
    status: str
    how: str
    command: str
    figure: Figure | None = None
    table: Table | None = None
    certificates: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Paper:
    """A paper and the functions that reproduce its claims, by key; each is given `save` for its certificates."""

    key: str
    title: str
    authors: str
    year: int
    arxiv: str
    summary: str
    claims: dict[str, Callable[[Save], Claim]]


def command(paper: str, claim: str, *others: str) -> str:
    """The line that reproduces a claim, and lines that show a part of it."""
    return "\n".join([f"certify reproduce {paper} --claim {claim}", *others])


def settled(holds: bool, status: str) -> str:
    """The status where what is expected was found, "failed" elsewhere."""
    return status if holds else "failed"


def spoken(bounds: tuple[Fraction, Fraction] | Sequence[Fraction], digits: int = 12) -> str:
    """An enclosure as text: one decimal where both ends round to it, the two ends rounded outward otherwise."""
    low, high = bounds
    if low == high == 0:
        return "0"
    near = round_near((low + high) / 2, digits)
    if high - low <= abs(Fraction(near)) / 10 ** (digits - 1):
        return near
    return f"[{round_down(low, 6)}, {round_up(high, 6)}]"


def smallest(certificate: Certificate) -> str:
    """The proved place of the smallest eigenvalue, short."""
    lower, upper = certificate.lambda_min
    if certificate.verdict == "singular":
        return "= 0"
    return f"> 0, at most {round_up(upper, 4)}" if lower is None else f"[{round_down(lower, 4)}, {round_up(upper, 4)}]"


def ends(certificate: Certificate) -> tuple[float, float]:
    """Both bounds for drawing; an unknown lower bound is drawn as the upper one."""
    lower, upper = certificate.lambda_min
    return float(upper if lower is None else lower), float(upper)
