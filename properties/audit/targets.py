"""What is audited: a function of somebody's module, or an adapter's library, in a process of its own; or a function at
hand, in this process."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from certify.arithmetic.rationals import abbreviate
from certify.errors import InputError
from properties.audit.adapters import ADAPTERS, Adapter
from properties.audit.answers import Answer, Failure, Kind, Unsupported, values_of
from properties.audit.calling import call
from properties.audit.worker import CALL_SECONDS, Source, TargetError, Worker

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class Target(Protocol):
    """A kernel that can be asked. A target is closed after use."""

    @property
    def name(self) -> str: ...

    @property
    def library(self) -> str | None: ...

    def ask(self, network: str, kernel: str, x1: NDArray[np.float64], x2: NDArray[np.float64] | None) -> Answer: ...

    def close(self) -> None: ...


@dataclass
class FunctionTarget:
    """A function (x1, x2) -> array of this process, the kernel of one network. It can hang whoever asks it."""

    function: Callable[[Any, Any], Any]
    name: str = "kernel"
    library: str | None = None

    def ask(self, network: str, kernel: str, x1: NDArray[np.float64], x2: NDArray[np.float64] | None) -> Answer:
        status, detail, matrix = call(self.function, x1, x2)
        if matrix is not None:
            return values_of(matrix, detail)
        return Unsupported(detail) if status == "unsupported" else Failure(Kind(status), detail)

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class ProcessTarget:
    """A target behind a worker process; `adapter` where it is a library known by name."""

    name: str
    worker: Worker
    adapter: Adapter | None = None

    @property
    def library(self) -> str | None:
        return self.worker.library

    def ask(self, network: str, kernel: str, x1: NDArray[np.float64], x2: NDArray[np.float64] | None) -> Answer:
        return self.worker.ask(network, kernel, x1, x2)

    def close(self) -> None:
        self.worker.close()


def open_target(text: str, *, call_seconds: float | None = None) -> ProcessTarget:
    """Start the target that a command line names: ``module:function``, ``path/to/file.py:function``, or an adapter.

    Modules are found as with ``python -m``: from the current folder first. A call may take `call_seconds`, ten unless
    an adapter knows better. Raises InputError where the text names
    nothing, or where the target does not import.
    """
    if text in ADAPTERS:
        adapter = ADAPTERS[text]
        target = ProcessTarget(
            text, Worker(Source(adapter=adapter.module), call_seconds or adapter.call_seconds), adapter
        )
    else:
        module, function = _split(text)
        target = ProcessTarget(text, Worker(Source(module, function), call_seconds or CALL_SECONDS))
    try:
        target.worker.start()
    except TargetError as error:
        raise InputError(_refusal(target, error)) from None
    return target


def _split(text: str) -> tuple[str, str]:
    module, colon, function = text.rpartition(":")
    known = _MODULE.fullmatch(module) or module.endswith(".py")
    if not colon or not known or not _MODULE.fullmatch(function):
        raise InputError(
            f"the target {abbreviate(text)} is unknown: write module:function, file.py:function, or one of "
            f"{', '.join(ADAPTERS)}."
        )
    return module, function


def _refusal(target: ProcessTarget, error: TargetError) -> str:
    if target.adapter is not None and (error.missing or "").partition(".")[0] in target.adapter.packages:
        return f"{target.name} is not installed (no module {error.missing}): {target.adapter.install}."
    remedy = "install it anew" if target.adapter else "check its name, and that it imports from the current folder"
    reason = str(error).rstrip(".")
    return f"the target {abbreviate(target.name, 80)} does not import ({reason}): {remedy}."
