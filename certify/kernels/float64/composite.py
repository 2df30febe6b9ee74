"""Tiles of a kernel at points of one norm: correlations, then one approximant of the whole network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from certify.kernels.float64.approximants import MIDDLE, NEAREST, Approximant, ProfileApproximant
from certify.kernels.float64.directions import Directions, correlations, distances
from certify.kernels.float64.polynomials import UNIT, UPWARD, FloatArray
from certify.kernels.float64.probing import CorrelationProbe

Indices = NDArray[np.intp]

CLOSE = 2.0**-30
"""Pairs with 1 - |rho| below this get it from the difference of the points instead of the product."""
CHUNK = 65_536
"""Elements at a time: they stay in the cache, and are enough for threads not to wait for each other between calls."""
_BORDER = float(MIDDLE)
_FEW = 0.25


class Tile(NamedTuple):
    """|mid - K| <= rad entry by entry; `open`: flat indices of pairs left to exact arithmetic, with rad infinite."""

    mid: FloatArray
    rad: FloatArray
    open: Indices


class Workspace:
    """Buffers of one thread for tiles of at most `size` pairs."""

    def __init__(self, size: int) -> None:
        self.high, self.low, self.mid, self.rad = (np.empty(size) for _ in range(4))
        self.chunk = np.empty(min(size, CHUNK))


@dataclass(frozen=True)
class CompositeKernel:
    """F(correlation) * 2**-exponent for all pairs of two sets of directions, F as `approximant` has it.

    With a `probe` the products of every tile are checked: what proofs and engines do.
    """

    approximant: ProfileApproximant
    first: Directions
    second: Directions
    probe: CorrelationProbe | None = None

    @cached_property
    def correlation_error(self) -> float:
        return max(self.first.correction_error, self.second.correction_error)

    def radius(self, part: Approximant) -> float:
        """The error of a part for every pair that it serves, those below CLOSE aside."""
        if not part.sign:
            argument = self.correlation_error + UNIT * part.polynomial.reach
            return (part.error + part.slope * argument) * UPWARD
        # |err| <= absolute + relative * value, through each square root: see `root_error`.
        absolute, relative, least, value = self.correlation_error, UNIT, CLOSE, 1 - _BORDER
        for _ in range(part.roots):
            absolute /= 1.7 * math.sqrt(least)
            relative = relative / 1.7 + 1.01 * UNIT
            least, value = math.sqrt(least), math.sqrt(value)
        return (part.error + part.slope * (absolute + relative * value) * UPWARD) * UPWARD

    def tile(self, rows: slice, columns: slice, work: Workspace) -> Tile:
        """The pairs of these rows of the first and columns of the second set; arrays live in the workspace."""
        shape = rows.stop - rows.start, columns.stop - columns.start
        size = shape[0] * shape[1]
        high, low, mid, rad = (buffer[:size] for buffer in (work.high, work.low, work.mid, work.rad))
        products = correlations(self.first, self.second, rows, columns, (high.reshape(shape), low.reshape(shape)))
        if self.probe is not None:
            self.probe.check(*products, rows, columns)
        whole = self.approximant.whole
        if whole is not None:
            np.add(high, low, out=high)
            np.clip(high, -1.0, 1.0, out=high)
            _evaluate(whole, high, mid, work.chunk)
            rad.fill(self.radius(whole))
            return Tile(mid.reshape(shape), rad.reshape(shape), np.empty(0, dtype=np.intp))
        return self._by_regions(rows, columns, high, low, mid, rad, work, shape)

    def _by_regions(
        self,
        rows: slice,
        columns: slice,
        high: FloatArray,
        low: FloatArray,
        mid: FloatArray,
        rad: FloatArray,
        work: Workspace,
        shape: tuple[int, int],
    ) -> Tile:
        middle, positive, negative = self.approximant.middle, self.approximant.positive, self.approximant.negative
        assert middle is not None
        np.add(high, low, out=mid)
        outside = np.abs(mid, out=rad) > _BORDER
        count = int(np.count_nonzero(outside))
        if count <= _FEW * high.size:
            far = np.flatnonzero(outside)
            u, above = _complements(high, low, far)
            _evaluate(middle, mid, mid, work.chunk)
            rad.fill(self.radius(middle))
        else:
            near = np.flatnonzero(~outside)
            far = np.flatnonzero(outside) if near.size else np.arange(high.size)
            u, above = _complements(high, low, far)
            rho = mid[near]
            mid[near] = _evaluate(middle, rho, rho, work.chunk)
            rad[near] = self.radius(middle)
        undecided = []
        for parts, chosen in ((positive, above), (negative, ~above)):
            places, gaps = (far, u) if chosen.all() else (far[chosen], u[chosen])
            for part in parts:
                if not places.size:
                    break
                here = gaps >= part.gaps[0]
                if here.all():
                    undecided.append(self._side(part, places, gaps, rows, columns, mid, rad, work, shape))
                    break
                undecided.append(self._side(part, places[here], gaps[here], rows, columns, mid, rad, work, shape))
                places, gaps = places[~here], gaps[~here]
        opened = np.concatenate(undecided) if undecided else np.empty(0, dtype=np.intp)
        return Tile(mid.reshape(shape), rad.reshape(shape), opened)

    def _side(
        self,
        part: Approximant,
        places: Indices,
        gaps: FloatArray,
        rows: slice,
        columns: slice,
        mid: FloatArray,
        rad: FloatArray,
        work: Workspace,
        shape: tuple[int, int],
    ) -> Indices:
        """Entries at flat indices `places` with 1 - sign * rho = gaps; those too close for it are returned."""
        close = gaps < CLOSE
        if not gaps.size:
            return np.empty(0, dtype=np.intp)
        if close.any():
            opened = self._close(part, places[close], rows, columns, mid, rad, work, shape)
            places, gaps = places[~close], gaps[~close]
        else:
            opened = np.empty(0, dtype=np.intp)
        v = gaps
        for _ in range(part.roots):
            v = np.sqrt(v)
        mid[places] = _evaluate(part, v, v, work.chunk)
        rad[places] = self.radius(part)
        return opened

    def _close(
        self,
        part: Approximant,
        places: Indices,
        rows: slice,
        columns: slice,
        mid: FloatArray,
        rad: FloatArray,
        work: Workspace,
        shape: tuple[int, int],
    ) -> Indices:
        first, second = np.divmod(places, shape[1])
        opened = []
        for start in range(0, places.size, CHUNK):
            part_of = slice(start, start + CHUNK)
            d, error = distances(
                self.first, self.second, first[part_of] + rows.start, second[part_of] + columns.start, part.sign
            )
            here = places[part_of]
            served = d * d / 2 >= 2 * NEAREST
            opened.append(here[~served])
            d, error, here = d[served], error[served], here[served]
            v = d * d / 2
            error = (d * error + error * error + 4 * UNIT * v) * UPWARD
            for _ in range(part.roots):
                v, error = root_error(v, error)
            mid[here] = _evaluate(part, v, v, work.chunk)
            rad[here] = (part.error + part.slope * error) * UPWARD
        closed = np.concatenate(opened)
        mid[closed], rad[closed] = 0.0, np.inf
        return closed


def root_error(v: FloatArray, error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """sqrt(v) and its error, where v > 0 is off by error <= v / 2: then the other root is at least 0.7 sqrt(v)."""
    root = np.sqrt(v)
    return root, (error / (1.7 * root) + UNIT * root) * UPWARD


def _complements(high: FloatArray, low: FloatArray, far: Indices) -> tuple[FloatArray, NDArray[np.bool_]]:
    """(1 - |rho|, rho > 0) at the indices; 1 - |high| is exact since high is a multiple of 2^-52."""
    h, small = high[far], low[far]
    above = h > 0
    u = 1.0 - np.abs(h)
    np.negative(small, out=small, where=above)
    u += small
    np.clip(u, 0.0, 1.0 - _BORDER, out=u)
    return u, above


def _evaluate(part: Approximant, v: FloatArray, out: FloatArray, scratch: FloatArray) -> FloatArray:
    """The polynomial of a part, in pieces that stay in the cache; `out` may be v, which is overwritten anyway."""
    for start in range(0, v.size, CHUNK):
        piece = v[start : start + CHUNK]
        part.polynomial.evaluate(piece, scratch[: piece.size])
        out[start : start + CHUNK] = scratch[: piece.size]
    return out
