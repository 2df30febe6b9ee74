"""The corpus as the tests read it: every file with the answer that the checker must give."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forging import change, one_unit, text_of

HERE = Path(__file__).resolve().parent
INDEX = HERE / "index.json"
FOLDERS = ("valid", "invalid", "malformed", "unsupported")
BOUNDS = {
    "lower": (1, "the claimed lower bound is not proved"),
    "upper": (-1, "the claimed upper bound is not proved"),
}


@dataclass(frozen=True)
class Case:
    """A file with its status, a part of the reason, and for an attack what it is in a sentence.

    `check` names the checks of the checker that refuse it, separated by semicolons; "a: b" is a part of the check a.
    """

    path: Path
    status: str
    reason: str
    what: str = ""
    check: str = ""

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    def fits(self, status: str, reason: str) -> bool:
        """Whether this is the expected answer."""
        return status == self.status and self.reason in reason


def load_cases() -> tuple[Case, ...]:
    """Every case of the index, in its order."""
    entries = json.loads(INDEX.read_text(encoding="ascii"))
    return tuple(Case(HERE / file, **entry) for file, entry in entries.items())


def sharpened_cases(folder: Path) -> Iterator[Case]:
    """Writes every valid numerical certificate again with one bound a unit sharper, which its proof does not show.

    This pins the checker's own bounds, to more digits than the last bit of an entry is worth.
    """
    for file in (HERE / "valid").glob("*.points.json"):
        shutil.copy(file, folder)
    for case in load_cases():
        if case.status != "valid":
            continue
        document = json.loads(case.path.read_text(encoding="ascii"))
        if document["proof"]["kind"] not in ("residual", "modular") or document["claim"]["verdict"] == "singular":
            continue
        for side, (step, reason) in BOUNDS.items():
            if document["claim"]["lambda_min"][side] is None:
                continue
            forged = json.loads(case.path.read_text(encoding="ascii"))
            change(f"claim/lambda_min/{side}", lambda text, step=step: one_unit(text, step))(forged)
            path = folder / f"{case.path.stem}-{side}.cert"
            path.write_text(text_of(forged), encoding="ascii")
            yield Case(path, "invalid", reason)
