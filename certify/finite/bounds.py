"""Lower bounds on empirical tangent kernels by Schur's product theorem, and the centring of features.

K = sum_k (F_k F_k') o (B_k B_k') with positive semidefinite factors, so lambda_min(K) >= sum_k lambda_min(F_k F_k')
min_i |b_k(x_i)|^2. Centring (Nguyen, Mondelli and Montufar 2021; Bombari, Amani and Mondelli 2022): for any mu != 0,
with F~ = F - 1 mu' and a = F mu - |mu|^2 1,

    F F' = F~ F~' - a a' / |mu|^2 + v v',    v = a / |mu| + |mu| 1,
    F~ F~' - a a' / |mu|^2 = F~ (I - mu mu' / |mu|^2) F~',

so F F' is at least the last matrix, and so are their Hadamard powers.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from certify.empirical.network import FiniteNetwork
from certify.errors import InputError
from certify.points import Points
from certify.spectrum import FixedPointBall, enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import fill_square, scaled

WIDTH = Fraction(1, 100)
Matrix = list[list[Fraction]]


def schur_lower(network: FiniteNetwork, points: Points, bits: int = 64) -> Fraction:
    """A lower bound of lambda_min(K), layer by layer; 0 where no layer's features are independent. Raises Kink."""
    passes = network.evaluate(points, bits)
    total = Fraction(0)
    layers = zip(passes.features, passes.gradients, strict=True)
    for k, ((features, f_radius), (gradients, g_radius)) in enumerate(layers):
        if features.ncols() < points.n:
            continue
        product = features * features.transpose()
        most = max(sum(abs(int(v)) for v in row) for row in features.table())
        radius = points.n * (2 * most * f_radius + features.ncols() * f_radius**2)
        rows = [[int(v) for v in row[: i + 1]] for i, row in enumerate(product.table())]
        ball = FixedPointBall(fill_square(rows), 0, (radius,) * points.n)
        found = enclose_smallest_eigenvalue(
            partial(_same, ball), points.n, rel_width=WIDTH, max_bits=bits, reserve=False
        )
        unit = Fraction(1, passes.denominator**2) if k == 0 else scaled(1, -2 * passes.bits)
        least = min(sum(max(abs(int(v)) - g_radius, 0) ** 2 for v in row) for row in gradients.table())
        total += max(found.lower, Fraction(0)) * unit * least * scaled(1, -2 * passes.bits)
    return total


def _same(ball: FixedPointBall, _bits: int) -> FixedPointBall:
    return ball


def centred_gram(features: Sequence[Sequence[Fraction]], mu: Sequence[Fraction]) -> Matrix:
    """F~ (I - mu mu' / |mu|^2) F~', exactly: a matrix that F F' dominates. Raises InputError for mu = 0."""
    square = sum((m * m for m in mu), Fraction(0))
    if not square:
        raise InputError("the centre of the features is zero: centring needs a vector that is not.")
    centred = [[value - m for value, m in zip(row, mu, strict=True)] for row in features]
    along = [sum((v * m for v, m in zip(row, mu, strict=True)), Fraction(0)) for row in centred]
    return [
        [
            sum((u * v for u, v in zip(left, right, strict=True)), Fraction(0)) - along[i] * along[j] / square
            for j, right in enumerate(centred)
        ]
        for i, left in enumerate(centred)
    ]
