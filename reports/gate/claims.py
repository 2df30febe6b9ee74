"""A claim of the baseline: what is asked, what was answered, and how much worse an answer may become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from typing import Any

from certify.errors import InputError
from reports.gate.reading import Fields
from reports.gate.requests import Request

VERDICTS = ("positive definite", "singular", "negative", "undecided")
_RESULT_KEYS = ("verdict", "lambda_min", "method", "arithmetic", "reason", "bits", "points", "checker", "values")
CHECKER_ANSWERS = ("valid", "unsupported")


@dataclass(frozen=True)
class Result:
    """What the command answered and what the checker said of the certificate.

    `lower` and `upper` are decimals that bound the smallest eigenvalue; `lower` is None where positivity is proved
    without a number, `bits` where the proof is exact, `checker` where there is no certificate. `values`: other numbers
    by name, with decimals that bound them.
    """

    verdict: str
    lower: str | None
    upper: str
    method: str
    arithmetic: str
    reason: str
    bits: int | None
    points: int
    checker: str | None
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def bounds(self) -> tuple[Fraction | None, Fraction]:
        return None if self.lower is None else Fraction(self.lower), Fraction(self.upper)

    @classmethod
    def read(cls, place: str, value: object) -> Result:
        """Raises InputError for anything that no proof could have answered."""
        given = Fields.of(place, value, _RESULT_KEYS)
        bounds = Fields.of(f"{place}, 'lambda_min'", given.required("lambda_min"), ("lower", "upper"))
        result = cls(
            verdict=given.text("verdict", VERDICTS),
            lower=None if bounds.required("lower") is None else bounds.number("lower"),
            upper=bounds.number("upper"),
            method=given.text("method"),
            arithmetic=given.text("arithmetic"),
            reason=given.text("reason"),
            bits=None if given.required("bits") is None else given.whole("bits"),
            points=given.whole("points"),
            checker=None if given.required("checker") is None else given.text("checker", CHECKER_ANSWERS),
            values=_read_values(f"{place}, 'values'", given.entries.get("values", {})),
        )
        lower, upper = result.bounds
        if lower is not None and lower > upper:
            raise InputError(
                f"{place} has the lower bound {result.lower} above {result.upper}: record it with --update."
            )
        return result

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "verdict": self.verdict,
            "lambda_min": {"lower": self.lower, "upper": self.upper},
            "method": self.method,
            "arithmetic": self.arithmetic,
            "reason": self.reason,
            "bits": self.bits,
            "points": self.points,
            "checker": self.checker,
        }
        if self.values:
            document["values"] = {name: {"lower": low, "upper": high} for name, (low, high) in self.values.items()}
        return document


def _read_values(place: str, value: object) -> dict[str, tuple[str, str]]:
    if not isinstance(value, dict):
        raise InputError(f"{place} is no object: write numbers by name, or record it with --update.")
    result = {}
    for name, bounds in value.items():
        given = Fields.of(f"{place}, {name!r}", bounds, ("lower", "upper"))
        low, high = given.number("lower"), given.number("upper")
        if Fraction(low) > Fraction(high):
            raise InputError(f"{place}, {name!r} has the lower bound {low} above {high}: record it with --update.")
        result[name] = low, high
    return result


@dataclass(frozen=True)
class Slack:
    """How much worse an answer may be than the recorded one and still pass.

    bits: more bits of precision. bounds: how far a bound may move outward, as a part of the larger recorded bound in
    absolute value. width: growth of upper - lower, as a part of the recorded width.
    """

    bits: int = 16
    bounds: Fraction = Fraction(1, 1000)
    width: Fraction = Fraction(1, 2)

    def overridden(self, place: str, value: object) -> Slack:
        """This slack with the keys of an object in their place. Raises InputError for what is no slack."""
        given = Fields.of(place, value, tuple(asdict(self)))
        changes: dict[str, Any] = {
            key: given.whole(key) if key == "bits" else given.fraction(key) for key in given.entries
        }
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        return {"bits": self.bits, "bounds": str(self.bounds), "width": str(self.width)}


@dataclass(frozen=True)
class Claim:
    """One file of the baseline. `own_slack` holds what it states about slack itself; `expected` is None until the
    claim has been recorded."""

    name: str
    request: Request
    own_slack: Mapping[str, Any]
    slack: Slack
    expected: Result | None

    @classmethod
    def read(cls, place: str, name: str, value: object, common: Slack) -> Claim:
        given = Fields.of(place, value, ("request", "slack", "expected"))
        own = given.entries.get("slack", {})
        return cls(
            name=name,
            request=Request.read(f"{place}, 'request'", given.required("request")),
            own_slack=own,
            slack=common.overridden(f"{place}, 'slack'", own),
            expected=Result.read(f"{place}, 'expected'", given.entries["expected"])
            if "expected" in given.entries
            else None,
        )

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"request": self.request.as_json()}
        if self.own_slack:
            document["slack"] = dict(self.own_slack)
        if self.expected is not None:
            document["expected"] = self.expected.as_json()
        return document
