"""What a page of a site says beyond its subject: the way back, and what the checker answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """`home` is the index relative to the page; `trail` names the part of the site. For a certificate `checked` is the
    checker's answer by its `engine`, `file` a copy beside the page, `shown` the file's name in the folder given."""

    home: str
    trail: str
    trail_href: str
    checked: str | None = None
    engine: str | None = None
    assumptions: tuple[str, ...] = ()
    file: str | None = None
    shown: str | None = None
