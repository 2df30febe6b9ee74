"""How large a table of points and its numbers may be."""

from __future__ import annotations

import math
from collections.abc import Iterable

from certify.errors import InputError

MAX_ROWS = 10**7
MAX_COLUMNS = 10**5
# 5000 hexadecimal digits, for the common denominator and for an entry over it: what a certificate can hold.
MAX_BITS = 20_000


def common_denominator(denominators: Iterable[int], name: str) -> int:
    """Least common multiple of the positive denominators of a table. Raises InputError where it exceeds 20000 bits."""
    result = 1
    for denominator in set(denominators):
        result = math.lcm(result, denominator)
        if result.bit_length() > MAX_BITS:
            raise InputError(f"the common denominator of {name} needs more than {MAX_BITS} bits; write fewer digits.")
    return result


def require_rows(count: int, name: str) -> None:
    """Raises InputError for more than 10**7 rows."""
    if count > MAX_ROWS:
        raise InputError(f"{name} has more than {MAX_ROWS} rows; take the first N with --rows N.")


def require_columns(count: int, name: str) -> None:
    """Raises InputError for more than 10**5 columns."""
    if count > MAX_COLUMNS:
        raise InputError(f"{name} has {count} columns; at most {MAX_COLUMNS} are supported, leave some out.")


def require_entries(rows: Iterable[tuple[int, ...]], name: str) -> None:
    """Raises InputError where an integer entry has more than 20000 bits."""
    for number, row in enumerate(rows, 1):
        if max(max(row), -min(row)).bit_length() > MAX_BITS:
            raise InputError(
                f"row {number} (counted from 1) of {name} needs more than {MAX_BITS} bits over the common denominator; "
                "rescale its largest entry or write fewer digits."
            )
