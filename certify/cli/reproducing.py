"""`certify reproduce`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from certify.errors import InputError


@click.command("reproduce")
@click.argument("papers", nargs=-1, metavar="[S0|S1|S2|S3|S4]...")
@click.option("--claim", default=None, metavar="NAME", help="Only this claim.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Keep certificates and papers.json here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--quiet", is_flag=True, help="No progress on standard error.")
def reproduce_command(papers: tuple[str, ...], claim: str | None, out: Path | None, as_json: bool, quiet: bool) -> int:
    """Prove again what the papers behind this library claim, and say where they differ.

    \b
    S0  Carvalho, Costa, Mourao and Oliveira: positivity of the NTK
    S1  Jacot, Gabriel and Hongler: the NTK
    S2  Murray, Jin, Bowman and Montufar: its power series
    S3  Bombari, Amani and Mondelli: minimum over-parameterization
    S4  Yang: Tensor Programs II

    Each claim ends as certified, enclosed, differs (the printed statement is not what holds), open, or failed.

    \b
    certify reproduce S2
    certify reproduce S0 --claim antipodal
    certify reproduce --out evidence && certify report evidence --out site

    Exit code 0: every claim came out as recorded; 1: one failed.
    """
    from reports.papers import reproduce, text_report

    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"the directory {str(out)!r} is a file: name a directory.")
    document = reproduce(
        papers, claim, out, (lambda line: None) if quiet else (lambda line: click.echo(line, err=True))
    )
    click.echo(json.dumps(document) if as_json else text_report(document))
    return int(any(one["status"] == "failed" for paper in document["papers"] for one in paper["claims"]))
