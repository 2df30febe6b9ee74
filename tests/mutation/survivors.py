"""Explained survivors: mutants that no test can or need tell from the checker, each with the reason why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from mutants import Name

SURVIVORS = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Explained:
    """What survivors.toml says: survivors with their reasons, whole functions that are left out, and what waits to come
    under the gate, files and functions ("file.py:function"), tried only where a run names their file."""

    reasons: dict[Name, str]
    outside: dict[tuple[str, str], str]
    waiting: frozenset[str]

    def leaves_out(self, name: Name) -> bool:
        """Whether the function of a mutant, or its whole file, is left out."""
        return (name.file, name.function) in self.outside or (name.file, "*") in self.outside

    def waits(self, name: Name) -> bool:
        """Whether nobody has gone through the survivors of a mutant's file or function yet."""
        return name.file in self.waiting or f"{name.file}:{name.function}" in self.waiting


def read_survivors(path: Path = SURVIVORS) -> Explained:
    """Raises ValueError for an entry without a reason and for one that stands there twice."""
    with path.open("rb") as stream:
        content = tomllib.load(stream)
    outside = {(entry["file"], entry["function"]): entry["reason"] for entry in content.get("outside", [])}
    reasons: dict[Name, str] = {}
    for group in content.get("survivors", []):
        if not group["reason"].strip():
            raise ValueError(f"survivors in {group['file']} have no reason")
        for before, after, *number in group["changes"]:
            name = Name(group["file"], group["function"], before, after, *number)
            if name in reasons:
                raise ValueError(f"{name} is explained twice")
            reasons[name] = group["reason"]
    return Explained(reasons, outside, frozenset(content.get("waiting", [])))


def spelled(name: Name) -> str:
    """A mutant as an item of a list of changes in survivors.toml."""
    parts = [_quoted(name.before), _quoted(name.after), *([str(name.number)] if name.number > 1 else [])]
    return f"  [{', '.join(parts)}],"


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
