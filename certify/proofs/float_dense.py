"""The dense proof in float64: entries, factor, residual, all with bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np
from numpy.typing import NDArray

from certify.kernels.float64 import TiledKernel, float_gram, in_order, tile_executor
from certify.kernels.float64.composite import Workspace
from certify.kernels.float64.memory import new_array
from certify.points import Points
from certify.programs import Layer
from certify.proofs.gram import Progress
from certify.proofs.witness import FACTOR_ROWS
from certify.spectrum import EigenvalueEnclosure, ScaledMatrix
from certify.spectrum.float_bounds import FloatMatrix
from certify.spectrum.float_dense import FloatBounds, enclose_in_float

FloatArray = NDArray[np.float64]

_BITS = 53
_UP = 1 + 2.0**-30
LARGEST_ENTRY = 2.0**300
_LEAST_ROOM = Fraction(1, 8)


_Part = tuple[FloatArray, FloatArray, FloatArray | None]


@dataclass(frozen=True)
class _Entries:
    """Midpoints of a tile, and the sums of its radii along rows and, off the diagonal, along columns."""

    kernel: TiledKernel

    def workspace(self) -> Workspace:
        return self.kernel.workspace()

    def __call__(self, rows: slice, columns: slice, work: Workspace) -> _Part:
        tile = self.kernel.tile(rows, columns, work)
        return tile.mid, tile.rad.sum(axis=1), None if rows == columns else tile.rad.sum(axis=0)


def float_matrix(kernel: TiledKernel, progress: Progress | None = None) -> FloatMatrix:
    """The symmetric kernel matrix as midpoints and row sums of radii."""
    kernel = kernel.probed()
    n = kernel.shape[0]
    mid, sums = new_array(n, n), np.zeros(n)
    parts: list[tuple[slice, slice, FloatArray, FloatArray | None]] = []
    done = 0

    def keep(rows: slice, columns: slice, part: _Part) -> None:
        middle, across, below = part
        mid[rows, columns] = middle
        if below is not None:
            mid[columns, rows] = middle.T
        # Added up later, in one order whatever the threads do, so that the same bits come out every time.
        parts.append((rows, columns, across, below))

    def count(pairs: int) -> None:
        nonlocal done
        done += pairs
        if progress is not None:
            progress("entries in float64", min(done, kernel.plan.pairs), kernel.plan.pairs)

    tile_executor().run(kernel.plan, _Entries(kernel), keep, count)
    for rows, columns, across, below in in_order(parts):
        sums[rows] += across
        if below is not None:
            sums[columns] += below
    return FloatMatrix(mid, sums * _UP)


def prove_in_float64(
    layers: Sequence[Layer],
    points: Points,
    kernel: str,
    normalize: str,
    rel_width: Fraction,
    progress: Progress | None = None,
) -> EigenvalueEnclosure | None:
    """Both bounds of a chain of layers at the asked width, or None where float64 cannot give them."""
    return prove_tiles(lambda: float_gram(layers, points, None, kernel, normalize), rel_width, progress)


def prove_tiles(
    make: Callable[[], TiledKernel], rel_width: Fraction, progress: Progress | None = None
) -> EigenvalueEnclosure | None:
    """Both bounds of a kernel made tile by tile at the asked width, or None where float64 cannot give them."""
    try:
        matrix = float_matrix(make(), progress)
    except ArithmeticError:
        return None
    return enclose_with_room(matrix, rel_width, progress)


def enclose_with_room(
    matrix: FloatMatrix, rel_width: Fraction, progress: Progress | None = None
) -> EigenvalueEnclosure | None:
    """Both bounds of lambda_min over a ball matrix at the asked width, or None where float64 cannot give them.

    They leave room for a verifier with entries of its own, of radius 2^-53 of the largest diagonal entry, and with a
    factor of its own where the certificate carries none.
    """
    if not matrix.largest_entry <= LARGEST_ENTRY:
        return None
    try:
        found = enclose_in_float(matrix, rel_width, progress)
    except ArithmeticError:
        return None
    if found is None:
        return None
    claimed = _leave_room(found, matrix)
    return claimed if claimed.is_within(rel_width) else None


def _leave_room(found: FloatBounds, matrix: FloatMatrix) -> EigenvalueEnclosure:
    slack = matrix.n * Fraction(2, 2**_BITS) * Fraction(matrix.largest_diagonal)
    shift = found.shift.fraction()
    residual = shift - found.lower
    distance = found.upper - shift
    lower = shift - max(2 * residual, distance * _LEAST_ROOM) - slack
    upper = found.upper + max(slack, distance * _LEAST_ROOM)
    return EigenvalueEnclosure(lower, upper, _BITS, found.shift, _factor(found), found.vector)


def _factor(found: FloatBounds) -> ScaledMatrix | None:
    """The factor in integers where the certificate carries it."""
    n = len(found.factor)
    if n > FACTOR_ROWS:
        return None
    integers = np.ldexp(found.factor, -found.factor_exponent).astype(np.int64)
    return ScaledMatrix(flint.fmpz_mat(integers.tolist()), found.factor_exponent)
