"""`certify probe`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from certify.cli.workers import cluster_client, worker_options
from certify.errors import InputError

if TYPE_CHECKING:
    from properties.campaign import CampaignResult
    from properties.hunting import LawReport


@click.command("probe")
@click.option("--examples", type=click.IntRange(min=1), default=None, metavar="N", help="Cases of each law.")
@click.option("--seed", type=click.IntRange(min=0), default=None, metavar="S", help="Seed; one is drawn and printed.")
@click.option(
    "--profile",
    type=click.Choice(["dev", "ci", "nightly"]),
    default="dev",
    show_default=True,
    help="50, 300 or 5000 cases of each law.",
)
@click.option("--law", "laws", multiple=True, metavar="NAME", help="Only this law; may be given several times.")
@click.option("--list", "listing", is_flag=True, help="Name the laws with their claims, and stop.")
@click.option("--replay", type=click.Path(path_type=Path), default=None, metavar="FILE", help="A falsifying example.")
@click.option("--processes", type=click.IntRange(min=1), default=None, metavar="N", help="Default: one a core.")
@click.option(
    "--database",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Known examples, falsifying ones, certificates. Default: .hypothesis/certify-probe.",
)
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Write a page here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
@worker_options
def probe_command(**options: Any) -> int:
    """Hunt for a case that breaks a law of neural tangent kernels.

    Exit code 0: nothing found. 1: a law was violated, decided fewer than 95 % of its draws, or a certificate of the
    nearest-to-singular list does not check. 130: interrupted, with what was found until then.

    \b
    certify probe --examples 200 --json
    certify probe --law ntk-dominates-nngp --seed 7
    """
    from properties.campaign import FOLDER, run_campaign

    if options["listing"]:
        return _list(options["as_json"])
    if options["replay"] is not None:
        return _replay(options["replay"], options["as_json"])
    report_directory = options["report"]
    if report_directory is not None and report_directory.exists() and not report_directory.is_dir():
        raise InputError(f"the report directory {str(report_directory)!r} is a file: name a directory.")
    lines = _Lines(options["quiet"] or options["as_json"])
    with cluster_client(options["workers"], options["scheduler"]) as client:
        result = run_campaign(
            examples=options["examples"],
            seed=options["seed"],
            profile=options["profile"],
            laws=options["laws"] or None,
            processes=options["processes"] or _cores(),
            folder=options["database"] or FOLDER,
            on_report=lines.show,
            client=client,
        )
    lines.close()
    if report_directory is not None:
        from properties.page import write_campaign_page

        click.echo(str(write_campaign_page(result, report_directory)), err=options["as_json"])
    click.echo(json.dumps(result.as_json()) if options["as_json"] else _summary(result))
    if result.failed:
        return 1
    return 130 if result.interrupted else 0


def _cores() -> int:
    """Cores that this process may use, where the system says; all of them elsewhere."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Lines:
    """A line on standard error for every law as it ends, and a bar where that is a terminal."""

    def __init__(self, quiet: bool) -> None:
        from properties.laws import LAWS

        self.quiet = quiet
        self.bar = tqdm(total=len(LAWS), delay=2.0, leave=False, file=sys.stderr, disable=quiet or None, unit="law")

    def show(self, report: LawReport) -> None:
        self.bar.update(1)
        if not self.quiet:
            self.bar.write(_line(report), file=sys.stderr)

    def close(self) -> None:
        self.bar.close()


def _line(report: LawReport) -> str:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in report.counts.items() if count)
    filtered = f", {report.filtered} filtered out" if report.filtered else ""
    return f"{report.status:9} {report.law} ({counts or 'no case'}{filtered}; {report.seconds:.1f} s)"


def _summary(result: CampaignResult) -> str:
    lines = []
    for report in result.reports:
        if report.failed:
            lines += [f"{report.law}: {report.status}", f"  {report.claim} ({report.citation})", f"  {report.detail}"]
        if report.falsifying is not None:
            lines.append(f"  falsifying example: {json.dumps(report.falsifying)}")
        if report.law in result.findings:
            lines.append(f"  replay it with: certify probe --replay {result.findings[report.law]}")
    if result.nearest:
        lines.append("nearest to singular (upper bound on lambda_min over the largest diagonal entry):")
        for entry in result.nearest:
            unit = ", unit rows" if entry["normalize"] == "unit" else ""
            where = entry["certificate"] or ""
            lines.append(
                f"  {entry['relative']:>16}  {entry['check']}  {entry['kernel']} of {entry['network']} on {entry['n']} "
                f"points{unit}  {where}".rstrip()
            )
    found = [report.law for report in result.reports if report.failed]
    cases = sum(sum(report.counts.values()) for report in result.reports)
    state = f"{len(found)} of {len(result.reports)} laws failed" if found else f"{len(result.reports)} laws hold"
    if result.unchecked:
        state += f", {len(result.unchecked)} certificates do not check"
    if result.interrupted:
        state += f", interrupted with {len(result.missing)} laws not run"
    lines.append(
        f"{state}: {cases} cases, {result.proofs} Gram matrices proved, {result.seconds:.1f} s, "
        f"--profile {result.profile.name} --examples {result.profile.examples} --seed {result.seed}"
    )
    return "\n".join(lines)


def _list(as_json: bool) -> int:
    from properties.laws import LAWS

    if as_json:
        rows = [
            {"name": law.name, "theme": law.theme, "claim": law.claim, "citation": law.citation}
            for law in LAWS.values()
        ]
        click.echo(json.dumps(rows))
        return 0
    for law in LAWS.values():
        click.echo(f"{law.name}\n  {law.claim}\n  [{law.citation}]")
    return 0


def _replay(path: Path, as_json: bool) -> int:
    from properties.findings import replay
    from properties.laws import Verdict, encode

    name, case, outcome = replay(path)
    if as_json:
        click.echo(
            json.dumps({"law": name, "verdict": outcome.verdict.value, "detail": outcome.detail, "case": encode(case)})
        )
    else:
        click.echo(f"{name}: {outcome.verdict.value}{': ' if outcome.detail else ''}{outcome.detail}")
    return 1 if outcome.verdict is Verdict.VIOLATED else 0
