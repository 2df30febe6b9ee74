"""The gate: all claims of a baseline computed afresh and compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from certify.proofs.gram import Progress
from reports.gate.baseline import Baseline, read_baseline
from reports.gate.claims import Claim, Result
from reports.gate.comparison import Difference, compare
from reports.gate.recomputing import Failure, recompute


@dataclass(frozen=True)
class Outcome:
    """A claim, its present answer, where that is worse than the recorded one, and whether it is better in numbers."""

    claim: Claim
    found: Result | Failure
    differences: tuple[Difference, ...]
    improved: bool
    command: str

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class GateReport:
    """What the gate found, claim by claim in the order of their names."""

    folder: Path
    outcomes: tuple[Outcome, ...]

    @property
    def regressions(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def improved(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.improved)

    @property
    def passed(self) -> bool:
        return not self.regressions


def recompute_all(baseline: Baseline, progress: Progress | None) -> list[Result | Failure]:
    """The present answers to all claims, in their order; `progress(stage, done, total)` is called after each."""
    found = []
    for done, claim in enumerate(baseline.claims, 1):
        found.append(recompute(claim.request, baseline.folder))
        if progress is not None:
            progress("claims", done, len(baseline.claims))
    return found


def run_gate(folder: Path, progress: Progress | None = None) -> GateReport:
    """Recompute every claim of the baseline in `folder` and compare it with what is recorded.

    Deterministic: no time, host or order of arrival enters the report. Raises InputError for a baseline that is
    empty, incomplete, damaged or not recorded; never for what the library answers, which is a finding.
    """
    baseline = read_baseline(folder)
    baseline.require_complete()
    found = recompute_all(baseline, progress)
    return GateReport(
        folder, tuple(_judge(folder, claim, result) for claim, result in zip(baseline.claims, found, strict=True))
    )


def _judge(folder: Path, claim: Claim, found: Result | Failure) -> Outcome:
    assert claim.expected is not None
    differences = compare(claim.expected, found, claim.slack)
    improved = not differences and isinstance(found, Result) and bool(compare(found, claim.expected, claim.slack))
    about_file = any(difference.what == "checker" for difference in differences)
    command = claim.request.command_line(folder, f"{claim.name}.cert" if about_file else None)
    return Outcome(claim, found, differences, improved, command)
