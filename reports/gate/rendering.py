"""The report of the gate for people and for programs."""

from __future__ import annotations

from typing import Any

from reports.gate.comparison import Difference
from reports.gate.running import GateReport, Outcome
from reports.gate.updating import UpdateReport


def report_text(report: GateReport) -> str:
    """What was, what is, and the command that reproduces it, for every regression; then one line that counts."""
    blocks = [
        "\n".join([outcome.claim.name, *(f"  {d}" for d in outcome.differences), f"  reproduce: {outcome.command}"])
        for outcome in report.regressions
    ]
    found = _count(len(blocks), "regression") if blocks else "nothing"
    summary = f"{_count(len(report.outcomes), 'claim')} recomputed, {found} found"
    if report.improved:
        names = ", ".join(outcome.claim.name for outcome in report.improved)
        summary += f"\nbetter than recorded, keep it with --update: {names}"
    return "\n\n".join([*blocks, summary])


def report_json(report: GateReport) -> dict[str, Any]:
    """One object: counts, and for every claim its status, its differences and the command that reproduces it."""
    return {
        "baseline": str(report.folder),
        "claims": len(report.outcomes),
        "regressions": len(report.regressions),
        "improved": len(report.improved),
        "passed": report.passed,
        "results": [_outcome_json(outcome) for outcome in report.outcomes],
    }


def update_text(report: UpdateReport) -> str:
    """What changed in the baseline, or why nothing was written."""
    if report.refused:
        lines = [f"{name}: {message}" for name, message in report.refused]
        return "\n".join([*lines, f"nothing was written: {_count(len(lines), 'claim')} cannot be recorded"])
    lines = []
    for change in report.changes:
        lines.append(f"{change.kind} {change.name}")
        lines += [f"  {difference}" for difference in change.differences]
    recorded = f"{_count(report.claims, 'claim')} recorded"
    return "\n".join([*lines, recorded if lines else f"{recorded}, nothing changed"])


def update_json(report: UpdateReport) -> dict[str, Any]:
    """One object: what changed, and which claims cannot be recorded."""
    return {
        "baseline": str(report.folder),
        "claims": report.claims,
        "updated": bool(report.changes) and not report.refused,
        "changes": [
            {"name": change.name, "change": change.kind, "differences": _differences(change.differences)}
            for change in report.changes
        ],
        "refused": [{"claim": name, "reason": message} for name, message in report.refused],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "claim": outcome.claim.name,
        "status": "improved" if outcome.improved else "passed" if outcome.passed else "regression",
        "differences": _differences(outcome.differences),
        "command": outcome.command,
    }


def _differences(differences: tuple[Difference, ...]) -> list[dict[str, str]]:
    return [{"what": d.what, "was": d.was, "is": d.now, "note": d.note} for d in differences]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
