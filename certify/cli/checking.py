"""`certify check` and `certify show`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from certify.certificate import load
from certify.cli.colour import paint

EXIT = {"valid": 0, "invalid": 1, "malformed": 2, "unsupported": 3}
WORST_FIRST = (2, 1, 3, 0)


def worst(codes: set[int]) -> int:
    """The exit code of several files."""
    return next(code for code in WORST_FIRST if code in codes)


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--engine",
    type=click.Choice(["python", "flint", "float"]),
    default="python",
    show_default=True,
    help="python trusts the standard library only; flint and float are faster and trust more.",
)
@click.option("--data", default=None, metavar="DATA", help="The claim must be about these points.")
@click.option("--network", default=None, metavar="EXPR", help="The claim must be about this network.")
@click.option(
    "--accept-assumptions", is_flag=True, help="Exit 0 also where the claim rests on something that the user stated."
)
@click.option("--no-limit", is_flag=True, help="Let an engine run for longer than ten minutes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_command(
    files: tuple[str, ...],
    engine: str,
    data: str | None,
    network: str | None,
    accept_assumptions: bool,
    no_limit: bool,
    as_json: bool,
) -> int:
    """Verify certificates: everything is recomputed from the points, nothing in the file is trusted.

    Exit code 0: every file is valid; 1: a proof is invalid; 2: malformed or missing; 3: beyond this engine or resting
    on assumptions that were not accepted.

    \b
    certify check iris.cert
    certify check a.cert b.cert --engine flint
    certify check iris.cert --data iris --network "serial(Dense(), Erf(), Dense())"
    """
    from certify.proofs import check

    results = []
    for file in files:
        result = check(
            file, engine=engine, data=data, network=network, accept_assumptions=accept_assumptions, limited=not no_limit
        )
        results.append((file, result))
        if not as_json:
            first, newline, rest = result.text(file).partition("\n")
            click.echo(f"{first.removesuffix(result.status)}{paint(result.status)}{newline}{rest}")
    if as_json:
        entries = [{"file": file, **result.as_json()} for file, result in results]
        click.echo(json.dumps(entries[0] if len(entries) == 1 else {"results": entries}))
    return worst({EXIT[result.status] for _, result in results})


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path))
def show_command(file: Path) -> int:
    """Print what a certificate claims, without verifying it.

    \b
    certify show iris.cert
    """
    certificate = load(file)
    rows: list[tuple[str, Any]] = [
        ("claim", certificate),
        ("kernel", certificate.kernel),
        ("network", certificate.network),
        ("points", certificate.n),
        ("normalize", certificate.normalize),
        ("bits", certificate.bits),
        *((f"{key} (unverified)", value) for key, value in certificate.labels.items()),
        ("verified", f"no: run certify check {file}"),
    ]
    for key, value in rows:
        if value is not None:
            text = "".join(c if c.isprintable() else "?" for c in str(value))
            click.echo(f"{key + ':':24} {text}")
    return 0
