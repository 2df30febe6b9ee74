"""Kernel matrices in float64, tile by tile, every entry settled: what needs more than float64 is left to Arb."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx, fmpq

from certify.activations import Activation
from certify.errors import InputError
from certify.kernels.float64.approximants import NoApproximant, ProfileApproximant, build_approximant
from certify.kernels.float64.composite import CompositeKernel, Tile, Workspace
from certify.kernels.float64.directions import MOST_COLUMNS, directions
from certify.kernels.float64.polynomials import UNIT, UPWARD, FloatArray, above
from certify.kernels.float64.profile import Profile, homogeneity
from certify.kernels.float64.threads import TILE, TilePlan
from certify.points import Points
from certify.programs import Dense, Identity, Layer

_TINY = 2.0**-1060
_LARGEST_EXPONENT = 900
_LARGEST_WEIGHT = 400
_MOST_BITS = 1 << 14
_FLINT = threading.Lock()
"""The precision of FLINT belongs to the process: one thread at a time."""


class BallTile(NamedTuple):
    """|mid - K| <= rad, both finite; views of a workspace."""

    mid: FloatArray
    rad: FloatArray


@lru_cache(maxsize=32)
def _approximant(profile: Profile) -> ProfileApproximant:
    with _FLINT:
        return build_approximant(profile, profile.bits)


@dataclass(frozen=True)
class FloatGram:
    """The exact kernel of two sets of points as float64 balls, made tile by tile.

    K_ij = w_i w_j F(correlation): all weights are 1 at equal norms; for a homogeneous network they are powers of the
    norms, float64 with a relative error of UNIT at most.
    """

    profile: Profile
    approximant: ProfileApproximant
    kernel: CompositeKernel
    points: tuple[Points, Points]
    weights: tuple[FloatArray, FloatArray] | None
    symmetric: bool

    @property
    def plan(self) -> TilePlan:
        return TilePlan(self.points[0].n, self.points[1].n, self.symmetric)

    def workspace(self) -> Workspace:
        return Workspace(TILE * TILE)

    @property
    def diagonal(self) -> tuple[float, float]:
        """(midpoint, radius) of F(1), the diagonal entry where no weights are."""
        return self._scaled(*self.approximant.at_one)

    def _scaled(self, mid: float, rad: float) -> tuple[float, float]:
        scale = 2.0**self.approximant.exponent
        return mid * scale, rad * scale * UPWARD + _TINY

    def tile(self, rows: slice, columns: slice, work: Workspace) -> BallTile:
        """The entries of these rows and columns; of a tile on the diagonal of a symmetric matrix all of them, exactly
        symmetric."""
        found = self.kernel.tile(rows, columns, work)
        mid, rad = found.mid, found.rad
        if found.open.size:
            self._settle(found, rows, columns)
        if self.symmetric and rows == columns:
            upper = np.triu_indices(mid.shape[0], 1)
            mid.T[upper], rad.T[upper] = mid[upper], rad[upper]
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
        return BallTile(mid, rad)

    def _settle(self, found: Tile, rows: slice, columns: slice) -> None:
        """Pairs that are equal, opposite, or nearly so: by exact products and Arb."""
        first, second = self.points
        for flat in found.open.tolist():
            i, j = divmod(flat, columns.stop - columns.start)
            with _FLINT:
                found.mid[i, j], found.rad[i, j] = self._exactly(
                    first.rows[rows.start + i], second.rows[columns.start + j]
                )

    def _exactly(self, x: Sequence[int], y: Sequence[int]) -> tuple[float, float]:
        """F at the correlation of two rows, which the scaling of a row does not change."""
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


def float_gram(layers: Sequence[Layer], x1: Points, x2: Points | None, kernel: str, normalize: str) -> FloatGram:
    """The kernel "nngp" or "ntk" of checked points, ready to be made in float64.

    Raises NoApproximant where float64 is of no use: norms that differ under a network that is not homogeneous, values
    beyond the range of float64, a profile too rough near correlation +-1.
    """
    first, second = x1, x1 if x2 is None else x2
    if not all(isinstance(layer, (Dense, Identity, Activation)) for layer in layers):
        raise NoApproximant("a network that is no sequence of dense layers and activations")
    if first.columns > MOST_COLUMNS:
        raise NoApproximant(f"points of more than {MOST_COLUMNS} columns")
    squares = [_squares(points) for points in ((first,) if x2 is None else (first, second))]
    unit = normalize == "unit"
    distinct = set() if unit else set().union(*squares)
    degree = homogeneity(layers)
    if unit and any(0 in found for found in squares):
        raise InputError("a point is zero and has no direction: remove it or use normalize='none'.")
    weights: tuple[FloatArray, FloatArray] | None = None
    if unit or len(distinct) == 1:
        square = Fraction(1) if unit else next(iter(distinct))
        if not square:
            raise NoApproximant("all points are zero")
    elif degree is None or (degree == 0 and 0 in distinct):
        raise NoApproximant("points of different norm under a network that is not homogeneous")
    else:
        square = Fraction(1)
        found = [_weights(part, degree) for part in squares]
        weights = found[0], found[-1]
    profile = Profile(tuple(layers), first.columns, square, kernel)
    approximant = _approximant(profile)
    if abs(approximant.exponent) > _LARGEST_EXPONENT:
        raise NoApproximant("values beyond the range of float64")
    ways = [directions(_without_zeros(points.rows)) for points in ((first,) if x2 is None else (first, second))]
    composite = CompositeKernel(approximant, ways[0], ways[-1])
    return FloatGram(profile, approximant, composite, (first, second), weights, x2 is None)


def _squares(points: Points) -> list[Fraction]:
    unit = points.denominator**2
    return [Fraction(sum(v * v for v in row), unit) for row in points.rows]


def _weights(squares: Sequence[Fraction], degree: int) -> FloatArray:
    """|x|^degree to nearest. Raises NoApproximant beyond 2**+-_LARGEST_WEIGHT."""
    result: list[float] = []
    with _FLINT:
        before = ctx.prec
        ctx.prec = 128 + 64
        try:
            for square in squares:
                value = arb(fmpq(square.numerator, square.denominator)).sqrt() ** degree
                size = 0 if not square else _exponent(value)
                if abs(size) > _LARGEST_WEIGHT:
                    raise NoApproximant("norms beyond the range of float64")
                result.append(float(value.mid()))
        finally:
            ctx.prec = before
    return np.array(result)


def _exponent(value: Any) -> int:
    mantissa, exponent = value.mid().man_exp()
    return int(exponent) + int(mantissa).bit_length()


def _without_zeros(rows: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """Rows with some direction: that of a zero row does not matter, its weight being zero."""
    return [row if any(row) else (1, *row[1:]) for row in rows]
