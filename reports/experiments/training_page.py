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
class Plan:
    """Widths and repetitions; networks of the trained widths are drawn after training as well in figure 1."""

    kernel_widths: tuple[int, ...]
    trained_widths: tuple[int, ...]
    function_widths: tuple[int, ...]
    component_widths: tuple[int, ...]
    slope_widths: tuple[int, ...]
    movement_widths: tuple[int, ...]
    seeds: int
    digits: int
    kernel_steps: int = 200
    function_steps: int = 1000
    movement_steps: int = 5


PLANS = {
    "small": Plan((50, 200), (50,), (50, 200), (50,), (32, 64, 128, 256), (32, 64, 128, 256), 4, 32, 20, 100, 5),
    "default": Plan(
        kernel_widths=(100, 500, 4000),
        trained_widths=(100, 500),
        function_widths=(50, 500),
        component_widths=(100, 300),
        slope_widths=(64, 128, 256, 512, 1024, 2048, 4000),
        movement_widths=(128, 256, 512, 1024, 2048),
        seeds=10,
        digits=128,
    ),
    "full": Plan(
        kernel_widths=(500, 10_000),
        trained_widths=(500, 10_000),
        function_widths=(50, 1000),
        component_widths=(100, 1000, 10_000),
        slope_widths=(64, 128, 256, 512, 1024, 2048, 4096, 10_000),
        movement_widths=(128, 256, 512, 1024, 2048, 4096, 10_000),
        seeds=10,
        digits=512,
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
        "speed": _slope(store, plan.slope_widths, plan.seeds, "deviation", report),
        "movement": _slope(store, plan.movement_widths, plan.seeds, "movement", report, plan.movement_steps),
        "version": __version__,
    }
    target = directory / "training.html"
    write_whole(target, environment().get_template("experiments.html").render(context))
    return target


def _kernels(store: Store, plan: Plan, report: Report) -> list[dict[str, Any]]:
    limit = store.get("figure 1 limit", limits.limit_row)
    angles = np.linspace(0.0, float(np.pi), limits.ANGLES).tolist()
    charts = []
    for width in plan.kernel_widths:
        steps = plan.kernel_steps if width in plan.trained_widths else 0
        runs = []
        for seed in range(plan.seeds):
            report(f"figure 1, width {width}, network {seed + 1} of {plan.seeds}")
            key = f"figure 1 width {width} seed {seed} steps {steps}"
            runs.append(store.get(key, partial(limits.kernel_rows, width, seed, steps)))
        values = [v for run in runs for v in run["start"] + (run["end"] or [])]
        chart = Chart(
            Axis("angle", 0.0, float(np.pi)),
            Axis.around("kernel T(x₀, x)", [*values, *limit["upper"]]),
            f"The kernel on the circle: {plan.seeds} networks of width {width} around the proven limit.",
            height=320,
        )
        for number, run in enumerate(runs):
            if run["end"] is not None:
                key = f"after {plan.kernel_steps} steps" if not number else ""
                chart.line(list(zip(angles, run["end"], strict=True)), "float", key, dashed=True)
        for number, run in enumerate(runs):
            chart.line(list(zip(angles, run["start"], strict=True)), "noise", "at the start" if not number else "")
        chart.line(list(zip(angles, limit["upper"], strict=True)), "proved", "limit, enclosed")
        charts.append({"width": width, "chart": chart})
    return charts


def _functions(store: Store, plan: Plan, report: Report) -> list[dict[str, Any]]:
    band = store.get(f"figure 2 band {plan.function_steps}", lambda: limits.predicted_band(plan.function_steps))
    angles = (np.arange(limits.GRID) * (2 * np.pi / limits.GRID)).tolist()
    low = [m - limits.BAND * d for m, d in zip(band["mean"], band["deviation"], strict=True)]
    high = [m + limits.BAND * d for m, d in zip(band["mean"], band["deviation"], strict=True)]
    charts = []
    for width in plan.function_widths:
        runs = []
        for seed in range(plan.seeds):
            report(f"figure 2, width {width}, network {seed + 1} of {plan.seeds}")
            key = f"figure 2 width {width} seed {seed} steps {plan.function_steps}"
            runs.append(store.get(key, partial(limits.trained_function, width, seed, plan.function_steps)))
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
        charts.append({"width": width, "chart": chart, "inside": f"{100 * inside:.0f}"})
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
        for seed in range(2):
            report(f"figure 3, width {width}, trial {seed + 1} of 2")
            key = f"figure 3 width {width} seed {seed} digits {plan.digits}"
            run = store.get(key, partial(limits.along_second, width, seed, plan.digits, limit["vector"], times))
            kind = ("float", "noise", "alarm")[number % 3]
            label = f"width {width}: along (line), across (dashes)" if not seed else ""
            chart.line([(float(t), v) for t, v in zip(times, run["along"], strict=True)], kind, label)
            chart.line([(float(t), v) for t, v in zip(times, run["across"], strict=True)], kind, dashed=True)
    chart.line(curve, "proved", "limit, enclosed: exp(−rate · t) / 2")
    return {"chart": chart, "rates": [f"[{low:.8g}, {high:.8g}]" for low, high in limit["rates"]]}


def _slope(
    store: Store, widths: Sequence[int], seeds: int, what: str, report: Report, steps: int = 0
) -> dict[str, Any]:
    means = []
    for width in widths:
        report(f"{what}, width {width}")
        values = []
        for seed in range(seeds):
            key = f"{what} width {width} seed {seed} steps {steps}"
            if steps:
                values.append(store.get(key, partial(limits.movement, width, seed, steps)))
            else:
                values.append(store.get(key, partial(limits.deviation, width, seed)))
        means.append(float(np.sqrt(np.mean(np.square(values)))))
    slope: Slope = log_log_slope([float(w) for w in widths], means)
    chart = Chart(
        Axis.around("width", [float(w) for w in widths], log=True),
        Axis.around(
            "relative change of the activations" if steps else "relative distance from the limit", means, log=True
        ),
        "Root mean squares over networks against width, with the fitted line.",
        height=320,
    )
    fitted = [(float(w), slope.factor * w**slope.exponent) for w in (widths[0], widths[-1])]
    chart.line(fitted, "noise", "fitted line", dashed=True)
    chart.bars([(float(w), m, m) for w, m in zip(widths, means, strict=True)], "float", f"{seeds} networks each")
    return {
        "chart": chart,
        "exponent": f"{slope.exponent:.3f}",
        "low": f"{slope.low:.3f}",
        "high": f"{slope.high:.3f}",
        "half": slope.low <= -0.5 <= slope.high,
    }
