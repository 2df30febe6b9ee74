"""How an enclosure of a matrix shows itself in a notebook."""

from __future__ import annotations

from html import escape
from typing import Any

from numpy.typing import NDArray

_SHOWN = 8


def matrix_table(title: str, lower: NDArray[Any], upper: NDArray[Any]) -> str:
    """An HTML table of the first rows and columns, the lower bound above the upper one in every cell."""
    rows = []
    for low, high in zip(lower[:_SHOWN], upper[:_SHOWN], strict=True):
        cells = "".join(
            f"<td>{float(a)!r}<br>{float(b)!r}</td>" for a, b in zip(low[:_SHOWN], high[:_SHOWN], strict=True)
        )
        more = "<td>...</td>" if len(low) > _SHOWN else ""
        rows.append(f"<tr>{cells}{more}</tr>")
    if len(lower) > _SHOWN:
        rows.append("<tr><td>...</td></tr>")
    return f"<table><caption style='text-align:left'>{escape(title)}</caption>{''.join(rows)}</table>"
