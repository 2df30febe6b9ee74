"""An upper bound on single eigenvalues for data of low rank (Murray et al., arXiv 2211.07844, appendix).

Unit rows of rank r, K = sum_p kappa_p G^(o p) with G = XX' and kappa_p >= 0: the first m terms have rank at most
C(r+m-2, m-1) + C(r+m-3, m-2) (polynomials of degree below m on the sphere), so for k above it lambda_k(K) is at most
the norm of the other terms, and n sum_(p >= m) kappa_p, since every G^(o p) is positive semidefinite of trace n.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from certify.errors import InputError
from certify.theory.power_series import PowerSeries


def rank_below(rank: int, degree: int) -> int:
    """Dimension of the polynomials of degree below `degree` on the unit sphere of R^rank."""
    if degree <= 0:
        return 0
    return comb(rank + degree - 2, degree - 1) + (comb(rank + degree - 3, degree - 2) if degree > 1 else 0)


def eigenvalue_upper(series: PowerSeries, count: int, rank: int, k: int, kernel: str = "ntk") -> Fraction:
    """An upper bound on the k-th largest eigenvalue, k = 1, 2, ..., for `count` unit rows that span `rank` dimensions.

    Raises InputError for a network with a bias before its first activation.
    """
    if series.offset:
        raise InputError("the first layer has a bias, so the series is not one in <x, y>: leave the bias out.")
    if not 1 <= k <= count or rank < 1:
        raise InputError(f"k is {k} for {count} points of rank {rank}: give 1 <= k <= {count} and a positive rank.")
    coefficients, which = (series.ntk, 1) if kernel == "ntk" else (series.nngp, 0)
    degree = 0
    while degree < len(coefficients) and rank_below(rank, degree + 1) < k:
        degree += 1
    return count * (sum((high for _, high in coefficients[degree:]), Fraction(0)) + series.tail[which][1])
