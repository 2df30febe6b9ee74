"""Whole matrices from tiles: what `Network.kernel` gives with arithmetic "float"."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from certify.kernels.float64.choice import float_gram
from certify.kernels.float64.composite import Workspace
from certify.kernels.float64.executors import tile_executor
from certify.kernels.float64.memory import new_array
from certify.kernels.float64.tiled import BallTile, TiledKernel
from certify.kernels.float_enclosure import FloatEnclosure
from certify.points import Points
from certify.programs import Layer


@dataclass(frozen=True)
class WholeTiles:
    """The tiles themselves."""

    kernel: TiledKernel

    def workspace(self) -> Workspace:
        return self.kernel.workspace()

    def __call__(self, rows: slice, columns: slice, work: Workspace) -> BallTile:
        return self.kernel.tile(rows, columns, work)


def enclose_in_float64(
    layers: Sequence[Layer],
    x1: Points,
    x2: Points | None,
    kernel: str,
    normalize: str,
    done: Callable[[int], None] | None = None,
) -> FloatEnclosure:
    """The kernel matrix, each entry with its radius. Raises NoApproximant where float64 is of no use."""
    return enclose_tiles(float_gram(layers, x1, x2, kernel, normalize), done)


def enclose_tiles(gram: TiledKernel, done: Callable[[int], None] | None = None) -> FloatEnclosure:
    """The matrix of a kernel made tile by tile."""
    mid, rad = new_array(*gram.shape), new_array(*gram.shape)

    def keep(rows: slice, columns: slice, tile: BallTile) -> None:
        mid[rows, columns], rad[rows, columns] = tile
        if gram.symmetric and rows != columns:
            mid[columns, rows], rad[columns, rows] = tile.mid.T, tile.rad.T

    tile_executor().run(gram.plan, WholeTiles(gram), keep, done)
    return FloatEnclosure(mid, rad, _bits(max(float(mid.max()), -float(mid.min())), float(rad.max())))


def _bits(top: float, widest: float) -> int:
    return max(math.floor(math.log2(top / widest)), 0) if widest > 0 < top else 53
