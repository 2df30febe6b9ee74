"""The sharper streaming proof: what is left of the kernel, made almost diagonal by a sparse factor.

As in the streaming proof, lambda_min(F) >= lambda_min(R) for R = F less a positive semidefinite part. For a shift s,
any square matrix W and weights x_i > 0 let B = W (R - s I) W'. Where sum_{j != i} |B_ij| x_j < B_ii x_i for all i, the
discs of Gershgorin of X^-1 B X, X = diag(x), which has the eigenvalues of B, lie right of zero, so B is positive
definite. Then W is regular, since v'B v = 0 for W'v = 0, and R - s I = W^-1 B W^-T is positive definite by Sylvester's
law: lambda_min(R) > s. Nothing is assumed of s, W and x.

R is known up to radii r_ij. The inequality is verified for the midpoints, in integers without rounding, and by Weyl's
inequality lambda_min(R) > s - max_i sum_j r_ij.
"""

from fractions import Fraction
from operator import mul

from .answers import Invalid
from .budget import Budget, product_seconds
from .entries import pair_seconds
from .networks import Network
from .points import Points
from .proof_shape import Whitened
from .residual import EigenvalueBounds
from .streaming import Remainder, quadratic_upper


def bound_whitened(
    network: Network, ntk: bool, unit: bool, points: Points, proof: Whitened, budget: Budget
) -> EigenvalueBounds:
    """Both bounds that the proof shows. Raises Invalid where a row sum is not below the diagonal, for points of
    different norms and for a zero vector."""
    taken = proof.taken
    if not any(taken.vector):
        raise Invalid("the vector for the upper bound is zero")
    size = len(points.rows)
    terms = taken.order * pair_seconds(network, taken.bits + 64) + len(taken.coefficients) * product_seconds(taken.bits)
    budget.charge(size * size / 2 * (terms + 1e-5), "the remainders")
    entries = sum(map(len, proof.columns))
    digits = max(max(map(int.bit_length, row)) for row in proof.values) + taken.bits
    budget.charge(2 * size * entries * (1e-7 + product_seconds(digits)), "the products with the factor")
    remainder = Remainder(network, ntk, unit, points, taken, budget)
    matrix, radius = _midpoints(remainder, size)
    # Twice the midpoints are integers in units of half a unit of the entries.
    unit_exponent = remainder.exponent - 1
    exponent = min(unit_exponent, proof.shift_exponent)
    _require_dominance(proof, matrix, unit_exponent - exponent, proof.shift << (proof.shift_exponent - exponent))
    lower = Fraction(proof.shift) * Fraction(2) ** proof.shift_exponent - radius * Fraction(2) ** unit_exponent
    upper = quadratic_upper(remainder, taken) * Fraction(2) ** remainder.exponent
    return EigenvalueBounds(lower, upper)


def _midpoints(remainder: Remainder, size: int) -> tuple[list[list[int]], int]:
    """Twice the midpoints of R, all rows, and twice the largest row sum of its radii."""
    # The points are of one norm, so one diagonal entry stands for all.
    least, most = remainder.pair(0, 0)
    matrix = [[0] * size for _ in range(size)]
    radii = [most - least] * size
    for i in range(size):
        matrix[i][i] = least + most
        for j in range(i):
            low, high = remainder.pair(i, j)
            matrix[i][j] = matrix[j][i] = low + high
            radii[i] += high - low
            radii[j] += high - low
    return matrix, max(radii)


def _require_dominance(proof: Whitened, matrix: list[list[int]], places: int, shift: int) -> None:
    """Raises Invalid unless sum_{j != i} |B_ij| x_j < B_ii x_i for all i, where B = W (2**places matrix - shift) W'."""
    size = len(matrix)
    weights = proof.taken.weights or (1,) * size
    sums = [0] * size
    diagonal = [0] * size
    for i in range(size):
        columns, values = proof.columns[i], proof.values[i]
        image = [sum(map(mul, values, [matrix[a][b] for a in columns])) << places for b in range(size)]
        for a, value in zip(columns, values, strict=True):
            image[a] -= shift * value
        for j in range(i):
            entry = abs(sum(map(mul, proof.values[j], [image[b] for b in proof.columns[j]])))
            sums[i] += entry * weights[j]
            sums[j] += entry * weights[i]
        diagonal[i] = sum(map(mul, values, [image[b] for b in columns]))
    for i in range(size):
        if sums[i] >= diagonal[i] * weights[i]:
            raise Invalid(f"the row sum {i} of the whitened matrix is not below its diagonal entry")
