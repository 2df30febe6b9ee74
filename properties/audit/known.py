"""Known failures: findings that somebody has seen, and entries that nothing answers to any more.

A file in TOML (or JSON with the same structure):

    [[known]]
    kind = "imprecise-entry"                                  # required: a kind of finding
    reason = "angle from arccos, issue 12"                    # required: why it is known
    network = "serial(Dense(), *Relu()*)"                     # optional: canonical spelling, * stands for anything
    kernel = "ntk"                                            # optional

An entry is *stale* if the audit looked at a kernel that it speaks of and it excused nothing: the fault is gone, and the
entry should go as well.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from certify.arithmetic.rationals import abbreviate
from certify.errors import InputError
from certify.stax import parse
from properties.audit.answers import Kind
from properties.audit.findings import Finding
from properties.audit.hunting import NetworkReport

_KEYS = ("kind", "reason", "network", "kernel")
_KERNELS = ("ntk", "nngp")
_MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class KnownFailure:
    """One entry; `place` names it in messages."""

    place: str
    kind: Kind
    reason: str
    network: str | None = None
    kernel: str | None = None

    def speaks_of(self, network: str, kernel: str) -> bool:
        if self.kernel not in (None, kernel):
            return False
        if self.network is None:
            return True
        pattern = ".*".join(re.escape(part) for part in self.network.split("*"))
        return re.fullmatch(pattern, network) is not None

    def excuses(self, finding: Finding) -> bool:
        return finding.kind is self.kind and self.speaks_of(finding.network, finding.kernel)

    def __str__(self) -> str:
        of = "".join(f" of {part}" for part in (self.kernel, self.network) if part)
        return f"{self.place} ({self.kind.value}{of})"


def read_known(path: Path) -> tuple[KnownFailure, ...]:
    """The entries of a known-failures file. Raises InputError for a file or an entry that cannot be read."""
    shown = abbreviate(str(path), 200)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"the known-failures file {shown} has more than {_MAX_BYTES} bytes: it should be short.")
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InputError(
            f"the known-failures file {shown} cannot be read ({error.strerror}): check the path."
        ) from None
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        reason = abbreviate(str(error).partition("\n")[0], 120)
        raise InputError(f"the known-failures file {shown} is no {kind} ({reason}): repair it.") from None
    entries = content.get("known") if isinstance(content, dict) else None
    if not isinstance(entries, list) or set(content) != {"known"}:
        raise InputError(f"the known-failures file {shown} must hold entries [[known]] and nothing else: repair it.")
    return tuple(_entry(f"entry {number} of {path.name}", entry) for number, entry in enumerate(entries, 1))


def _entry(place: str, entry: Any) -> KnownFailure:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise InputError(f"{place} must hold texts under the keys {', '.join(_KEYS)}: repair it.")
    for key in entry:
        if key not in _KEYS:
            raise InputError(f"{place} has the unknown key {abbreviate(key)}: known are {', '.join(_KEYS)}.")
    for key in ("kind", "reason"):
        if not entry.get(key, "").strip():
            raise InputError(f"{place} lacks the key {key!r}: add it.")
    kinds = [kind.value for kind in Kind]
    if entry["kind"] not in kinds:
        near = difflib.get_close_matches(entry["kind"], kinds, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(kinds)}."
        raise InputError(f"{place} has the unknown kind {abbreviate(entry['kind'])}: {hint}")
    kernel, network = entry.get("kernel"), entry.get("network")
    if kernel not in (None, *_KERNELS):
        raise InputError(f"{place} has the unknown kernel {abbreviate(kernel)}: write ntk or nngp.")
    if network is not None and "*" not in network:
        try:
            network = repr(parse(network))
        except InputError as error:
            raise InputError(f"{place}: {error}") from None
    return KnownFailure(place, Kind(entry["kind"]), entry["reason"], network, kernel)


def mark_known(
    reports: Iterable[NetworkReport], known: Sequence[KnownFailure]
) -> tuple[tuple[NetworkReport, ...], tuple[KnownFailure, ...]]:
    """The reports with every finding that an entry excuses marked by its reason, and the stale entries."""
    used: set[KnownFailure] = set()
    asked: set[KnownFailure] = set()
    marked = []
    for report in reports:
        asked.update(entry for entry in known if entry.speaks_of(report.network, report.kernel))
        findings = []
        for finding in report.findings:
            answering = [entry for entry in known if entry.excuses(finding)]
            used.update(answering)
            findings.append(replace(finding, known=answering[0].reason) if answering else finding)
        marked.append(replace(report, findings=tuple(findings)))
    return tuple(marked), tuple(entry for entry in known if entry in asked and entry not in used)
