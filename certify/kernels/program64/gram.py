"""Kernel matrices of programs in float64, tile by tile; what float64 cannot give is answered by Arb."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.float_balls import FloatBall
from certify.kernels.float64.composite import Workspace
from certify.kernels.float64.layered_gram import ARB_BITS, nearest
from certify.kernels.float64.threads import TilePlan
from certify.kernels.float64.tiled import FLINT, BallTile
from certify.kernels.positions import PositionInputs
from certify.kernels.program64.backward import ArrayBackward
from certify.kernels.program64.data import PositionArrays
from certify.kernels.program64.engine import ArrayEngine
from certify.kernels.program64.forward import ArrayForward
from certify.kernels.program64.runs import Indices, Runs
from certify.kernels.program_entries import ProgramEvaluator
from certify.programs import Program

SIZE = 32
PROGRAM_BITS = 36
WIDEST = 2.0**-PROGRAM_BITS
"""Entries with a radius above this times sqrt(K_ii K_jj) are answered by Arb."""
CHUNK = 12_288
"""Covariances over positions that are evaluated together: few enough for the cache."""


@dataclass(frozen=True)
class ProgramKernel:
    """Entries of many pairs at once; `runs` and `diagonals` are those of the two sets of points."""

    engine: ArrayEngine
    ntk: bool
    arrays: tuple[PositionArrays, PositionArrays]
    factor: FloatBall
    runs: tuple[Runs, Runs]
    diagonals: tuple[FloatBall, FloatBall]

    def pairs(self, rows: Indices, columns: Indices) -> FloatBall:
        """K of the points rows[k] and columns[k]. Raises ArithmeticError where float64 does not suffice."""
        each = max(1, CHUNK // self.engine.largest)
        mid, rad = np.zeros(len(rows)), np.full(len(rows), np.inf)
        for start in range(0, len(rows), each):
            chosen = slice(start, start + each)
            try:
                with self.engine.number.active():
                    left, right = self.runs[0].at(rows[chosen]), self.runs[1].at(columns[chosen])
                    data = self.arrays[0].products(rows[chosen], self.arrays[1], columns[chosen], self.factor)
                    found = entries(self.engine, left, right, data, self.ntk)
            except ArithmeticError:
                continue
            mid[chosen], rad[chosen] = found.mid, found.rad
        return FloatBall(mid, rad)


def entries(engine: ArrayEngine, left: Runs, right: Runs, data: FloatBall, ntk: bool) -> FloatBall:
    """The kernel of every pair of runs."""
    output = engine.plan.output
    if output is None:
        return FloatBall(np.zeros(data.mid.shape[-1]), np.zeros(data.mid.shape[-1]))
    forward = ArrayForward(engine, left, right, data)
    if not ntk:
        return FloatBall(forward.made[output].mid[0, 0], forward.made[output].rad[0, 0])
    found = ArrayBackward(forward).kernel
    return FloatBall(np.zeros(forward.count), np.zeros(forward.count)) if found is None else found


@dataclass(frozen=True)
class ProgramGram:
    """Implements `TiledKernel` for programs. No BLAS product is in it: there is nothing to probe."""

    programs: tuple[Program, Program]
    inputs: PositionInputs
    kernel: ProgramKernel

    @property
    def symmetric(self) -> bool:
        return self.inputs.symmetric

    @property
    def shape(self) -> tuple[int, int]:
        return self.inputs.first.n, self.inputs.second.n

    @property
    def plan(self) -> TilePlan:
        return TilePlan(*self.shape, self.symmetric, SIZE)

    def workspace(self) -> Workspace:
        return Workspace(1)

    def probed(self) -> ProgramGram:
        return self

    @cached_property
    def _evaluator(self) -> ProgramEvaluator:
        """Of single entries, by Arb."""
        name = "ntk" if self.kernel.ntk else "nngp"
        return ProgramEvaluator(self.programs, self.inputs, (name,), ARB_BITS, ArbArithmetic)

    def tile(self, rows: slice, columns: slice, work: Workspace) -> BallTile:
        """See `TiledKernel`. Raises InputError for an entry beyond the range of float64."""
        shape = rows.stop - rows.start, columns.stop - columns.start
        mirrored = self.symmetric and rows == columns
        i, j = np.tril_indices(shape[0], -1) if mirrored else np.unravel_index(np.arange(shape[0] * shape[1]), shape)
        found = self.kernel.pairs(i + rows.start, j + columns.start)
        mid, rad = np.zeros(shape), np.zeros(shape)
        mid[i, j], rad[i, j] = found.mid, found.rad
        left, right = self.kernel.diagonals[0].mid[rows], self.kernel.diagonals[1].mid[columns]
        scale = np.sqrt(np.maximum(left, 0.0))[:, None] * np.sqrt(np.maximum(right, 0.0))[None, :]
        if mirrored:
            np.fill_diagonal(mid, left)
            np.fill_diagonal(rad, self.kernel.diagonals[0].rad[rows])
        opened = ~(rad <= WIDEST * scale) | ~np.isfinite(mid)
        if opened.any():
            self._settle(mid, rad, np.argwhere(opened), rows.start, columns.start)
        if mirrored:
            upper = np.triu_indices(shape[0], 1)
            mid[upper], rad[upper] = mid.T[upper], rad.T[upper]
        return BallTile(mid, rad)

    def _settle(
        self,
        mid: NDArray[np.float64],
        rad: NDArray[np.float64],
        places: NDArray[np.intp],
        top: int,
        first: int,
    ) -> None:
        with FLINT:
            evaluator = self._evaluator
            for i, j in places.tolist():
                value = evaluator.entry(top + i, first + j)
                mid[i, j], rad[i, j] = nearest(*evaluator.endpoints(value))
