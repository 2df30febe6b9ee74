"""The page of `certify train`: losses over time, rates, and float64's answers beside the proof."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from certify import __version__
from certify.certificate import write_whole
from certify.kernels import Enclosure
from certify.training import Interval, Training
from certify.training.float64 import float64_moments
from reports.chart import Axis, Chart
from reports.numbers import round_down, round_near, round_up
from reports.page import environment, make_directory, safe_stem

SHOWN_POINTS = 12
SHOWN_COMPONENTS = 20
LEAST = 1e-300


def write_training_page(training: Training, directory: Path) -> Path:
    """Write `training-DATA.html` into the directory and return its path; the page refers to nothing outside itself."""
    text = environment().get_template("training.html").render(_context(training))
    make_directory(directory)
    target = Path(directory) / f"{safe_stem('training-' + Path(training.problem.points.name).stem)}.html"
    write_whole(target, text)
    return target


def _context(training: Training) -> dict[str, Any]:
    problem = training.problem
    beside = float64_moments(training) if training.initial == "zero" else (None,) * len(training.moments)
    return {
        "training": training,
        "problem": problem,
        "network": repr(problem.network),
        "kernel_name": problem.kernel.upper(),
        "unit": "steps" if training.step is not None else "time",
        "moments": [_moment(m, f) for m, f in zip(training.moments, beside, strict=True)],
        "losses": _loss_chart(training),
        "rates": _rate_chart(training),
        "components": [_component(c) for c in training.components[:SHOWN_COMPONENTS]],
        "predictions": _predictions(training, beside),
        "until": None if training.until is None else spoken(training.until, 8),
        "largest_step": spoken(training.largest_step, 6),
        "stopping": _stopping(training),
        "bits": training.bits,
        "version": __version__,
    }


def spoken(interval: Interval, digits: int = 6) -> str:
    """An interval in few digits, rounded outward; one number where both ends show the same digits."""
    low, high = round_down(interval.lower, digits), round_up(interval.upper, digits)
    near = round_near((interval.lower + interval.upper) / 2, digits - 1)
    scale = max(abs(interval.lower), abs(interval.upper))
    if interval.upper - interval.lower <= scale / 10 ** (digits - 1):
        return near
    return f"[{low}, {high}]"


def spoken_time(time: Fraction | None) -> str:
    """A time in few digits, or the sign of infinity."""
    if time is None:
        return "∞"
    return str(time) if time.denominator == 1 and time < 10**7 else round_near(time, 6)


def _moment(moment: Any, beside: Any) -> dict[str, Any]:
    digits = None if beside is None else beside.correct_digits(moment)
    return {
        "time": spoken_time(moment.time),
        "loss": spoken(moment.loss),
        "held_out_loss": None if moment.held_out_loss is None else spoken(moment.held_out_loss),
        "float_held_out_loss": None if beside is None or digits is None else f"{beside.held_out_loss:.6g}",
        "digits": digits,
        "wrong": digits is not None and digits < 3,
    }


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _loss_chart(training: Training) -> Chart | None:
    if not training.curve:
        return None
    times = [_float(time) for time, _, _ in training.curve]
    losses = [(_float(loss.lower), _float(loss.upper)) for _, loss, _ in training.curve]
    held = [(_float(h.lower), _float(h.upper)) for _, _, h in training.curve if h is not None]
    start = losses[0][1]
    floor = max(LEAST, start * 1e-8)
    seen = [max(value, floor) for pair in losses + held for value in pair]
    label = "steps of gradient descent" if training.step is not None else "time of the gradient flow"
    chart = Chart(
        Axis.around(label, times, log=True),
        Axis.around("loss", seen, log=True),
        "Training loss over time, falling"
        + (", and the loss on held-out points, with the proven time of its minimum." if held else "."),
    )
    stopping = training.early_stopping
    if stopping is not None:
        for number, (early, late) in enumerate(stopping.intervals):
            end = chart.x.high if late is None else _float(late)
            key = "every best time to stop lies here" if number == 0 else ""
            chart.upright(max(_float(early), chart.x.low), end, "alarm", key)
    chart.line(list(zip(times, [high for _, high in losses], strict=True)), "proved", "training loss")
    chart.bars([(t, *pair) for t, pair in zip(times, losses, strict=True) if pair[1] > floor], "proved")
    if held:
        chart.line(list(zip(times, [high for _, high in held], strict=True)), "float", "held-out loss", dashed=True)
        chart.bars([(t, *pair) for t, pair in zip(times, held, strict=True)], "float")
    if training.level is not None:
        chart.level(_float(training.level), "noise", "the loss asked for")
    return chart


def _rate_chart(training: Training) -> Chart:
    rates = [_float(c.rate.upper) for c in training.components]
    shares = [_float(c.share.upper) if c.share else 0.0 for c in training.components]
    index = list(range(1, len(rates) + 1))
    floor = max(rates) * 1e-40
    chart = Chart(
        Axis.around("kernel principal component", [float(k) for k in index]),
        Axis.around("rate, and share of the target", [max(v, floor) for v in rates + shares], log=True),
        "Rates of the kernel principal components and the share of the target along each, both falling.",
    )
    chart.bars(
        [
            (k, max(_float(c.rate.lower), LEAST), _float(c.rate.upper))
            for k, c in zip(index, training.components, strict=True)
        ],
        "proved",
        "rate, proved",
    )
    chart.bars([(k, s, s) for k, s in zip(index, shares, strict=True) if s > floor], "noise", "share of the target")
    return chart


def _component(component: Any) -> dict[str, Any]:
    return {
        "rate": spoken(component.rate, 8),
        "size": component.size,
        "share": None if component.share is None else spoken(component.share, 6),
    }


def _predictions(training: Training, beside: Any) -> list[dict[str, Any]]:
    """One table a time: held-out points (training points where none are held out) with their enclosures."""
    tables = []
    for moment, floats in zip(training.moments, beside, strict=True):
        held = moment.held_out is not None
        enclosure: Enclosure = moment.held_out if moment.held_out is not None else moment.predictions
        deviation = moment.held_out_deviation if held else moment.deviation
        targets = training.problem.other_targets if held else training.problem.targets
        count = min(SHOWN_POINTS, enclosure.shape[1])
        rows = [
            {
                "target": round_near(targets[k], 6),
                "value": spoken(Interval(enclosure.lower_exact[0, k], enclosure.upper_exact[0, k]), 10),
                "deviation": None
                if deviation is None
                else spoken(Interval(deviation.lower_exact[0, k], deviation.upper_exact[0, k]), 6),
                "float": f"{floats.held_out[k]:.10g}" if floats is not None and held else None,
            }
            for k in range(count)
        ]
        tables.append(
            {
                "time": spoken_time(moment.time),
                "held": held,
                "rows": rows,
                "more": enclosure.shape[1] - count,
                "spread": deviation is not None,
                "float": floats is not None and held,
            }
        )
    return tables


def _stopping(training: Training) -> dict[str, Any] | None:
    stopping = training.early_stopping
    if stopping is None:
        return None
    return {
        "verdict": stopping.verdict,
        "intervals": [
            f"[{round_down(early, 8)}, {'∞' if late is None else round_up(late, 8)}]"
            for early, late in stopping.intervals
        ],
        "loss": spoken(Interval(stopping.lower, stopping.upper)),
    }
