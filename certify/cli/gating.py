"""`certify gate`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from certify.certificate import require_writable, write_whole
from certify.cli.progress import progress_bar
from certify.errors import InputError


@click.command("gate")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="A folder of recorded claims. Default: the one that comes with this version.",
)
@click.option("--update", is_flag=True, help="Record the present answers, and say what changed.")
@click.option(
    "--junit", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Write JUnit XML here as well."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def gate_command(baseline: Path | None, update: bool, junit: Path | None, as_json: bool) -> int:
    """Recompute recorded claims and report whatever became worse.

    Compared are verdicts, enclosures (they must meet), bounds, widths and bits up to the slack that the baseline
    states, methods, and the checker's answer to every new certificate.

    \b
    certify gate
    certify gate --baseline my-claims --junit gate.xml
    certify gate --baseline my-claims --update

    Exit code 0: nothing found; 1: a regression; 2: bad usage, or a baseline that is empty or cannot be read.
    """
    from reports import gate

    folder = gate.SHIPPED if baseline is None else baseline
    if update and junit is not None:
        raise InputError("--update and --junit do not go together: recording compares nothing.")
    if junit is not None:
        require_writable(junit)
    with progress_bar(quiet=False) as progress:
        if update:
            updated = gate.update_baseline(folder, progress)
        else:
            report = gate.run_gate(folder, progress)
    if update:
        click.echo(json.dumps(gate.update_json(updated)) if as_json else gate.update_text(updated))
        return 1 if updated.refused else 0
    if junit is not None:
        write_whole(junit, gate.junit_xml(report))
    click.echo(json.dumps(gate.report_json(report)) if as_json else gate.report_text(report))
    return 0 if report.passed else 1
