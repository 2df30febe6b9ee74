"""A target in a process of its own: whatever it does there, the audit goes on."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from properties.audit.answers import Answer, Failure, Kind, Unsupported, values_of
from properties.audit.calling import one_line

CALL_SECONDS = 10.0
START_SECONDS = 120.0
CHILD = Path(__file__).with_name("child.py")

Reply = tuple[dict[str, Any], bytes]


class TargetError(Exception):
    """The target does not start: the message says why, `missing` names a module that is not installed."""

    def __init__(self, message: str, missing: str | None = None) -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True)
class Source:
    """What the worker imports: a function of a module (or of a .py file), or an adapter module with a `load`."""

    module: str = ""
    function: str = ""
    adapter: str = ""

    def header(self) -> dict[str, Any]:
        # The folder where the command was started comes first for a stranger's module, as with python -m.
        paths = [entry for entry in sys.path if entry]
        first = [] if self.adapter else [os.getcwd()]
        return {
            "adapter": self.adapter or None,
            "module": self.module,
            "function": self.function,
            "paths": [*first, *(path for path in paths if path not in first)],
        }


@dataclass
class Worker:
    """Asks a target in a child process. After a hang or a death the next question starts a fresh one."""

    source: Source
    call_seconds: float = CALL_SECONDS
    start_seconds: float = START_SECONDS
    library: str | None = None
    starts: int = 0
    _child: _Child | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process if none is running. Raises TargetError where the target does not import."""
        if self._child is not None:
            return
        child = _Child()
        self.starts += 1
        try:
            child.send(self.source.header(), ())
            reply = child.receive(self.start_seconds)
        except _Gone as gone:
            raise TargetError(f"its import ended the process ({gone})") from None
        except _Late:
            raise TargetError(f"its import takes more than {self.start_seconds:g} seconds") from None
        finally:
            if child.replied != 1:
                child.close()
        header = reply[0]
        if not header["ready"]:
            child.close()
            raise TargetError(one_line(header["error"]), header["missing"])
        self.library = header["library"]
        self._child = child

    def ask(self, network: str, kernel: str, x1: NDArray[np.float64], x2: NDArray[np.float64] | None) -> Answer:
        """The target's kernel matrix of float64 rows x1 (n1, d) and x2 (n2, d), or of x1 with itself."""
        try:
            self.start()
        except TargetError as error:
            return Failure(Kind.DIES, f"the target does not start again: {error}")
        assert self._child is not None
        arrays = (x1,) if x2 is None else (x1, x2)
        try:
            self._child.send({"network": network, "kernel": kernel}, arrays)
            header, payload = self._child.receive(self.call_seconds)
        except _Late:
            self.close()
            return Failure(Kind.HANGS, f"no answer within {self.call_seconds:g} seconds")
        except _Gone as gone:
            self.close()
            return Failure(Kind.DIES, f"the call ended its process ({gone})")
        status, detail = header["status"], header["detail"]
        if status == "unsupported":
            return Unsupported(detail)
        if status != "values":
            return Failure(Kind(status), detail)
        shape = (len(x1), len(x1 if x2 is None else x2))
        return values_of(np.frombuffer(payload, dtype="<f8").reshape(shape).astype(np.float64), detail)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._child is not None:
            self._child.close()
            self._child = None


class _Late(Exception):
    """No reply in time."""


class _Gone(Exception):
    """The process has ended; the message says how."""


class _Child:
    """One process, with a thread that waits for its replies."""

    def __init__(self) -> None:
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        # A session of its own, so that Ctrl-C reaches the audit only, which then ends the target.
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            start_new_session=True,
        )
        self.replies: queue.SimpleQueue[Reply | None] = queue.SimpleQueue()
        self.replied = 0
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()

    def _listen(self, stream: IO[bytes]) -> None:
        while line := stream.readline():
            header = json.loads(line)
            self.replies.put((header, stream.read(header["bytes"])))
        self.replies.put(None)
        stream.close()

    def send(self, header: dict[str, Any], arrays: Sequence[NDArray[np.float64]]) -> None:
        assert self.process.stdin is not None
        text = json.dumps({**header, "arrays": [list(array.shape) for array in arrays]})
        try:
            self.process.stdin.write(text.encode("ascii") + b"\n")
            for array in arrays:
                self.process.stdin.write(array.astype("<f8").tobytes())
            self.process.stdin.flush()
        except OSError:
            raise _Gone(self._how()) from None

    def receive(self, seconds: float) -> Reply:
        try:
            reply = self.replies.get(timeout=seconds)
        except queue.Empty:
            raise _Late from None
        if reply is None:
            raise _Gone(self._how())
        self.replied += 1
        return reply

    def _how(self) -> str:
        code = self.process.wait()
        self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, self.errors.tell() - 2000))
        lines = [line for line in self.errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        said = f", saying {one_line(lines[-1])!r}" if lines else ""
        return f"{f'signal {-code}' if code < 0 else f'exit code {code}'}{said}"

    def close(self) -> None:
        if self.process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)  # with whatever processes the target has started
            else:
                self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):  # what nobody has read is flushed into a closed pipe
                self.process.stdin.close()
        self.errors.close()
