"""Directions and correlations of exact rows, against integers."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import numpy as np
import pytest

from certify.kernels.float64.directions import REPRESENTATION, correlations, directions, distances

PLACES = 400


def direction(row: list[int]) -> list[Fraction]:
    """x/|x| to 2^-390."""
    norm = isqrt(sum(v * v for v in row) << 2 * PLACES)
    return [Fraction(v << PLACES, norm) for v in row]


def rows(kind: str) -> list[list[int]]:
    rng = np.random.default_rng(7)
    if kind == "plain":
        return rng.integers(-(10**6), 10**6, (12, 5)).tolist()
    if kind == "long":
        return [[int(v) * 3**200 + 1 for v in row] for row in rng.integers(-(10**9), 10**9, (8, 3))]
    if kind == "graded":
        return [
            [int(v) << int(s) for v, s in zip(row, rng.integers(0, 2000, 4), strict=True)]
            for row in rng.integers(1, 10**6, (8, 4))
        ]
    if kind == "close":
        first = rng.integers(-(2**60), 2**60, 6).tolist()
        return [first, [v + 1 for v in first], [-v for v in first], [-v + (1 << 20) for v in first], first]
    return [[1], [-3], [7]]


@pytest.mark.parametrize("kind", ["plain", "long", "graded", "close", "line"])
def test_directions_and_correlations_keep_their_error_bounds(kind: str) -> None:
    given = rows(kind)
    found, exact = directions(given), [direction(row) for row in given]
    n = len(given)
    for i in range(n):
        for k, value in enumerate(exact[i]):
            here = Fraction(float(found.high[i, k])) + Fraction(float(found.low[i, k]))
            assert abs(here - value) <= Fraction(REPRESENTATION)
    assert (found.high * 2.0**26 == np.rint(found.high * 2.0**26)).all()
    everything = slice(0, n)
    high, low = correlations(found, found, everything, everything, (np.empty((n, n)), np.empty((n, n))))
    for i, j in np.ndindex(n, n):
        rho = sum(a * b for a, b in zip(exact[i], exact[j], strict=True))
        assert abs(Fraction(float(high[i, j])) + Fraction(float(low[i, j])) - rho) <= Fraction(found.correction_error)


@pytest.mark.parametrize("sign", [1, -1])
def test_distances_keep_their_digits_however_close_the_points(sign: int) -> None:
    given = rows("close")
    found, exact = directions(given), [direction(row) for row in given]
    first, second = np.divmod(np.arange(25), 5)
    d, error = distances(found, found, first, second, sign)
    for i, j, value, bound in zip(first.tolist(), second.tolist(), d.tolist(), error.tolist(), strict=True):
        square = sum((a - sign * b) ** 2 for a, b in zip(exact[i], exact[j], strict=True))
        low, high = max(Fraction(value) - Fraction(bound), Fraction(0)), Fraction(value) + Fraction(bound)
        assert low**2 <= square + Fraction(1, 2**300)
        assert square <= high**2 + Fraction(1, 2**300)
    assert d[1] < 1e-15 or sign < 0
