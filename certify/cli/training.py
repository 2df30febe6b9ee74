"""`certify train`."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certify.certificate import decimal_above, decimal_below, readable
from certify.cli.progress import progress_bar
from certify.cli.proving import DEFAULT_NETWORK
from certify.errors import InputError

if TYPE_CHECKING:
    from certify.training import Interval, Training

DEFAULT_TIMES = ("1", "100", "10000", "inf")
DIGITS = 12
RIGHT_DIGITS = 3
"""Predictions of float64 with fewer correct digits than this are called wrong."""


@click.command("train")
@click.argument("data", default="iris", required=False)
@click.option("--target", default=None, metavar="COLUMN", help="Column to learn, by name or index.  [required]")
@click.option("--network", default=DEFAULT_NETWORK, metavar="EXPR", help="A network in the names of certify.stax.")
@click.option("--time", "times", multiple=True, metavar="T", help="A time, or inf; may be repeated.")
@click.option("--until", default=None, metavar="LOSS", help="Also enclose the time at which the loss falls to this.")
@click.option("--holdout", default=None, metavar="F", help="A fraction of the rows, or a file of points, to hold out.")
@click.option("--descent", default=None, metavar="STEP", help="Gradient descent with this step; times count steps.")
@click.option("--initial", type=click.Choice(["zero", "gaussian"]), default="zero", show_default=True)
@click.option("--kernel", type=click.Choice(["ntk", "nngp"]), default="ntk", show_default=True)
@click.option("--normalize", type=click.Choice(["unit", "none"]), default="none", show_default=True)
@click.option("--rows", type=int, default=None, metavar="N", help="Take the first N rows of the file.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the held-out rows.")
@click.option("--max-bits", type=int, default=4096, show_default=True, metavar="BITS")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Write a page here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def train_command(
    data: str, target: str | None, network: str, times: tuple[str, ...], report: Path | None, **options: Any
) -> int:
    """How an infinitely wide network trains on DATA: predictions, losses, rates and stopping times, enclosed.

    \b
    certify train iris --target target --normalize unit --holdout 0.2 --until 1e-3 --report page
    """
    from certify.training import train

    if target is None:
        raise InputError("no target was given: name the column to learn with --target.")
    if report is not None and report.exists() and not report.is_dir():
        raise InputError(f"the report directory {str(report)!r} is a file: name a directory.")
    started = time.perf_counter()
    keys = ("until", "holdout", "descent", "initial", "kernel", "normalize", "rows", "seed", "max_bits")
    with progress_bar(options["quiet"]) as progress:
        training = train(
            network,
            data,
            target,
            times or DEFAULT_TIMES,
            curve=report is not None,
            progress=progress,
            **{key: options[key] for key in keys},
        )
    summary = summarise_training(training)
    if report is not None:
        from reports.training_page import write_training_page

        summary["report"] = str(write_training_page(training, report))
    summary["seconds"] = round(time.perf_counter() - started, 2)
    if options["as_json"]:
        click.echo(json.dumps(summary))
    elif not options["quiet"]:
        click.echo(_sentences(summary))
    for open_question in training.undecided:
        click.echo(f"certify: undecided: {open_question}.", err=True)
    return 3 if training.undecided else 0


def summarise_training(training: Training) -> dict[str, Any]:
    """The object that `certify train --json` prints: decimals are strings, rounded outward."""
    from certify.training.float64 import float64_moments

    problem, stopping = training.problem, training.early_stopping
    naive = float64_moments(training)
    return {
        "n": training.n,
        "held_out": 0 if problem.others is None else problem.others.n,
        "network": repr(problem.network),
        "kernel": problem.kernel,
        "normalize": problem.normalize,
        "data": {"name": problem.points.name, "duplicates": problem.duplicates},
        "initial": training.initial,
        "step": None if training.step is None else str(training.step),
        "bits": training.bits,
        "moments": [
            {
                "time": "inf" if moment.time is None else str(moment.time),
                "loss": _bounds(moment.loss),
                "held_out_loss": None if moment.held_out_loss is None else _bounds(moment.held_out_loss),
                "predictions": _vector(moment.predictions),
                "held_out": None if moment.held_out is None else _vector(moment.held_out),
                "deviation": None if moment.deviation is None else _vector(moment.deviation),
                "held_out_deviation": None if moment.held_out_deviation is None else _vector(moment.held_out_deviation),
                "float64": None
                if moment.held_out is None
                else {"held_out_loss": f"{guess.held_out_loss:.6g}", "correct_digits": guess.correct_digits(moment)},
            }
            for moment, guess in zip(training.moments, naive, strict=True)
        ],
        "rates": [
            {
                "rate": _bounds(component.rate),
                "dimension": component.size,
                "share": None if component.share is None else _bounds(component.share),
            }
            for component in training.components
        ],
        "largest_step": _bounds(training.largest_step),
        "until": None
        if training.level is None
        else {"loss": str(training.level), "time": None if training.until is None else _bounds(training.until)},
        "early_stopping": None
        if stopping is None
        else {
            "verdict": stopping.verdict,
            "intervals": [[_low(early), None if late is None else _high(late)] for early, late in stopping.intervals],
            "loss": {"lower": _low(stopping.lower), "upper": _high(stopping.upper)},
        },
        "undecided": list(training.undecided),
    }


def _low(value: Fraction) -> str:
    return readable(decimal_below(value, DIGITS))


def _high(value: Fraction) -> str:
    return readable(decimal_above(value, DIGITS))


def _bounds(interval: Interval) -> dict[str, str]:
    return {"lower": _low(interval.lower), "upper": _high(interval.upper)}


def _vector(enclosure: Any) -> list[list[str]]:
    return [
        [_low(low), _high(high)] for low, high in zip(enclosure.lower_exact[0], enclosure.upper_exact[0], strict=True)
    ]


def _spoken(bounds: dict[str, str]) -> str:
    low, high = Fraction(bounds["lower"]), Fraction(bounds["upper"])
    if high - low <= max(abs(low), abs(high)) / 10**8:
        return readable(decimal_below((low + high) / 2, 9))
    return f"{bounds['lower']} .. {bounds['upper']}"


def _sentences(summary: dict[str, Any]) -> str:
    unit = "steps" if summary["step"] else "time"
    lines = [
        f"{summary['kernel'].upper()} of {summary['network']}",
        f"on {summary['data']['name']}: {summary['n']} training points"
        + (f", {summary['held_out']} held out" if summary["held_out"] else "")
        + (", unit rows" if summary["normalize"] == "unit" else ""),
    ]
    for moment in summary["moments"]:
        held = "" if moment["held_out_loss"] is None else f", held-out loss {_spoken(moment['held_out_loss'])}"
        naive = moment["float64"]
        if naive is not None and naive["correct_digits"] < RIGHT_DIGITS:
            held += f" (float64 says {naive['held_out_loss']}, wrong)"
        lines.append(f"{unit} {moment['time']}: training loss {_spoken(moment['loss'])}{held}")
    first, last = summary["rates"][0]["rate"], summary["rates"][-1]["rate"]
    lines.append(f"rates from {_spoken(first)} down to {_spoken(last)}; descent is stable below step ")
    lines[-1] += _spoken(summary["largest_step"])
    if summary["until"] is not None and summary["until"]["time"] is not None:
        lines.append(f"the loss falls to {summary['until']['loss']} at {unit} {_spoken(summary['until']['time'])}")
    stopping = summary["early_stopping"]
    if stopping is not None:
        where = " or ".join(f"[{early}, {late or 'infinity'}]" for early, late in stopping["intervals"])
        lines.append(
            {
                "stop early": f"the held-out loss is minimal only within {where}",
                "no finite time": "the held-out loss is minimal at no finite time: it stays above its limit",
            }.get(stopping["verdict"], f"early stopping is undecided: {where}")
        )
    if "report" in summary:
        lines.append(f"page {summary['report']}")
    lines.append(f"all enclosed at {summary['bits']} bits ({summary['seconds']:.2f} s)")
    return "\n".join(lines)
