"""Falsifying examples in files: written once found, replayed by name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from certify.certificate import write_whole
from certify.errors import InputError
from properties.hunting import LawReport
from properties.laws import LAWS, Outcome, decode, examine
from properties.subjects import LibrarySubject, Subject

FORMAT = "ntk-certify falsifying example"


def replay_command(path: Path) -> str:
    return f"certify probe --replay {path}"


def save_finding(report: LawReport, folder: Path, campaign_seed: int) -> Path:
    """Write the shrunk case of a violated law, and give the path. The name is the law's and a digest of the case."""
    digest = hashlib.sha256(json.dumps(report.falsifying, sort_keys=True).encode()).hexdigest()[:10]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{report.law}-{digest}.json"
    content = {
        "format": FORMAT,
        "law": report.law,
        "claim": report.claim,
        "citation": report.citation,
        "seen": report.detail,
        "seed": campaign_seed,
        "case": report.falsifying,
        "replay": replay_command(path),
    }
    write_whole(path, json.dumps(content, indent=2) + "\n")
    return path


def read_finding(path: Path) -> tuple[str, Any]:
    """(name of the law, case) from a file that `save_finding` wrote. Raises InputError for any other."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT or content["law"] not in LAWS:
            raise ValueError
        return content["law"], decode(content["case"])
    except OSError as error:
        raise InputError(f"the file {str(path)!r} cannot be read ({error.strerror}): check the path.") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(
            f"the file {str(path)!r} holds no falsifying example of a known law: certify probe writes them."
        ) from None


def replay(path: Path, subject: Subject | None = None) -> tuple[str, Any, Outcome]:
    """(law, case, what becomes of the law on it now)."""
    name, case = read_finding(path)
    return name, case, examine(LAWS[name], subject or LibrarySubject(), case)
