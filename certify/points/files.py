"""What a text in the place of points means: a bundled set, or a file and what is in it."""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path

from certify.arithmetic.rationals import abbreviate
from certify.errors import InputError
from certify.points.bundled import BUNDLED, BundledSet
from certify.points.csv_files import points_of_csv
from certify.points.values import Points

_SUFFIXES = (".csv", ".npy", ".npz")
_NPZ_MEMBER = re.compile(r"(?P<path>.+\.npz):(?P<member>.+)", re.IGNORECASE | re.DOTALL)


def bundled_set(source: str) -> BundledSet | None:
    """The bundled set of this name. None for a path; raises InputError (with the nearest name) for what is neither."""
    if source in BUNDLED:
        return BUNDLED[source]
    if Path(source).suffix or "/" in source or "\\" in source:
        return None
    near = difflib.get_close_matches(source, BUNDLED, n=1)
    hint = f"did you mean {near[0]!r}" if near else f"name one of {', '.join(BUNDLED)} or a .csv, .npy or .npz file"
    raise InputError(f"there is no bundled data set {abbreviate(source)}; {hint}.")


def points_of_file(source: str, *, rows: int | None) -> Points:
    """The points in FILE.csv, FILE.npy, FILE.npz or FILE.npz:NAME, all columns included, with the digest of the file.

    Raises InputError for another suffix, for what is missing, unreadable or no regular file, and for bad content.
    """
    parts = _NPZ_MEMBER.fullmatch(source)
    path, member = (Path(parts["path"]), parts["member"]) if parts else (Path(source), None)
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(f"{abbreviate(source, 200)} is no file of points; its name must end in .csv, .npy or .npz.")
    content = _read(path)
    digest = hashlib.sha256(content).hexdigest()
    name = printable(path.name if member is None else f"{path.name}:{member}")
    if suffix == ".csv":
        return points_of_csv(content, rows=rows, name=name, source_sha256=digest)
    # numpy takes longer to import than a CSV file takes to read.
    from certify.points.numpy_files import points_of_npy, points_of_npz

    if suffix == ".npy":
        return points_of_npy(content, rows=rows, name=name, source_sha256=digest)
    return points_of_npz(content, member=member, rows=rows, name=name, source_sha256=digest)


def printable(name: str) -> str:
    """The name with question marks for control characters and undecodable bytes, fit for any terminal and encoding."""
    return "".join(character if character.isprintable() else "?" for character in name)


def _read(path: Path) -> bytes:
    shown = abbreviate(str(path), 200)
    try:
        if path.is_dir():
            raise InputError(f"{shown} is a directory; name a file in it.")
        if path.exists() and not path.is_file():
            raise InputError(f"{shown} is no regular file; save its content to a file first.")
        return path.read_bytes()
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"the file {shown} does not exist; check its name and folder.") from None
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "too large for the memory"
        raise InputError(f"the file {shown} cannot be read ({reason}); check its name and permissions.") from error
    except ValueError as error:
        raise InputError(f"{shown} is no file name ({error}); remove the character.") from error
