"""A kernel function's tests: what an audit looks for, and the laws that its kernel obeys, each under a name."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample

from certify.errors import InputError
from certify.points import Points
from certify.stax import Network, parse
from properties.audit.answers import Kind
from properties.audit.comparison import DEFAULT_TOLERANCE
from properties.audit.findings import MEANINGS, Finding
from properties.audit.known import KnownFailure, read_known
from properties.audit.rendering import example_lines
from properties.audit.running import DEFAULT_EXAMPLES, AuditReport, audit, check_options
from properties.audit.targets import FunctionTarget
from properties.laws import LAWS, Domain, Law, Verdict, examine
from properties.strategies import as_float64
from properties.subjects import FloatSubject

CHECKS: dict[str, tuple[Kind, ...]] = {
    "returns-a-matrix": (Kind.RAISES, Kind.TYPE, Kind.SHAPE),
    "entries-are-right": (Kind.WRONG, Kind.IMPRECISE, Kind.NAN, Kind.INFINITY),
    "is-symmetric": (Kind.ASYMMETRY,),
    "order-does-not-matter": (Kind.PERMUTATION,),
    "blocks-agree": (Kind.BLOCKS,),
    "lambda-min-has-its-sign": (Kind.SIGN,),
    "extreme-scales-are-right": (Kind.SCALE_WRONG, Kind.SCALE_IMPRECISE, Kind.SCALE_NAN, Kind.SCALE_INFINITY),
}
"""The tests that are no laws, with the kinds of findings that fail them."""

_LAW_ULPS = 64


@dataclass(frozen=True)
class KernelSuite:
    """The tests of `function(x1, x2)` as the NTK or NNGP of a network. Everything is asked in this process."""

    function: Callable[[Any, Any], Any]
    network: Network
    kernel: str = "ntk"
    examples: int = DEFAULT_EXAMPLES
    seed: int = 0
    tolerance: int = DEFAULT_TOLERANCE
    columns: int | None = None
    data: tuple[object, ...] = ()
    known: tuple[KnownFailure, ...] = ()
    name: str = field(default="kernel")

    @classmethod
    def of(
        cls,
        function: Callable[[Any, Any], Any],
        network: str | Network,
        *,
        kernel: str = "ntk",
        examples: int = DEFAULT_EXAMPLES,
        seed: int = 0,
        tolerance: int = DEFAULT_TOLERANCE,
        columns: int | None = None,
        data: Sequence[object] | str = (),
        known: str | Path | None = None,
    ) -> KernelSuite:
        """The tests that these options mean. Raises InputError for a network or an option that cannot be used."""
        if not callable(function):
            raise InputError(f"the kernel is a {type(function).__name__}: give a function of (x1, x2).")
        parsed = network if isinstance(network, Network) else parse(network)
        check_options(kernel, examples, seed, tolerance, columns)
        sets = (data,) if isinstance(data, str) else tuple(data)
        entries = () if known is None else read_known(Path(known))
        name = getattr(function, "__name__", "kernel")
        return cls(function, parsed, kernel, examples, seed, tolerance, columns, sets, entries, name)

    @cached_property
    def laws(self) -> tuple[Law, ...]:
        """The laws that speak of this network."""
        return tuple(law for law in LAWS.values() if law.applies_to(self._subject, self._domain))

    @property
    def tests(self) -> tuple[str, ...]:
        return (*CHECKS, *(f"law-{law.name}" for law in self.laws))

    @cached_property
    def report(self) -> AuditReport:
        effort = check_options(self.kernel, self.examples, self.seed, self.tolerance, self.columns)
        target = FunctionTarget(self.function, self.name)
        return audit(target, [self.network], self.kernel, self.data, effort, known=self.known)

    def run(self, test: str) -> str | None:
        """None where the test passes, or what is to be said about its failure."""
        if test in CHECKS:
            found = [finding for finding in self.report.failures if finding.kind in CHECKS[test]]
            return "\n\n".join([self._headline(), *map(self._say, found)]) if found else None
        return self._run_law(LAWS[test.removeprefix("law-")])

    @property
    def _subject(self) -> FloatSubject:
        return FloatSubject.of_pairs(self.function, self.name, max(_LAW_ULPS, self.tolerance))

    @property
    def _domain(self) -> Domain:
        domain = Domain(self.network, doubles=True, kernels=(self.kernel,), normalizations=("none",))
        return domain if self.columns is None else replace(domain, columns=(self.columns, self.columns))

    def _run_law(self, law: Law) -> str | None:
        subject, cases = self._subject, law.cases(self._domain)
        assert cases is not None
        chosen = settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
        )
        random = Random(zlib.crc32(f"{self.seed} {law.name}".encode("ascii")))
        try:
            case = find(
                cases,
                lambda drawn: examine(law, subject, drawn).verdict is Verdict.VIOLATED,
                settings=chosen,
                random=random,
            )
        except NoSuchExample:
            return None
        lines = [self._headline(), "", f"{law.name}: {law.claim} ({law.citation})"]
        lines += [f"  {line}" for line in _case_lines(case)]
        return "\n".join([*lines, f"  {examine(law, subject, case).detail}"])

    def _headline(self) -> str:
        return f"{self.name} is not the {self.kernel.upper()} of {self.network}"

    def _say(self, finding: Finding) -> str:
        lines = [f"{finding.kind.value}: {MEANINGS[finding.kind]}"]
        lines += [f"  {line}" for line in example_lines(finding.smallest)]
        error = finding.worst.entry
        if error is not None and error != finding.smallest.entry and math.isfinite(error.relative):
            lines.append(f"  the largest error met is {error.relative:.2g} of sqrt(K_ii K_jj), {error.ulps:.2g} ulps")
        lines.append(f"  seen in {finding.examples} of {self.report.networks[0].tally.examples} examples")
        if finding.kind in (Kind.IMPRECISE, Kind.SCALE_IMPRECISE):
            lines.append("  if this is good enough, say so: tolerance=2**30 allows errors of 2e-7")
        return "\n".join(lines)


def require_kernel(function: Callable[[Any, Any], Any], network: str | Network, **options: Any) -> None:
    """Assert that function(x1, x2) is the kernel of the network: every test of `KernelSuite`, at once.

    Options are those of `KernelSuite.of`. Raises AssertionError with everything that was found, InputError for options
    that cannot be used.
    """
    suite = KernelSuite.of(function, network, **options)
    failures = [failure for failure in map(suite.run, suite.tests) if failure is not None]
    if failures:
        raise AssertionError("\n\n".join(failures))


def _case_lines(case: Any) -> list[str]:
    """The point sets of a law's case, and what else it consists of, in words that a person can use."""
    lines = []
    for name, value in vars(case).items():
        if isinstance(value, Points):
            lines.append(f"{name} = {as_float64(value).tolist()}")
        elif hasattr(value, "points"):
            lines += _case_lines(value)
        elif isinstance(value, tuple):
            lines.append(f"{name} = ({', '.join(map(str, value))})")
        elif name not in ("network", "kernel", "normalize"):
            lines.append(f"{name} = {value}")
    return lines
