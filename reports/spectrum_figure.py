"""The figure of all float64 eigenvalues by size, with the proven bounds of the smallest drawn over them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from reports.claims import Claim
from reports.float64 import Float64View
from reports.numbers import as_text, log10, round_near
from reports.scale import STEPS, Tick

TOP, BOTTOM, FLOOR = 28.0, 312.0, 338.0
SIDE_SHARE = 2.5
MOST_TICKS = 8
THINNEST_BAR = 3.0
FEW, FEW_RADIUS = 40, 5.0
_Height = Callable[[float], float]
_Place = Callable[[int], float]


@dataclass(frozen=True)
class Mark:
    """An eigenvalue: x in per cent, y in pixels from the top; its sign decides its shape."""

    x: float
    y: float
    negative: bool
    noise: bool


@dataclass(frozen=True)
class SpectrumFigure:
    """Magnitudes on a logarithmic axis in pixels from the top; `floor` is the row where exact zeros are put.

    `proved_top` and `proved_bottom` bound the proven interval of the smallest eigenvalue of the whole matrix,
    `noise_top` is the level n eps |A|. `x_ticks` are indices, counted from 1.
    """

    marks: tuple[Mark, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    has_floor: bool
    noise_top: float | None
    proved_top: float
    proved_bottom: float
    few: bool
    proved_label: float
    noise_label: float
    radius: float
    floor: float
    height: float
    description: str


def spectrum_figure(claim: Claim, view: Float64View) -> SpectrumFigure | None:
    """None where float64 has no eigenvalues to show."""
    if view.eigenvalues is None or view.noise is None:
        return None
    values = [float(value) for value in view.eigenvalues[::-1]]
    heights = [math.log10(abs(value)) for value in values if value]
    bounds = [log10(bound) for bound in (claim.lower, claim.upper) if bound]
    levels = [math.log10(view.noise)] if view.noise > 0 else []
    low = math.floor(min([*heights, *bounds, *levels], default=-1.0) - 0.2)
    high = math.ceil(max([*heights, *bounds, *levels], default=1.0) + 0.2)

    def y(height: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (height - low) / (high - low)

    def x(index: int) -> float:
        return SIDE_SHARE + (100 - 2 * SIDE_SHARE) * (index / (len(values) - 1) if len(values) > 1 else 0.5)

    marks = [
        Mark(x(i), y(math.log10(abs(value))) if value else FLOOR, value < 0, abs(value) <= view.noise)
        for i, value in enumerate(values)
    ]
    touches_zero = claim.verdict in ("singular", "undecided") or claim.lower is None
    top, bottom = _proved_heights(claim, y)
    noise_top = y(levels[0]) if levels else None
    return SpectrumFigure(
        marks=tuple(marks),
        y_ticks=tuple(_powers(low, high, y)),
        x_ticks=tuple(_indices(len(values), x)),
        has_floor=touches_zero or 0.0 in values,
        noise_top=noise_top,
        proved_top=top,
        proved_bottom=bottom,
        few=len(marks) <= FEW,
        proved_label=_label_place(top, noise_top),
        noise_label=0.0 if noise_top is None else noise_top + (-7 if marks[-1].noise else 17),
        radius=FEW_RADIUS if len(marks) <= FEW else 3.0,
        floor=FLOOR,
        height=FLOOR + 14,
        description=_description(claim, view, values),
    )


def _proved_heights(claim: Claim, y: _Height) -> tuple[float, float]:
    """Top and bottom of the bar of the proven interval, in magnitude; zero is the floor."""
    if claim.verdict == "singular":
        return FLOOR, FLOOR
    ends = [abs(claim.upper)] if claim.lower is None else [abs(claim.lower), abs(claim.upper)]
    top = y(log10(max(ends))) if max(ends) else FLOOR
    reaches_zero = claim.lower is None or claim.lower <= 0 <= claim.upper
    bottom = FLOOR if reaches_zero else y(log10(min(ends)))
    if bottom - top < THINNEST_BAR:
        middle = (top + bottom) / 2
        top, bottom = middle - THINNEST_BAR / 2, middle + THINNEST_BAR / 2
    return top, bottom


def _label_place(line: float, noise_top: float | None) -> float:
    """Baseline of the label of the proven bounds: below its line, where no eigenvalue is, unless the edge of the noise
    runs through there or the line is the floor."""
    above, below = line - 8, line + 19
    crossed = noise_top is not None and line < noise_top < below + 5
    return above if crossed or line >= FLOOR else below


def _powers(low: int, high: int, y: _Height) -> list[Tick]:
    step = next((s for s in STEPS if (high - low) / s <= MOST_TICKS), STEPS[-1])
    powers = [p for p in range(low, high + 1) if p % step == 0] or [low]
    return [Tick(y(float(p)), as_text(f"1e{p}"), False) for p in powers]


def _indices(count: int, x: _Place) -> list[Tick]:
    step = next((s for s in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500) if count / s <= 6), 500)
    inner = [i for i in range(step, count, step) if count - i > step / 2 and i > 1]
    return [Tick(x(i - 1), str(i), False) for i in dict.fromkeys([1, *inner, count])]


def _description(claim: Claim, view: Float64View, values: list[float]) -> str:
    negative = sum(value < 0 for value in values)
    noise = sum(abs(value) <= (view.noise or 0.0) for value in values)
    proved = {
        "singular": "The proven smallest eigenvalue is exactly zero, marked at the bottom.",
        "undecided": "The proven interval of the smallest eigenvalue contains zero.",
    }.get(claim.verdict, "The proven bounds of the smallest eigenvalue are drawn as a bar across.")
    return (
        f"{len(values)} float64 eigenvalues in descending order, "
        f"from {round_near(values[0])} to {round_near(values[-1])}; "
        f"{negative} are negative and {noise} lie within the rounding noise of float64. {proved}"
    )
