"""What a law is: a sentence with its source, the cases it speaks of, and a check with three answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from hypothesis.strategies import SearchStrategy

from certify.certificate import Certificate
from certify.stax import Network
from properties.subjects import Scope, Subject


class Verdict(Enum):
    """The three answers. A law that could not be decided on a case has not been confirmed by it."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Outcome:
    """A verdict on one case. `detail` says what was seen, and is empty only where the law holds; `scores` are what a
    hunt drives upward; `certificate` is the proof met on the way, if it proves positivity."""

    verdict: Verdict
    detail: str = ""
    scores: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    certificate: Certificate | None = None


def holds(certificate: Certificate | None = None, **scores: float) -> Outcome:
    return Outcome(Verdict.HOLDS, "", MappingProxyType(scores), certificate)


def violated(detail: str) -> Outcome:
    return Outcome(Verdict.VIOLATED, detail)


def undecided(detail: str) -> Outcome:
    return Outcome(Verdict.UNDECIDED, detail)


@dataclass(frozen=True)
class Domain:
    """The cases that a subject can be asked about.

    A fixed `network` leaves only the laws whose hypotheses it meets. `doubles` restricts points to what float64 holds.
    """

    network: Network | None = None
    doubles: bool = False
    kernels: tuple[str, ...] = ("ntk", "nngp")
    normalizations: tuple[str, ...] = ("none", "unit")
    max_points: int = 8
    columns: tuple[int, int] = (1, 4)


EVERYTHING = Domain()


@dataclass(frozen=True)
class Law:
    """A statement that no kernel may break.

    `name` is how it is asked for, `claim` a sentence, `citation` its source, `theme` the file it stands in.
    `cases(domain)` draws cases that meet the law's hypotheses, None where the domain has no such cases; `check` looks
    at one of them.
    """

    name: str
    theme: str
    claim: str
    citation: str
    scope: Scope
    cases: Callable[[Domain], SearchStrategy[Any] | None]
    check: Callable[[Subject, Any], Outcome]

    def applies_to(self, subject: Subject, domain: Domain) -> bool:
        """Whether the subject can be asked, and has cases to be asked about."""
        able = self.scope in subject.scopes
        return able and self.cases(domain) is not None


LAWS: dict[str, Law] = {}
"""Every law by name, in the order of the themes."""


def law(
    *,
    citation: str,
    cases: Callable[[Domain], SearchStrategy[Any] | None],
    scope: Scope = Scope.KERNEL,
) -> Callable[[Callable[[Subject, Any], Outcome]], Law]:
    """Register a check as a law: its name is the function's, its claim the docstring, its theme the module."""

    def register(check: Callable[[Subject, Any], Outcome]) -> Law:
        name = check.__name__.replace("_", "-")
        claim = " ".join((inspect.getdoc(check) or "").split())
        found = Law(name, check.__module__.rsplit(".", 1)[-1], claim, citation, scope, cases, check)
        LAWS[name] = found
        return found

    return register


RESOLUTION = Fraction(1, 2**30)
"""What counts as zero relative to a matrix's largest entry where a law allows zero itself."""

VANISHING = Fraction(1, 2**1000)
"""What counts as zero whatever the scale: a kernel in float64 has no digits left there."""
