"""The report of an audit for programs and for people.

The JSON object, all keys always present:

    target, library, kernel, version    what was audited: its name on the command line, name and version of an adapter's
                                        library or null, "ntk" or "nngp", and the version of this package
    seed, examples, columns, tolerance  the options; columns is [least, most], tolerance a number of ulps
    data                                names of the data sets that were looked at
    interrupted                         true where Ctrl-C ended the audit early
    passed                              true if no finding counts
    networks    [{network, examples, calls, entries, undecided, out_of_range, proofs, proofs_undecided, largest_ulps,
                  given_up, undecided_reasons: {sentence: count}}]
    findings    [{network, kernel, kind, severity, known, examples, detail, example, entry, worst}]
    skipped     [{network, reason}]     networks that the target does not have
    stale       [{entry, reason}]       known failures that nothing answers to
    counts      {kind: number of findings that count}
    meanings    {kind: what a finding of this kind says}, of the kinds found

`severity` is "defect" or "limit" (no matrix of this format could be trusted there); `known` the reason from the
known-failures file or null; `examples` in how many of the network's examples the fault was seen. `example` is the
smallest one, {x1, x2}, x2 null where the function gets None; coordinates are doubles, written so that they read back
exactly. `entry` is null or {i, j, value, lower, upper, ulps, relative}: the returned number, the proved bounds as
decimals rounded outward, and the error in ulps of, and relative to, sqrt(K_ii K_jj). `worst` has the same keys
detail, example and entry for the largest error met. Numbers that JSON lacks are the texts "nan", "inf" and "-inf".
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from certify.certificate import decimal_above, decimal_below, readable
from properties.audit.examination import Observation, Rows
from properties.audit.findings import MEANINGS, Finding
from properties.audit.hunting import NetworkReport
from properties.audit.running import AuditReport

DIGITS = 25
LONGEST_EXAMPLE = 300


def report_json(report: AuditReport) -> dict[str, Any]:
    """One object, as described at the top of this file."""
    counts: dict[str, int] = {}
    for finding in report.failures:
        counts[finding.kind.value] = counts.get(finding.kind.value, 0) + 1
    return {
        "target": report.target,
        "library": report.library,
        "kernel": report.kernel,
        "version": report.version,
        "seed": report.effort.seed,
        "examples": report.effort.examples,
        "columns": list(report.effort.columns),
        "tolerance": _number(float(report.effort.tolerance)),
        "data": list(report.data),
        "interrupted": report.interrupted,
        "passed": not report.failures,
        "networks": [_network(one) for one in report.networks],
        "findings": [_finding(finding) for finding in report.findings],
        "skipped": [{"network": network, "reason": reason} for network, reason in report.skipped],
        "stale": [{"entry": str(entry), "reason": entry.reason} for entry in report.stale],
        "counts": counts,
        "meanings": {kind.value: MEANINGS[kind] for kind in MEANINGS if any(f.kind is kind for f in report.findings)},
    }


def _network(one: NetworkReport) -> dict[str, Any]:
    tally = one.tally
    return {
        "network": one.network,
        "examples": tally.examples,
        "calls": tally.calls,
        "entries": tally.entries,
        "undecided": tally.undecided,
        "out_of_range": tally.out_of_range,
        "proofs": tally.signs,
        "proofs_undecided": tally.signs_undecided,
        "largest_ulps": _number(tally.largest_ulps),
        "given_up": one.given_up,
        "undecided_reasons": tally.undecided_reasons,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "network": finding.network,
        "kernel": finding.kernel,
        "kind": finding.kind.value,
        "severity": "limit" if finding.limit else "defect",
        "known": finding.known,
        "examples": finding.examples,
        **_observation(finding.smallest),
        "worst": _observation(finding.worst),
    }


def _observation(seen: Observation) -> dict[str, Any]:
    entry = seen.entry
    return {
        "detail": seen.detail,
        "example": {"x1": _rows(seen.x1), "x2": None if seen.x2 is None else _rows(seen.x2)},
        "entry": None
        if entry is None
        else {
            "i": entry.i,
            "j": entry.j,
            "value": _number(entry.value),
            "lower": readable(decimal_below(entry.lower, DIGITS)),
            "upper": readable(decimal_above(entry.upper, DIGITS)),
            "ulps": _number(entry.ulps),
            "relative": _number(entry.relative),
        },
    }


def _rows(rows: Rows) -> list[list[float]]:
    return [list(row) for row in rows]


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def report_text(report: AuditReport) -> str:
    """A table of what was found, the worst case of every kind with its smallest example, and one line that counts."""
    blocks = []
    for kind in MEANINGS:
        members = [finding for finding in report.findings if finding.kind is kind]
        counting = [finding for finding in members if finding.counts]
        if counting:
            blocks.append(_kind_block(counting))
    others = [*_quiet_lines(report), *(f"stale known failure: {entry}, {entry.reason}" for entry in report.stale)]
    blocks += ["\n".join(others)] if others else []
    return "\n\n".join([*blocks, _summary(report)])


def _kind_block(findings: list[Finding]) -> str:
    kind = findings[0].kind
    lines = [f"{kind.value}: {MEANINGS[kind]} ({_count(len(findings), 'network')})"]
    worst = max(findings, key=lambda finding: finding.worst.relative)
    for finding in findings:
        lines.append(f"  {finding.network}: {_count(finding.examples, 'example')}{size_in_words(finding.worst)}")
    lines.append(f"  smallest example, {worst.kernel.upper()} of {worst.network}:")
    lines += [f"    {line}" for line in example_lines(worst.smallest)]
    return "\n".join(lines)


def size_in_words(worst: Observation) -> str:
    """How large the largest error is, as the end of a line; empty where errors have no size."""
    error = worst.entry
    if error is None:
        return ""
    if math.isinf(error.relative):
        return f", {error.value:.2g} where 0 is due"
    return f", up to {error.relative:.2g} of sqrt(K_ii K_jj)"


def example_lines(seen: Observation) -> list[str]:
    """The points and what was seen there, as a person would try it again."""
    lines = [f"x1 = {_shown(seen.x1)}", f"x2 = {'None' if seen.x2 is None else _shown(seen.x2)}"]
    return [*lines, *seen.detail.split("\n")]


def _shown(rows: Rows) -> str:
    text = repr([list(row) for row in rows])
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 3]}... ({len(rows)} x {len(rows[0])})"


def _quiet_lines(report: AuditReport) -> list[str]:
    lines = []
    limits = [finding for finding in report.findings if finding.limit]
    if limits:
        lines.append(
            f"limits of the number format: in {_count(len(limits), 'network')} numpy's smallest eigenvalue is at most "
            "0 where it is proved positive, and too small for any matrix of this format"
        )
    known = Counter((finding.kind.value, finding.known) for finding in report.findings if finding.known is not None)
    lines += [f"known: {kind} in {_count(number, 'network')}, {why}" for (kind, why), number in known.items()]
    reasons = sorted({reason for _, reason in report.skipped})
    if reasons:
        lines.append(f"skipped: {_count(len(report.skipped), 'network')} ({'; '.join(reasons)})")
    lines += [f"given up after three hangs or deaths: {one.network}" for one in report.networks if one.given_up]
    return lines


def _summary(report: AuditReport) -> str:
    tallies = [one.tally for one in report.networks]
    undecided = sum(tally.undecided + tally.signs_undecided for tally in tallies)
    of = f"{report.library or report.target}, {report.kernel.upper()}"
    looked = (
        f"{_count(len(tallies), 'network')}, {_count(sum(tally.examples for tally in tallies), 'example')}, "
        f"{sum(tally.entries for tally in tallies)} entries compared, {undecided} undecided"
    )
    excused = sum(finding.known is not None for finding in report.findings)
    found = _count(len(report.failures), "finding") if report.failures else "nothing found"
    found += f", {excused} known" if excused else ""
    stop = ", interrupted" if report.interrupted else ""
    return f"{of}: {looked}, seed {report.effort.seed}{stop}: {found}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
