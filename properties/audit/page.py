"""The report of an audit as one self-contained page."""

from __future__ import annotations

from pathlib import Path

from certify.certificate import write_whole
from certify.errors import InputError
from properties.audit.rendering import report_json
from properties.audit.running import AuditReport
from reports.site import render_alone

PAGE = "audit.html"


def write_page(report: AuditReport, folder: Path) -> Path:
    """Write ``audit.html`` into the folder, which is made where it is missing, and return its path. The same report
    gives the same bytes. Raises InputError where nothing can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the report directory {str(folder)!r} cannot be made ({error.strerror}).") from None
    path = folder / PAGE
    write_whole(path, render_alone("audit", report_json(report)))
    return path
