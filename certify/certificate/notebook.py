"""How a certificate shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def as_table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """An HTML table of names and values; everything is shown as text."""
    body = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table><caption style='text-align:left'>{escape(title)}</caption>{body}</table>"
