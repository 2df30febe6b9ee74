"""The page of the sweep over pyramidal networks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from certify import __version__
from certify.certificate import write_whole
from reports.chart import Axis, Chart
from reports.experiments.pyramids import (
    ACTIVATIONS,
    RATIOS,
    Proved,
    Report,
    collapse,
    least_share,
    pyramids,
    ratio_of,
    run,
)
from reports.experiments.slopes import log_log_slope
from reports.experiments.store import Store
from reports.page import environment, make_directory

KINDS = {"Tanh()": "proved", "Relu()": "float"}


def write_pyramids(directory: Path, sizes: Sequence[int], seeds: int, report: Report) -> Path:
    """Run the sweep, going on where an earlier run stopped, and write `pyramids.html`; returns its path."""
    directory = Path(directory)
    make_directory(directory)
    store = Store(directory / "pyramids.json")
    swept = run(store, pyramids(sizes, seeds), report)
    collapsed = run(store, collapse(), report)
    text = (
        environment()
        .get_template("pyramids.html")
        .render(
            {
                "scaling": _scaling(swept),
                "bands": [_band(swept, activation, ratio) for activation in ACTIVATIONS for ratio in RATIOS],
                "collapse": _collapse(collapsed),
                "rows": [_row(r) for r in [*swept, *collapsed]],
                "points": collapsed[0].pyramid.points,
                "version": __version__,
            }
        )
    )
    target = directory / "pyramids.html"
    write_whole(target, text)
    return target


def _share(result: Proved) -> tuple[float, float]:
    area = result.pyramid.widths[0] * result.pyramid.widths[1]
    return result.lower / area, result.upper / area


def _scaling(results: Sequence[Proved]) -> list[dict[str, Any]]:
    """One chart a ratio: proved lambda_min / (n1 n2) against N."""
    charts = []
    for ratio in RATIOS:
        chosen = [r for r in results if ratio_of(r.pyramid) == ratio and r.lower > 0]
        values = [v for r in chosen for v in _share(r)]
        chart = Chart(
            Axis.around("points N", [float(r.pyramid.points) for r in chosen], log=True),
            Axis.around("smallest eigenvalue / (n₁ n₂)", values, log=True),
            f"Smallest eigenvalue over n1 n2 against N, for n1 n2 = {ratio} N.",
            height=320,
        )
        for activation in ACTIVATIONS:
            marks = [(float(r.pyramid.points), *_share(r)) for r in chosen if r.pyramid.activation == activation]
            chart.bars(marks, KINDS[activation], activation.removesuffix("()"))
        charts.append({"ratio": ratio, "chart": chart})
    return charts


def _band(results: Sequence[Proved], activation: str, ratio: int) -> dict[str, Any]:
    least = least_share(results, activation, ratio)
    family = [r for r in results if r.pyramid.activation == activation and ratio_of(r.pyramid) == ratio]
    why = "singular" if all(r.lower or r.verdict == "singular" for r in family) else "undecided"
    singular = sum(r.verdict == "singular" for r in family)
    most = max((_share(r)[1] for r in family), default=0)
    return {
        "activation": activation,
        "ratio": ratio,
        "low": "none" if least is None else f"{float(least):.3g}" if least else f"0 ({why})",
        "singular": f"{singular} of {len(family)}",
        "trend": _trend([r for r in family if r.lower]),
        "high": f"{most:.3g}",
    }


def _trend(positive: Sequence[Proved]) -> str:
    if len({r.pyramid.points for r in positive}) < 3:
        return "too few sizes"
    slope = log_log_slope([float(r.pyramid.points) for r in positive], [sum(_share(r)) / 2 for r in positive])
    return f"{slope.exponent:.2f} [{slope.low:.2f}, {slope.high:.2f}]"


def _collapse(results: Sequence[Proved]) -> Chart:
    points = results[0].pyramid.points
    positive = [r for r in results if r.lower > 0]
    floor = min((r.lower for r in positive), default=1.0) / 100
    chart = Chart(
        Axis.around("parameters", [float(r.pyramid.parameters) for r in results], log=True),
        Axis.around("smallest eigenvalue", [floor, *(r.upper for r in positive)], log=True),
        "Smallest eigenvalue against the number of parameters; zero, by rank, left of the number of points.",
        height=340,
    )
    chart.upright(chart.x.low, float(points), "noise", f"fewer than {points} parameters: zero, by rank")
    for activation in ACTIVATIONS:
        marks = [
            (float(r.pyramid.parameters), max(r.lower, floor), max(r.upper, floor))
            for r in results
            if r.pyramid.activation == activation
        ]
        chart.bars(marks, KINDS[activation], activation.removesuffix("()"))
    return chart


def _row(result: Proved) -> dict[str, Any]:
    pyramid = result.pyramid
    return {
        "n": pyramid.points,
        "widths": f"{pyramid.dimension}–{pyramid.widths[0]}–{pyramid.widths[1]}–1",
        "activation": pyramid.activation,
        "seed": pyramid.seed,
        "parameters": pyramid.parameters,
        "verdict": result.verdict,
        "bounds": "0" if result.verdict == "singular" else f"[{result.lower:.6g}, {result.upper:.6g}]",
    }
