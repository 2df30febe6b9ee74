"""Evaluate again with more bits until an enclosure is narrow: the loop of every evaluator of entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError


class Level(Protocol):
    """Whatever evaluates at one working precision."""

    @property
    def number(self) -> Arithmetic: ...


L = TypeVar("L", bound=Level)


def climb(
    levels: Iterable[L],
    find: Callable[[L], Sequence[Any]],
    narrow: Callable[[tuple[Any, ...]], bool],
    selection: Sequence[int],
    failure: str,
) -> tuple[Any, ...]:
    """The selected values of the first level where they are narrow, or those of the last level where all are finite.

    `narrow` is called in the arithmetic that is active here. Raises InputError(failure) where no level gives finite
    values.
    """
    best: tuple[Any, ...] | None = None
    for level in levels:
        try:
            with level.number.active():
                both = find(level)
            entry = tuple(both[index] for index in selection)
            if narrow(entry):
                return entry
            for value in entry:
                level.number.endpoints(value)  # a NaN raises here
        except ArithmeticError:
            continue
        best = entry
    if best is None:
        raise InputError(failure)
    return best
