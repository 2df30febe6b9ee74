"""Kernel matrices at points of different norms, tile by tile, with what float64 cannot give answered by Arb."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.errors import InputError
from certify.kernels.enclosure import dyadic, float_above
from certify.kernels.entries import EntryEvaluator
from certify.kernels.float64.composite import Tile, Workspace
from certify.kernels.float64.layered import SIZE, WIDEST, LayeredKernel
from certify.kernels.float64.probing import CorrelationProbe
from certify.kernels.float64.threads import TilePlan
from certify.kernels.float64.tiled import FLINT, BallTile
from certify.kernels.inputs import input_products
from certify.points import Points
from certify.programs import Layer

ARB_BITS = 60


@dataclass(frozen=True)
class LayeredGram:
    """Implements `TiledKernel`; `forced` marks points (of the first and second set) whose entries Arb answers."""

    layers: tuple[Layer, ...]
    kernel: LayeredKernel
    points: tuple[Points, Points]
    forced: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    symmetric: bool

    @property
    def shape(self) -> tuple[int, int]:
        return self.points[0].n, self.points[1].n

    @property
    def plan(self) -> TilePlan:
        return TilePlan(*self.shape, self.symmetric, SIZE)

    def workspace(self) -> Workspace:
        return Workspace(1)

    def probed(self) -> LayeredGram:
        """The same, with its matrix products probed."""
        self.kernel.probe = CorrelationProbe(self.kernel.first.directions, self.kernel.second.directions)
        return self

    def tile(self, rows: slice, columns: slice, work: Workspace) -> BallTile:
        """See `TiledKernel`. Raises InputError for an entry beyond the range of float64."""
        try:
            found = self.kernel.tile(rows, columns)
        except ArithmeticError:
            shape = rows.stop - rows.start, columns.stop - columns.start
            found = Tile(np.zeros(shape), np.full(shape, np.inf), np.arange(shape[0] * shape[1]))
        mid, rad = found.mid, found.rad
        asked = np.zeros(mid.size, dtype=bool)
        asked[found.open] = True
        wanted = asked.reshape(mid.shape)
        wanted |= self.forced[0][rows, None] | self.forced[1][None, columns]
        if self.symmetric and rows == columns:
            diagonal = self.kernel.traces[0].diagonal
            middles = np.broadcast_to(diagonal.mid, self.shape[0])[rows]
            radii = np.broadcast_to(diagonal.rad, self.shape[0])[rows]
            np.fill_diagonal(mid, middles)
            np.fill_diagonal(rad, radii)
            np.fill_diagonal(wanted, ~(radii <= WIDEST * middles) | self.forced[0][rows])
            wanted |= wanted.T
            wanted = np.triu(wanted)
        if wanted.any():
            self._settle(mid, rad, np.flatnonzero(wanted), rows, columns)
        if self.symmetric and rows == columns:
            for array in (mid, rad):
                lower = np.tril_indices(array.shape[0], -1)
                array[lower] = array.T[lower]
        return BallTile(mid, rad)

    def _settle(
        self, mid: NDArray[np.float64], rad: NDArray[np.float64], places: NDArray[np.intp], rows: slice, columns: slice
    ) -> None:
        width = columns.stop - columns.start
        left, right = np.unique(places // width).tolist(), np.unique(places % width).tolist()
        at_left, at_right = ({place: k for k, place in enumerate(side)} for side in (left, right))
        with FLINT:
            inputs = input_products(
                self.points[0].take([rows.start + i for i in left]),
                self.points[1].take([columns.start + j for j in right]),
                "none",
            )
            evaluator = EntryEvaluator(self.layers, inputs, (self.kernel.kernel,), ARB_BITS, ArbArithmetic)
            endpoints = evaluator.level(0).number.endpoints
            for place in places.tolist():
                i, j = divmod(place, width)
                low, high, exponent = endpoints(evaluator.entry(at_left[i], at_right[j])[0])
                mid[i, j], rad[i, j] = nearest(low, high, exponent)


def nearest(low: int, high: int, exponent: int) -> tuple[float, float]:
    lower, upper = dyadic(low, exponent), dyadic(high, exponent)
    try:
        mid = float((lower + upper) / 2)
    except OverflowError:
        raise InputError(
            "an entry of the kernel lies beyond the range of float64: scale the points or use arithmetic='arb'."
        ) from None
    widest = max(upper - Fraction(mid), Fraction(mid) - lower)
    shift = 1200
    return mid, float_above(-((-widest.numerator << shift) // widest.denominator), -shift)
