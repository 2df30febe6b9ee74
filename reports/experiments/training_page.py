"""The page of the training experiments: finite networks in their proven limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from certify import __version__
from certify.certificate import write_whole
from reports.chart import Axis, Chart
from reports.experiments import limits
from reports.experiments.pyramids import Report
from reports.experiments.slopes import Slope, log_log_slope
from reports.experiments.store import Store
from reports.page import environment, make_directory


@dataclass(frozen=True)
class Networks:
    """So many networks of one width; the first `trained` of them are shown after training as well."""

    width: int
    drawn: int
    trained: int


@dataclass(frozen=True)
class Plan:
    """Widths and repetitions of every part."""

    kernels: tuple[Networks, ...]
    functions: tuple[Networks, ...]
    component_widths: tuple[int, ...]
    slope_widths: tuple[int, ...]
    seeds: int
    digits: int
    kernel_steps: int = 200
    function_steps: int = 1000
    movement_steps: int = 20
    workers: int = 2


PLANS = {
    "small": Plan(
        kernels=(Networks(50, 4, 4), Networks(200, 4, 0)),
        functions=(Networks(50, 4, 4), Networks(200, 4, 4)),
        component_widths=(50,),
        slope_widths=(32, 64, 128, 256),
        seeds=4,
        digits=32,
        kernel_steps=20,
        function_steps=100,
    ),
    "default": Plan(
        kernels=(Networks(100, 10, 10), Networks(500, 10, 10), Networks(4000, 10, 2)),
        functions=(Networks(50, 10, 10), Networks(1000, 10, 10), Networks(4000, 2, 2)),
        component_widths=(100, 1000, 4000),
        slope_widths=(64, 128, 256, 512, 1024, 2048, 4000),
        seeds=10,
        digits=64,
    ),
    "full": Plan(
        kernels=(Networks(500, 10, 10), Networks(10_000, 10, 10)),
        functions=(Networks(50, 10, 10), Networks(1000, 10, 10), Networks(10_000, 10, 10)),
        component_widths=(100, 1000, 10_000),
        slope_widths=(64, 128, 256, 512, 1024, 2048, 4096, 10_000),
        seeds=20,
        digits=512,
        workers=1,
    ),
}


def write_experiments(directory: Path, size: str, report: Report) -> Path:
    """Run the plan of this size, going on where an earlier run stopped, and write `training.html`; returns its path."""
    plan, directory = PLANS[size], Path(directory)
    make_directory(directory)
    store = Store(directory / f"training-{size}.json")
    context = {
        "plan": plan,
        "kernels": _kernels(store, plan, report),
        "functions": _functions(store, plan, report),
        "component": _component(store, plan, report),
        "slopes": _slopes(store, plan, report),
        "version": __version__,
    }
    target = directory / "training.html"
    write_whole(target, environment().get_template("experiments.html").render(context))
    return target


def _kernels(store: Store, plan: Plan, report: Report) -> list[dict[str, Any]]:
    limit = store.get("figure 1 limit", limits.limit_row)
    angles = np.linspace(0.0, float(np.pi), limits.ANGLES).tolist()
    charts = []
    for networks in plan.kernels:
        width = networks.width
        jobs = {}
        for seed in range(networks.drawn):
            steps = plan.kernel_steps if seed < networks.trained else 0
            jobs[f"figure 1 width {width} seed {seed} steps {steps}"] = partial(limits.kernel_rows, width, seed, steps)
        runs = store.fill(jobs, report, plan.workers)
        values = [v for run in runs for v in run["start"] + (run["end"] or [])]
        chart = Chart(
            Axis("angle", 0.0, float(np.pi)),
            Axis.around("kernel T(x₀, x)", [*values, *limit["upper"]]),
            f"The kernel on the circle: {networks.drawn} networks of width {width} around the proven limit.",
            height=320,
        )
        for number, run in enumerate(run for run in runs if run["end"] is not None):
            key = f"after {plan.kernel_steps} steps" if not number else ""
            chart.line(list(zip(angles, run["end"], strict=True)), "float", key, dashed=True)
        for number, run in enumerate(runs):
            chart.line(list(zip(angles, run["start"], strict=True)), "noise", "at the start" if not number else "")
        chart.line(list(zip(angles, limit["upper"], strict=True)), "proved", "limit, enclosed")
        start, end = _inflation(runs)
        charts.append({"networks": networks, "chart": chart, "spread": _spread(runs), "start": start, "end": end})
    return charts


def _spread(runs: Sequence[dict[str, Any]]) -> str:
    """The standard deviation of T(x0, x0) over networks, relative to their mean."""
    first = np.array([run["start"][0] for run in runs])
    return f"{100 * first.std(ddof=1) / first.mean():.1f}"


def _inflation(runs: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """The mean of T(x0, x0) over the trained networks, before and after."""
    trained = [run for run in runs if run["end"] is not None]
    if not trained:
        return "", ""
    return tuple(f"{np.mean([run[end][0] for run in trained]):.4g}" for end in ("start", "end"))  # type: ignore[return-value]


def _functions(store: Store, plan: Plan, report: Report) -> list[dict[str, Any]]:
    band = store.get(f"figure 2 band {plan.function_steps}", lambda: limits.predicted_band(plan.function_steps))
    angles = (np.arange(limits.GRID) * (2 * np.pi / limits.GRID)).tolist()
    low = [m - limits.BAND * d for m, d in zip(band["mean"], band["deviation"], strict=True)]
    high = [m + limits.BAND * d for m, d in zip(band["mean"], band["deviation"], strict=True)]
    charts = []
    for networks in plan.functions:
        width, steps = networks.width, plan.function_steps
        jobs = {
            f"figure 2 width {width} seed {seed} steps {steps}": partial(limits.trained_function, width, seed, steps)
            for seed in range(networks.trained)
        }
        runs = store.fill(jobs, report, plan.workers)
        inside = float(np.mean([(np.array(run) >= low) & (np.array(run) <= high) for run in runs]))
        chart = Chart(
            Axis("angle", 0.0, float(2 * np.pi)),
            Axis.around("f after training", [*low, *high, *(v for run in runs for v in run)]),
            f"Trained functions of width {width} over the predicted band.",
            height=320,
        )
        chart.band(list(zip(angles, low, high, strict=True)), "proved", "10th to 90th percentile of the limit")
        chart.line(list(zip(angles, band["mean"], strict=True)), "proved", "mean of the limit")
        for number, run in enumerate(runs):
            chart.line(list(zip(angles, run, strict=True)), "noise", "finite networks" if not number else "")
        charts.append({"networks": networks, "chart": chart, "inside": f"{100 * inside:.0f}"})
    return charts


def _component(store: Store, plan: Plan, report: Report) -> dict[str, Any]:
    report(f"figure 3, kernel of {plan.digits} digits")
    limit = store.get(f"figure 3 limit {plan.digits}", lambda: limits.second_component(plan.digits))
    rate = limit["rates"][1][0]
    last = max(8, int(1.5 / rate))
    times = sorted({int(t) for t in np.linspace(0, last, 25)})
    curve = [(float(t), 0.5 * float(np.exp(-rate * t))) for t in times]
    chart = Chart(
        Axis("steps of size 1", 0.0, float(last)),
        Axis("distance", 0.0, 0.55),
        "The error along the second kernel principal component, falling like the limit, and the error across it.",
        height=340,
    )
    for number, width in enumerate(plan.component_widths):
        jobs = {
            f"figure 3 width {width} seed {seed} digits {plan.digits}": partial(
                limits.along_second, width, seed, plan.digits, limit["vector"], times
            )
            for seed in range(2)
        }
        for seed, run in enumerate(store.fill(jobs, report, plan.workers)):
            kind = ("float", "noise", "alarm")[number % 3]
            label = f"width {width}: along (line), across (dashes)" if not seed else ""
            chart.line([(float(t), v) for t, v in zip(times, run["along"], strict=True)], kind, label)
            chart.line([(float(t), v) for t, v in zip(times, run["across"], strict=True)], kind, dashed=True)
    chart.line(curve, "proved", "limit, enclosed: exp(−rate · t) / 2")
    return {"chart": chart, "rates": [f"[{low:.8g}, {high:.8g}]" for low, high in limit["rates"]]}


def _slopes(store: Store, plan: Plan, report: Report) -> list[dict[str, Any]]:
    """What shrinks with the width, each with its exponent: distance from the limit, movement of units and of the
    kernel."""
    widths, steps = plan.slope_widths, plan.movement_steps
    limit = store.get("slopes limit", limits.limit_kernel)
    distances, moved = [], []
    for width in widths:
        jobs = {
            f"deviation width {width} seed {seed}": partial(limits.deviation, width, seed, limit)
            for seed in range(plan.seeds)
        }
        distances.append(store.fill(jobs, report, plan.workers))
        steps_jobs = {
            f"movement width {width} seed {seed} steps {steps}": partial(limits.movement, width, seed, steps)
            for seed in range(plan.seeds)
        }
        moved.append(store.fill(steps_jobs, report, plan.workers))
    return [
        _slope("convergence", "relative distance from the limit", widths, distances),
        _slope("units", "relative change of the units", widths, [[v["units"] for v in values] for values in moved]),
        _slope("kernel", "relative change of the kernel", widths, [[v["kernel"] for v in values] for values in moved]),
    ]


def _slope(name: str, label: str, widths: Sequence[int], values: Sequence[Sequence[float]]) -> dict[str, Any]:
    means = [float(np.sqrt(np.mean(np.square(row)))) for row in values]
    slope: Slope = log_log_slope([float(w) for w in widths], means)
    chart = Chart(
        Axis.around("width", [float(w) for w in widths], log=True),
        Axis.around(label, means, log=True),
        "Root mean squares over networks against width, with the fitted line.",
        height=320,
    )
    fitted = [(float(w), slope.factor * w**slope.exponent) for w in (widths[0], widths[-1])]
    chart.line(fitted, "noise", "fitted line", dashed=True)
    chart.bars(
        [(float(w), m, m) for w, m in zip(widths, means, strict=True)], "float", f"{len(values[0])} networks each"
    )
    return {
        "name": name,
        "chart": chart,
        "exponent": f"{slope.exponent:.3f}",
        "low": f"{slope.low:.3f}",
        "high": f"{slope.high:.3f}",
        "half": slope.low <= -0.5 <= slope.high,
        "faster": slope.high < -0.5,
    }
