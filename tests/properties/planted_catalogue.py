"""How bugs are planted: what every module of the catalogue needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from certify.activations import Activation, Pair

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class PlantedBug:
    """A mistake that somebody could make, the law that must notice, and how the mistake gets into the library.

    `examples` is how many cases the law is given; never more than 500.
    """

    story: str
    law: str
    plant: Plant
    examples: int = 500

    def __str__(self) -> str:
        return self.story.replace(" ", "-")


BUGS: list[PlantedBug] = []


def planted(story: str, law: str, examples: int = 500) -> Callable[[Plant], Plant]:
    """Enter a bug into the catalogue."""

    def enter(plant: Plant) -> Plant:
        BUGS.append(PlantedBug(story, law, plant, examples))
        return plant

    return enter


def change_duals(
    patch: pytest.MonkeyPatch,
    cls: type[Activation],
    change: Callable[[Any, Any, Pair, tuple[Any, Any]], tuple[Any, Any]],
) -> None:
    """Replace (V, V') of a family by change(activation, number, pair, (V, V'))."""
    original = cls.duals

    def duals(self: Any, number: Any) -> Any:
        evaluate = original(self, number)
        return lambda pair: change(self, number, pair, evaluate(pair))

    patch.setattr(cls, "duals", duals)


def wrap(patch: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[..., Any]) -> None:
    """Replace a function by change(original, *arguments, **options)."""
    original = getattr(owner, name)
    patch.setattr(owner, name, lambda *arguments, **options: change(original, *arguments, **options))
