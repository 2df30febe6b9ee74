"""The figure that sets the proven bounds and float64's answer on one symmetric logarithmic axis."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports.claims import Claim
from reports.float64 import Float64View, exact
from reports.numbers import as_text, round_down, round_near, round_up
from reports.scale import SymlogScale, Tick, scale_for

NARROWEST_BAR = 2.0
ZOOM_FROM = 0.5


@dataclass(frozen=True)
class Span:
    """A stretch of the axis in per cent; `open_left` where its left end is excluded."""

    left: float
    right: float
    open_left: bool = False

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def narrow(self) -> bool:
        """Too narrow to be seen at its true width."""
        return self.width < NARROWEST_BAR

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Zoom:
    """The proven interval magnified: the relative width it has, and its ends as text."""

    lower: str
    upper: str
    relative_width: str


@dataclass(frozen=True)
class BoundsFigure:
    """Positions in per cent: the proven interval, numpy's smallest eigenvalue, float64's rounding, the axis."""

    proved: Span
    float64: float | None
    noise: Span | None
    zero: float
    ticks: tuple[Tick, ...]
    zoom: Zoom | None
    description: str


def bounds_figure(claim: Claim, view: Float64View) -> BoundsFigure:
    found, noise = exact(view.smallest), exact(view.noise)
    shown = [value for value in (claim.lower, claim.upper, found, noise) if value is not None]
    scale = scale_for(shown, both_sides=_needs_both_sides(claim, found, noise))
    return BoundsFigure(
        proved=_proved(claim, scale),
        float64=None if found is None else scale.position(found),
        noise=_noise(noise, scale),
        zero=scale.zero,
        ticks=tuple(scale.ticks()),
        zoom=_zoom(claim),
        description=_description(claim, view),
    )


def _needs_both_sides(claim: Claim, found: Fraction | None, noise: Fraction | None) -> bool:
    """Where anything is negative, or so small beside the rounding that float64 could as well call it negative."""
    if claim.verdict != "positive definite" or (found is not None and found <= 0):
        return True
    return noise is not None and noise > (claim.upper if found is None else min(claim.upper, found))


def _proved(claim: Claim, scale: SymlogScale) -> Span:
    if claim.verdict == "singular":
        return Span(scale.zero, scale.zero)
    left = scale.zero if claim.lower is None else scale.position(claim.lower)
    return Span(left, scale.position(claim.upper), open_left=claim.lower is None)


def _noise(noise: Fraction | None, scale: SymlogScale) -> Span | None:
    if not noise:
        return None
    right = scale.position(noise)
    return Span(2 * scale.zero - right if scale.negative else 0.0, right)


def _zoom(claim: Claim) -> Zoom | None:
    if claim.lower is None or not claim.lower or claim.lower * claim.upper <= 0 or claim.lower == claim.upper:
        return None
    relative = (claim.upper - claim.lower) / min(abs(claim.lower), abs(claim.upper))
    if relative > ZOOM_FROM:
        return None
    return Zoom(as_text(round_down(claim.lower)), as_text(round_up(claim.upper)), as_text(round_up(relative, 2)))


def _description(claim: Claim, view: Float64View) -> str:
    """The figure in words, for those who do not see it."""
    if claim.verdict == "singular":
        proved = "The proven smallest eigenvalue sits exactly at zero."
    elif claim.lower is None:
        proved = f"The proven interval runs from zero, excluded, to {round_up(claim.upper)}."
    else:
        proved = f"The proven interval runs from {round_down(claim.lower)} to {round_up(claim.upper)}."
    if view.smallest is None or view.noise is None:
        return proved + " Float64 has no answer."
    return (
        f"{proved} The smallest float64 eigenvalue, unproved, stands at {round_near(view.smallest)}; "
        f"float64's rounding covers everything between minus and plus {round_near(view.noise, 2)}."
    )
