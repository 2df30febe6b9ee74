"""The page of `certify series`: coefficients and tails with their proven bands, decay rates, the theorem as printed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from certify import __version__
from certify.activations import Activation
from certify.certificate import write_whole
from certify.programs import Dense, Identity
from certify.stax import parse
from certify.theory import PowerSeries, printed_value
from certify.theory.power_series import Bounds
from reports.chart import Axis, Chart
from reports.experiments.slopes import log_log_slope
from reports.numbers import round_down, round_up
from reports.page import environment, make_directory

STATED = {
    "Relu()": "Θ(p^(−3/2)) for even p",
    "Tanh()": "O(exp(−π √(p−1) / 2))",
}
"""Decay of NTK coefficients of one hidden layer (Murray et al., arXiv 2211.07844)."""
LEAST = Fraction(1, 10**60)
CORRELATIONS = tuple(Fraction(k, 5) for k in range(-5, 6))


def write_series_page(series: PowerSeries, directory: Path) -> Path:
    """Write `series.html` into the directory and return its path; the page refers to nothing outside itself."""
    text = environment().get_template("series.html").render(_context(series))
    make_directory(directory)
    target = Path(directory) / "series.html"
    write_whole(target, text)
    return target


def _context(series: PowerSeries) -> dict[str, Any]:
    rank, share = series.effective_rank(), series.centred_ratio()
    return {
        "network": series.network,
        "variable": "⟨x, y⟩" if not series.offset else f"{series.slope} ⟨x, y⟩ + {series.offset}",
        "terms": len(series.ntk),
        "coefficients": _coefficients(series),
        "tails": _tails(series),
        "fit": _fit(series),
        "rank": None if rank is None else round_up(rank, 8),
        "share": None if share is None else round_up(share, 8),
        "printed": _printed(series),
        "rows": [
            {"p": p, "nngp": _ends(nngp), "ntk": _ends(ntk)}
            for p, (nngp, ntk) in enumerate(zip(series.nngp, series.ntk, strict=True))
        ][:40],
        "version": __version__,
    }


def _ends(bounds: Bounds) -> tuple[str, str]:
    return round_down(bounds[0], 12), round_up(bounds[1], 12)


def _positive(values: tuple[Bounds, ...]) -> list[tuple[int, float, float]]:
    """(p, lower, upper) where a coefficient is proved to be positive and is no dust."""
    return [(p, float(low), float(high)) for p, (low, high) in enumerate(values) if low > LEAST]


def _coefficients(series: PowerSeries) -> Chart:
    both = {"NNGP": ("float", _positive(series.nngp)), "NTK": ("proved", _positive(series.ntk))}
    seen = [value for _, points in both.values() for _, low, high in points for value in (low, high)]
    chart = Chart(
        Axis("p", -0.5, len(series.ntk) - 0.5),
        Axis.around("coefficient of t^p", seen, log=True),
        "Coefficients of the power series of NNGP and NTK, each a proven interval.",
    )
    for name, (kind, points) in both.items():
        chart.bars([(float(p), low, high) for p, low, high in points], kind, f"{name}, enclosed")
    return chart


def _tails(series: PowerSeries) -> Chart:
    """What all coefficients from p on add up to, for every p: the total less those before."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for name, values, tail in (("NNGP", series.nngp, series.tail[0]), ("NTK", series.ntk, series.tail[1])):
        low, high = tail
        band = []
        for p in range(len(values) - 1, -1, -1):
            low, high = low + values[p][0], high + values[p][1]
            if low > LEAST:
                band.append((float(p), float(low), float(high)))
        found[name] = band[::-1]
    seen = [value for band in found.values() for _, low, high in band for value in (low, high)]
    chart = Chart(
        Axis("p", -0.5, len(series.ntk) - 0.5),
        Axis.around("sum of all coefficients from p on", seen, log=True),
        "Tails of both series, falling, each a proven band.",
    )
    for (name, band), kind in zip(found.items(), ("float", "proved"), strict=True):
        chart.band(band, kind, f"{name}, proven band")
        chart.line([(p, high) for p, _, high in band], kind)
    return chart


def _fit(series: PowerSeries) -> dict[str, str] | None:
    """The exponent of a power law through the later half of the NTK's coefficients, beside what is stated."""
    points = [(p, (low + high) / 2) for p, low, high in _positive(series.ntk) if p >= max(4, len(series.ntk) // 2)]
    if len(points) < 3:
        return None
    slope = log_log_slope([float(p) for p, _ in points], [value for _, value in points])
    layers = [layer for layer in parse(series.network).layers if isinstance(layer, Activation)]
    stated = STATED.get(repr(layers[0]), "") if len(layers) == 1 else ""
    return {
        "exponent": f"{slope.exponent:.3f}",
        "low": f"{slope.low:.3f}",
        "high": f"{slope.high:.3f}",
        "from": str(points[0][0]),
        "stated": stated,
    }


def _printed(series: PowerSeries) -> list[dict[str, Any]]:
    """The NTK and what Theorem 3.1 says as printed, for one hidden layer with a bias before it."""
    layers = [layer for layer in parse(series.network).layers if not isinstance(layer, Identity)]
    kinds = [isinstance(layer, Dense) for layer in layers]
    if kinds != [True, False, True] or not series.offset:
        return []
    rows = []
    for rho in CORRELATIONS:
        truth, printed = printed_value(series.network, rho)
        rows.append(
            {
                "rho": str(rho),
                "truth": _ends(truth),
                "printed": _ends(printed),
                "apart": truth[1] < printed[0] or printed[1] < truth[0],
            }
        )
    return rows
