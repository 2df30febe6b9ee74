"""A claim of the baseline: what is asked, what was answered, and how much worse an answer may become."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from certify.errors import InputError
from reports.gate.reading import Fields

VERDICTS = ("positive definite", "singular", "negative", "undecided")
_RESULT_KEYS = ("verdict", "lambda_min", "method", "arithmetic", "reason", "bits", "points", "checker")
CHECKER_ANSWERS = ("valid", "unsupported")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What `certify prove` is asked: a network on points, or a symmetric matrix with radii (`gram`, `radius`).

    `data` is a bundled set or, like `gram` and `radius`, a file relative to the folder of the baseline. The defaults
    are written down here so that a claim keeps its meaning when those of the command line change.
    """

    data: str | None = None
    network: str | None = None
    kernel: str = "ntk"
    normalize: str = "none"
    duplicates: str = "drop"
    rows: int | None = None
    shape: str | None = None
    method: str = "auto"
    arithmetic: str = "auto"
    gram: str | None = None
    radius: str | None = None
    rel_width: str = "1e-3"
    max_bits: int = 4096

    @classmethod
    def read(cls, place: str, value: object) -> Request:
        """Raises InputError for an unknown key, a value of another type, and keys that do not go together."""
        given = Fields.of(place, value, _REQUEST_KEYS)
        values: dict[str, Any] = {}
        for key in given.entries:
            read = given.whole if key in ("rows", "max_bits") else given.number if key == "rel_width" else given.text
            values[key] = read(key)
        if "gram" not in values:
            for key in ("data", "network"):
                given.required(key)
            if "radius" in values:
                raise InputError(f"{place} has 'radius' without 'gram': it holds the radii of a given matrix.")
        for key in values:
            if "gram" in values and key not in ("gram", "radius", "rel_width", "max_bits"):
                raise InputError(f"{place} has both 'gram' and {key!r}: a given matrix has no network and no points.")
        return cls(**values)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the request names, relative to the folder of the baseline."""
        named = (self.data, self.gram, self.radius)
        return tuple(_file_part(name) for name in named if name is not None and is_file_name(name))

    def located(self, folder: Path) -> Request:
        """The request with its files as paths from the working directory."""
        named = {key: getattr(self, key) for key in ("data", "gram", "radius")}
        paths: dict[str, Any] = {key: str(folder / name) for key, name in named.items() if name and is_file_name(name)}
        return replace(self, **paths)

    def as_json(self) -> dict[str, Any]:
        """The keys that differ from the defaults, in a fixed order."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    def command(self, folder: Path, certificate: str | None = None) -> str:
        """A line for a shell that asks the same, and checks the certificate where one is named."""
        options = self.located(folder).as_json()
        words = ["certify", "prove"]
        if (data := options.pop("data", None)) is not None:
            words.append(f"./{data}" if data.startswith("-") else data)
        for key, value in options.items():
            words += [f"--{key.replace('_', '-')}", str(value)]
        line = shlex.join(words)
        if certificate is None:
            return line
        accepted = " --accept-assumptions" if self.gram is not None else ""
        return f"{line} --out {shlex.quote(certificate)} && certify check {shlex.quote(certificate)}{accepted}"


_REQUEST_KEYS = tuple(field.name for field in fields(Request))


def is_file_name(name: str) -> bool:
    """Whether `data` names a file; the bundled sets have no suffix and no folder."""
    return "." in name or "/" in name


def _file_part(name: str) -> str:
    """The file of FILE.npz:NAME."""
    file, colon, _ = name.partition(".npz:")
    return f"{file}.npz" if colon else name


@dataclass(frozen=True)
class Result:
    """What `certify prove` answered and what the checker said of the certificate.

    `lower` and `upper` are decimals that bound the smallest eigenvalue; `lower` is None where positivity is proved
    without a number, `bits` where the proof is exact, `checker` where nothing was proved.
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
        )
        lower, upper = result.bounds
        if lower is not None and lower > upper:
            raise InputError(
                f"{place} has the lower bound {result.lower} above {result.upper}: record it with --update."
            )
        return result

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "lambda_min": {"lower": self.lower, "upper": self.upper},
            "method": self.method,
            "arithmetic": self.arithmetic,
            "reason": self.reason,
            "bits": self.bits,
            "points": self.points,
            "checker": self.checker,
        }


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
