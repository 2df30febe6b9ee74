"""Colour for the one word that matters: blue where something is proved, yellow where it is not; never in a pipe.

The words carry the meaning. click removes colour where the output is no terminal; NO_COLOR (no-color.org) removes it
everywhere.
"""

from __future__ import annotations

import os

import click

_COLOURS = {
    **dict.fromkeys(("positive definite", "singular", "negative", "valid"), "blue"),
    **dict.fromkeys(("undecided", "unsupported"), "yellow"),
    **dict.fromkeys(("invalid", "malformed"), "magenta"),
}


def paint(word: str) -> str:
    """The word, bold and in the colour of its kind where it has one."""
    colour = _COLOURS.get(word)
    return word if colour is None or os.environ.get("NO_COLOR") else click.style(word, fg=colour, bold=True)
