"""Gaussian moments by Stein's lemma, and from them the exact kernels of polynomial networks.

E[u^i v^j] = (i - 1) q1 E[u^(i-2) v^j] + j r E[u^(i-1) v^(j-1)] for a centred Gaussian pair with variances q1, q2 and
covariance r (Stein 1972). Works in any commutative ring: exact rationals here, balls in `textbook`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from certify.activations import Activation, Hermite, Monomial, Polynomial
from certify.points import Points
from certify.programs import Dense
from certify.stax import Network


def moments(q1: Any, q2: Any, r: Any, degree: int) -> list[list[Any]]:
    """Table of E[u^i v^j] for 0 <= i, j <= degree."""
    table: list[list[Any]] = [[0] * (degree + 1) for _ in range(degree + 1)]
    table[0][0] = 1
    for j in range(2, degree + 1, 2):
        table[0][j] = (j - 1) * q2 * table[0][j - 2]
    for i in range(1, degree + 1):
        for j in range(degree + 1):
            value = (i - 1) * q1 * table[i - 2][j] if i > 1 else 0
            if j:
                value = value + j * r * table[i - 1][j - 1]
            table[i][j] = value
    return table


def coefficients(activation: Activation) -> tuple[list[Fraction], Fraction] | None:
    """(coefficients c, scale) with s(t) = sqrt(scale) sum_k c_k t^k for a polynomial layer, None for another."""
    if isinstance(activation, Monomial):
        return [Fraction(0)] * activation.degree + [Fraction(1)], Fraction(1)
    if isinstance(activation, Polynomial):
        return list(activation.coef), Fraction(1)
    if isinstance(activation, Hermite):
        return hermite_coefficients(activation.degree), Fraction(1, math.factorial(activation.degree))
    return None


def hermite_coefficients(degree: int) -> list[Fraction]:
    """Coefficients of He_k by He_(k+1) = t He_k - k He_(k-1)."""
    older: list[Fraction] = []
    newer = [Fraction(1)]
    for k in range(degree):
        older, newer = (
            newer,
            [a - k * b for a, b in zip([Fraction(0), *newer], [*older, Fraction(0), Fraction(0)], strict=True)],
        )
    return newer


def polynomial_dual(c: Sequence[Fraction], scale: Any, q1: Any, q2: Any, r: Any) -> tuple[Any, Any]:
    """(V, V') of sqrt(scale) sum_k c_k t^k, term by term from the moments."""
    degree = max(len(c) - 1, 0)
    table = moments(q1, q2, r, degree)
    value = slope = 0 * r
    for i, a in enumerate(c):
        for j, b in enumerate(c):
            if a and b:
                value = value + (a * b * scale) * table[i][j]
                if i and j:
                    slope = slope + (i * j * a * b * scale) * table[i - 1][j - 1]
    return value, slope


def inner(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    """<x, y>, exactly."""
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def exact_kernel(network: Network, points: Points, kernel: str) -> list[list[Fraction]] | None:
    """The kernel matrix of a network whose activations are polynomials, exactly; None for another network."""
    layers = [layer for layer in network.layers if isinstance(layer, (Dense, Activation))]
    tables = [None if isinstance(layer, Dense) else coefficients(layer) for layer in layers]
    if any(table is None and not isinstance(layer, Dense) for layer, table in zip(layers, tables, strict=True)):
        return None
    rows = points.as_fractions()
    d = points.columns

    def entry(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
        q1, q2, s = (inner(u, v) / d for u, v in ((x, x), (y, y), (x, y)))
        t = Fraction(0)
        for layer, table in zip(layers, tables, strict=True):
            if isinstance(layer, Dense):
                q1, q2, s = (layer.W_var * value + layer.b_var for value in (q1, q2, s))
                t = layer.W_var * t + s
            else:
                assert table is not None
                value, slope = polynomial_dual(*table, q1, q2, s)
                q1, q2 = (polynomial_dual(*table, q, q, q)[0] for q in (q1, q2))
                s, t = value, t * slope
        return Fraction(t if kernel == "ntk" else s)

    return [[entry(x, y) for y in rows] for x in rows]
