"""Kernel matrices in float64, tile by tile, every entry settled: what needs more than float64 is left to Arb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from flint import arb, ctx

from certify.kernels.float64.approximants import ProfileApproximant, build_approximant
from certify.kernels.float64.composite import CompositeKernel, Tile, Workspace
from certify.kernels.float64.polynomials import UNIT, UPWARD, FloatArray, above
from certify.kernels.float64.probing import CorrelationProbe
from certify.kernels.float64.profile import Profile
from certify.kernels.float64.remainders import Remainder
from certify.kernels.float64.stored import disk_is_used, kept_on_disk
from certify.kernels.float64.threads import TILE, TilePlan
from certify.kernels.float64.tiled import FLINT, BallTile
from certify.points import Points

_TINY = 2.0**-1060
_MOST_BITS = 1 << 14


def approximant_of(profile: Profile | Remainder) -> ProfileApproximant:
    """The approximant of a profile, built once; raises NoApproximant where there is none."""
    return _approximant(profile, disk_is_used())


@lru_cache(maxsize=32)
def _approximant(profile: Profile | Remainder, from_disk: bool) -> ProfileApproximant:
    def build() -> ProfileApproximant:
        return build_approximant(profile, profile.bits)

    with FLINT:
        if not from_disk:
            return build()
        return kept_on_disk(repr(profile), lambda: profile.at_one, build)


@dataclass(frozen=True)
class CompositeGram:
    """The exact kernel of two sets of points as float64 balls, made tile by tile.

    K_ij = w_i w_j F(correlation): all weights are 1 at equal norms; for a homogeneous network they are powers of the
    norms, float64 with a relative error of UNIT at most.
    """

    profile: Profile | Remainder
    approximant: ProfileApproximant
    kernel: CompositeKernel
    points: tuple[Points, Points]
    weights: tuple[FloatArray, FloatArray] | None
    symmetric: bool

    @property
    def shape(self) -> tuple[int, int]:
        return self.points[0].n, self.points[1].n

    @property
    def plan(self) -> TilePlan:
        return TilePlan(*self.shape, self.symmetric)

    def workspace(self) -> Workspace:
        return Workspace(TILE * TILE)

    def probed(self) -> CompositeGram:
        """The same, with its matrix products probed."""
        probe = CorrelationProbe(self.kernel.first, self.kernel.second)
        return replace(self, kernel=replace(self.kernel, probe=probe))

    @property
    def at_one(self) -> tuple[float, float]:
        """(midpoint, radius) of F(1)."""
        mid, rad = self.approximant.at_one
        scale = 2.0**self.approximant.exponent
        return mid * scale, rad * scale * UPWARD + _TINY

    def tile(self, rows: slice, columns: slice, work: Workspace) -> BallTile:
        """The entries of these rows and columns; of a tile on the diagonal of a symmetric matrix all of them, exactly
        symmetric."""
        found = self.kernel.tile(rows, columns, work)
        mid, rad = found.mid, found.rad
        mirrored = self.symmetric and rows == columns
        if found.open.size:
            self._settle(found, rows, columns, mirrored)
        if mirrored:
            np.fill_diagonal(mid, self.approximant.at_one[0])
            np.fill_diagonal(rad, self.approximant.at_one[1])
        if self.approximant.exponent:
            scale = 2.0**self.approximant.exponent
            np.multiply(mid, scale, out=mid)
            np.multiply(rad, scale, out=rad)
        if self.weights is not None:
            left, right = self.weights[0][rows, None], self.weights[1][None, columns]
            rad += 8 * UNIT * np.abs(mid)
            rad *= UPWARD
            for array in (mid, rad):
                array *= left
                array *= right
            rad *= UPWARD
        rad += _TINY
        if mirrored:
            for array in (mid, rad):
                upper = np.triu(array, 1)
                np.add(upper, upper.T, out=upper)
                np.fill_diagonal(upper, np.diagonal(array))
                np.copyto(array, upper)
        return BallTile(mid, rad)

    def _settle(self, found: Tile, rows: slice, columns: slice, mirrored: bool) -> None:
        """Pairs that are equal, opposite, or nearly so: by exact products and Arb; of a mirrored tile those above the
        diagonal only."""
        first, second = self.points
        for flat in found.open.tolist():
            i, j = divmod(flat, columns.stop - columns.start)
            if mirrored and i >= j:
                found.mid[i, j], found.rad[i, j] = 0.0, 0.0
                continue
            with FLINT:
                found.mid[i, j], found.rad[i, j] = self._exactly(
                    first.rows[rows.start + i], second.rows[columns.start + j]
                )

    def _exactly(self, x: Sequence[int], y: Sequence[int]) -> tuple[float, float]:
        """F at the correlation of two rows, which the scaling of a row does not change."""
        if x == y:
            return self.approximant.at_one
        a, b = sum(v * v for v in x), sum(v * v for v in y)
        c = sum(v * w for v, w in zip(x, y, strict=True))
        if c * c == a * b:
            return self.approximant.at_one if c > 0 else self.approximant.at_minus_one
        profile = self.profile
        # 1 - rho^2 = (ab - cc) / ab loses as many digits as it has zeros after the point.
        lost = (a * b).bit_length() - (a * b - c * c).bit_length()
        before = ctx.prec
        while True:
            ctx.prec = bits = profile.bits + 2 * lost
            try:
                value = profile.at_bits(bits)(arb(c) / arb(a * b).sqrt()) * arb(2) ** -self.approximant.exponent
            finally:
                ctx.prec = before
            mid = float(value.mid())
            rad = above(abs(value - arb(mid)))
            if rad <= 2.0**-50 or bits > _MOST_BITS:
                return mid, rad
            lost += bits
