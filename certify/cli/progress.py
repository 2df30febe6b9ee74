"""A progress bar for work that takes longer than two seconds, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from certify.proofs.gram import Progress

DELAY_SECONDS = 2.0


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress]:
    """A callback (stage, done, total) that draws one bar a stage on standard error."""
    bars: dict[str, tqdm] = {}

    def report(stage: str, done: int, total: int) -> None:
        bar = bars.get(stage)
        if bar is None:
            for other in bars.values():
                other.close()
            bars.clear()
            bar = bars[stage] = tqdm(
                total=total,
                desc=stage,
                delay=DELAY_SECONDS,
                leave=False,
                file=sys.stderr,
                disable=quiet or None,
                unit_scale=True,
            )
        bar.update(done - bar.n)

    try:
        yield report
    finally:
        for bar in bars.values():
            bar.close()
