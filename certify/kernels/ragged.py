"""Kernels of sequences of different lengths, put together from those of equally long ones."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from certify.kernels.enclosure import Enclosure, Endpoints, from_entries
from certify.points.ragged import Sequences, sequences_of

Kernel = Callable[[Any, Any], tuple[Enclosure, ...]]


def enclose_ragged(kernel: Kernel, x1: Any, x2: Any, get: str | Sequence[str]) -> Enclosure | tuple[Enclosure, ...]:
    """The matrices of all sequences in their order. `kernel` gives those of equally long ones (the second set None:
    with itself), one for each name of `get`.

    Raises InputError as `sequences_of` and the kernel do.
    """
    first = _grouped(x1)
    second = None if x2 is None else _grouped(x2)
    other = first if second is None else second
    names = (get,) if isinstance(get, str) else tuple(get)
    rows: list[list[list[Endpoints | None]]] = [[[None] * other.n for _ in range(first.n)] for _ in names]
    bits, spelled = [], set()
    for a, (at, left) in enumerate(first.groups):
        # Of a symmetric matrix one of two blocks is made, and mirrored.
        for places, right in other.groups if second is not None else first.groups[: a + 1]:
            found = kernel(left, None if second is None and left is right else right)
            for table, one in zip(rows, found, strict=True):
                bits.append(one.bits)
                spelled.add(one.arithmetic)
                for i, row in zip(at, one.rows, strict=True):
                    for j, value in zip(places, row, strict=True):
                        table[i][j] = value
                        if second is None:
                            table[j][i] = value
    name = spelled.pop() if len(spelled) == 1 else "mixed"
    results = [from_entries(table, False, min(bits), name) for table in rows]  # type: ignore[arg-type]
    if isinstance(get, str):
        return results[0]
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", names)(*results)
    return bundle


def _grouped(source: Any) -> Sequences:
    """Also a set of equally long sequences, as one group."""
    found = sequences_of(source)
    if found is not None:
        return found
    from certify.points import load_points

    points = load_points(source)
    return Sequences(((tuple(range(points.n)), points),))
