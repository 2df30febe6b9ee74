"""From exact numbers to float64 without loss, or rounded in a known direction."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.points import Points


def as_float64(points: Points) -> NDArray[np.float64]:
    """The points as an N x d array of doubles that equal them exactly.

    Raises ValueError where a coordinate is no double: draw the points with doubles=True.
    """
    rows = points.as_fractions()
    array = np.array([[float(value) for value in row] for row in rows])
    if any(Fraction(float(array[i, j])) != value for i, row in enumerate(rows) for j, value in enumerate(row)):
        raise ValueError(f"{points.name} has a coordinate that is no double: draw the points with doubles=True.")
    return array


def float_above(value: Fraction) -> float:
    """The smallest double that is at least `value`, or the next one."""
    nearest = float(value)
    return nearest if Fraction(nearest) >= value else math.nextafter(nearest, math.inf)
