"""Results of long runs in one JSON file: written after every one, so that a run goes on where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from certify.certificate import write_whole
from certify.errors import InputError


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
            write_whole(self.path, json.dumps(self.values, indent=1, sort_keys=True) + "\n")
        return self.values[key]
