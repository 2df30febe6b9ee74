"""The certificate file: canonical JSON, sealed by its own digest. `certify/checker` reads this format with code of
its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from certify.errors import InputError
from certify.points import Points

FORMAT = "ntk-certificate"
VERSION = 1
SHAPED_VERSION = 2
"""Of claims that state the shape of a point; all others are of version 1."""
INLINE_CELLS = 4_000_000


def canonical(value: object) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, ASCII, a newline at the end."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def canonical_pieces(value: object) -> Iterator[str]:
    """The canonical spelling piece by piece, for what is too large to be spelled twice in memory."""
    yield from json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).iterencode(value)
    yield "\n"


def _digest(value: object) -> str:
    """SHA-256 of the canonical spelling."""
    digest = hashlib.sha256()
    for piece in canonical_pieces(value):
        digest.update(piece.encode())
    return digest.hexdigest()


def seal(document: Mapping[str, object]) -> str:
    """SHA-256 of the canonical spelling without the seal itself."""
    return _digest({key: value for key, value in document.items() if key != "seal"})


def hexadecimal(value: int) -> str:
    return format(value, "x")


def integers(values: Iterable[int]) -> str:
    """Integers as hexadecimal words in one string."""
    return " ".join(map(format, values, repeat("x")))


def read_integers(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split(" "))


def points_field(points: Points) -> dict[str, Any]:
    """The exact rows as integers over one denominator."""
    return {
        "columns": points.columns,
        "denominator": hexadecimal(points.denominator),
        "rows": [integers(row) for row in points.rows],
    }


def externalised(document: Mapping[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The document as a file holds it, and the content of a points file of that name beside it where the points are
    large.

    Points of more than 4 million cells go by relative path and digest; the seal is made for the document returned.
    """
    claim = document["claim"]
    field = claim.get("points")
    if field is None or field["columns"] * len(field["rows"]) <= INLINE_CELLS:
        return dict(document), None
    content = {"denominator": field["denominator"], "rows": field["rows"]}
    reference = {
        "columns": field["columns"],
        "count": len(field["rows"]),
        "file": name,
        "sha256": _digest(content),
    }
    return sealed_document({**claim, "points": reference}, document["proof"], document["labels"]), content


def internalised(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The document with the points of the file beside it in place of their reference.

    Raises InputError where that file is missing or another one.
    """
    claim = document["claim"]
    field = claim.get("points")
    if field is None or "file" not in field:
        return dict(document)
    name = str(field["file"])
    try:
        if Path(name).name != name:
            raise OSError(0, "it lies in another folder")
        content = (folder / name).read_bytes()
    except OSError as error:
        raise InputError(f"the points file {name!r} of the certificate cannot be read ({error.strerror}).") from None
    if hashlib.sha256(content).hexdigest() != field["sha256"]:
        raise InputError(f"the points file {name!r} is not the one that the certificate names: restore the original.")
    points = {"columns": field["columns"], **json.loads(content)}
    inline = {**document, "claim": {**claim, "points": points}}
    if seal(document) == document.get("seal"):
        inline["seal"] = seal(inline)
    return inline


def read_points(field: Mapping[str, Any], name: str) -> Points:
    rows: Sequence[str] = field["rows"]
    return Points.reduced([read_integers(row) for row in rows], int(field["denominator"], 16), name=name)


def sealed_document(claim: Mapping[str, Any], proof: Mapping[str, Any], labels: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "claim": dict(claim),
        "format": FORMAT,
        "labels": dict(labels),
        "proof": dict(proof),
        "version": SHAPED_VERSION if "shape" in claim else VERSION,
    }
    document["seal"] = seal(document)
    return document
