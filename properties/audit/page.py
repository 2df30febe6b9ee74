"""The report of an audit as one self-contained page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from certify.certificate import write_whole
from certify.errors import InputError
from properties.audit.findings import MEANINGS, Finding
from properties.audit.rendering import example_lines, size_in_words
from properties.audit.running import AuditReport

PAGE = "audit.html"


def write_page(report: AuditReport, folder: Path) -> Path:
    """Write ``audit.html`` into the folder, which is made where it is missing, and return its path. The same report
    gives the same bytes. Raises InputError where nothing can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the report directory {str(folder)!r} cannot be made ({error.strerror}).") from None
    path = folder / PAGE
    write_whole(path, render_page(report))
    return path


def render_page(report: AuditReport) -> str:
    """The page as text: what failed, kind by kind with examples, then every kernel that was looked at."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("properties.audit", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    kinds = []
    for kind, meaning in MEANINGS.items():
        members = [_card(finding) for finding in report.findings if finding.kind is kind and not finding.limit]
        if members:
            kinds.append({"name": kind.value, "meaning": meaning, "findings": members})
    return environment.get_template("audit.html").render(
        report=report,
        kinds=kinds,
        limits=[_card(finding) for finding in report.findings if finding.limit],
        entries=sum(one.tally.entries for one in report.networks),
        examples=sum(one.tally.examples for one in report.networks),
        undecided=sum(one.tally.undecided + one.tally.signs_undecided for one in report.networks),
        clean=[one for one in report.networks if not any(finding.counts for finding in one.findings)],
    )


def _card(finding: Finding) -> dict[str, Any]:
    return {
        "network": finding.network,
        "known": finding.known,
        "examples": finding.examples,
        "worst": size_in_words(finding.worst),
        "lines": example_lines(finding.smallest),
    }
