"""What a claim of the baseline asks: one of the commands that prove something, with its options."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from certify.errors import InputError
from reports.gate.reading import Fields

_COMMON = ("command", "data", "network", "rows", "max_bits")
OPTIONS: dict[str, tuple[str, ...]] = {
    "prove": (*_COMMON, "kernel", "normalize", "duplicates", "shape", "method", "arithmetic", "rel_width"),
    "finite": (*_COMMON, "duplicates", "rel_width", "weights", "seed"),
    "memorise": (*_COMMON, "target", "weights", "seed"),
    "train": (*_COMMON, "target", "kernel", "normalize", "seed", "holdout", "time", "until"),
}
"""The options that each command takes; `prove` takes a given matrix instead of points and a network as well."""

_REQUIRED = {"memorise": ("target",), "train": ("target", "time")}
_OF_A_MATRIX = ("gram", "radius", "rel_width", "max_bits")
_FILES = ("data", "gram", "radius", "weights")
_NUMBERS = ("rel_width", "holdout", "until")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What `certify prove` (or another `command`) is asked: a network on points, or a symmetric matrix with radii
    (`gram`, `radius`).

    `data` is a bundled set or, like `gram`, `radius` and `weights`, a file relative to the folder of the baseline. The
    defaults are written down here so that a claim keeps its meaning when those of the command line change.
    """

    command: str = "prove"
    data: str | None = None
    network: str | None = None
    kernel: str = "ntk"
    normalize: str = "none"
    duplicates: str = "drop"
    rows: int | None = None
    shape: str | None = None
    method: str = "auto"
    arithmetic: str = "auto"
    gram: str | None = None
    radius: str | None = None
    rel_width: str = "1e-3"
    max_bits: int = 4096
    target: str | None = None
    weights: str | None = None
    seed: int = 0
    holdout: str | None = None
    time: str | None = None
    until: str | None = None

    @classmethod
    def read(cls, place: str, value: object) -> Request:
        """Raises InputError for an unknown key, a value of another type, and keys that do not go together."""
        given = Fields.of(place, value, _KEYS)
        values: dict[str, Any] = {}
        for key in given.entries:
            whole = key in ("rows", "max_bits", "seed")
            values[key] = given.whole(key) if whole else given.number(key) if key in _NUMBERS else given.text(key)
        command = given.text("command", OPTIONS) if "command" in values else "prove"
        if "gram" in values and command == "prove":
            _refuse(place, values, _OF_A_MATRIX, "'gram'", "a given matrix has no network and no points")
            return cls(**values)
        for key in ("data", "network", *_REQUIRED.get(command, ())):
            given.required(key)
        if "radius" in values:
            raise InputError(f"{place} has 'radius' without 'gram': it holds the radii of a given matrix.")
        _refuse(place, values, OPTIONS[command], f"the command {command!r}", "that command has no such option")
        return cls(**values)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the request names, relative to the folder of the baseline."""
        named = [getattr(self, key) for key in _FILES]
        return tuple(_file_part(name) for name in named if name is not None and is_file_name(name))

    def located(self, folder: Path) -> Request:
        """The request with its files as paths from the working directory."""
        named = {key: getattr(self, key) for key in _FILES}
        paths: dict[str, Any] = {key: str(folder / name) for key, name in named.items() if name and is_file_name(name)}
        return replace(self, **paths)

    def as_json(self) -> dict[str, Any]:
        """The keys that differ from the defaults, in a fixed order."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    def command_line(self, folder: Path, certificate: str | None = None) -> str:
        """A line for a shell that asks the same, and checks the certificate where one is named."""
        options = self.located(folder).as_json()
        words = ["certify", options.pop("command", "prove")]
        if (data := options.pop("data", None)) is not None:
            words.append(f"./{data}" if data.startswith("-") else data)
        for key, value in options.items():
            words += [f"--{key.replace('_', '-')}", str(value)]
        line = shlex.join(words)
        if certificate is None:
            return line
        accepted = " --accept-assumptions" if self.gram is not None else ""
        return f"{line} --out {shlex.quote(certificate)} && certify check {shlex.quote(certificate)}{accepted}"


_KEYS = tuple(field.name for field in fields(Request))


def is_file_name(name: str) -> bool:
    """Whether `data` names a file; the bundled sets have no suffix and no folder."""
    return "." in name or "/" in name


def _refuse(place: str, values: dict[str, Any], allowed: tuple[str, ...], what: str, why: str) -> None:
    for key in values:
        if key not in allowed:
            raise InputError(f"{place} has both {what} and {key!r}: {why}.")


def _file_part(name: str) -> str:
    """The file of FILE.npz:NAME."""
    file, colon, _ = name.partition(".npz:")
    return f"{file}.npz" if colon else name
