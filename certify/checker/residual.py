"""The residual proof: bounds on the smallest eigenvalue of a symmetric interval matrix, in exact integers.

Lower: for any real L and any shift s, A - s I = L L' + E with E symmetric, and L L' is positive semidefinite, so by
Weyl's inequality lambda_min(A) >= s - ||E||_2 >= s - ||E||_inf, the largest absolute row sum.
Upper: lambda_min(A) <= v'Av / v'v for any v that is not zero.
Both are evaluated for the worst matrix in the enclosure, entry by entry.
"""

from fractions import Fraction
from operator import mul
from typing import NamedTuple

from .answers import Invalid, Unsupported
from .budget import Budget, product_seconds
from .gram import FixedMatrix
from .proof_shape import Residual


class EigenvalueBounds(NamedTuple):
    """lower <= lambda_min <= upper for every symmetric matrix in the enclosure; lower is None where none was asked."""

    lower: Fraction | None
    upper: Fraction


def _longest(rows: tuple[tuple[int, ...], ...]) -> int:
    return max(max(map(int.bit_length, row)) for row in rows)


def estimate_residual(proof: Residual, size: int, budget: Budget) -> None:
    """Charges the time of the exact sums: n^3 / 6 products for L L', n^2 for the vector."""
    if proof.factor is not None:
        products = size * (size + 1) * (size + 2) / 6
        spread = abs(proof.shift_exponent) + 2 * abs(proof.factor_exponent)
        budget.charge(
            products * (4e-8 + 1.2 * product_seconds(_longest(proof.factor))) + size * size * (1e-6 + 2e-10 * spread),
            "verifying the factor",
        )
    longest = max(map(int.bit_length, proof.vector))
    budget.charge(size * size * (2e-7 + product_seconds(longest + proof.bits)), "the Rayleigh quotient")


def _quadratic_row(lows: list[int], highs: list[int], vector: tuple[int, ...], i: int) -> int:
    """An upper bound of v_i (2 sum_{j<i} A_ij v_j + A_ii v_i): the worst entry depends on the sign of v_i v_j."""
    outer = vector[i]
    if not outer:
        return 0
    worst, other = (highs, lows) if outer > 0 else (lows, highs)
    below = sum(value * (worst[j] if value > 0 else other[j]) for j, value in enumerate(vector[:i]) if value)
    return 2 * outer * below + outer * outer * highs[i]


def bound_eigenvalue(matrix: FixedMatrix, proof: Residual | None, vector: tuple[int, ...]) -> EigenvalueBounds:
    """The bounds that a factor (where given) and a vector prove for the matrix.

    The rows of the matrix are walked once.  Raises Invalid for a zero vector, Unsupported where the factor is missing.
    """
    if not any(vector):
        raise Invalid("the vector for the upper bound is zero")
    if proof is not None and proof.factor is None:
        raise Unsupported("the certificate carries no factor and this engine computes none; use --engine flint")
    quadratic = 0
    sums = [0] * matrix.size
    exponent = matrix.exponent
    if proof is not None:
        exponent = min(exponent, proof.shift_exponent, 2 * proof.factor_exponent)
    entry_shift = matrix.exponent - exponent
    for i, (lows, highs) in enumerate(matrix.rows):
        quadratic += _quadratic_row(lows, highs, vector, i)
        if proof is None or proof.factor is None:
            continue
        row_of_factor = proof.factor[i]
        factor_shift = 2 * proof.factor_exponent - exponent
        # map stops at the shorter row, so each product sums over the columns that both rows have.
        products = [sum(map(mul, row_of_factor, proof.factor[j])) << factor_shift for j in range(i + 1)]
        products[i] += proof.shift << (proof.shift_exponent - exponent)
        total = 0
        for j, product in enumerate(products):
            worst = max(product - (lows[j] << entry_shift), (highs[j] << entry_shift) - product)
            total += worst
            if j < i:
                sums[j] += worst
        sums[i] += total
    upper = Fraction(quadratic, sum(map(mul, vector, vector))) * Fraction(2) ** matrix.exponent
    if proof is None:
        return EigenvalueBounds(None, upper)
    lower = (proof.shift << (proof.shift_exponent - exponent)) - max(sums)
    return EigenvalueBounds(Fraction(lower) * Fraction(2) ** exponent, upper)
