"""Approximants kept on disk, so that a network is approximated once and not once a process.

A file is named by the digest of everything that the proof of its error depends on: the profile (network, norm,
dimension, kernel), the source of the rooms that made it and the versions of python-flint and FLINT. It carries that key
and a digest of its own content; one that is damaged, of another key or of another shape is made anew. So a fault of the
disk costs time, never a bound. Those who verify a certificate read nothing from here: see `fresh_approximants`.

The folder is $CERTIFY_CACHE, else ntk-certify in the user's cache folder (XDG base directory specification);
CERTIFY_CACHE=off keeps nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import flint
from flint import arb

from certify.kernels.float64.approximants import Approximant, ProfileApproximant
from certify.kernels.float64.polynomials import FloatPolynomial

VARIABLE = "CERTIFY_CACHE"
_MOST_FILES = 1000
_ROOMS = ("activations", "arithmetic", "kernels", "programs")
_USED: ContextVar[bool] = ContextVar("approximants may come from disk", default=True)


@contextmanager
def fresh_approximants() -> Iterator[None]:
    """Approximants that are asked for inside are built in this process: what a verifier relies on."""
    token = _USED.set(False)
    try:
        yield
    finally:
        _USED.reset(token)


def disk_is_used() -> bool:
    return _USED.get()


def cache_folder() -> Path | None:
    """Where approximants are kept; None where the user switched that off, or has no home."""
    chosen = os.environ.get(VARIABLE)
    if chosen is not None and chosen.strip().lower() in ("off", "no", "0", "false", ""):
        return None
    if chosen is not None:
        return Path(chosen)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        base = home / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    else:
        given = Path(os.environ.get("XDG_CACHE_HOME", ""))
        base = given if given.is_absolute() else home / ".cache"
    return base / "ntk-certify"


def kept_on_disk(name: str, at_one: Callable[[], arb], build: Callable[[], ProfileApproximant]) -> ProfileApproximant:
    """The approximant of the function of this name, from disk or built and left there.

    name: a spelling that no other function has. at_one: F(1), compared with what is read.
    """
    folder = cache_folder()
    if folder is None:
        return build()
    key = f"{makers()} {name}"
    path = folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json"
    found = _read(path, key)
    if found is not None and _agrees(found, at_one()):
        return found
    made = build()
    _write(path, key, made)
    return made


@cache
def makers() -> str:
    """What makes and proves approximants: a digest of the source, and the versions of the library beneath."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[2]
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return f"1 {digest.hexdigest()} {flint.__version__} {flint.__FLINT_VERSION__}"


def _read(path: Path, key: str) -> ProfileApproximant | None:
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        if document["key"] != key or document["seal"] != _seal(key, document["content"]):
            return None
        return _decoded(document["content"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _agrees(found: ProfileApproximant, at_one: arb) -> bool:
    mid, rad = found.at_one
    return bool(arb(mid, rad).overlaps(at_one * arb(2) ** -found.exponent))


def _write(path: Path, key: str, made: ProfileApproximant) -> None:
    """Leave the file, whole or not at all; where that cannot be done nothing is lost."""
    content = _encoded(made)
    text = json.dumps({"content": content, "key": key, "seal": _seal(key, content)}, sort_keys=True)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_room(path.parent)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(text)
            os.replace(part, path)
        except OSError:
            os.unlink(part)
            raise


def _make_room(folder: Path) -> None:
    """Remove the oldest files where there are too many."""
    files = list(folder.glob("*.json"))
    if len(files) >= _MOST_FILES:
        for path in sorted(files, key=lambda file: file.stat().st_mtime)[: _MOST_FILES // 4]:
            path.unlink(missing_ok=True)


def _seal(key: str, content: Any) -> str:
    return hashlib.sha256(json.dumps([key, content], sort_keys=True).encode()).hexdigest()


def _encoded(made: ProfileApproximant) -> dict[str, Any]:
    return {
        "at_minus_one": [value.hex() for value in made.at_minus_one],
        "at_one": [value.hex() for value in made.at_one],
        "exponent": made.exponent,
        "middle": None if made.middle is None else _encoded_part(made.middle),
        "negative": [_encoded_part(part) for part in made.negative],
        "positive": [_encoded_part(part) for part in made.positive],
        "whole": None if made.whole is None else _encoded_part(made.whole),
    }


def _encoded_part(part: Approximant) -> dict[str, Any]:
    return {
        "centre": part.polynomial.centre.hex(),
        "coefficients": [value.hex() for value in part.polynomial.coefficients],
        "error": part.error.hex(),
        "gaps": [value.hex() for value in part.gaps],
        "reach": part.polynomial.reach.hex(),
        "roots": part.roots,
        "sign": part.sign,
    }


def _decoded(content: Mapping[str, Any]) -> ProfileApproximant:
    whole, middle = (None if content[name] is None else _decoded_part(content[name]) for name in ("whole", "middle"))
    positive, negative = (tuple(map(_decoded_part, content[name])) for name in ("positive", "negative"))
    if (whole is None) == (middle is None) or (middle is not None and not (positive and negative)):
        raise ValueError("neither one polynomial nor three regions")
    ends = (_pair(content[name]) for name in ("at_one", "at_minus_one"))
    return ProfileApproximant(int(content["exponent"]), whole, middle, positive, negative, *ends)


def _decoded_part(content: Mapping[str, Any]) -> Approximant:
    coefficients = tuple(map(_number, content["coefficients"]))
    polynomial = FloatPolynomial(coefficients, _number(content["centre"]), _number(content["reach"]))
    error, sign, roots = _number(content["error"]), content["sign"], content["roots"]
    if not coefficients or polynomial.reach <= 0 or error <= 0 or sign not in (-1, 0, 1) or roots not in range(8):
        raise ValueError("no approximant")
    return Approximant(polynomial, sign, roots, error, _pair(content["gaps"]))


def _pair(content: Any) -> tuple[float, float]:
    first, second = map(_number, content)
    return first, second


def _number(text: Any) -> float:
    value = float.fromhex(text)
    if not math.isfinite(value):
        raise ValueError("a number that is not finite")
    return value
