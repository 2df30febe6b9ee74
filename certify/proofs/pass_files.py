"""The state of long passes in a file, so that an interrupted run can go on."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.errors import InputError
from certify.spectrum.row_sums import PassState

_SECONDS = 5.0


class PassFile:
    """Saves the states of named passes, and gives them back to a run about the same thing, told by `key`.

    Without a path nothing is saved. Raises InputError for a file of another key, or that is no such state.
    """

    def __init__(self, path: Path | None, key: str) -> None:
        self.path, self.key = path, key
        self.states: dict[str, tuple[int, NDArray[np.float64]]] = {}
        self.last = time.monotonic()
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as content:
                key = str(content["key"].item())
                names, tops = content["names"].tolist(), content["tops"].tolist()
                self.states = {
                    str(name): (int(top), np.array(content[f"sums{k}"], float))
                    for k, (name, top) in enumerate(zip(names, tops, strict=True))
                }
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            raise InputError(f"the file {str(path)!r} holds no state of a pass: remove it to begin anew.") from None
        if key != self.key:
            raise InputError(f"the file {str(path)!r} is the state of another proof: remove it or name another one.")

    def state(self, name: str) -> PassState | None:
        """Where the pass of this name stopped, if it had begun."""
        if name not in self.states:
            return None
        top, sums = self.states[name]
        return PassState(sums.copy(), top)

    def saver(self, name: str) -> Callable[[PassState], None]:
        """What takes the state of this pass after every part: every few seconds, and at its end."""

        def save(now: PassState) -> None:
            if self.path is None or (time.monotonic() - self.last < _SECONDS and not now.ended):
                return
            self.last = time.monotonic()
            self.states[name] = (now.top, now.sums.copy())
            self._write(self.path)

        return save

    def _write(self, path: Path) -> None:
        part = path.with_name(path.name + ".part")
        tops = [top for top, _ in self.states.values()]
        content: dict[str, Any] = {f"sums{k}": sums for k, (_, sums) in enumerate(self.states.values())}
        content |= {"key": np.array(self.key), "names": np.array(list(self.states)), "tops": np.array(tops)}
        try:
            with part.open("wb") as stream:
                np.savez(stream, **content)
            os.replace(part, path)
        except OSError as error:
            raise InputError(
                f"the state {str(path)!r} cannot be written ({error.strerror}): name another file."
            ) from None

    def remove(self) -> None:
        """Forget the states: the proof is done."""
        self.states.clear()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
