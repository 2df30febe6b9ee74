"""Rectified monomials [x >= 0] x^k: the arc-cosine kernels of order k (Cho and Saul 2009).

M_k = E[u+^k v+^k] = ((pi - theta) P_k + D Q_k) / (2 pi) with D = sqrt(q1 q2 - r^2) and polynomials P_k, Q_k in r and
w = q1 q2. Price's theorem, dM_k/dr = k^2 M_{k-1}, together with d(pi - theta)/dr = 1/D and dD/dr = -r/D, gives P_k' =
k^2 P_{k-1} and P_k + Q_k' D^2 - r Q_k = k^2 D^2 Q_{k-1}; P_k is the dual of x^k, being E[u^k v^k].
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from certify.activations.base import Activation, Duals, spell
from certify.activations.pair import Pair
from certify.activations.parameters import degree_of
from certify.arithmetic.protocol import Arithmetic


@lru_cache(maxsize=64)
def arc_cosine_polynomials(k: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Integer coefficients (P_k, Q_k): P_k = sum_j P[j] r^(k-2j) w^j and Q_k = sum_j Q[j] r^(k-1-2j) w^j."""
    p: list[int] = [1]
    q: list[int] = []
    for order in range(1, k + 1):
        square = order * order
        # P' = order^2 P_{k-1}; for even order the constant term in r is E[u^k]E[v^k] = ((k-1)!!)^2 w^(k/2).
        p_next = [square * c // (order - 2 * j) for j, c in enumerate(p) if order - 2 * j > 0]
        if order % 2 == 0:
            double_factorial = 1
            for odd in range(1, order, 2):
                double_factorial *= odd
            p_next.append(double_factorial**2)
        # Coefficient of r^(order-2j) w^j in P + Q'(w - r^2) - r Q - order^2 (w - r^2) Q_{k-1} = 0. With e =
        # order-1-2j, Q'(w - r^2) brings
        # (e+2) Q[j-1] from the w part and -e Q[j] from the -r^2 part; hence (e + 1) Q[j] = known.
        q_next: list[int] = []
        for j in range((order - 1) // 2 + 1):
            e = order - 1 - 2 * j
            known = p_next[j] + square * (q[j] if j < len(q) else 0)
            if j:
                known += (e + 2) * q_next[j - 1] - square * (q[j - 1] if j - 1 < len(q) else 0)
            quotient, remainder = divmod(known, e + 1)
            assert remainder == 0
            q_next.append(quotient)
        p, q = p_next, q_next
    return tuple(p), tuple(q)


def _homogeneous_value(coefficients: tuple[Any, ...], degree: int, r: Any, w: Any, zero: Any) -> Any:
    """sum_j c_j r^(degree-2j) w^j by Horner's rule in r^2, from the highest power of w down."""
    if not coefficients:
        return zero
    square = r * r
    total, power = coefficients[0], w
    for c in coefficients[1:]:
        total = total * square + c * power
        power = power * w
    return total * r if degree % 2 else total


@dataclass(frozen=True, repr=False)
class RectifiedMonomial(Activation):
    """[x >= 0] x^k for k >= 0. For k = 0 the value at 0 is 1 and the derivative dual is 0 by convention."""

    degree: int

    def __init__(self, degree: object) -> None:
        object.__setattr__(self, "degree", degree_of(degree, "RectifiedMonomial"))

    @property
    def homogeneity(self) -> int:
        return self.degree

    @property
    def is_odd_about_a_constant(self) -> bool:
        return self.degree == 0

    @property
    def has_zero_derivative_dual(self) -> bool:
        return self.degree == 0

    @property
    def vanishes_at_zero(self) -> bool:
        return self.degree > 0

    def duals(self, number: Arithmetic) -> Duals:
        k = self.degree
        zero, half, one = (number.exact(Fraction(j, 2)) for j in (0, 1, 2))
        tables = [
            tuple(tuple(number.exact(c) for c in part) for part in arc_cosine_polynomials(j))
            for j in (k, max(k - 1, 0))
        ]
        two_pi = 2 * number.pi

        def moment(pair: Pair, order: int, table: tuple[tuple[Any, ...], ...]) -> Any:
            p = _homogeneous_value(table[0], order, pair.r, pair.product, zero)
            q = _homogeneous_value(table[1], order - 1, pair.r, pair.product, zero)
            return ((number.pi - pair.angle) * p + pair.sine * q) / two_pi

        def evaluate(pair: Pair) -> tuple[Any, Any]:
            if pair.degenerate:
                at_zero = one if pair.zero1 and pair.zero2 else half
                return (zero if k else at_zero), zero
            return moment(pair, k, tables[0]), (k * k * moment(pair, k - 1, tables[1]) if k else zero)

        return evaluate

    def __repr__(self) -> str:
        return spell("RectifiedMonomial", str(self.degree))
