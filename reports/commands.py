"""Command lines to copy. Everything that came out of a file is quoted for a shell or left out."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from certify.points import load_points
from reports.claims import Claim

PLACEHOLDER = "FILE.cert"
_OPTION = re.compile(r"(--[a-z-]+)")


@dataclass(frozen=True)
class Command:
    """One line for a shell with what it does."""

    line: str
    purpose: str

    @property
    def pieces(self) -> list[str]:
        """The line cut so that every second piece is an option, which a page keeps on one line."""
        return _OPTION.split(self.line)


@dataclass(frozen=True)
class Commands:
    """How to check a certificate and, where the points are a bundled set, how to make it again."""

    check: tuple[Command, ...]
    again: Command | None
    file: str
    placeholder: bool


def commands_for(claim: Claim, stem: str | None) -> Commands:
    """`stem` is the name of the certificate's file without ".cert"; None where it is not known."""
    known = stem is not None and stem.isprintable() and bool(stem)
    file = _as_argument(f"{stem}.cert") if known else PLACEHOLDER
    accept = " --accept-assumptions" if claim.given_matrix else ""
    what = "the proof for the matrix in the file" if claim.given_matrix else "everything, from the points on"
    check = [
        Command(f"certify check {file}{accept}", f"Verify {what}"),
        Command(
            f"python -I -S certify/checker {file}{accept}",
            "The same with Python’s standard library alone: from a copy of the source, nothing installed",
        ),
    ]
    if claim.proof.get("kind") in ("residual", "modular"):
        check.append(
            Command(f"certify check {file} --engine flint{accept}", "Quicker for many points, with FLINT’s integers")
        )
    if _printable(claim.network):
        data = f" --data {claim.bundled}" if claim.bundled else " --data DATA"
        check.append(
            Command(
                f"certify check {file}{data} --network {shlex.quote(str(claim.network))}",
                "Verify also that it is about the points and the network that you mean",
            )
        )
    return Commands(tuple(check), _again(claim, file), file, not known)


def _as_argument(name: str) -> str:
    """One word for the shell that no program takes for an option."""
    return shlex.quote(f"./{name}" if name.startswith("-") else name)


def _printable(text: str | None) -> bool:
    return text is not None and text.isprintable()


def _again(claim: Claim, file: str) -> Command | None:
    if claim.bundled is None or claim.points is None or not _printable(claim.network):
        return None
    options = [f"--network {shlex.quote(str(claim.network))}", f"--kernel {shlex.quote(str(claim.kernel))}"]
    if claim.unit:
        options.append("--normalize unit")
    rows = claim.labels["data"].get("rows")
    if rows != load_points(claim.bundled).n:
        options.append(f"--rows {rows}")
    keys = claim.points.normalised_keys("unit" if claim.unit else "none")
    if len(set(keys)) < len(keys):
        options.append("--duplicates keep")
    return Command(f"certify prove {claim.bundled} {' '.join(options)} --out {file}", "Make the certificate again")
