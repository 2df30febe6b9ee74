"""Planted bugs in networks for images and sequences."""

from __future__ import annotations

from typing import Any

import pytest
from planted_catalogue import planted, wrap

import certify.kernels.passes as passes
import certify.kernels.program_facade as facade
import certify.programs.networks as networks
from certify.kernels.program64.sparse import SparseMap
from certify.points import Points

MODULE = __name__


@planted("pools and convolutions in float64 are off by 1e-9", "float64-meets-arb-on-every-architecture")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: SparseMap, ball: Any) -> Any:
        found = original(self, ball)
        found.mid *= 1 + 1e-9
        return found

    wrap(patch, SparseMap, "apply", change)


@planted("attention counts the first token twice", "attention-sees-no-order")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, number: Any, scores: Any) -> Any:
        first, *rest = original(number, scores)
        return [first + first, *rest]

    wrap(patch, passes, "softmax", change)


@planted("circular padding pads with zeros", "pools-hide-circular-shifts")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, grid: Any, window: Any, strides: Any, padding: str, layer: Any) -> Any:
        return original(grid, window, strides, "SAME" if padding == "CIRCULAR" else padding, layer)

    wrap(patch, networks, "windows", change)


@planted("the first channel weighs twice", "channels-may-be-turned")
def _(patch: pytest.MonkeyPatch) -> None:
    def doubled(points: Points) -> Points:
        rows = tuple(tuple(2 * v if k % 2 == 0 else v for k, v in enumerate(row)) for row in points.rows)
        return Points.reduced(rows, points.denominator, shape=points.shape)

    def change(original: Any, x1: Points, x2: Points | None, positions: Any, normalize: str) -> Any:
        return original(doubled(x1), None if x2 is None else doubled(x2), positions, normalize)

    wrap(patch, facade, "position_inputs", change)
