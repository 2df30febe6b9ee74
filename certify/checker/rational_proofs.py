"""Two proofs about the rational Gram matrix: an exact null vector, and regularity modulo an integer."""

from math import gcd

from .answers import Invalid
from .budget import Budget, product_seconds
from .exact_gram import ExactGram, require_rational
from .networks import Network
from .points import Points


def check_null_vector(
    network: Network,
    ntk: bool,
    unit: bool,
    points: Points,
    rows: tuple[int, ...],
    entries: tuple[int, ...],
    budget: Budget,
) -> None:
    """Raises Invalid unless v'K v = 0 exactly for the vector with these entries on these rows.

    K is positive semidefinite, as a kernel is, so v'K v = 0 for a nonzero v makes its smallest eigenvalue zero.
    """
    require_rational(network, unit)
    if not any(entries):
        raise Invalid("the null vector is zero")
    gram = ExactGram(network, ntk, points, None, budget)
    budget.charge(
        len(rows) * (len(rows) + 1) / 2 * (2 * gram.entry_seconds + product_seconds(max(map(int.bit_length, entries)))),
        "the exact quadratic form",
    )
    total = 0
    for index, (i, left) in enumerate(zip(rows, entries, strict=True)):
        if left:
            below = sum(gram.entry(i, j) * right for j, right in zip(rows[:index], entries, strict=False) if right)
            total += left * (2 * below + left * gram.entry(i, i))
    if total != 0:
        raise Invalid("the quadratic form of the null vector is not zero")


def _regular(matrix: list[list[int]], modulus: int) -> bool:
    """Whether Gaussian elimination modulo `modulus` meets an invertible pivot in every column (rows are used up)."""
    while matrix:
        place = next((k for k, row in enumerate(matrix) if gcd(row[0], modulus) == 1), None)
        if place is None:
            return False
        pivot_row = matrix.pop(place)
        inverse = pow(pivot_row[0], -1, modulus)
        pivot = pivot_row[1:]
        matrix = [
            [(value - multiple * other) % modulus for value, other in zip(row[1:], pivot, strict=True)]
            if (multiple := row[0] * inverse % modulus)
            else row[1:]
            for row in matrix
        ]
    return True


def check_modular(network: Network, ntk: bool, unit: bool, points: Points, modulus: int, budget: Budget) -> None:
    """Raises Invalid unless the determinant of the integer matrix (Gram times denominator) is a unit modulo `modulus`.

    A determinant that is a unit modulo any integer >= 2 is not zero; the modulus need not be prime.
    """
    require_rational(network, unit)
    size = len(points.rows)
    gram = ExactGram(network, ntk, points, modulus, budget)
    step = 1.2e-7 + 2 * product_seconds(modulus.bit_length()) + 3e-9 * (modulus.bit_length() / 30) ** 2
    budget.charge(size**2 / 2 * gram.entry_seconds + size**3 / 3 * step, "elimination modulo the modulus")
    lower = [[gram.entry(i, j) % modulus for j in range(i + 1)] for i in range(size)]
    matrix = [lower[i] + [lower[j][i] for j in range(i + 1, size)] for i in range(size)]
    if not _regular(matrix, modulus):
        raise Invalid("elimination modulo the modulus meets a column without an invertible pivot")
