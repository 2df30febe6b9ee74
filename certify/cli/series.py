"""`certify series`."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import click

from certify.certificate import decimal_above, decimal_below, readable
from certify.cli.proving import DEFAULT_NETWORK
from certify.theory import PowerSeries, power_series

SHOWN = 30


@click.command("series")
@click.option("--network", default=DEFAULT_NETWORK, metavar="EXPR", show_default=True)
@click.option("--terms", default=20, show_default=True, metavar="P", help="Number of coefficients.")
@click.option("--columns", default=1, show_default=True, metavar="D", help="The d of the first layer's W <x, y> / d.")
@click.option("--bits", default=128, show_default=True, metavar="B", help="Accuracy, in bits of the total.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Write a page here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def series_command(network: str, terms: int, columns: int, bits: int, report: Path | None, as_json: bool) -> int:
    """Coefficients of NNGP and NTK on unit rows as power series, with proven digits and an exact tail.

    \b
    certify series --network "serial(Dense(), Tanh(), Dense())" --terms 100
    certify series --network "serial(Dense(W_var=2), Relu(), Dense(W_var=2))" --json

    The variable t is the correlation <x, y> of the rows, or with a bias before the first activation that of the first
    preactivations.
    """
    series = power_series(network, terms, columns=columns, bits=bits)
    answer, text = _json(series), _text(series)
    if report is not None:
        from reports.series_page import write_series_page

        page = write_series_page(series, report)
        answer["report"], text = str(page), f"{text}\npage: {page}"
    click.echo(json.dumps(answer) if as_json else text)
    return 0


def _interval(bounds: tuple[Fraction, Fraction], digits: int) -> dict[str, str]:
    low, high = bounds
    return {
        "lower": readable(decimal_below(low, digits)) if low else "0",
        "upper": readable(decimal_above(high, digits)) if high else "0",
    }


def _json(series: PowerSeries) -> dict[str, object]:
    rank, ratio = series.effective_rank(), series.centred_ratio()
    return {
        "network": series.network,
        "variable": {"slope": str(series.slope), "offset": str(series.offset)},
        "nngp": [_interval(bounds, 40) for bounds in series.nngp],
        "ntk": [_interval(bounds, 40) for bounds in series.ntk],
        "total": {"nngp": _interval(series.total[0], 40), "ntk": _interval(series.total[1], 40)},
        "tail": {"nngp": _interval(series.tail[0], 40), "ntk": _interval(series.tail[1], 40)},
        "effective_rank": None if rank is None else readable(decimal_above(rank, 12)),
        "centred_ratio": None if ratio is None else readable(decimal_above(ratio, 12)),
    }


def _spoken(bounds: tuple[Fraction, Fraction]) -> str:
    """The digits on which both ends agree, or the two ends."""
    low, high = bounds
    if not high:
        return "0"
    if low and high - low <= low * Fraction(1, 10**14):
        return f"{float((low + high) / 2):.12g}"
    return f"[{readable(decimal_below(low, 6)) if low else '0'}, {readable(decimal_above(high, 6))}]"


def _text(series: PowerSeries) -> str:
    variable = "<x, y>" if not series.offset else f"{series.slope} <x, y> + {series.offset}"
    lines = [f"{series.network} on unit rows, in t = {variable}", f"{'p':>5}  {'NNGP':<24}  NTK"]
    for p, (nngp, ntk) in enumerate(zip(series.nngp, series.ntk, strict=True)):
        if p == SHOWN:
            lines.append(f"  ...  ({len(series.ntk) - SHOWN} more; --json prints all)")
            break
        lines.append(f"{p:>5}  {_spoken(nngp):<24}  {_spoken(ntk)}")
    for name, pair in (("tail", series.tail), ("total", series.total)):
        lines.append(f"{name:>5}  {_spoken(pair[0]):<24}  {_spoken(pair[1])}")
    rank = series.effective_rank()
    if rank is not None:
        lines.append(
            f"effective rank (trace over largest eigenvalue) of the NTK on unit rows: at most {float(rank):.6g}"
        )
    ratio = series.centred_ratio()
    if ratio is not None:
        lines.append(f"effective rank without the constant: at most {float(ratio):.6g} times that of X X'")
    return "\n".join(lines)
