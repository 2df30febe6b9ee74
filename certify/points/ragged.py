"""Sequences of different lengths: sets of points, one for each length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certify.errors import InputError
from certify.points.arrays import points_of_memory
from certify.points.values import Points


@dataclass(frozen=True)
class Sequences:
    """Sequences of different lengths: sets of equally long ones, and where each of them stood."""

    groups: tuple[tuple[tuple[int, ...], Points], ...]

    @property
    def n(self) -> int:
        return sum(len(places) for places, _ in self.groups)


def sequences_of(source: Any) -> Sequences | None:
    """Nested lists of rank three, or lists of arrays of rank two, whose second sizes differ; None for anything else.

    Raises InputError for sequences of different widths, or whatever else is no sequence of equally wide steps.
    """
    if not isinstance(source, (list, tuple)) or len(source) < 2:
        return None
    lengths = [_length(item) for item in source]
    if None in lengths or len(set(lengths)) == 1:
        return None
    widths = [_width(item, number) for number, item in enumerate(source, 1)]
    for number, width in enumerate(widths, 1):
        if width != widths[0]:
            raise InputError(
                f"sequence {number} (counted from 1) has {width} channels at a step where sequence 1 has {widths[0]}: "
                "give every step the same width."
            )
    groups = []
    for length in dict.fromkeys(lengths):
        places = tuple(i for i, other in enumerate(lengths) if other == length)
        groups.append((places, points_of_memory([source[i] for i in places], rows=None)))
    return Sequences(tuple(groups))


def _length(item: Any) -> int | None:
    """The number of steps of a sequence; None for what is none."""
    if hasattr(item, "ndim"):
        return len(item) if item.ndim == 2 else None
    if not isinstance(item, (list, tuple)) or not item or not all(_is_step(step) for step in item):
        return None
    return len(item)


def _is_step(step: Any) -> bool:
    return (isinstance(step, Sequence) and not isinstance(step, (str, bytes))) or getattr(step, "ndim", 0) == 1


def _width(item: Any, number: int) -> int:
    widths = {len(step) for step in item}
    if len(widths) != 1:
        raise InputError(
            f"sequence {number} (counted from 1) has steps of {' and '.join(map(str, sorted(widths)))} channels: give "
            "every step the same width."
        )
    return widths.pop()
