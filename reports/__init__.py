"""Pages that show what a certificate claims: self-contained HTML, no network, no scripts."""

from reports.page import render_page, write_page

__all__ = ["render_page", "write_page"]
