"""FLINT's memory, kept in order."""

from __future__ import annotations

import flint


def tidy_memory() -> None:
    """Give freed integers back to the allocator.

    FLINT keeps them and hands them out again in the order in which they were freed: after some products the entries of
    a new matrix lie scattered over the memory, and everything that reads them takes up to twice as long.
    """
    flint.ctx.cleanup()
