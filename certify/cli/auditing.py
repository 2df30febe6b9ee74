"""`certify audit`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from certify.cli.progress import progress_bar
from certify.cli.proving import DEFAULT_NETWORK
from certify.errors import InputError

INTERRUPTED = 130


@click.command("audit")
@click.argument("target")
@click.option(
    "--network",
    default=None,
    metavar="EXPR",
    help="The network whose kernel the target claims to be. Default: one erf layer; for an adapter, its catalogue.",
)
@click.option(
    "--data",
    multiple=True,
    metavar="DATA",
    help="Look at the first 24 of these points too; may be repeated. Default: iris; for an adapter, digits as well.",
)
@click.option("--kernel", type=click.Choice(["ntk", "nngp"]), default="ntk", show_default=True)
@click.option("--examples", type=int, default=50, show_default=True, metavar="N", help="Drawn examples for a network.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="S", help="Decides which examples are drawn.")
@click.option(
    "--tolerance",
    type=int,
    default=4096,
    show_default=True,
    metavar="ULPS",
    help="Allowed error in ulps of sqrt(K_ii K_jj): rounding costs tens, the loss of half the digits 2^26.",
)
@click.option("--columns", type=int, default=None, metavar="D", help="Draw points of this dimension only.")
@click.option(
    "--timeout", type=float, default=None, metavar="SECONDS", help="For one call. Default: 10; 60 if it compiles."
)
@click.option(
    "--known",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Known failures (TOML or JSON): they do not count, and stale ones are named.",
)
@click.option("--strict", is_flag=True, help="Count a wrong sign of lambda_min also where float64 cannot know it.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Write a page here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit_command(target: str, **options: Any) -> int:
    """Compare somebody else's kernel with proven enclosures, and hunt for points where it is wrong.

    TARGET is module:function or file.py:function with signature (x1, x2) -> array, x2 may be None; or an adapter,
    neural-tangents or scikit-ntk. It runs in a process of its own: a call that hangs, raises or dies is a finding.

    \b
    certify audit mykernels:relu_ntk --network "serial(Dense(W_var=2), Relu(), Dense())"
    certify audit neural-tangents --report audit

    Exit code 0: nothing found; 1: findings; 2: bad usage, or a target that does not import.
    """
    from properties.audit.known import read_known
    from properties.audit.rendering import report_json, report_text
    from properties.audit.running import audit, check_options, without_limits
    from properties.audit.targets import open_target

    folder, seconds = options["report"], options["timeout"]
    effort = check_options(
        options["kernel"], options["examples"], options["seed"], options["tolerance"], options["columns"]
    )
    if seconds is not None and not 0 < seconds <= 3600:
        raise InputError(f"--timeout {seconds:g} is no time for a call: give seconds, more than 0, at most 3600.")
    if folder is not None and folder.exists() and not folder.is_dir():
        raise InputError(f"the report directory {str(folder)!r} is a file: name a directory.")
    known = () if options["known"] is None else read_known(options["known"])
    opened = open_target(target, call_seconds=seconds)
    try:
        networks = [options["network"] or DEFAULT_NETWORK]
        if opened.adapter is not None and options["network"] is None:
            networks = list(opened.adapter.networks)
        data = options["data"] or (("iris",) if opened.adapter is None else ("iris", "digits"))
        with progress_bar(quiet=False) as progress:
            report = audit(opened, networks, options["kernel"], data, effort, known=known, progress=progress)
    finally:
        opened.close()
    if options["strict"]:
        report = without_limits(report)
    if folder is not None:
        from properties.audit.page import write_page

        page = write_page(report, folder)
        click.echo(f"page {page}", err=True)
    for entry in report.stale:
        click.echo(f"certify: warning: {entry} is stale, nothing answers to it: remove it.", err=True)
    click.echo(json.dumps(report_json(report)) if options["as_json"] else report_text(report))
    if report.interrupted:
        click.echo("certify: interrupted; the findings so far are above.", err=True)
        return INTERRUPTED
    return 1 if report.failures else 0
