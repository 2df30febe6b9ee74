"""Running the reproductions: certificates are written and checked, and a document says what was found."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from certify import __version__
from certify.certificate import Certificate, write_whole
from certify.errors import InputError
from certify.proofs import check
from reports.page import make_directory
from reports.papers import s0, s1, s2, s3, s4
from reports.papers.claim import Paper

PAPERS: dict[str, Paper] = {paper.key: paper for paper in (s0.PAPER, s1.PAPER, s2.PAPER, s3.PAPER, s4.PAPER)}
FORMAT = "ntk-certify reproductions"
DOCUMENT = "papers.json"
ENGINE_ROWS = 300
Report = Callable[[str], None]


def reproduce(
    keys: Sequence[str] = (), claim: str | None = None, out: Path | None = None, report: Report = print
) -> dict[str, Any]:
    """Reproduce the claims of the papers named, all five by default, and give the document that a site shows.

    Every certificate is given to the checker, and a claim whose certificate does not verify has status "failed".
    `out` takes the certificates and the document. Raises InputError for an unknown paper or claim.
    """
    papers = [_paper(key) for key in keys] or list(PAPERS.values())
    if claim is not None and not any(claim in paper.claims for paper in papers):
        known = ", ".join(name for paper in papers for name in paper.claims)
        raise InputError(f"claim={claim!r} is unknown: choose one of {known}.")
    if out is not None:
        make_directory(out)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if out is None else out
        document = {
            "format": FORMAT,
            "version": __version__,
            "papers": [found for paper in papers if (found := _reproduced(paper, claim, folder, report))],
        }
    if out is not None:
        write_whole(out / DOCUMENT, json.dumps(document, indent=1) + "\n")
    return document


def _paper(key: str) -> Paper:
    found = PAPERS.get(key.upper())
    if found is None:
        raise InputError(f"paper={key!r} is unknown: choose one of {', '.join(PAPERS)}.")
    return found


def _reproduced(paper: Paper, wanted: str | None, folder: Path, report: Report) -> dict[str, Any] | None:
    def save(name: str, certificate: Certificate) -> bool:
        path = certificate.save(folder / f"{name}.cert")
        engine = "python" if certificate.n <= ENGINE_ROWS or certificate.method == "theorem" else "flint"
        return check(path, engine=engine).valid

    claims = []
    for key, maker in paper.claims.items():
        if wanted in (None, key):
            claim = maker(save)
            report(f"{paper.key} {claim.key}: {claim.status}")
            claims.append(claim.as_json())
    if not claims:
        return None
    keys = ("key", "title", "authors", "year", "arxiv", "summary")
    return {**{key: getattr(paper, key) for key in keys}, "claims": claims}


def text_report(document: dict[str, Any]) -> str:
    """What was found, for a terminal."""
    lines = []
    for paper in document["papers"]:
        lines.append(f"{paper['key']}  {paper['authors']} ({paper['year']}): {paper['title']}, arXiv {paper['arxiv']}")
        for claim in paper["claims"]:
            lines += [f"  {claim['status']:10} {claim['title']} ({claim['place']})", f"  {'':10} {claim['found']}"]
    counts: dict[str, int] = {}
    for paper in document["papers"]:
        for claim in paper["claims"]:
            counts[claim["status"]] = counts.get(claim["status"], 0) + 1
    return "\n".join([*lines, ", ".join(f"{count} {status}" for status, count in counts.items())])
