"""Which monomials the features of a polynomial network are made of, and their rank on given points, exactly.

With sigma a polynomial and (u, v) Gaussian, the features of E[s(u) s(v)] are the products of k features of the layer
below, k over the exponents of s with nonzero coefficient: so after every layer the features span all monomials of
certain total degrees, and a bias adds degree 0. A Gram matrix of NNGP or NTK (the last layer Dense) is singular
exactly if the values of these monomials on the points have a rank below the number of points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement

import flint

from certify.activations import Activation
from certify.points import Points
from certify.programs import Dense
from certify.stax import Network
from properties.oracles.wick import coefficients


def occurring_degrees(network: Network) -> set[int] | None:
    """Total degrees of the feature monomials; None unless all activations are polynomials."""
    degrees = {1}
    for layer in network.layers:
        if isinstance(layer, Dense):
            if layer.b_var:
                degrees = degrees | {0}
        elif isinstance(layer, Activation):
            table = coefficients(layer)
            if table is None:
                return None
            exponents = [k for k, c in enumerate(table[0]) if c]
            degrees = {total for k in exponents for total in _sums(degrees, k)}
    return degrees


def _sums(degrees: set[int], count: int) -> set[int]:
    sums = {0}
    for _ in range(count):
        sums = {total + degree for total in sums for degree in degrees}
    return sums


def monomial_rows(points: Points, degrees: set[int]) -> Iterator[list[Fraction]]:
    """For each monomial of these degrees its values on the points."""
    rows = points.as_fractions()
    for degree in sorted(degrees):
        for chosen in combinations_with_replacement(range(points.columns), degree):
            values = [Fraction(1)] * points.n
            for column in chosen:
                values = [value * row[column] for value, row in zip(values, rows, strict=True)]
            yield values


def monomial_rank(points: Points, degrees: set[int]) -> int:
    """The dimension of the span of these monomials on the points, the rank of an integer matrix."""
    # Every monomial may be multiplied by its common denominator.
    rows = [
        [int(value * math.lcm(*(v.denominator for v in row))) for value in row]
        for row in monomial_rows(points, degrees)
    ]
    return int(flint.fmpz_mat(rows).rank()) if rows else 0
