"""What lies in a folder of evidence: certificates, and JSON documents told apart by their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certify.errors import InputError

MOST_BYTES = 64 << 20
# The keys by which a document is known. The first kind whose keys are all there is taken.
KINDS: Mapping[str, frozenset[str]] = {
    "claim": frozenset({"request", "expected"}),
    "baseline": frozenset({"format", "slack", "claims"}),
    "reproductions": frozenset({"format", "papers"}),
    "theorems": frozenset({"theorems"}),
    "campaign": frozenset({"laws", "nearest", "profile", "totals"}),
    "audit": frozenset({"target", "networks", "findings", "tolerance"}),
    "gate": frozenset({"baseline", "claims", "results", "passed"}),
    "benchmark": frozenset({"rows", "clock"}),
}
# Recorded claims are questions to the gate and no evidence: they are passed over.
PASSED_OVER = frozenset({"claim", "baseline"})


@dataclass(frozen=True)
class Source:
    """A file and its name as the site shows it, relative to what was named on the command line."""

    path: Path
    shown: str


@dataclass(frozen=True)
class Document:
    """A JSON document of a known kind."""

    source: Source
    kind: str
    content: Any


@dataclass(frozen=True)
class Problem:
    """A file that could not be used: the site says so and goes on."""

    shown: str
    status: str
    reason: str


def gather(named: Sequence[Path]) -> list[Source]:
    """The .cert and .json files of the folders named, in order of their names, and the files named themselves.

    Raises InputError for a name that does not exist.
    """
    found: list[Source] = []
    for name in named:
        if name.is_dir():
            found += [Source(path, printable(path.relative_to(name).as_posix())) for path in sorted(_files(name))]
        elif name.exists():
            found.append(Source(name, printable(name.name)))
        else:
            raise InputError(f"the file or directory {str(name)!r} does not exist: name another one.")
    return found


def printable(text: str) -> str:
    """The text with whatever cannot be shown, half of a surrogate pair for instance, replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in (".cert", ".json") and path.is_file() and not hidden:
            yield path


def read_document(source: Source) -> Document | Problem:
    """The document with its kind, or why it is none that this version knows."""
    try:
        if source.path.stat().st_size > MOST_BYTES:
            return Problem(source.shown, "unsupported", f"the file is larger than {MOST_BYTES >> 20} MiB")
        content = json.loads(source.path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (OSError, ValueError, RecursionError) as error:
        return Problem(source.shown, "malformed", f"no JSON that can be read ({error})"[:200])
    if isinstance(content, dict):
        for kind, keys in KINDS.items():
            if keys <= content.keys():
                return Document(source, kind, content)
    return Problem(
        source.shown, "unknown", "not a campaign, audit, gate report, benchmark, reproduction or list of theorems"
    )


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")
