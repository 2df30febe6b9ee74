"""The part of YAML that workflows here are written in: mappings, lists, plain and quoted scalars, literal blocks.

Anything else is an error, so that what these tests read is what a service reads.
"""

from __future__ import annotations

import json
import re
from typing import Any

_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*):(?: (.*))?")


def read_yaml(text: str) -> Any:
    """The value of a document; every scalar but a list in brackets is text. Raises ValueError for any other YAML."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line or line != line.rstrip():
            raise ValueError(f"line {number} has a tab or blanks at its end")
        indent = len(line) - len(line.lstrip(" "))
        if indent % 2:
            raise ValueError(f"line {number} is indented by {indent}")
        lines.append((indent, line[indent:]))
    value, rest = _block(lines, 0, 0)
    if rest != len(lines):
        raise ValueError(f"line {rest + 1} is indented like nothing before it")
    return value


def _skip(lines: list[tuple[int, str]], at: int) -> int:
    while at < len(lines) and (not lines[at][1] or lines[at][1].startswith("#")):
        at += 1
    return at


def _block(lines: list[tuple[int, str]], at: int, indent: int) -> tuple[Any, int]:
    at = _skip(lines, at)
    if lines[at][1].startswith("- "):
        items = []
        while at < len(lines) and lines[at][0] == indent and lines[at][1].startswith("- "):
            # An item is a mapping whose first key stands behind the dash.
            lines[at] = (indent + 2, lines[at][1][2:])
            item, at = _block(lines, at, indent + 2)
            items.append(item)
            at = _skip(lines, at)
        return items, at
    mapping: dict[str, Any] = {}
    while at < len(lines) and lines[at][0] == indent and not lines[at][1].startswith("- "):
        match = _KEY.fullmatch(lines[at][1])
        if match is None or match[1] in mapping:
            raise ValueError(f"line {at + 1} is no key, or one that stands there twice: {lines[at][1]}")
        key, value = match[1], match[2]
        at += 1
        if value == "|":
            mapping[key], at = _literal(lines, at, indent + 2)
        elif value is not None:
            mapping[key] = _scalar(value)
        else:
            following = _skip(lines, at)
            deeper = following < len(lines) and lines[following][0] == indent + 2
            mapping[key], at = _block(lines, following, indent + 2) if deeper else (None, at)
        at = _skip(lines, at)
    return mapping, at


def _literal(lines: list[tuple[int, str]], at: int, indent: int) -> tuple[str, int]:
    content = []
    while at < len(lines) and (lines[at][0] >= indent or not lines[at][1]):
        content.append(" " * (lines[at][0] - indent) + lines[at][1])
        at += 1
    return "\n".join(content) + "\n", at


def _scalar(text: str) -> Any:
    if text[0] in '["':
        return json.loads(text)
    if text[0] in "{&*!|>'%@`#" or ": " in text or " #" in text:
        raise ValueError(f"the scalar {text} must be quoted")
    return text
