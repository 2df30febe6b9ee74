"""Results of long runs in one JSON file: written after every one, so that a run goes on where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from certify.certificate import write_whole
from certify.errors import InputError
from certify.spectrum.threads import blas_threads


class Store:
    """A dictionary in a file; values are JSON."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, Any] = {}
        if path.exists():
            try:
                self.values = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                raise InputError(f"{str(path)!r} holds no results of an earlier run: remove it.") from None

    def get(self, key: str, compute: Callable[[], Any]) -> Any:
        """The value of the key, computed and written where it is not known."""
        if key not in self.values:
            self.values[key] = compute()
            self._write()
        return self.values[key]

    def fill(self, jobs: Mapping[str, Callable[[], Any]], report: Callable[[str], None], workers: int = 2) -> list[Any]:
        """The values of all keys in their order; those that are not known are computed side by side.

        The computations are numpy's alone (FLINT's precision is one for all threads), each on one thread of BLAS.
        """
        missing = {key: compute for key, compute in jobs.items() if key not in self.values}
        with blas_threads(1), ThreadPoolExecutor(workers) as pool:
            running = {pool.submit(compute): key for key, compute in missing.items()}
            for done in as_completed(running):
                self.values[running[done]] = done.result()
                self._write()
                report(running[done])
        return [self.values[key] for key in jobs]

    def _write(self) -> None:
        write_whole(self.path, json.dumps(self.values, indent=1, sort_keys=True) + "\n")
