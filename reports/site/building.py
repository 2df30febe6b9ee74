"""Putting a site together: sources in, pages out, whatever is damaged named on the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from certify import __version__
from certify.certificate import write_whole
from certify.errors import InputError
from reports.cases.rows import OUTCOMES, order
from reports.page import environment, make_directory
from reports.site.certificates import FOLDER, Entry, add_certificate
from reports.site.comparison import comparison_chart
from reports.site.pages import SECTIONS, Card, Page, frame_for, pages_of
from reports.site.sources import PASSED_OVER, Document, Problem, Source, gather, read_document

INDEX = "index.html"
COMMANDS = {"campaign": "probe", "audit": "audit"}
VERDICTS = ("positive definite", "singular", "negative")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Site:
    """What was built: the index, the certificates that verified, the pages beside them, and what could not be used."""

    index: Path
    entries: tuple[Entry, ...]
    pages: tuple[str, ...]
    problems: tuple[Problem, ...]


def build_site(named: Sequence[Path], out: Path, progress: Progress | None = None) -> Site:
    """Build a site of every certificate and report in the files and folders named.

    Every certificate is checked, and only one that verifies gets a page; a file that is damaged, unknown or does not
    verify is named on the index with its reason. The pages hold no script and refer to nothing outside the folder. The
    same files give the same pages, but for numpy's numbers, which belong to the machine.

    Raises InputError for a name that does not exist, for an output folder that lies in the way, and where nothing at
    all was found.
    """
    tell = progress or (lambda stage, done, total: None)
    sources = [source for source in gather(named) if not _inside(source.path, out)]
    if not sources:
        names = ", ".join(repr(str(name)) for name in named)
        raise InputError(f"there is no .cert or .json file in {names}: certify prove --out FILE.cert makes one.")
    make_directory(out / FOLDER)
    entries: list[Entry] = []
    problems: list[Problem] = []
    pages: list[Page] = []
    stems: set[str] = set()
    taken: set[str] = set()
    documents: list[Document] = []
    for done, source in enumerate(sources):
        tell("pages", done, len(sources))
        found = add_certificate(source, out, stems) if _is_certificate(source) else read_document(source)
        if isinstance(found, Problem):
            problems.append(found)
        elif isinstance(found, Entry):
            entries.append(found)
        else:
            documents.append(found)
    linked = frozenset(entry.name for entry in entries if entry.page)
    for document in documents:
        if document.kind not in PASSED_OVER:
            made = _render_document(document, out, taken, linked)
            if isinstance(made, Problem):
                problems.append(made)
            else:
                pages += made
    tell("pages", len(sources), len(sources))
    index = out / INDEX
    write_whole(index, environment().get_template("site/index.html").render(_index(entries, pages, problems)))
    return Site(index, tuple(entries), tuple(page.path for page in pages), tuple(problems))


def _is_certificate(source: Source) -> bool:
    return source.path.suffix != ".json"


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _render_document(document: Document, out: Path, taken: set[str], linked: frozenset[str]) -> list[Page] | Problem:
    """Write the pages of a document, all of them or none."""
    try:
        pages = pages_of(document, taken, linked)
        texts = [_render(page) for page in pages]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, jinja2.TemplateError) as error:
        what = f"{type(error).__name__}: {error}"[:160]
        return Problem(
            document.source.shown, "malformed", f"it looks like a {document.kind} but cannot be shown ({what})"
        )
    for page, text in zip(pages, texts, strict=True):
        target = out / page.path
        make_directory(target.parent)
        write_whole(target, text)
    return pages


def render_alone(kind: str, content: Any) -> str:
    """The first page of a document of that kind, outside of any site."""
    source = Source(Path(kind), f"certify {COMMANDS[kind]}")
    page = pages_of(Document(source, kind, content), set(), frozenset())[0]
    return environment().get_template(page.template).render(page.context, frame=None, version=__version__)


def _render(page: Page) -> str:
    section = page.path.partition("/")[0]
    return environment().get_template(page.template).render(page.context, frame=frame_for(section), version=__version__)


def _index(entries: Sequence[Entry], pages: Sequence[Page], problems: Sequence[Problem]) -> dict[str, Any]:
    rows = sorted((entry.row for entry in entries if entry.row is not None), key=order)
    cards: dict[str, list[Card]] = {section: [] for section in SECTIONS}
    for page in pages:
        if page.card is not None:
            cards[page.card.section].append(page.card)
    return {
        "entries": entries,
        "problems": problems,
        "rows": rows,
        "outcomes": OUTCOMES,
        "counts": {outcome: sum(row.outcome == outcome for row in rows) for outcome in OUTCOMES},
        "verdicts": {verdict: sum(entry.verdict == verdict for entry in entries) for verdict in VERDICTS},
        "files": {entry.name: entry.file for entry in entries},
        "chart": comparison_chart(rows) if rows else None,
        "passes": sum(row.verdict == "singular" and row.cholesky for row in rows),
        "cards": cards,
        "sections": SECTIONS,
        "version": __version__,
    }
