"""A baseline: a folder with one small JSON file a claim, the data of the claims, and an index.

The index `baseline.json` lists the claims, the digests of the data files and the slack, so that a claim or a data file
that went missing or was changed is noticed instead of weakening the gate in silence.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certify.arithmetic.rationals import abbreviate
from certify.errors import InputError
from reports.gate.claims import Claim, Slack
from reports.gate.reading import Fields, read_object

SHIPPED = Path(__file__).resolve().parent.parent / "baseline"
INDEX = "baseline.json"
FORMAT = "ntk-certify baseline"
VERSION = 1
MAX_CLAIMS = 10_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Index:
    """The content of `baseline.json`: names of the claims, SHA-256 of every data file, the common slack."""

    claims: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    slack: Slack = field(default_factory=Slack)

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "slack": self.slack.as_json(),
            "claims": list(self.claims),
            "data": dict(self.data),
        }


@dataclass(frozen=True)
class Baseline:
    """The claims of a folder in the order of their names, and the index as it stands there (None: there is none)."""

    folder: Path
    index: Index | None
    claims: tuple[Claim, ...]
    data: Mapping[str, str]

    @property
    def slack(self) -> Slack:
        return Slack() if self.index is None else self.index.slack

    def require_complete(self) -> None:
        """Raise InputError unless the index lists exactly the claims and the data that are there, and every claim has
        an expected result."""
        shown = abbreviate(str(self.folder), 200)
        if self.index is None:
            raise InputError(f"the baseline {shown} has no {INDEX}: record it with certify gate --update.")
        names = {claim.name for claim in self.claims}
        for name in self.index.claims:
            if name not in names:
                raise InputError(f"the claim {name!r} of the baseline {shown} is missing: restore it or use --update.")
        for claim in self.claims:
            if claim.name not in self.index.claims or claim.expected is None:
                raise InputError(f"the claim {claim.name!r} of the baseline {shown} is not recorded yet: use --update.")
        recorded = self.index.data
        for file in sorted(set(self.data) | set(recorded)):
            if self.data.get(file) != recorded.get(file):
                raise InputError(
                    f"the data file {file!r} of the baseline {shown} is not what was recorded: restore it or use "
                    "--update."
                )


def read_baseline(folder: Path) -> Baseline:
    """The claims of a folder. Nothing is recomputed, and what the index lists is not yet compared with what is there.

    Raises InputError for a folder that is missing or without claims, and for a file that is missing, damaged or has a
    key or a value that is not understood.
    """
    shown = abbreviate(str(folder), 200)
    if not folder.is_dir():
        raise InputError(f"the baseline {shown} is no directory: name a folder of claims.")
    index = _read_index(folder / INDEX) if (folder / INDEX).exists() else None
    slack = Slack() if index is None else index.slack
    paths = [path for path in folder.glob("*.json") if path.name != INDEX and not path.name.startswith(".")]
    if not paths:
        raise InputError(f"the baseline {shown} is empty: add a file NAME.json with a request, then use --update.")
    if len(paths) > MAX_CLAIMS:
        raise InputError(f"the baseline {shown} holds {len(paths)} claims: split it, at most {MAX_CLAIMS} are read.")
    claims = tuple(_read_claim(path, slack) for path in sorted(paths, key=lambda path: path.stem))
    files = sorted({file for claim in claims for file in claim.request.files})
    return Baseline(folder, index, claims, {file: _digest(folder, file) for file in files})


def written(document: Mapping[str, Any]) -> str:
    """The one spelling of a file of a baseline: two spaces, ASCII, a newline at the end."""
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _read_claim(path: Path, slack: Slack) -> Claim:
    if not _NAME.fullmatch(path.stem):
        raise InputError(
            f"the name of {abbreviate(str(path), 200)} is no name of a claim: use letters, digits, dots and dashes."
        )
    return Claim.read(f"the claim {path.stem!r}", path.stem, read_object(path), slack)


def _read_index(path: Path) -> Index:
    place = f"the index {abbreviate(str(path), 200)}"
    given = Fields.of(place, read_object(path), ("format", "version", "slack", "claims", "data"))
    if given.required("format") != FORMAT or given.required("version") != VERSION:
        raise InputError(f"{place} is of another format than {FORMAT!r} version {VERSION}: use the release it names.")
    claims = given.required("claims")
    if not isinstance(claims, list) or not all(isinstance(name, str) and _NAME.fullmatch(name) for name in claims):
        raise InputError(f"{place}, 'claims' is no list of names: record it again with --update.")
    data = Fields.of(place, {"data": given.required("data")}, ("data",)).entries["data"]
    if not isinstance(data, dict) or not all(isinstance(digest, str) for digest in data.values()):
        raise InputError(f"{place}, 'data' does not give a digest for each file: record it again with --update.")
    return Index(tuple(claims), data, Slack().overridden(f"{place}, 'slack'", given.required("slack")))


def _digest(folder: Path, file: str) -> str:
    place = f"the data file {file!r} of the baseline {abbreviate(str(folder), 200)}"
    if Path(file).is_absolute() or "\\" in file:
        raise InputError(f"{place} is not relative to it: keep the data of claims beside them.")
    try:
        return hashlib.sha256((folder / file).read_bytes()).hexdigest()
    except FileNotFoundError:
        raise InputError(f"{place} is missing: restore it.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{place} cannot be read ({getattr(error, 'strerror', error)}): restore it.") from None
