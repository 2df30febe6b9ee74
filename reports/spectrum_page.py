"""The page of `certify spectrum`: every eigenvalue with its proven interval, and the bound for data of low rank."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from certify import __version__
from certify.certificate import write_whole
from certify.errors import InputError
from certify.points import load_points
from certify.proofs.spectra import Spectrum
from certify.theory import eigenvalue_upper, power_series
from reports.chart import Axis, Chart
from reports.numbers import round_down, round_up
from reports.page import environment, make_directory

TERMS = 60
SHOWN = 60


def write_spectrum_page(found: Spectrum, data: Any, directory: Path) -> Path:
    """Write `spectrum.html` into the directory and return its path; `data` are the points of the spectrum."""
    uppers = _low_rank(found, data)
    rows = [
        {
            "k": k,
            "low": round_down(low, 8),
            "high": round_up(high, 8),
            "upper": round_up(uppers[k - 1], 4) if uppers else "",
        }
        for k, (low, high) in enumerate(found.eigenvalues, 1)
    ]
    context = {
        "found": found,
        "kernel": found.kernel.upper(),
        "chart": _chart(found, uppers),
        "bounded": bool(uppers),
        "rows": rows[:SHOWN],
        "rest": max(len(rows) - SHOWN, 0),
        "version": __version__,
    }
    text = environment().get_template("all-eigenvalues.html").render(context)
    make_directory(directory)
    target = Path(directory) / "spectrum.html"
    write_whole(target, text)
    return target


def _low_rank(found: Spectrum, data: Any) -> list[Fraction]:
    """For unit rows: the upper bound on every eigenvalue from the power series and the number of columns; else none."""
    if found.normalize != "unit":
        return []
    columns = load_points(data).columns
    try:
        series = power_series(found.network, TERMS, columns=columns, bits=64)
        return [eigenvalue_upper(series, found.n, columns, k, found.kernel) for k in range(1, found.n + 1)]
    except InputError:
        return []


def _chart(found: Spectrum, uppers: list[Fraction]) -> Chart:
    count = len(found.eigenvalues)
    tops = [float(high) for _, high in found.eigenvalues]
    least = max(min((float(low) for low, _ in found.eigenvalues if low > 0), default=1e-18), 1e-300)
    chart = Chart(
        Axis("eigenvalues, largest first", 0.0, count + 1.0),
        Axis.around("eigenvalue", [least, *tops, *map(float, uppers)], log=True),
        "All eigenvalues of the Gram matrix, falling, each a proven interval.",
    )
    if uppers:
        chart.line(
            [(float(k), float(upper)) for k, upper in enumerate(uppers, 1)], "noise", "upper bound for data of low rank"
        )
    chart.bars(
        [(float(k), max(float(low), least), float(high)) for k, (low, high) in enumerate(found.eigenvalues, 1)],
        "proved",
        "a proven interval",
    )
    return chart
