"""Points: exact rational rows, inside the certificate or in a file beside it, and their inner products.

The file of points is opened only by a plain name in the certificate's own folder, never through a link, and only as
far as its announced digest vouches for it.
"""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from math import gcd
from operator import mul
from typing import Any

from . import limits
from .answers import Invalid, Malformed, Unsupported
from .canonical import read_canonical, serialise
from .numerals import integer_from_hex, integers_from_hex
from .relations import Inner

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Points:
    """Rows of integers over one positive denominator; `digest` is the SHA-256 of their canonical text."""

    rows: tuple[tuple[int, ...], ...]
    denominator: int
    columns: int
    digest: str

    def inner(self, i: int, j: int) -> Inner:
        """The exact inner products of two rows, times the squared denominator."""
        x, y = self.rows[i], self.rows[j]
        return Inner(sum(map(mul, x, x)), sum(map(mul, y, y)), sum(map(mul, x, y)))


@dataclass(frozen=True)
class PointsFile:
    """What a certificate says about a file of points."""

    name: str
    columns: int
    count: int
    digest: str


def checked_name(name: Any) -> str:
    """A plain file name: no folder, no leading dot."""
    if not isinstance(name, str) or len(name) > 255 or _NAME.fullmatch(name) is None:
        raise Malformed("the file of points is not a plain file name")
    return name


def checked_digest(digest: Any, where: str) -> str:
    """Sixty-four lower-case hexadecimal digits."""
    if not isinstance(digest, str) or _DIGEST.fullmatch(digest) is None:
        raise Malformed(f"{where} is not a SHA-256 digest")
    return digest


def _read_regular(descriptor: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Malformed("the file cannot be read: it is no regular file")
    pieces: list[bytes] = []
    left = limits.MAX_FILE_BYTES - status.st_size
    while left >= 0:
        piece = os.read(descriptor, 2**20)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        left = limits.MAX_FILE_BYTES - sum(map(len, pieces))
    raise Unsupported(f"the file is larger than {limits.MAX_FILE_BYTES} bytes")


def read_file(path: str | os.PathLike[str], *, follow_links: bool = True) -> bytes:
    """The bytes of a regular file of limited size.

    Opening does not block on pipes and devices, which are refused, and the size is limited while reading, since a file
    may grow.  Raises Malformed for what cannot be read, Unsupported for what is too large.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not follow_links:
            flags |= getattr(os, "O_NOFOLLOW", 0)
            if stat.S_ISLNK(os.lstat(path).st_mode):
                raise Malformed("the file of points is a link")
        descriptor = os.open(path, flags)
        try:
            data = _read_regular(descriptor)
        finally:
            os.close(descriptor)
    except (OSError, ValueError, TypeError) as error:
        raise Malformed(f"the file cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return data


def read_rows(content: dict[str, Any], columns: int, where: str) -> Points:
    """Points from an object with the keys `denominator` and `rows`."""
    denominator, rows = content["denominator"], content["rows"]
    if not isinstance(denominator, str) or not isinstance(rows, list) or not rows:
        raise Malformed(f"{where} needs a denominator and a list of rows that is not empty")
    if len(rows) > limits.MAX_POINTS:
        raise Unsupported(f"{where} holds more than {limits.MAX_POINTS} points")
    bottom = integer_from_hex(denominator, f"the denominator of {where}")
    if bottom <= 0:
        raise Malformed(f"the denominator of {where} is not positive")
    values: list[tuple[int, ...]] = []
    for index, row in enumerate(rows):
        if not isinstance(row, str):
            raise Malformed(f"row {index} of {where} is not a string")
        values.append(integers_from_hex(row, columns, f"row {index} of {where}"))
    text = serialise({"denominator": denominator, "rows": rows}) + "\n"
    return Points(tuple(values), bottom, columns, hashlib.sha256(text.encode("ascii")).hexdigest())


def read_points_file(announced: PointsFile, folder: str) -> Points:
    """The points of a file beside the certificate.

    Raises Invalid where the digest is another one, Malformed where the file is no file of points.
    """
    data = read_file(os.path.join(folder, announced.name), follow_links=False)
    if hashlib.sha256(data).hexdigest() != announced.digest:
        raise Invalid("the file of points has another digest than the certificate states")
    content = read_canonical(data, "the file of points")
    if not isinstance(content, dict) or content.keys() != {"denominator", "rows"}:
        raise Malformed("the file of points does not hold exactly a denominator and rows")
    points = read_rows(content, announced.columns, "the file of points")
    if len(points.rows) != announced.count:
        raise Malformed("the file of points holds another number of rows than the certificate states")
    return points


def primitive(row: tuple[int, ...]) -> tuple[int, ...]:
    """The row divided by the greatest common divisor of its entries: the same direction in smaller numbers."""
    divisor = gcd(*row)
    return tuple([value // divisor for value in row]) if divisor > 1 else row


def first_zero_row(points: Points) -> int | None:
    """The index of the first row that is zero."""
    return next((index for index, row in enumerate(points.rows) if not any(row)), None)
