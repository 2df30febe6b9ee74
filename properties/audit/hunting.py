"""The search: Hypothesis draws points, looks at everything there, and shrinks every fault it meets."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from certify.stax import Network
from properties.audit.answers import Kind
from properties.audit.examination import Examiner, Observation, Rows, Tally
from properties.audit.examples import classics, data_rows, ordinary_rows, scaled_classics, scaled_rows
from properties.audit.findings import Finding, gather
from properties.audit.targets import Target

SHRINK_CALLS = 40
_SCALED = (Kind.SCALE_NAN, Kind.SCALE_INFINITY, Kind.SCALE_WRONG, Kind.SCALE_IMPRECISE)
_UNSHRINKABLE = (Kind.HANGS, Kind.DIES)
_ANYWHERE = (Kind.RAISES, Kind.SHAPE, Kind.TYPE)

Looks = tuple[Callable[[Rows], list[Observation]], ...]


@dataclass(frozen=True)
class Effort:
    """How hard to look: drawn examples, their size, the seed that decides all of them, and the tolerance in ulps."""

    examples: int
    seed: int
    tolerance: Fraction
    columns: tuple[int, int] = (1, 3)
    max_rows: int = 4


@dataclass(frozen=True)
class NetworkReport:
    """What was found about one kernel, and how much was looked at."""

    network: str
    kernel: str
    findings: tuple[Finding, ...]
    tally: Tally
    given_up: bool


@dataclass(frozen=True)
class _Plan:
    """One family of examples, and what is done at each."""

    strategy: SearchStrategy[Rows]
    looks: Looks
    share: int = 1
    scaled: bool = False


def hunt(target: Target, network: Network, kernel: str, data: tuple[Rows, ...], effort: Effort) -> NetworkReport:
    """Everything that is wrong with the target's kernel of this network, as far as the effort finds it.

    Classics and the data sets are looked at whole, then Hypothesis draws point sets of ordinary and of extreme size;
    every kind of fault that was seen is searched for once more and shrunk. The same seed and versions give the same
    examples.
    """
    examiner = Examiner(target, network, kernel, effort.tolerance)
    record = _Record()
    for rows in (*classics(effort.columns), *data):
        record.look(rows, (examiner.matrix, examiner.permutation, examiner.blocks))
    for rows in scaled_classics(network, effort.columns):
        record.look(rows, (examiner.scaled,))
    plans = _plans(examiner, network, data, effort)
    for number, plan in enumerate(plans):
        examples = max(1, effort.examples // plan.share)
        _search(plan.strategy, partial(record.look, looks=plan.looks), examples, effort, number)
    shrunk: set[Kind] = set()
    while True:
        findings = gather(repr(network), kernel, record.seen)
        # Shrinking one fault may come across another.
        pending = [finding.kind for finding in findings if finding.kind not in shrunk]
        if not pending:
            break
        _shrink(pending[0], plans, record, examiner, effort)
        shrunk.add(pending[0])
    examiner.tally.examples = record.examples
    return NetworkReport(repr(network), kernel, tuple(findings), examiner.tally, examiner.given_up)


def _plans(examiner: Examiner, network: Network, data: tuple[Rows, ...], effort: Effort) -> list[_Plan]:
    ordinary = ordinary_rows(network, effort.columns, effort.max_rows)
    everything = (examiner.matrix, examiner.permutation, examiner.blocks)
    plans = [_Plan(ordinary, everything)]
    plans += [_Plan(data_rows(rows, effort.max_rows), everything, share=4) for rows in data]
    scaled = scaled_rows(network, effort.columns)
    plans.append(_Plan(scaled, (examiner.scaled,), share=2, scaled=True))
    return plans


class _Record:
    """All observations, with the number of the example that they were made at."""

    def __init__(self) -> None:
        self.examples = 0
        self.seen: list[tuple[int, Observation]] = []

    def look(self, rows: Rows, looks: Looks) -> bool:
        """Look at a new example and ask for the next one."""
        found = [observation for look in looks for observation in look(rows)]
        self.seen += [(self.examples, observation) for observation in found]
        self.examples += 1
        return False


def _shrink(kind: Kind, plans: list[_Plan], record: _Record, examiner: Examiner, effort: Effort) -> None:
    """Search once more for one kind of fault, by the looks that show it; what comes up on the way is recorded. What is
    a limit of the format everywhere is left as it is."""
    if kind in _UNSHRINKABLE or all(o.limit for _, o in record.seen if o.kind is kind):
        return
    budget = examiner.tally.calls + SHRINK_CALLS
    answers: dict[Rows, bool] = {}

    def shows(rows: Rows, looks: Looks) -> bool:
        # Beyond the budget nothing new is asked, but what was answered stays: Hypothesis asks for its result again.
        if rows not in answers and examiner.tally.calls < budget and not examiner.given_up:
            found = [observation for look in looks for observation in look(rows)]
            record.seen += [(-1, observation) for observation in found]
            answers[rows] = any(observation.kind is kind and not observation.limit for observation in found)
        return answers.get(rows, False)

    for number, plan in enumerate(plans):
        if (kind in _SCALED) is plan.scaled or (kind in _ANYWHERE and plan.scaled):
            looks = _looks_for(kind, plan, examiner)
            if _search(plan.strategy, partial(shows, looks=looks), effort.examples, effort, number):
                return


def _looks_for(kind: Kind, plan: _Plan, examiner: Examiner) -> Looks:
    """The quickest look that shows this kind of fault."""
    quickest = {
        Kind.PERMUTATION: examiner.permutation,
        Kind.BLOCKS: examiner.blocks,
        Kind.SIGN: examiner.matrix,
        **dict.fromkeys(_SCALED, examiner.scaled),
    }
    return plan.looks if kind in _ANYWHERE else (quickest.get(kind, examiner.entries),)


def _search(
    strategy: SearchStrategy[Any], condition: Callable[[Any], bool], examples: int, effort: Effort, number: int
) -> bool:
    """Whether Hypothesis finds a value that meets the condition; it then has shrunk it. Each number has examples of its
    own, and the same ones each time."""
    chosen = settings(
        max_examples=examples, database=None, deadline=None, phases=(Phase.generate, Phase.shrink), derandomize=False
    )
    random = Random(zlib.crc32(f"{effort.seed} {number}".encode("ascii")))
    try:
        find(strategy, condition, settings=chosen, random=random)
    except NoSuchExample:
        return False
    return True
