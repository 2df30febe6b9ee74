"""Rank bounds for polynomial networks: counting the monomials that their features are made of.

With polynomial activations the kernel's feature functions are combinations of monomials whose total degrees are
known; so the rank of any Gram matrix is at most the number of those monomials that do not vanish on all the points.
The degrees after an activation are the sums of j degrees before it, j running over its exponents; a bias adds degree
0. NNGP and NTK have the same degrees: in T V', one degree comes from T and j - 1 from V'. On the unit sphere a factor
|x|^2 = 1 lifts every degree by two, so for each parity only the largest counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from certify.activations import Activation
from certify.points import Points
from certify.programs import Dense, Layer

MAX_TOTAL_DEGREE = 1000


def feature_degrees(layers: Sequence[Layer]) -> frozenset[int] | None:
    """Total degrees of the monomials in the features; None unless all activations are polynomials and degrees stay
    within 1000."""
    degrees = 0b10
    for layer in layers:
        if isinstance(layer, Dense):
            degrees |= bool(layer.b_var)
        elif isinstance(layer, Activation):
            coefficients = layer.polynomial
            if coefficients is None:
                return None
            image = _image(degrees, [j for j, c in enumerate(coefficients) if c])
            if image is None:
                return None
            degrees = image
    return frozenset(_bits(degrees))


def _bits(mask: int) -> list[int]:
    return [k for k in range(mask.bit_length()) if mask >> k & 1]


def _image(degrees: int, exponents: Sequence[int]) -> int | None:
    """Bit mask of the sums of j degrees, j over the exponents."""
    if not exponents:
        return 0
    largest = degrees.bit_length() - 1
    if largest * exponents[-1] > MAX_TOTAL_DEGREE:
        return None
    summands, wanted, result, sums = _bits(degrees), set(exponents), 0, 1
    for j in range(exponents[-1] + 1):
        if j in wanted:
            result |= sums
        sums = sum_of_shifts(sums, summands)
    return result


def sum_of_shifts(mask: int, shifts: Sequence[int]) -> int:
    """The union of the mask shifted by every entry of `shifts`."""
    result = 0
    for shift in shifts:
        result |= mask << shift
    return result


def dimension_count(points: Points, degrees: frozenset[int], normalize: str) -> int | None:
    """The number of monomials of the given degrees that do not vanish on the points; None as soon as it reaches their
    number.

    Under "unit" only the largest degree of each parity is counted. A monomial with support S vanishes on all points
    exactly if no point has all columns of S nonzero; a support of m columns carries C(k - 1, m - 1) monomials of
    degree k.
    """
    if normalize == "unit":
        degrees = frozenset(max(k for k in degrees if k % 2 == parity) for parity in {k % 2 for k in degrees})
    total = int(0 in degrees)
    weights = [0]
    while len(weights) <= max(degrees, default=0) and len(weights) <= points.columns:
        weights.append(sum(math.comb(k - 1, len(weights) - 1) for k in degrees if k >= len(weights)))
    occupied = [sum(1 << i for i, row in enumerate(points.rows) if row[column]) for column in range(points.columns)]
    stack = [(0, (1 << points.n) - 1, 0)]
    while stack and total < points.n:
        start, rows, size = stack.pop()
        if size + 1 >= len(weights):
            continue
        for column in range(start, points.columns):
            common = rows & occupied[column]
            if common:
                total += weights[size + 1]
                if total >= points.n:
                    return None
                stack.append((column + 1, common, size + 1))
    return total if total < points.n else None
