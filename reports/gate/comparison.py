"""What became of a claim: the recorded answer against the present one, in exact arithmetic.

An answer that got better in numbers (a larger lower bound, a smaller width, fewer bits) is no difference; another
verdict is one, even a stronger one, since somebody should look at it and record it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from certify.certificate import decimal_above, readable
from reports.gate.claims import Result, Slack
from reports.gate.recomputing import Failure

_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Difference:
    """One respect in which an answer differs: `was` is recorded, `now` is computed, `note` says what is wrong."""

    what: str
    was: str
    now: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.what}: was {self.was}, is {self.now}" + (f" ({self.note})" if self.note else "")


def compare(expected: Result, found: Result | Failure, slack: Slack) -> tuple[Difference, ...]:
    """The regressions of one claim, in a fixed order; empty where the present answer is as good as the recorded one.

    Compared are the verdict, the number of points, the method and its arithmetic, the words of the reason (not its
    numbers) and the checker's answer; whether the two enclosures of lambda_min meet, for otherwise one of them is
    wrong; each bound, the width and the bits, up to the slack.
    """
    if isinstance(found, Failure):
        return (Difference(found.kind, expected.verdict, found.message),)
    return (*_words(expected, found), *_numbers(expected, found, slack), *_values(expected, found, slack))


def contradiction(expected: Result, found: Result) -> Difference | None:
    """A difference where the two enclosures of lambda_min have no number in common."""
    if _meet(expected, found):
        return None
    return Difference("enclosure", _interval(expected), _interval(found), "disjoint: one of the two is wrong")


def _words(expected: Result, found: Result) -> Iterator[Difference]:
    if found.verdict != expected.verdict:
        yield Difference("verdict", expected.verdict, found.verdict)
    if found.points != expected.points:
        yield Difference("points", str(expected.points), str(found.points))
    if found.method != expected.method:
        yield Difference("method", expected.method, found.method)
    if found.arithmetic != expected.arithmetic:
        yield Difference("arithmetic", expected.arithmetic, found.arithmetic)
    if _DIGITS.sub("#", found.reason) != _DIGITS.sub("#", expected.reason):
        yield Difference("reason", expected.reason, found.reason)
    if found.checker != expected.checker:
        yield Difference("checker", expected.checker or "not asked", found.checker or "not asked")


def _numbers(expected: Result, found: Result, slack: Slack) -> Iterator[Difference]:
    if (disjoint := contradiction(expected, found)) is not None:
        yield disjoint
        return
    (lower, upper), (new_lower, new_upper) = expected.bounds, found.bounds
    allowed = slack.bounds * max(abs(upper), Fraction(0) if lower is None else abs(lower))
    if lower is not None and (new_lower is None or new_lower < lower - allowed):
        yield Difference(
            "lower bound", str(expected.lower), found.lower or "without a number", _slack_note(slack.bounds)
        )
    if new_upper > upper + allowed:
        yield Difference("upper bound", expected.upper, found.upper, _slack_note(slack.bounds))
    if lower is not None and new_lower is not None:
        width, new_width = upper - lower, new_upper - new_lower
        if new_width > width * (1 + slack.width):
            yield Difference("width", _about(width), _about(new_width), _slack_note(slack.width))
    if expected.bits is not None and found.bits is not None and found.bits > expected.bits + slack.bits:
        yield Difference("bits", str(expected.bits), str(found.bits), f"the slack is {slack.bits}")


def _values(expected: Result, found: Result, slack: Slack) -> Iterator[Difference]:
    """Every recorded value is still there, meets what was recorded, and is enclosed about as narrowly."""
    for name, was in expected.values.items():
        now = found.values.get(name)
        shown = f"[{was[0]}, {was[1]}]"
        if now is None:
            yield Difference(name, shown, "not answered")
            continue
        (low, high), (new_low, new_high) = map(Fraction, was), map(Fraction, now)
        if new_low > high or new_high < low:
            yield Difference(name, shown, f"[{now[0]}, {now[1]}]", "disjoint: one of the two is wrong")
        elif new_high - new_low > (high - low) * (1 + slack.width):
            yield Difference(name, _about(high - low), _about(new_high - new_low), _slack_note(slack.width))


def _meet(expected: Result, found: Result) -> bool:
    """Whether a number lies in both enclosures; a missing lower bound stands for "greater than 0"."""
    lowers = [result.bounds[0] for result in (expected, found)]
    lowest = max(Fraction(0) if lower is None else lower for lower in lowers)
    highest = min(expected.bounds[1], found.bounds[1])
    return lowest <= highest and (highest > 0 or None not in lowers)


def _interval(result: Result) -> str:
    return f"(0, {result.upper}]" if result.lower is None else f"[{result.lower}, {result.upper}]"


def _about(value: Fraction) -> str:
    return readable(decimal_above(value, 3))


def _slack_note(part: Fraction) -> str:
    return f"the slack is {part} of the recorded size"
