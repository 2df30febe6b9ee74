"""The process in which a target of an audit runs: questions come in on standard input, answers leave on a pipe.

Started by its path with ``python -P``, so that the target's own folder decides what it imports. A message is one line
of JSON followed by as many bytes of float64 as the line says.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np

Question = tuple[dict[str, Any], list[Any]]


def _read(stream: IO[bytes]) -> Question | None:
    line = stream.readline()
    if not line:
        return None
    header = json.loads(line)
    arrays = []
    for shape in header.get("arrays", ()):
        size = 8 * shape[0] * shape[1]
        arrays.append(np.frombuffer(stream.read(size), dtype="<f8").reshape(shape).astype(np.float64))
    return header, arrays


def _write(stream: IO[bytes], header: dict[str, Any], payload: bytes = b"") -> None:
    stream.write(json.dumps({**header, "bytes": len(payload)}).encode("ascii") + b"\n" + payload)
    stream.flush()


def _listen(stream: IO[bytes], questions: queue.SimpleQueue[Question]) -> None:
    """Hand questions on; leave at once when nobody can ask any more, even in the middle of an endless answer."""
    while (question := _read(stream)) is not None:
        questions.put(question)
    os._exit(0)


def _execute(path: Path, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _module(name: str) -> Any:
    if not name.endswith(".py"):
        return importlib.import_module(name)
    path = Path(name).resolve()
    sys.path.insert(0, str(path.parent))
    return _execute(path, path.stem)


def _calling(adapter: str | None) -> Any:
    # A stranger may have a package called properties: only adapters of this one import it by that name.
    if adapter:
        return importlib.import_module("properties.audit.calling")
    return _execute(Path(__file__).with_name("calling.py"), "_certify_audit_calling")


def _function(header: dict[str, Any]) -> Callable[..., Any]:
    """The kernel as a function (network, kernel, x1, x2)."""
    if header["adapter"]:
        loaded: Callable[..., Any] = importlib.import_module(header["adapter"]).load()
        return loaded
    found = _module(header["module"])
    for part in header["function"].split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{header['function']} is a {type(found).__name__} and cannot be called")
    function: Callable[..., Any] = found
    return lambda network, kernel, x1, x2: function(x1, x2)


def main() -> None:
    """Import the target, say so, and answer until standard input closes."""
    answers = os.fdopen(os.dup(1), "wb")
    requests = os.fdopen(os.dup(0), "rb")
    # What a target prints must not be heard as an answer, nor may it read the questions.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    start = _read(requests)
    if start is None:
        return
    header = start[0]
    sys.path[:] = header["paths"]
    calling = _calling(header["adapter"])
    try:
        function = _function(header)
    except BaseException as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        _write(answers, {"ready": False, "error": f"{type(error).__name__}: {error}", "missing": missing})
        return
    _write(answers, {"ready": True, "library": getattr(function, "library", None)})
    questions: queue.SimpleQueue[Question] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, questions), daemon=True).start()
    while True:
        header, arrays = questions.get()
        network, kernel = header["network"], header["kernel"]
        x1, x2 = arrays[0], arrays[1] if len(arrays) > 1 else None
        status, detail, matrix = calling.call(lambda a, b, n=network, k=kernel: function(n, k, a, b), x1, x2)
        payload = b"" if matrix is None else matrix.astype("<f8").tobytes()
        _write(answers, {"status": status, "detail": detail}, payload)


if __name__ == "__main__":
    main()
