"""Pages that show what certificates claim, sites of many, and the gate: plain HTML, no network, no scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.page import render_page, write_page

__all__ = ["render_page", "write_page"]


def __getattr__(name: str) -> Any:
    """Import the pages when they are asked for: the gate needs no templates."""
    if name in __all__:
        from reports import page

        return getattr(page, name)
    raise AttributeError(f"module 'reports' has no attribute {name!r}")
