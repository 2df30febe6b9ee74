"""`certify spectrum`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from certify.certificate import decimal_above, decimal_below, readable
from certify.cli.progress import progress_bar
from certify.cli.proving import DEFAULT_NETWORK

SHOWN = 20


@click.command("spectrum")
@click.argument("data", default="iris", required=False)
@click.option("--network", default=DEFAULT_NETWORK, metavar="EXPR", show_default=True)
@click.option("--kernel", type=click.Choice(["ntk", "nngp"]), default="ntk", show_default=True)
@click.option("--normalize", type=click.Choice(["unit", "none"]), default="none", show_default=True)
@click.option("--duplicates", type=click.Choice(["drop", "keep", "error"]), default="drop", show_default=True)
@click.option("--rows", type=int, default=None, metavar="N", help="Take the first N rows of the file.")
@click.option("--shape", default=None, metavar="S", help="Shape of one point, such as 8x8x1.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Write a page here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def spectrum_command(data: str, network: str, report: Path | None, as_json: bool, **options: Any) -> int:
    """Enclose every eigenvalue of a Gram matrix from both sides, largest first.

    \b
    certify spectrum iris --normalize unit
    certify spectrum digits --rows 300 --network "serial(Dense(W_var=2), Relu(), Dense())" --json
    """
    from certify.proofs import spectrum

    with progress_bar(False) as progress:
        found = spectrum(network, data, progress=progress, **options)
    page = None
    if report is not None:
        from reports.spectrum_page import write_spectrum_page

        page = str(write_spectrum_page(found, data, report))
    bounds = [
        (readable(decimal_below(low, 12)) if low else "0", readable(decimal_above(high, 12)) if high else "0")
        for low, high in found.eigenvalues
    ]
    if as_json:
        eigenvalues = [{"lower": low, "upper": high} for low, high in bounds]
        answer = {"network": found.network, "kernel": found.kernel, "normalize": found.normalize, "n": found.n}
        told = {} if page is None else {"report": page}
        click.echo(json.dumps({**answer, "eigenvalues": eigenvalues, **told}))
        return 0
    click.echo(f"{found.kernel.upper()} of {found.network} on {found.n} points")
    for k, (low, high) in enumerate(bounds, 1):
        if k > SHOWN:
            click.echo(f"  ...  ({found.n - SHOWN} more; --json prints all)")
            break
        click.echo(f"{k:>5}  {low} <= lambda <= {high}")
    if page is not None:
        click.echo(f"page: {page}")
    return 0
