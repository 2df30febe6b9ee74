"""The certificate file: canonical JSON, sealed by its own digest. `certify/checker` reads this format with code of
its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from certify.points import Points

FORMAT = "ntk-certificate"
VERSION = 1
INLINE_CELLS = 4_000_000


def canonical(value: object) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, ASCII, a newline at the end."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def seal(document: Mapping[str, object]) -> str:
    """SHA-256 of the canonical spelling without the seal itself."""
    return hashlib.sha256(
        canonical({key: value for key, value in document.items() if key != "seal"}).encode()
    ).hexdigest()


def hexadecimal(value: int) -> str:
    return format(value, "x")


def integers(values: Iterable[int]) -> str:
    """Integers as hexadecimal words in one string."""
    return " ".join(map(hexadecimal, values))


def read_integers(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split(" "))


def points_field(points: Points) -> dict[str, Any]:
    """The exact rows as integers over one denominator."""
    return {
        "columns": points.columns,
        "denominator": hexadecimal(points.denominator),
        "rows": [integers(row) for row in points.rows],
    }


def read_points(field: Mapping[str, Any], name: str) -> Points:
    rows: Sequence[str] = field["rows"]
    return Points.reduced([read_integers(row) for row in rows], int(field["denominator"], 16), name=name)


def sealed_document(claim: Mapping[str, Any], proof: Mapping[str, Any], labels: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "claim": dict(claim),
        "format": FORMAT,
        "labels": dict(labels),
        "proof": dict(proof),
        "version": VERSION,
    }
    document["seal"] = seal(document)
    return document
