"""Directions and correlations of exact rows, against integers."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import numpy as np
import pytest

from certify.kernels.float64.directions import REPRESENTATION, _inverse_norms, correlations, directions, distances

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
    if kind == "uneven":  # float64 numbers over 300 binary orders of magnitude
        drawn, shifts = rng.integers(-(2**53), 2**53, (40, 6)).tolist(), rng.integers(0, 300, 6).tolist()
        return [[v << s for v, s in zip(row, shifts, strict=True)] for row in drawn]
    if kind == "many":
        return rng.integers(-(2**40), 2**40, (3, 4096)).tolist()
    if kind == "equal":
        return [[1] * 4096, [2**40 - 1] * 4096, [1, -1, 1, 1] * 1024]
    if kind == "close":
        first = rng.integers(-(2**60), 2**60, 6).tolist()
        return [first, [v + 1 for v in first], [-v for v in first], [-v + (1 << 20) for v in first], first]
    return [[1], [-3], [7]]


@pytest.mark.parametrize("kind", ["plain", "long", "graded", "uneven", "many", "equal", "close", "line"])
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


def test_reciprocal_norms_without_integers() -> None:
    rng = np.random.default_rng(3)
    for columns in (1, 2, 7, 64, 4096):
        rows = rng.uniform(-1, 1, (20, columns)) * 2.0 ** -rng.integers(0, 60, (20, columns))
        rows /= 2.0 ** np.frexp(np.abs(rows).max(axis=1))[1][:, None]
        for row, (main, rest) in zip(rows.tolist(), _inverse_norms(rows).tolist(), strict=True):
            square = sum(Fraction(v) ** 2 for v in row)
            found = Fraction(main) + Fraction(rest)
            assert abs(found * found * square - 1) <= Fraction(1, 2**90)


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
