"""Layers that split a network into branches and join them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from certify.errors import InputError

MAX_BRANCHES = 100


@dataclass(frozen=True, repr=False)
class FanOut:
    """`num` copies of the input, for the branches of a `parallel` that follows."""

    num: int

    def __init__(self, num: object) -> None:
        if isinstance(num, bool) or not isinstance(num, int) or not 2 <= num <= MAX_BRANCHES:
            raise InputError(f"FanOut got {num!r}: give the number of branches, from 2 to {MAX_BRANCHES}.")
        object.__setattr__(self, "num", num)

    def __repr__(self) -> str:
        return f"FanOut({self.num})"


@dataclass(frozen=True, repr=False)
class Parallel:
    """Branches side by side, one for each copy that comes in; every branch is a sequence of layers."""

    branches: tuple[tuple[Any, ...], ...]

    def __repr__(self) -> str:
        spelled = [
            repr(branch[0]) if len(branch) == 1 else f"serial({', '.join(map(repr, branch))})"
            for branch in self.branches
        ]
        return f"parallel({', '.join(spelled)})"


@dataclass(frozen=True, repr=False)
class FanInSum:
    """The sum of the branches. Branches must end in a Dense or Conv, or be the common trunk, so that the sum is
    Gaussian (as neural-tangents requires)."""

    def __repr__(self) -> str:
        return "FanInSum()"


@dataclass(frozen=True, repr=False)
class FanInProd:
    """The product of the branches, coordinate by coordinate; no two of them may share weights above the fork."""

    def __repr__(self) -> str:
        return "FanInProd()"


@dataclass(frozen=True, repr=False)
class FanInConcat:
    """The branches side by side as channels, equally wide in the limit."""

    axis: int

    def __init__(self, axis: object = -1) -> None:
        if isinstance(axis, bool) or axis != -1:
            raise InputError(f"FanInConcat got axis={axis!r}: branches are joined along the channels, axis=-1.")
        object.__setattr__(self, "axis", -1)

    def __repr__(self) -> str:
        return "FanInConcat()"


JOINS = (FanInSum, FanInProd, FanInConcat)
