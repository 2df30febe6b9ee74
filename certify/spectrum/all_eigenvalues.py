"""Two-sided enclosures of all eigenvalues of a symmetric ball matrix, in order.

X is any real matrix, here float64 eigenvectors cut to integers over a power of two; N = X'AX and X'X are computed in
exact integers. Ostrowski: lambda_k(N) = theta_k lambda_k(A) with theta_k between the extreme eigenvalues of X'X, hence
within 1 -+ |X'X - I|. Weyl: lambda_k(N) is within |N - D| of the k-th largest entry of its diagonal D, and lambda_k(A)
within the 2-norm of the radii of lambda_k of the midpoints; 2-norms of symmetric matrices are bounded by their largest
row sum of magnitudes. Clusters and multiple eigenvalues are no special case.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from certify.spectrum.fixed_point import FixedPointBall, scaled

BASIS_BITS = 60
Bounds = tuple[Fraction, Fraction]


def enclose_eigenvalues(ball: FixedPointBall) -> tuple[Bounds, ...]:
    """(lower, upper) for lambda_1 >= ... >= lambda_n, valid for every symmetric matrix of the ball.

    Their width is about n 2**-52 of the largest eigenvalue plus the radii. Raises ArithmeticError where float64 gives
    no usable eigenvectors.
    """
    n = ball.n
    basis = _basis(ball)
    transposed = basis.transpose()
    gram = transposed * basis
    product = transposed * (ball.mid * basis)
    one = 1 << 2 * BASIS_BITS
    skew = Fraction(max(_row_sum(gram, i, one) for i in range(n)), one)
    if skew >= Fraction(1, 2):
        raise ArithmeticError("the approximate eigenvectors are far from orthogonal")
    aside = max(_row_sum(product, i, int(product[i, i])) for i in range(n))
    middles = sorted((int(product[i, i]) for i in range(n)), reverse=True)
    exponent = ball.exponent - 2 * BASIS_BITS
    return tuple(
        (
            _over(scaled(middle - aside, exponent), skew, down=True) - ball.max_radius,
            _over(scaled(middle + aside, exponent), skew) + ball.max_radius,
        )
        for middle in middles
    )


def _basis(ball: FixedPointBall) -> Any:
    middle, _ = ball.float64
    with np.errstate(all="ignore"):
        scale = float(np.abs(middle).max()) or 1.0
        try:
            _, vectors = np.linalg.eigh(middle / scale)
        except np.linalg.LinAlgError:
            raise ArithmeticError("float64 finds no eigenvectors of this matrix") from None
    if not np.isfinite(vectors).all():
        raise ArithmeticError("float64 finds no eigenvectors of this matrix")
    return flint.fmpz_mat([[int(value) for value in row] for row in np.rint(np.ldexp(vectors, BASIS_BITS)).tolist()])


def _row_sum(matrix: Any, i: int, diagonal: int) -> int:
    """sum_j |M_ij - diagonal [i = j]|."""
    return sum(abs(int(matrix[i, j]) - (diagonal if i == j else 0)) for j in range(matrix.ncols()))


def _over(value: Fraction, skew: Fraction, *, down: bool = False) -> Fraction:
    """The least, or the largest, of value / theta over 1 - skew <= theta <= 1 + skew."""
    return value / (1 + skew) if (value >= 0) == down else value / (1 - skew)
