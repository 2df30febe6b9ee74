"""The campaign: every law, many cases, all cores; what holds, what breaks, and how near to singular it came."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import certify
from certify.errors import InputError
from properties.findings import replay_command, save_finding
from properties.hunting import LawReport
from properties.laws import EVERYTHING, LAWS, Domain, Verdict
from properties.nearest import Nearest, verified
from properties.profiles import PROFILES, Profile
from properties.subjects import LibrarySubject, Subject
from properties.workers import Plan, run_hunts, run_hunts_on

FOLDER = Path(".hypothesis") / "certify-probe"
"""Where a campaign keeps its example database, falsifying examples and certificates, unless told otherwise."""


@dataclass(frozen=True)
class CampaignResult:
    """Reports in the order of the laws, the nearest-to-singular matrices with the checker's answers, and where the
    falsifying examples lie."""

    subject: str
    profile: Profile
    seed: int
    reports: tuple[LawReport, ...]
    missing: tuple[str, ...]
    nearest: tuple[dict[str, Any], ...]
    findings: dict[str, Path]
    processes: int
    seconds: float
    interrupted: bool

    @property
    def unchecked(self) -> list[dict[str, Any]]:
        """Certificates of the nearest list that the checker did not find valid."""
        return [entry for entry in self.nearest if entry["check"] not in ("valid", "unsupported")]

    @property
    def failed(self) -> bool:
        """Whether anything was found: a law that failed, or a certificate that does not check."""
        return bool(self.unchecked) or any(report.failed for report in self.reports)

    @property
    def proofs(self) -> int:
        return sum(report.proofs for report in self.reports)

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": "found" if self.failed else "interrupted" if self.interrupted else "nothing found",
            "subject": self.subject,
            "version": certify.__version__,
            "profile": self.profile.name,
            "examples": self.profile.examples,
            "seed": self.seed,
            "interrupted": self.interrupted,
            "processes": self.processes,
            "seconds": round(self.seconds, 2),
            "proofs": self.proofs,
            "laws": [self._law_json(report) for report in self.reports],
            "not_run": list(self.missing),
            "totals": {
                verdict.value: sum(report.counts.get(verdict.value, 0) for report in self.reports)
                for verdict in Verdict
            },
            "nearest": list(self.nearest),
        }

    def _law_json(self, report: LawReport) -> dict[str, Any]:
        path = self.findings.get(report.law)
        return {
            "name": report.law,
            "theme": report.theme,
            "claim": report.claim,
            "citation": report.citation,
            "status": report.status,
            "detail": report.detail,
            "seed": report.seed,
            "examples": sum(report.counts.values()),
            "asked": report.examples,
            **report.counts,
            "filtered": report.filtered,
            "cut": report.cut,
            "reasons": report.reasons,
            "extremes": {label: round(value, 3) for label, value in report.extremes.items()},
            "proofs": report.proofs,
            "seconds": round(report.seconds, 2),
            "falsifying": report.falsifying,
            "replay": None if path is None else replay_command(path),
            "interrupted": report.interrupted,
        }


def run_campaign(
    *,
    examples: int | None = None,
    seed: int | None = None,
    profile: str | Profile = "dev",
    laws: Iterable[str] | None = None,
    subject: Subject | None = None,
    domain: Domain = EVERYTHING,
    processes: int = 1,
    folder: Path | None = FOLDER,
    on_report: Callable[[LawReport], None] | None = None,
    client: Any = None,
) -> CampaignResult:
    """Put every law (or those named) to the test on random cases.

    `examples` replaces the profile's number of cases a law; without a `seed` one is drawn, and is in the result. The
    example database, the falsifying examples and the certificates of the nearest list go to `folder`; None keeps
    nothing on disk. With a `client` (a `distributed.Client`) the hunts run on its workers, without the example
    database, which is on this machine. `on_report` is called with each law's report as it comes. An interruption ends
    the campaign, and the result holds what was found until then.

    Raises InputError for an unknown profile or law and for a number of examples below 1.
    """
    chosen = _profile(profile, examples)
    names = _names(laws)
    number = secrets.randbits(32) if seed is None else seed
    subject = subject or LibrarySubject()
    if folder is not None:
        _require_folder(folder)
    started = time.perf_counter()
    reports: dict[str, LawReport] = {}
    findings: dict[str, Path] = {}

    def receive(report: LawReport) -> None:
        reports[report.law] = report
        if report.falsifying is not None and folder is not None:
            findings[report.law] = save_finding(report, folder / "falsifying", number)
        if on_report is not None:
            on_report(report)

    here = client is None and folder is not None
    plan = Plan(subject, domain, chosen, number, folder / "examples" if here and folder is not None else None)
    interrupted = (
        run_hunts(plan, names, processes, receive) if client is None else run_hunts_on(client, plan, names, receive)
    )
    ordered = tuple(reports[name] for name in names if name in reports)
    nearest = Nearest.merged(*[report.nearest for report in ordered])
    return CampaignResult(
        subject=subject.name,
        profile=chosen,
        seed=number,
        reports=ordered,
        missing=tuple(name for name in names if name not in reports),
        nearest=tuple(verified(nearest, None if folder is None else folder / "nearest")),
        findings=findings,
        processes=processes,
        seconds=time.perf_counter() - started,
        interrupted=interrupted,
    )


def _profile(profile: str | Profile, examples: int | None) -> Profile:
    if isinstance(profile, str):
        if profile not in PROFILES:
            raise InputError(f"the profile {profile!r} is unknown: choose one of {', '.join(PROFILES)}.")
        profile = PROFILES[profile]
    if examples is None:
        return profile
    if examples < 1:
        raise InputError(f"examples={examples}: ask for at least one example of each law.")
    return Profile(profile.name, examples, profile.reuse, profile.shrink)


def _names(laws: Iterable[str] | None) -> Sequence[str]:
    if laws is None:
        return list(LAWS)
    names = list(dict.fromkeys(laws))
    for name in names:
        if name not in LAWS:
            raise InputError(f"the law {name!r} is unknown: certify probe --list names them all.")
    return names


def _require_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder {str(folder)!r} cannot be made ({error.strerror}): name another one with --database."
        ) from None


def write_json(result: CampaignResult, path: Path) -> Path:
    """The result as one JSON object in a file."""
    path.write_text(json.dumps(result.as_json(), indent=2) + "\n", encoding="utf-8")
    return path
