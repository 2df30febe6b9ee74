"""The small JSON files of a baseline, read strictly: what is damaged or unknown is named, never guessed."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from certify.arithmetic.rationals import abbreviate, exact_rational
from certify.errors import InputError

MAX_BYTES = 1_000_000
MAX_TEXT = 200_000
# Matched rather than stripped: a file name or an option must not smuggle line breaks into a message or a command.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file of the baseline.

    Raises InputError for a file that is missing, too large, no UTF-8, no JSON, no object, or that gives one key twice
    or a number that is not whole.
    """
    shown = abbreviate(str(path), 200)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{shown} has more than {MAX_BYTES} bytes: a file of a baseline is small.")
        value = json.loads(
            path.read_bytes().decode("utf-8"),
            object_pairs_hook=_unrepeated,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"the baseline file {shown} is missing: restore it or record again with --update.") from None
    except OSError as error:
        raise InputError(
            f"the baseline file {shown} cannot be read ({error.strerror}): check its permissions."
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"the baseline file {shown} is damaged ({_first_line(error)}): restore or repair it."
        ) from None
    if not isinstance(value, dict):
        raise InputError(f"the baseline file {shown} is damaged (it holds no JSON object): restore or repair it.")
    return value


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        repeated = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {abbreviate(repeated)} stands there twice")
    return result


def _refuse_number(text: str) -> Any:
    raise ValueError(f"the number {abbreviate(text)} is not whole, write it as text in quotes")


def _first_line(error: BaseException) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error).partition("\n")[0].rstrip(".")


@dataclass(frozen=True)
class Fields:
    """The entries of one JSON object, each asked for by name and type; `place` names the object in messages."""

    place: str
    entries: Mapping[str, Any]

    @classmethod
    def of(cls, place: str, value: object, allowed: Collection[str]) -> Fields:
        """Raises InputError unless `value` is an object whose keys are all allowed."""
        if not isinstance(value, dict):
            raise InputError(f"{place} is {abbreviate(repr(value))}: write an object in braces.")
        for key in value:
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, n=1)
                hint = f"did you mean {near[0]!r}" if near else f"known are {', '.join(sorted(allowed))}"
                raise InputError(f"{place} has the unknown key {abbreviate(key)}: {hint}.")
        return cls(place, value)

    def required(self, key: str) -> Any:
        if key not in self.entries:
            raise InputError(f"{self.place} lacks the key {key!r}: add it or record again with --update.")
        return self.entries[key]

    def text(self, key: str, choices: Collection[str] | None = None) -> str:
        """Printable text, one of the choices where there are any."""
        value = self.required(key)
        if not isinstance(value, str) or not value or len(value) > MAX_TEXT or _UNPRINTABLE.search(value):
            raise InputError(f"{self.place}, {key!r} is {abbreviate(repr(value))}: write printable text in quotes.")
        if choices is not None and value not in choices:
            known = ", ".join(map(repr, choices))
            raise InputError(f"{self.place}, {key!r} is {abbreviate(value)}: write one of {known}.")
        return value

    def whole(self, key: str) -> int:
        """A whole number of at least 0."""
        value = self.required(key)
        if type(value) is not int or value < 0:
            raise InputError(f"{self.place}, {key!r} is {abbreviate(repr(value))}: write a whole number, 0 or more.")
        return value

    def number(self, key: str) -> str:
        """Text that is a decimal or a ratio."""
        value = self.text(key)
        exact_rational(value, f"{self.place}, {key!r}")
        return value

    def fraction(self, key: str) -> Fraction:
        """A number of at least 0."""
        value = Fraction(self.number(key))
        if value < 0:
            raise InputError(f"{self.place}, {key!r} is {value}: write a number of at least 0.")
        return value
