"""Interpolation in Chebyshev points, on balls."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flint import arb, arb_poly


@lru_cache(maxsize=64)
def chebyshev_points(count: int, bits: int) -> tuple[arb, ...]:
    """cos((2k + 1) pi / (2 count)), k < count; `bits` only tells precisions apart, the one in force is used."""
    return tuple((arb(2 * k + 1) / (2 * count)).cos_pi() for k in range(count))


def chebyshev_coefficients(values: Sequence[arb], bits: int) -> list[arb]:
    """Coefficients in T_0, ..., T_(n-1) of the polynomial with these values in the n Chebyshev points."""
    n = len(values)
    cosines = _cosines(n, bits)
    result = []
    for k in range(n):
        total = arb(0)
        for j, value in enumerate(values):
            total += value * cosines[k * (2 * j + 1) % (4 * n)]
        result.append(total * 2 / n if k else total / n)
    return result


@lru_cache(maxsize=16)
def _cosines(n: int, bits: int) -> tuple[arb, ...]:
    return tuple((arb(m) / (2 * n)).cos_pi() for m in range(4 * n))


def from_chebyshev(coefficients: Sequence[arb]) -> arb_poly:
    """sum_k coefficients[k] T_k in powers of the argument."""
    x = arb_poly([0, 1])
    before, now = arb_poly([1]), x
    total = before * coefficients[0]
    for c in coefficients[1:]:
        total += now * c
        before, now = now, 2 * x * now - before
    return total
