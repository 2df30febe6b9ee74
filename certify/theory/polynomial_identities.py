"""The converse of the positivity theorem: polynomials of degree p are degenerate on p + 2 points, and on no fewer.

For pairwise non-proportional z_1, ..., z_N in the plane and sigma(t) = t^p the N functions sigma(<w, z_i>) are
homogeneous polynomials of degree p in two variables: dependent for N = p + 2, and independent for N <= p + 1
(Vandermonde). Carvalho et al. (2025): sum_i u_i sigma(<w, z_i>) = 0 with all u_i nonzero holds only for polynomials of
degree <= N - 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from certify.errors import InputError

MAX_DEGREE = 1000


@dataclass(frozen=True)
class VanishingIdentity:
    """sum_i coefficients[i] sigma(<w, points[i]>) = 0 for all w and every polynomial sigma of degree `degree`, or less.

    `points` are pairwise non-proportional, of the form (1, i); for homogeneous sigma, or with their first coordinate as
    the bias, they are the smallest set of this kind: on fewer of them the Gram matrix of t^degree is regular.
    """

    degree: int
    points: tuple[tuple[int, int], ...]
    coefficients: tuple[int, ...]

    def value(self, polynomial: Sequence[Fraction | int], w: tuple[Fraction | int, Fraction | int]) -> Fraction:
        """sum_i u_i sigma(<w, z_i>) for sigma(t) = sum_k polynomial[k] t^k, exactly."""
        total = Fraction(0)
        for u, (a, b) in zip(self.coefficients, self.points, strict=True):
            t = w[0] * a + w[1] * b
            total += u * sum((Fraction(c) * t**k for k, c in enumerate(polynomial)), Fraction(0))
        return total


def vanishing_identity(degree: int) -> VanishingIdentity:
    """The identity of a degree: the differences of order p + 1, sum_i (-1)^i C(p + 1, i) sigma(a + i b) = 0.

    Its null vector makes the NNGP and the NTK matrix of `serial(Dense(), Monomial(degree), Dense())` on the points
    singular. Raises InputError for a degree outside of 0..1000.
    """
    if isinstance(degree, bool) or not isinstance(degree, int) or not 0 <= degree <= MAX_DEGREE:
        raise InputError(f"the degree is {degree!r}: give a whole number from 0 to {MAX_DEGREE}.")
    count = degree + 2
    return VanishingIdentity(
        degree, tuple((1, i) for i in range(count)), tuple((-1) ** i * comb(count - 1, i) for i in range(count))
    )
