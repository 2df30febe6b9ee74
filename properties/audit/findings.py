"""What an audit has found: one finding for each kind of fault of each kernel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from properties.audit.answers import Kind
from properties.audit.examination import Observation

MEANINGS = {
    Kind.NAN: "entries that are not a number",
    Kind.INFINITY: "infinite entries",
    Kind.WRONG: "entries off by a millionth of sqrt(K_ii K_jj) or more",
    Kind.IMPRECISE: "entries off by more than the tolerance",
    Kind.ASYMMETRY: "K[i, j] and K[j, i] differ",
    Kind.PERMUTATION: "another order of the points changes entries",
    Kind.BLOCKS: "K(x1, x2) is no block of K(x)",
    Kind.SIGN: "the smallest eigenvalue has the wrong sign",
    Kind.SCALE_NAN: "not a number at very large or small points",
    Kind.SCALE_INFINITY: "infinite at very large or small points",
    Kind.SCALE_WRONG: "wrong without a word at very large or small points",
    Kind.SCALE_IMPRECISE: "imprecise at very large or small points",
    Kind.RAISES: "the call raises",
    Kind.SHAPE: "the matrix has the wrong shape",
    Kind.TYPE: "what is returned is no array of real numbers",
    Kind.HANGS: "the call does not return",
    Kind.DIES: "the call ends its process",
}


@dataclass(frozen=True)
class Finding:
    """A kind of fault of one kernel: in how many of the examples it was seen, the smallest example that shows it, and
    the one with the largest error. `limit`: every example is one that no matrix of this format could get right."""

    network: str
    kernel: str
    kind: Kind
    examples: int
    smallest: Observation
    worst: Observation
    limit: bool
    known: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it makes the audit fail."""
        return not self.limit and self.known is None


def gather(network: str, kernel: str, found: Iterable[tuple[int, Observation]]) -> list[Finding]:
    """Findings from observations, each with the number of its example. Faults of a format and faults of the library
    are kept apart: where there are both of one kind, the finding is about the library's."""
    by_kind: dict[Kind, list[tuple[int, Observation]]] = {}
    for example, observation in found:
        by_kind.setdefault(observation.kind, []).append((example, observation))
    findings = []
    for kind in Kind:
        members = by_kind.get(kind, [])
        own = [member for member in members if not member[1].limit] or members
        if own:
            smallest = min((observation for _, observation in own), key=lambda o: o.size)
            worst = max((observation for _, observation in own), key=lambda o: o.relative)
            # Examples of the shrinking are numbered below zero, and say nothing about how often a fault is met.
            count = len({example for example, _ in own if example >= 0})
            findings.append(Finding(network, kernel, kind, max(count, 1), smallest, worst, smallest.limit))
    return findings
