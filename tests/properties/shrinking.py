"""The simplest case with a property, found the same way every time."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from hypothesis import find, settings
from hypothesis.strategies import SearchStrategy

Case = TypeVar("Case")


def simplest(
    strategy: SearchStrategy[Case], condition: Callable[[Any], bool] = lambda case: True, examples: int = 3000
) -> Case:
    """What Hypothesis finds and shrinks to within so many cases; raises NoSuchExample if there is none."""
    return find(strategy, condition, settings=settings(max_examples=examples, database=None), random=Random(0))
