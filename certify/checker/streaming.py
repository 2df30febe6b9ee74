"""The streaming proof: a bound on the smallest eigenvalue from weighted row sums, without a matrix.

At points of one norm the kernel is F(rho) = sum_p c_p rho^p with c_p >= 0 (Mehler's formula: every dual has that form
at equal variances, and sums, products and compositions keep it), rho the correlation of the points. For an order m, a
ratio 0 < s < 1 and a_p >= 0 let R(rho) = sum_k (-1)^k binomial(m, k) F(s^k rho) - sum_p a_p rho^p. Then

    F - R = sum_p c_p (1 - (1 - s^p)^m) rho^p + sum_p a_p rho^p

has coefficients >= 0, so as a matrix over the correlations, a Gram matrix, it is positive semidefinite (Schur's product
theorem), and lambda_min(F) >= lambda_min(R). For weights x_i > 0, X^-1 R X has the eigenvalues of R, and Gershgorin's
discs give lambda_min(R) >= min_i (R_ii - sum_{j != i} |R_ij| x_j / x_i). Nothing is assumed of a, m, s and x.
"""

from fractions import Fraction
from math import comb, isqrt
from operator import mul

from .answers import Invalid
from .budget import Budget, product_seconds
from .entries import pair_seconds
from .gram import GramEnclosure
from .input_moments import Rows, prepare_rows
from .interval import Interval, to_fixed
from .networks import Network
from .points import Points
from .proof_shape import Streaming
from .relations import Inner
from .residual import EigenvalueBounds

_GUARD = 16


class Remainder:
    """Enclosures of R in fixed point, low and high integers times 2**exponent."""

    def __init__(
        self, network: Network, ntk: bool, unit: bool, points: Points, proof: Streaming, budget: Budget
    ) -> None:
        given = prepare_rows(points, unit)
        if not unit and len(set(given.squares)) > 1:
            raise Invalid("the points are not all of one norm, which a streaming proof needs")
        if not given.squares[0]:
            raise Invalid("the points are zero and have no correlations")
        self.proof = proof
        # In units of the denominator^-order every scaled inner product is an integer.
        self.factor = proof.denominator ** (2 * proof.order)
        squares = tuple(value * self.factor for value in given.squares)
        rows = Rows(given.rows, squares, given.divisor if unit else given.divisor * self.factor, unit)
        self.gram = GramEnclosure(network, ntk, unit, points, proof.bits, budget, rows=rows)
        self.exponent = self.gram.exponent - proof.order - _GUARD
        self.places = proof.bits + 2 * proof.order + _GUARD

    def _scaled(self, i: int, j: int, product: int, k: int) -> Interval:
        """F(s^k rho)."""
        squares = self.gram.rows.squares
        scaled = product * (self.factor // self.proof.denominator**k) * self.proof.numerator**k
        return self.gram.enclose(i, j, Inner(squares[i], squares[j], scaled))

    def _product(self, i: int, j: int) -> int:
        rows = self.gram.rows.rows
        return sum(map(mul, rows[i], rows[j]))

    def kernel(self, i: int, j: int) -> tuple[int, int]:
        """F itself."""
        value = self.gram.diagonal[i] if i == j else self._scaled(i, j, self._product(i, j), 0)
        return to_fixed(value, self.exponent)

    def pair(self, i: int, j: int) -> tuple[int, int]:
        """R at the correlation of the points i and j, which may be the same."""
        product = self._product(i, j)
        low, high = self.kernel(i, i) if i == j else to_fixed(self._scaled(i, j, product, 0), self.exponent)
        for k in range(1, self.proof.order + 1):
            less, more = to_fixed(self._scaled(i, j, product, k), self.exponent)
            count = comb(self.proof.order, k)
            if k % 2:
                less, more = -more, -less
            low, high = low + count * less, high + count * more
        less, more = self._taken(i, j, product)
        return low - more, high - less

    def _taken(self, i: int, j: int, product: int) -> tuple[int, int]:
        """sum_p a_p rho^p by Horner's rule, in units of 2**exponent, rounded outward at every step."""
        if not self.proof.coefficients:
            return 0, 0
        places = self.places
        low, high = self._correlation(i, j, product)
        less = more = 0
        for coefficient in reversed(self.proof.coefficients):
            ends = (less * low, less * high, more * low, more * high)
            less = (min(ends) >> places) + (coefficient << places)
            more = -(-max(ends) >> places) + (coefficient << places)
        shift = self.exponent - self.proof.exponent + places
        return (less >> shift, -(-more >> shift)) if shift >= 0 else (less << -shift, more << -shift)

    def _correlation(self, i: int, j: int, product: int) -> tuple[int, int]:
        """Integers around 2**places <x, y> / (|x| |y|)."""
        squares = self.gram.rows.squares
        square, norms = product * product * self.factor**2, squares[i] * squares[j]
        if square == norms:
            size = (1 << self.places,) * 2
        else:
            root = isqrt((square << 2 * self.places) // norms)
            size = (root, root + 1)
        return size if product >= 0 else (-size[1], -size[0])


def bound_streaming(
    network: Network, ntk: bool, unit: bool, points: Points, proof: Streaming, budget: Budget
) -> EigenvalueBounds:
    """Both bounds that the proof shows. Raises Invalid for points of different norms and for a zero vector."""
    if not any(proof.vector):
        raise Invalid("the vector for the upper bound is zero")
    size = len(points.rows)
    terms = proof.order * pair_seconds(network, proof.bits + 64) + len(proof.coefficients) * product_seconds(proof.bits)
    budget.charge(size * size / 2 * (terms + 1e-5), "the row sums")
    remainder = Remainder(network, ntk, unit, points, proof, budget)
    weights = proof.weights or (1,) * size
    sums = [0] * size
    for i in range(size):
        for j in range(i):
            low, high = remainder.pair(i, j)
            largest = max(-low, high)
            sums[i] += largest * weights[j]
            sums[j] += largest * weights[i]
    # The points are of one norm, so one diagonal entry stands for all.
    diagonal = remainder.pair(0, 0)[0]
    worst = max(Fraction(total, weight) for total, weight in zip(sums, weights, strict=True))
    scale = Fraction(2) ** remainder.exponent
    return EigenvalueBounds((diagonal - worst) * scale, quadratic_upper(remainder, proof) * scale)


def quadratic_upper(remainder: Remainder, proof: Streaming) -> Fraction:
    """An upper bound of the Rayleigh quotient of the vector on its rows."""
    total = 0
    for a, (i, v) in enumerate(zip(proof.rows, proof.vector, strict=True)):
        for j, w in zip(proof.rows[: a + 1], proof.vector, strict=False):
            low, high = remainder.kernel(i, j)
            product = v * w * (1 if i == j else 2)
            total += product * (high if product > 0 else low)
    return Fraction(total, sum(map(mul, proof.vector, proof.vector)))
