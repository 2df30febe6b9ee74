"""What runs of many points give to their pairs, as arrays whose last axis is the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from certify.arithmetic.float_balls import FloatBall
from certify.kernels.classes import Class
from certify.programs.language import Nonlin, Normalise, Program

Indices = NDArray[np.intp]


class Codes(NamedTuple):
    """Exact classes as numbers, (positions, points) each: the base vector (0 for the zero vector), the sign and the
    number of the squared factor."""

    base: NDArray[np.int64]
    sign: NDArray[np.int64]
    square: NDArray[np.int64]

    def at(self, chosen: Indices) -> Codes:
        return Codes(*(part[:, chosen] for part in self))


class Coder:
    """Numbers for squared factors, shared by all runs that are compared with each other."""

    def __init__(self) -> None:
        self._squares: dict[Fraction, int] = {}

    def codes(self, program: Program, runs: Sequence[Sequence[Sequence[Class]]]) -> dict[int, Codes]:
        """Of the arguments of nonlinearities and norms, from the classes of every run."""
        wanted = {i.source for i in program.instructions if isinstance(i, (Nonlin, Normalise))}
        return {index: self._of([run[index] for run in runs]) for index in wanted}

    def _of(self, runs: Sequence[Sequence[Class]]) -> Codes:
        found = np.zeros((3, len(runs[0]), len(runs)), dtype=np.int64)
        for i, run in enumerate(runs):
            for p, one in enumerate(run):
                if one is not None:
                    found[:, p, i] = one[2] + 1, one[0], self._squares.setdefault(one[1], len(self._squares))
        return Codes(*found)


@dataclass
class Runs:
    """Classes, and what the pairs of points with themselves find out: variances (positions, points), lengths for layer
    norm alike, attention weights (positions, positions, points)."""

    program: Program
    codes: dict[int, Codes]
    variances: dict[int, FloatBall] = field(default_factory=dict)
    lengths: dict[int, FloatBall] = field(default_factory=dict)
    weights: dict[int, FloatBall] = field(default_factory=dict)

    def at(self, chosen: Indices) -> Runs:
        """Those of some points, in this order."""

        def taken(balls: dict[int, FloatBall]) -> dict[int, FloatBall]:
            return {k: FloatBall(ball.mid[..., chosen], ball.rad[..., chosen]) for k, ball in balls.items()}

        codes = {k: one.at(chosen) for k, one in self.codes.items()}
        return Runs(self.program, codes, taken(self.variances), taken(self.lengths), taken(self.weights))

    def collect(self, parts: Sequence[Runs]) -> None:
        """Takes over what the runs of all points, a few at a time, found out."""
        for name in ("variances", "lengths", "weights"):
            for k in getattr(parts[0], name):
                balls = [getattr(part, name)[k] for part in parts]
                mid = np.concatenate([ball.mid for ball in balls], axis=-1)
                rad = np.concatenate([ball.rad for ball in balls], axis=-1)
                getattr(self, name)[k] = FloatBall(mid, rad)
