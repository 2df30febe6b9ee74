"""The effective rank trace / lambda_max of a ball matrix, for the bounds of Murray et al. (arXiv 2211.07844, sec. 4).

(i) eff(K) <= sum_p kappa_p / kappa_0; (ii) eff(K - kappa_0 1 1') <= eff(X X') sum_(p >= 1) kappa_p / kappa_1; (iii) for
the part of a ReLU network's tangent kernel that belongs to its inner layer, 1/4 <= eff(K_in) / eff(X X') <= 4.
"""

from __future__ import annotations

from fractions import Fraction

from certify.errors import InputError
from certify.spectrum import FixedPointBall, enclose_eigenvalues
from certify.spectrum.fixed_point import scaled


def effective_rank(ball: FixedPointBall) -> tuple[Fraction, Fraction]:
    """An enclosure of trace / lambda_max for every positive semidefinite matrix of the ball.

    Raises InputError where the largest eigenvalue cannot be told from zero.
    """
    low, high = enclose_eigenvalues(ball)[0]
    if low <= 0:
        raise InputError("the largest eigenvalue may be zero, so the matrix has no effective rank: scale the points.")
    trace = scaled(sum(ball.diagonal), ball.exponent)
    # The trace differs by the radii of the diagonal, none larger than its row's sum.
    slack = scaled(sum(ball.radius_row_sums), ball.exponent)
    return max((trace - slack) / high, Fraction(0)), (trace + slack) / low
