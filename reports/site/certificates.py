"""Certificates of a site: each one checked, then shown on a page of its own with what the checker said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from certify.certificate import Certificate, load, write_whole
from certify.certificate.document import INLINE_CELLS
from certify.errors import InputError
from certify.proofs.checking import Verification, check
from reports.cases.rows import Row, case_row, engine_for
from reports.claims import read_claim
from reports.float64 import float64_view
from reports.frame import Frame
from reports.numbers import round_down, round_up
from reports.page import legible, render_claim, render_page, safe_stem
from reports.site.sources import Problem, Source

FOLDER = "certificates"


@dataclass(frozen=True)
class Entry:
    """A certificate that verified. `page` and `file` are relative to the index; `page` is None where no page could be
    drawn, and `note` says why. `row` is there where numpy was asked about the same whole matrix."""

    name: str
    page: str | None
    file: str | None
    verdict: str
    bounds: tuple[str | None, str]
    subject: str
    data: str
    n: int
    method: str
    engine: str
    assumptions: tuple[str, ...]
    row: Row | None
    note: str = ""


def add_certificate(source: Source, out: Path, taken: set[str]) -> Entry | Problem:
    """Check the file and, where it is valid, write its page and a copy of it; a file that is not is a Problem."""
    answer = check(source.path, engine=engine_for(source.path), accept_assumptions=True)
    if not answer.valid:
        return Problem(source.shown, answer.status, answer.reason)
    try:
        certificate = load(source.path)
    except InputError as error:
        return Problem(source.shown, "malformed", str(error))
    stem = _free_stem(source, taken)
    entry = _entry(source, certificate, answer, stem)
    data = source.path.read_bytes()
    if _inline(certificate):
        write_whole(out / FOLDER / f"{stem}.cert", data.decode("utf-8"))
        entry = replace(entry, file=f"{FOLDER}/{stem}.cert")
    try:
        text, row = _page(certificate, stem, _frame(source, answer, entry, stem), data, answer.engine)
    except InputError as error:
        return replace(entry, note=str(error))
    write_whole(out / FOLDER / f"{stem}.html", text)
    return replace(entry, page=f"{FOLDER}/{stem}.html", row=row)


def _page(certificate: Certificate, stem: str, frame: Frame, data: bytes, engine: str) -> tuple[str, Row | None]:
    if "weights" in certificate.claim:
        return render_page(certificate, stem, frame), None
    claim = read_claim(certificate)
    with legible():
        view = float64_view(certificate, claim)
    row = case_row(stem, hashlib.sha256(data).hexdigest(), certificate, claim, view, engine)
    return render_claim(certificate, claim, view, stem, frame), row


def _entry(source: Source, certificate: Certificate, answer: Verification, stem: str) -> Entry:
    lower, upper = certificate.lambda_min
    claim = answer.claim or {}
    network = claim.get("network")
    kernel = str(claim.get("kernel", "")).upper()
    data = certificate.labels.get("data")
    return Entry(
        name=stem,
        page=None,
        file=None,
        verdict=certificate.verdict,
        bounds=(None if lower is None else round_down(lower, 4), round_up(upper, 4)),
        subject=f"{kernel} of {network}" if network else "a given matrix",
        data=str(data.get("name", "")) if isinstance(data, dict) else "",
        n=certificate.n,
        method=certificate.method,
        engine=answer.engine,
        assumptions=answer.assumptions,
        row=None,
    )


def _frame(source: Source, answer: Verification, entry: Entry, stem: str) -> Frame:
    return Frame(
        home="../index.html",
        trail="Certificates",
        trail_href="../index.html#certificates",
        checked=answer.reason,
        engine=answer.engine,
        assumptions=answer.assumptions,
        file=None if entry.file is None else f"{stem}.cert",
        shown=source.shown,
    )


def _inline(certificate: Certificate) -> bool:
    """Whether the file holds its points, so that a copy of it verifies anywhere."""
    points = certificate.claim.get("points")
    return points is None or len(points["rows"]) * points["columns"] <= INLINE_CELLS


def _free_stem(source: Source, taken: set[str]) -> str:
    stem = safe_stem(source.path.stem)
    if stem in taken:
        stem = f"{stem}-{hashlib.sha256(source.shown.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    count = 2
    free = stem
    while free in taken:
        free, count = f"{stem}-{count}", count + 1
    taken.add(free)
    return free
