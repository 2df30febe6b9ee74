"""Tools for honest and forged certificates: canonical text, seals, and edits of one place in a document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Document = dict[str, Any]
Edit = Callable[[Document], None]


@dataclass(frozen=True)
class Attack:
    """A file that must be refused, and why.

    `forge` turns a copy of the honest document `base` into the forged one, which is sealed again, or into the bytes of
    the file.  `reason` is a distinctive part of the answer; `check` names the
    checks of the checker that refuse it, separated by semicolons.
    `sidecar`, where there is one, is written beside the file as NAME.points.json.
    """

    name: str
    base: str
    status: str
    reason: str
    what: str
    forge: Callable[[Document], Document | bytes]
    check: str = ""
    sidecar: bytes | None = None


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sealed(document: Document) -> Document:
    """The document with the seal that belongs to it."""
    body = {key: value for key, value in document.items() if key != "seal"}
    return {**body, "seal": digest(canonical(body).encode("ascii"))}


def text_of(document: Document) -> str:
    """The text of the sealed document."""
    return canonical(sealed(document))


def words(values: list[int] | tuple[int, ...]) -> str:
    return " ".join(format(value, "x") for value in values)


def numbers(text: str) -> list[int]:
    return [int(word, 16) for word in text.split(" ")]


def decimal_value(text: str) -> Fraction:
    mantissa, _, exponent = text.partition("e")
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)


def one_unit(text: str, units: int) -> str:
    """A claimed decimal moved by this many units of its last digit."""
    mantissa, _, exponent = text.partition("e")
    value, power = int(mantissa) + units, int(exponent or 0)
    while value and value % 10 == 0:
        value, power = value // 10, power + 1
    return f"{value}e{power}" if value else "0"


def _reach(document: Document, path: str) -> tuple[Any, Any]:
    """The container that holds the last step of a path such as `claim/points/rows/0`, and that step."""
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    for step in steps:
        document = document[step]
    return document, last


def put(path: str, value: object) -> Edit:
    """Sets what stands at a path."""
    return change(path, lambda _: value)


def change(path: str, function: Callable[[Any], Any]) -> Edit:
    """Replaces what stands at a path by a function of it."""

    def edit(document: Document) -> None:
        container, last = _reach(document, path)
        container[last] = function(container[last] if isinstance(container, list) else container.get(last))

    return edit


def replace(path: str, old: str, new: str) -> Edit:
    """Replaces a piece of the string at a path, which must hold it."""

    def function(text: str) -> str:
        if old not in text:
            raise ValueError(f"{path} does not hold {old!r}")
        return text.replace(old, new, 1)

    return change(path, function)


def swap(first: str, second: str) -> Edit:
    """Exchanges what stands at two paths."""

    def edit(document: Document) -> None:
        one, a = _reach(document, first)
        two, b = _reach(document, second)
        one[a], two[b] = two[b], one[a]

    return edit


def drop(path: str) -> Edit:
    """Removes a key or an item."""

    def edit(document: Document) -> None:
        container, last = _reach(document, path)
        del container[last]

    return edit


def word(path: str, index: int, function: Callable[[int], int]) -> Edit:
    """Replaces one integer in a string of integers."""

    def edit(text: str) -> str:
        values = numbers(text)
        values[index] = function(values[index])
        return words(values)

    return change(path, edit)


def edited(*edits: Edit) -> Callable[[Document], Document]:
    """A forger that applies the edits in order."""

    def forge(document: Document) -> Document:
        for edit in edits:
            edit(document)
        return document

    return forge


def after_sealing(edit: Edit) -> Callable[[Document], bytes]:
    """A forger that edits the sealed document and leaves the seal as it was."""

    def forge(document: Document) -> bytes:
        document = sealed(document)
        edit(document)
        return canonical(document).encode("ascii")

    return forge


def rewritten(function: Callable[[str], str]) -> Callable[[Document], bytes]:
    """A forger that changes the text of the sealed certificate, below the level of JSON values."""
    return lambda document: function(text_of(document)).encode("utf-8")


def respelled(old: str, new: str) -> Callable[[Document], bytes]:
    """A forger that replaces the first occurrence of a piece of text."""

    def function(text: str) -> str:
        if old not in text:
            raise ValueError(f"the text does not hold {old!r}")
        return text.replace(old, new, 1)

    return rewritten(function)


def invalid(name: str, base: str, reason: str, check: str, what: str, *edits: Edit) -> Attack:
    """A well-formed certificate, sealed again, that proves nothing."""
    return Attack(name, base, "invalid", reason, what, edited(*edits), check)


def malformed(name: str, base: str, reason: str, check: str, what: str, *edits: Edit) -> Attack:
    """A sealed file of canonical JSON that breaks another rule of the format."""
    return Attack(name, base, "malformed", reason, what, edited(*edits), check)


def unsupported(name: str, base: str, reason: str, check: str, what: str, *edits: Edit) -> Attack:
    """A well-formed certificate that asks for more than the engine does."""
    return Attack(name, base, "unsupported", reason, what, edited(*edits), check)
