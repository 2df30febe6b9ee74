"""Recording a baseline: the present answers become the expected ones, in whole files or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from certify.errors import InputError
from certify.proofs.gram import Progress
from reports.gate.baseline import INDEX, Baseline, Index, read_baseline, written
from reports.gate.claims import CHECKER_ANSWERS, Claim, Result
from reports.gate.comparison import Difference, compare, contradiction
from reports.gate.recomputing import Failure
from reports.gate.running import recompute_all


@dataclass(frozen=True)
class Change:
    """What recording changed about one claim, one data file or the index."""

    kind: str
    name: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class UpdateReport:
    """What was recorded. With anything in `refused`, (claim, reason), nothing was written."""

    folder: Path
    claims: int
    changes: tuple[Change, ...]
    refused: tuple[tuple[str, str], ...]


def update_baseline(folder: Path, progress: Progress | None = None) -> UpdateReport:
    """Record the present answers to all claims in `folder`, claims that have no expected result yet included.

    An answer that is neither worse nor better than the recorded one, up to the slack, leaves the file as it is: so
    recording on another processor changes nothing, and repeated recording does not wear the bounds down. A crash and a
    certificate that the checker calls invalid or malformed are bugs and are not recorded: then nothing is written.

    Raises InputError for a baseline that cannot be read, for a request that the library refuses, and where the folder
    cannot be written.
    """
    baseline = read_baseline(folder)
    claims: list[Claim] = []
    refused: list[tuple[str, str]] = []
    for claim, found in zip(baseline.claims, recompute_all(baseline, progress), strict=True):
        if isinstance(found, Failure) and found.refused:
            raise InputError(f"the claim {claim.name!r} cannot be recorded: {found.message}")
        if isinstance(found, Failure):
            refused.append((claim.name, found.message))
        elif found.checker not in (None, *CHECKER_ANSWERS):
            refused.append((claim.name, f"the checker answers {found.checker}"))
        else:
            claims.append(replace(claim, expected=_recorded(claim, found)))
    if refused:
        return UpdateReport(folder, len(baseline.claims), (), tuple(refused))
    index = Index(tuple(claim.name for claim in claims), baseline.data, baseline.slack)
    texts = {f"{claim.name}.json": written(claim.as_json()) for claim in claims} | {INDEX: written(index.as_json())}
    stale = {name: text for name, text in texts.items() if _present(folder / name) != text.encode()}
    changes = _changes(baseline, claims, index)
    if stale and not changes:
        changes = [Change("spelled anew", name) for name in sorted(stale)]
    _write_all(folder, stale)
    return UpdateReport(folder, len(claims), tuple(changes), ())


def _recorded(claim: Claim, found: Result) -> Result:
    """The present answer, or the recorded one where the two are equally good."""
    old = claim.expected
    differs = old is None or compare(old, found, claim.slack) or compare(found, old, claim.slack)
    return found if old is None or differs else old


def _changes(baseline: Baseline, claims: Sequence[Claim], index: Index) -> list[Change]:
    old = baseline.index or Index()
    changes = [Change("removed", name) for name in old.claims if name not in index.claims]
    for before, after in zip(baseline.claims, claims, strict=True):
        if before.name not in old.claims or before.expected is None:
            changes.append(Change("added", after.name))
        elif before.expected != after.expected and after.expected is not None:
            changes.append(Change("changed", after.name, _every_difference(before.expected, after.expected)))
    recorded, present = old.data, index.data
    for file in sorted(set(recorded) | set(present)):
        if recorded.get(file) != present.get(file):
            kind = "added" if file not in recorded else "changed" if file in present else "removed"
            changes.append(Change(kind, file))
    if baseline.index is None:
        changes.append(Change("added", INDEX))
    return changes


def _every_difference(before: Result, after: Result) -> tuple[Difference, ...]:
    """All fields that changed, for better or worse."""
    pairs = ((field.name, getattr(before, field.name), getattr(after, field.name)) for field in fields(Result))
    changed = [Difference(name, _shown(was), _shown(now)) for name, was, now in pairs if was != now]
    disjoint = contradiction(before, after)
    return tuple(changed if disjoint is None else [*changed, disjoint])


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _present(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write_all(folder: Path, texts: Mapping[str, str]) -> None:
    """Write all files or leave all as they were.

    The new contents are complete on the disk before the first name is moved, and a move that fails takes back those
    before it.
    """
    before = {name: _present(folder / name) for name in texts}
    moved: list[str] = []
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".update-") as staging:
            for name, text in texts.items():
                (Path(staging) / name).write_text(text, encoding="ascii", newline="\n")
            # The index last: until it is there, an interrupted update is noticed by the next run.
            for name in sorted(texts, key=lambda name: name == INDEX):
                moved.append(name)
                os.replace(Path(staging) / name, folder / name)
    except BaseException as error:
        for name in moved:
            content = before[name]
            if content is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / name).write_bytes(content)
        if isinstance(error, OSError):
            raise InputError(
                f"the baseline {str(folder)!r} cannot be written ({error.strerror}): choose a folder that can."
            ) from None
        raise
