"""A user's ball matrix, checked and made symmetric: every symmetric matrix that was meant, and no NaN, passes on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.errors import InputError
from certify.spectrum.fixed_point import FloatArray

_LARGEST_EXACT_INTEGER = 2**53


def read_symmetric_ball(mid: Any, rad: Any) -> tuple[FloatArray, FloatArray]:
    """(midpoints, radii), n x n float64, midpoints symmetric, holding every symmetric matrix of the given ball.

    mid: n x n real numbers that float64 holds exactly. rad: radii >= 0 of the same shape, or one number for all
    entries.
    Where the two halves differ, an entry must lie in both intervals: their intersection is taken, rounded outward.
    Raises InputError for another shape or type, NaN, infinity, a negative radius, and a pair of disjoint intervals.
    """
    middle = _read_float64(mid, "the matrix")
    if middle.ndim != 2:
        raise InputError(f"the matrix has {middle.ndim} dimension(s): give a square array with two.")
    n, columns = middle.shape
    if n != columns:
        raise InputError(f"the matrix is {n} x {columns}: give a square one.")
    if n == 0:
        raise InputError("the matrix has no entries: give at least one row.")
    radius = _read_float64(rad, "the radius")
    if radius.ndim != 0 and radius.shape != middle.shape:
        raise InputError(
            f"the radius has shape {radius.shape}: give one number or the shape {middle.shape} of the matrix."
        )
    _refuse_first(~np.isfinite(middle), middle, "the matrix has {value} at row {i}, column {j}: give finite numbers.")
    if radius.ndim == 0:
        if not np.isfinite(radius) or radius < 0:
            raise InputError(f"the radius is {float(radius)}: give a finite number that is not negative.")
        radius = np.broadcast_to(radius, middle.shape)
    _refuse_first(~np.isfinite(radius), radius, "the radius is {value} at row {i}, column {j}: give finite numbers.")
    _refuse_first(radius < 0, radius, "the radius is {value} at row {i}, column {j}: give one that is not negative.")
    return _intersect_halves(middle, radius)


def _read_float64(values: Any, name: str) -> FloatArray:
    """The values as float64 where that changes none of them."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise InputError(f"{name} is not a rectangular array of numbers: give rows of equal length.") from error
    kind = array.dtype.kind
    if kind in "iu":
        too_large = (array > _LARGEST_EXACT_INTEGER) | (array < -_LARGEST_EXACT_INTEGER)
        if np.any(too_large):
            raise InputError(
                f"{name} holds the integer {int(array[too_large][0])}, which float64 may not hold: scale it down."
            )
    elif kind == "O" and array.dtype.hasobject and all(type(v) is int for v in array.flat):
        large = [v for v in array.flat if abs(v) > _LARGEST_EXACT_INTEGER]
        if large:
            raise InputError(f"{name} holds the integer {large[0]}, which float64 may not hold: scale it down.")
    elif kind != "f" or array.dtype.itemsize > 8:
        raise InputError(f"{name} holds values of type {array.dtype}: give float64 or shorter numbers.")
    return array.astype(np.float64)


def _refuse_first(bad: NDArray[np.bool_], array: FloatArray, sentence: str) -> None:
    places = np.argwhere(bad)
    if len(places):
        i, j = (int(k) for k in places[0])
        raise InputError(sentence.format(value=float(array[i, j]), i=i, j=j))


def _intersect_halves(middle: FloatArray, radius: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Symmetric midpoints and radii around the intersection of each entry's interval with its mirror image's."""
    other, other_radius = middle.T, radius.T
    same = middle == other
    if same.all():
        return middle, np.minimum(radius, other_radius)
    # One float64 operation is off by less than the step to the next number, so one step outward makes it a bound.
    low, high = _outward(middle, radius)
    low, high = np.maximum(low, low.T), np.minimum(high, high.T)
    for i, j in np.argwhere(_may_be_disjoint(middle, radius)):
        _refuse_disjoint(middle, radius, int(i), int(j))
    centre = np.where(same, middle, low / 2 + high / 2)
    with np.errstate(over="ignore", invalid="ignore"):
        reach = np.nextafter(np.maximum(high - centre, centre - low), np.inf)
    reach = np.where(same, np.minimum(radius, other_radius), reach)
    _refuse_first(
        ~(np.isfinite(centre) & np.isfinite(reach)),
        middle,
        "the interval of {value} at row {i}, column {j} overflows: scale the matrix down.",
    )
    return centre, reach


def _outward(middle: FloatArray, radius: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(over="ignore"):
        return np.nextafter(middle - radius, -np.inf), np.nextafter(middle + radius, np.inf)


def _may_be_disjoint(middle: FloatArray, radius: FloatArray) -> NDArray[np.bool_]:
    """True wherever float64 cannot exclude that an entry's interval and its mirror image's have no common point."""
    with np.errstate(over="ignore"):
        distance = np.abs(middle / 2 - middle.T / 2)
        reach = radius / 2 + radius.T / 2
    unclear: NDArray[np.bool_] = (middle != middle.T) & (distance >= reach * (1 - 2.0**-50))
    return np.asarray(np.tril(unclear), dtype=np.bool_)


def _refuse_disjoint(middle: FloatArray, radius: FloatArray, i: int, j: int) -> None:
    gap = abs(Fraction(float(middle[i, j])) - Fraction(float(middle[j, i])))
    if gap > Fraction(float(radius[i, j])) + Fraction(float(radius[j, i])):
        raise InputError(
            f"the matrix is not symmetric: {float(middle[i, j])} at row {i}, column {j} and {float(middle[j, i])} at "
            "its mirror image have no value within both radii: give a symmetric matrix or larger radii."
        )
