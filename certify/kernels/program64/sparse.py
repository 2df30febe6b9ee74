"""Fixed linear maps of matrices over positions (convolutions, pools, shifts) on arrays of float64 balls.

Arrays have the shape (rows, columns, pairs). A map acts on the first two axes taken together, as a sparse matrix times
a dense one; a product of T terms in any order, with rounded coefficients, is off by at most (T + 2) UNIT times the same
product of absolute values (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from certify.arithmetic.float_balls import UNIT, FloatBall
from certify.programs.language import Taps

UPWARD = 1 + 2.0**-30
_LEAST_BITS = np.uint64(np.float64(2.0**-800).view(np.uint64))
_LARGEST = 2.0**800
_MOST_TERMS = 1 << 20


@dataclass(frozen=True)
class SparseMap:
    """M -> A M, A given by its coefficients to nearest, for matrices M of shape `source` spread out in C order."""

    coefficients: Any
    sizes: Any
    source: tuple[int, int]
    target: tuple[int, int]
    terms: int

    def apply(self, ball: FloatBall) -> FloatBall:
        """The image of every matrix. Raises ArithmeticError outside the range of float64."""
        count = ball.mid.shape[-1]
        stacked = np.empty((self.source[0] * self.source[1], 2 * count))
        mid, rad = stacked[:, :count], stacked[:, count:]
        mid[...] = ball.mid.reshape(-1, count)
        np.abs(mid, out=rad)
        rad *= (self.terms + 2) * UNIT
        rad += ball.rad.reshape(-1, count)
        # Compiled sums raise no flags: no product may underflow, and no sum overflow.
        size = np.abs(stacked)
        if not size.max(initial=0.0) < _LARGEST or (size.view(np.uint64) - np.uint64(1) < _LEAST_BITS - 1).any():
            raise ArithmeticError("values beyond the range of float64")
        if self.sizes is self.coefficients:
            found = self.coefficients @ stacked
            new, radius = found[:, :count], found[:, count:]
        else:
            new, radius = self.coefficients @ stacked[:, :count], self.sizes @ stacked[:, count:]
        shape = (*self.target, count)
        return FloatBall(np.ascontiguousarray(new).reshape(shape), (radius * UPWARD).reshape(shape))


def sparse_map(
    entries: Iterable[tuple[int, int, Fraction | int]], source: tuple[int, int], target: tuple[int, int]
) -> tuple[SparseMap, SparseMap]:
    """The map with these (place in the image, place in the source, coefficient), repeated places added up, and its
    transpose. Raises ArithmeticError for coefficients beyond moderate size."""
    sums: dict[tuple[int, int], Fraction | int] = {}
    for out, place, coefficient in entries:
        before = sums.get((out, place))
        sums[out, place] = coefficient if before is None else before + coefficient
    kept = [(out, place, value) for (out, place), value in sums.items() if value]
    values = np.array([float(value) for _, _, value in kept])
    if not ((np.abs(values) >= 2.0**-100) & (np.abs(values) <= 2.0**100)).all():
        raise ArithmeticError("a coefficient of a layer is beyond float64")
    outs: NDArray[np.int64] = np.array([out for out, _, _ in kept], dtype=np.int64)
    places: NDArray[np.int64] = np.array([place for _, place, _ in kept], dtype=np.int64)
    forward = _mapped(values, outs, places, source, target)
    return forward, _mapped(values, places, outs, target, source)


def tap_map(taps: Taps, others: Taps, source: tuple[int, int], target: tuple[int, int]) -> tuple[SparseMap, SparseMap]:
    """The sums over taps of M[taps[p][t], others[q][t]], padding left out, and the transpose of that map."""
    left, right = (np.array([[-1 if k is None else k for k in at] for at in side]) for side in (taps, others))
    outs, places = [], []
    for one, two in zip(left.T, right.T, strict=True):
        rows, columns = np.flatnonzero(one >= 0), np.flatnonzero(two >= 0)
        outs.append((rows[:, None] * target[1] + columns[None, :]).ravel())
        places.append((one[rows][:, None] * source[1] + two[columns][None, :]).ravel())
    at, place = np.concatenate(outs), np.concatenate(places)
    ones = np.ones(len(at))
    return _mapped(ones, at, place, source, target), _mapped(ones, place, at, target, source)


def _mapped(
    values: NDArray[np.float64],
    outs: NDArray[np.int64],
    places: NDArray[np.int64],
    source: tuple[int, int],
    target: tuple[int, int],
) -> SparseMap:
    shape = target[0] * target[1], source[0] * source[1]
    matrix = csr_array((values, (outs, places)), shape=shape)
    matrix.sum_duplicates()
    sizes = matrix if bool((values > 0).all()) else abs(matrix)
    terms = int(np.diff(matrix.indptr).max(initial=0))
    if terms > _MOST_TERMS:
        raise ArithmeticError("a layer adds up too many positions for float64")
    return SparseMap(matrix, sizes, source, target, terms)


def total(ball: FloatBall, axis: int | tuple[int, ...], keep: bool = False) -> FloatBall:
    """The sum over the first axes, of a tree of additions: off by at most the height of the tree times UNIT times the
    sum of absolute values."""
    axes = (axis,) if isinstance(axis, int) else axis
    shape = ball.mid.shape
    rest = (
        tuple(1 if k in axes else size for k, size in enumerate(shape))
        if keep
        else tuple(size for k, size in enumerate(shape) if k not in axes)
    )
    count = math.prod(shape[k] for k in axes)
    ordered = (*axes, *(k for k in range(len(shape)) if k not in axes))
    mid, rad = (a.transpose(ordered).reshape(count, -1) for a in (ball.mid, ball.rad))
    rad = np.abs(mid) * ((count - 1).bit_length() * UNIT * UPWARD) + rad
    return FloatBall(_tree_sum(mid).reshape(rest), (_tree_sum(rad) * UPWARD).reshape(rest))


def _tree_sum(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of the rows, each added up in as many steps as the number of rows has bits."""
    while len(values) > 1:
        half = len(values) // 2
        added = values[:half] + values[half : 2 * half]
        values = added if len(values) == 2 * half else np.concatenate([added, values[2 * half :]])
    result: NDArray[np.float64] = values[0]
    return result
