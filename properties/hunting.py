"""One law under Hypothesis: random cases, driven towards what is hard, counted, and shrunk where the law breaks."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import given, seed, target
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, UnsatisfiedAssumption
from hypothesis.strategies import DrawFn, SearchStrategy

from properties.laws import EVERYTHING, Domain, Law, Outcome, Verdict, encode, examine
from properties.laws.proving import ProofCount
from properties.nearest import Nearest
from properties.profiles import Profile, hypothesis_settings
from properties.subjects import LibrarySubject, Subject

DECIDED_SHARE = 0.95
"""A law that decides a smaller share of its draws has not been tested, and counts as failed."""

_REASONS_KEPT = 5
_REASON_LENGTH = 160


@dataclass(frozen=True)
class LawReport:
    """What became of one law.

    `counts` are verdicts on the cases drawn before the first violation (that one included), `filtered` the draws that
    an assumption rejected, `cut` those that Hypothesis itself gave up before they became a case. `status`: "holds",
    "violated", "undecided" (too few draws were decided), "error" (the hunt itself failed, see `detail`), or "skipped"
    (no case for this subject). `falsifying` is the shrunk case in JSON, with what was seen in `detail`. `extremes` are
    the largest scores met, `proofs` counts the Gram matrices put to the prover.
    """

    law: str
    theme: str
    claim: str
    citation: str
    seed: int
    examples: int
    counts: dict[str, int]
    filtered: int
    cut: int
    reasons: dict[str, int]
    status: str
    detail: str = ""
    falsifying: dict[str, Any] | None = None
    extremes: dict[str, float] = field(default_factory=dict)
    nearest: tuple[Nearest, ...] = ()
    proofs: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def failed(self) -> bool:
        return self.status in ("violated", "undecided", "error")


class LawViolated(AssertionError):
    """Raised inside Hypothesis, so that it shrinks the case."""


def law_seed(campaign_seed: int, name: str) -> int:
    """The seed of one law: a law hunts the same way whatever other laws run."""
    return int.from_bytes(hashlib.sha256(f"{campaign_seed}:{name}".encode()).digest()[:8], "big")


class _Tally:
    """Counts of one hunt, filled as it goes, so that an interruption loses nothing."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.extremes: dict[str, float] = {}
        self.nearest: list[Nearest] = []
        self.drawn = self.filtered = self.cut = 0
        self.broken: tuple[Any, Outcome] | None = None

    def counted(self, cases: SearchStrategy[Any]) -> SearchStrategy[Any]:
        """The same cases, with a count of draws that no case came of: filtered out by an assumption of the strategy, or
        cut off by Hypothesis, which tries short and mutated sequences of choices that may end too early."""

        @st.composite
        def build(draw: DrawFn) -> Any:
            counting = self.broken is None
            try:
                case = draw(cases)
            except UnsatisfiedAssumption:
                self.filtered += counting
                raise
            except BaseException:
                self.cut += counting
                raise
            self.drawn += counting
            return case

        return build()

    def record(self, outcome: Outcome) -> None:
        self.verdicts[outcome.verdict.value] += 1
        if outcome.verdict is Verdict.UNDECIDED:
            self.reasons[outcome.detail[:_REASON_LENGTH]] += 1
        for label, value in outcome.scores.items():
            self.extremes[label] = max(value, self.extremes.get(label, value))
        if outcome.certificate is not None:
            self.nearest = Nearest.merged(self.nearest, Nearest.of_certificate(outcome.certificate))


def hunt(
    law: Law,
    subject: Subject | None = None,
    domain: Domain = EVERYTHING,
    *,
    profile: Profile,
    campaign_seed: int,
    database: Path | None = None,
) -> LawReport:
    """Look for a case that breaks the law.

    The seed is derived from the campaign's and the law's name, so that one law can be run again alone. Scores of an
    outcome (how near to singular, how wide) are what Hypothesis's targeting drives upward. A KeyboardInterrupt ends
    the hunt and keeps what it found.
    """
    subject = subject or LibrarySubject()
    started, proofs = time.perf_counter(), ProofCount.total
    own_seed = law_seed(campaign_seed, law.name)
    tally = _Tally()
    status, detail, interrupted = "holds", "", False
    cases = law.cases(domain) if law.applies_to(subject, domain) else None

    def report() -> LawReport:
        return LawReport(
            law=law.name,
            theme=law.theme,
            claim=law.claim,
            citation=law.citation,
            seed=own_seed,
            examples=profile.examples,
            counts={verdict.value: tally.verdicts[verdict.value] for verdict in Verdict},
            filtered=tally.filtered,
            cut=tally.cut,
            reasons=dict(tally.reasons.most_common(_REASONS_KEPT)),
            status=status,
            detail=detail,
            falsifying=None if tally.broken is None else encode(tally.broken[0]),
            extremes=tally.extremes,
            nearest=tuple(tally.nearest),
            proofs=ProofCount.total - proofs,
            seconds=time.perf_counter() - started,
            interrupted=interrupted,
        )

    if cases is None:
        status, detail = "skipped", "no case of this law can be put to this kernel"
        return report()

    # In this order: `seed` switches the database off, and the settings outside of it switch it on again.
    @hypothesis_settings(profile, database)
    @seed(own_seed)
    @given(case=tally.counted(cases))
    def obeys(case: Any) -> None:
        outcome = examine(law, subject, case)
        if tally.broken is None:
            tally.record(outcome)
        if outcome.verdict is Verdict.VIOLATED:
            tally.broken = (case, outcome)
            raise LawViolated(outcome.detail)
        for label, value in outcome.scores.items():
            target(value, label=label)

    try:
        obeys()
    except LawViolated:
        pass
    except KeyboardInterrupt:
        interrupted = True
    except HypothesisException as error:
        status, detail = "error", f"{type(error).__name__}: {error}"
    except Exception as error:  # a case could not be drawn
        status, detail = "error", f"{type(error).__name__}: {error}"
    if tally.broken is not None:
        status, detail = "violated", tally.broken[1].detail
    elif status == "holds" and not interrupted and not _decided_enough(tally):
        status, detail = "undecided", _explain(tally)
    return report()


def _decided_enough(tally: _Tally) -> bool:
    decided = tally.verdicts["holds"] + tally.verdicts["violated"]
    return decided > 0 and decided >= DECIDED_SHARE * (tally.drawn + tally.filtered)


def _explain(tally: _Tally) -> str:
    decided = tally.verdicts["holds"] + tally.verdicts["violated"]
    reasons = "; ".join(f"{count} x {reason}" for reason, count in tally.reasons.most_common(2))
    return (
        f"{decided} of {tally.drawn + tally.filtered} draws were decided, {tally.verdicts['undecided']} undecided and "
        f"{tally.filtered} filtered out{': ' if reasons else ''}{reasons}"
    )
