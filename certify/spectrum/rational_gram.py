"""Exact Gram matrices of polynomial networks: rank modulo a prime, and exact null vectors.

With polynomial activations and rows as given every entry is rational. Full rank modulo a prime proves that the matrix
is regular, hence positive definite; a rank that falls short suggests rows that are dependent, whose exact null vector
proves that it is singular. Under unit normalisation the same holds for homogeneous networks, whose matrix is D K_raw
D with a positive diagonal D.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from certify.activations import Activation, PolynomialActivation, Rectifier
from certify.points import Points
from certify.programs import Dense, Layer

PRIMES = (2_147_483_647, 2_147_483_629, 2_147_483_587)
MAX_SUBSET = 400
MAX_ROWS = 4000


def rational_steps(layers: Sequence[Layer], normalize: str) -> bool:
    """Whether the Gram matrix of the raw rows is rational and decides singularity."""
    activations = [layer for layer in layers if isinstance(layer, Activation)]
    if not all(isinstance(layer, PolynomialActivation) or _linear(layer) is not None for layer in activations):
        return False
    if normalize == "none":
        return True
    no_bias = not any(layer.b_var for layer in layers if isinstance(layer, Dense))
    return no_bias and all(layer.homogeneity is not None for layer in activations)


def _linear(layer: Activation) -> Fraction | None:
    return layer.slopes[0] if isinstance(layer, Rectifier) and layer.slopes[0] == layer.slopes[1] else None


def _tables(layer: Activation) -> tuple[list[list[Fraction]], Fraction]:
    """(A_l as polynomials in q for each l, scale) of a polynomial activation."""
    if isinstance(layer, PolynomialActivation):
        return layer.mean_derivatives(), layer.scale
    slope = _linear(layer)
    assert slope is not None
    return [[], [slope]], Fraction(1)


def rational_kernel(
    layers: Sequence[Layer], columns: int, kernel: str, convert: Callable[[Fraction], Any]
) -> Callable[[Any, Any, Any], Any]:
    """The function (|x|^2, |y|^2, <x, y>) -> entry in any commutative ring that `convert` maps the rationals into.

    Works elementwise on arrays of broadcastable shapes.
    """
    programs = [layer for layer in layers if isinstance(layer, (Dense, Activation))]
    tables = {layer: _tables(layer) for layer in programs if isinstance(layer, Activation)}

    def horner(row: Sequence[Fraction], q: Any) -> Any:
        total = convert(row[-1])
        for a in row[-2::-1]:
            total = total * q + convert(a)
        return total

    def dual(layer: Activation, q1: Any, q2: Any, r: Any) -> tuple[Any, Any]:
        rows, scale = tables[layer]
        value = derivative = convert(Fraction(0)) * r
        power = convert(Fraction(1)) + convert(Fraction(0)) * r
        previous = power
        for order, row in enumerate(rows):
            if any(row):
                product = horner(row, q1) * horner(row, q2)
                value = value + convert(scale / math.factorial(order)) * product * power
                if order:
                    derivative = derivative + convert(scale / math.factorial(order - 1)) * product * previous
            previous, power = power, power * r
        return value, derivative

    def entry(a: Any, b: Any, c: Any) -> Any:
        q1, q2, s = (convert(Fraction(1, columns)) * value for value in (a, b, c))
        t = convert(Fraction(0)) * s
        for layer in programs:
            if isinstance(layer, Dense):
                w, bias = convert(layer.W_var), convert(layer.b_var)
                q1, q2, s = w * q1 + bias, w * q2 + bias, w * s + bias
                t = w * t + s
            else:
                value, derivative = dual(layer, q1, q2, s)
                q1, q2, s, t = dual(layer, q1, q1, q1)[0], dual(layer, q2, q2, q2)[0], value, t * derivative
        return t if kernel == "ntk" else s

    return entry


class _Residue:
    """Elementwise arithmetic modulo a prime below 2^31 on unsigned 64-bit arrays."""

    __slots__ = ("prime", "value")

    def __init__(self, value: Any, prime: int) -> None:
        self.value, self.prime = value, prime

    def __add__(self, other: _Residue) -> _Residue:
        return _Residue((self.value + other.value) % np.uint64(self.prime), self.prime)

    def __mul__(self, other: _Residue) -> _Residue:
        return _Residue((self.value * other.value) % np.uint64(self.prime), self.prime)


def gram_modulo(layers: Sequence[Layer], points: Points, kernel: str, prime: int) -> Any:
    """The Gram matrix of the raw rows modulo the prime as a uint64 array; None if the prime divides a denominator."""

    def residue(value: Fraction) -> _Residue:
        inverse = pow(value.denominator, -1, prime)
        return _Residue(np.uint64(value.numerator * inverse % prime), prime)

    try:
        entry = rational_kernel(layers, points.columns, kernel, residue)
        unit = pow(points.denominator, -2, prime)
        x = np.array([[value % prime for value in row] for row in points.rows], dtype=np.uint64)
        gram: Any = np.zeros((points.n, points.n), dtype=np.uint64)
        for column in x.T:
            gram = (gram + np.outer(column, column) % np.uint64(prime)) % np.uint64(prime)
        gram = gram * np.uint64(unit) % np.uint64(prime)
        norms = np.diag(gram).copy()
        result = entry(_Residue(norms[:, None], prime), _Residue(norms[None, :], prime), _Residue(gram, prime))
    except ValueError:
        return None
    return result.value


def dependent_rows(residues: Any, prime: int) -> tuple[int, ...] | None:
    """None if the matrix is regular modulo the prime; otherwise rows that are dependent modulo it, the fewest the
    elimination shows."""
    n = len(residues)
    matrix = flint.nmod_mat(n, n, [int(v) for v in residues.ravel()], prime)
    reduced, rank = matrix.rref()
    if rank == n:
        return None
    pivots: list[int] = []
    best: tuple[int, ...] | None = None
    for column in range(n):
        row = len(pivots)
        if row < rank and int(reduced[row, column]) == 1:
            pivots.append(column)
            continue
        members = (*(pivots[k] for k in range(row) if int(reduced[k, column])), column)
        if best is None or len(members) < len(best):
            best = members
    return best


def exact_null_vector(
    layers: Sequence[Layer], points: Points, kernel: str, rows: Sequence[int]
) -> tuple[int, ...] | None:
    """An integer vector v != 0 with K v = 0 on the Gram matrix K of these raw rows, if there is one."""
    if len(rows) > MAX_SUBSET:
        return None
    subset = [points.rows[i] for i in rows]
    entry = rational_kernel(
        layers, points.columns, kernel, lambda value: flint.fmpq(value.numerator, value.denominator)
    )
    unit = points.denominator**2
    norms = [flint.fmpq(sum(v * v for v in row), unit) for row in subset]
    m = len(subset)
    values = [[flint.fmpq(0)] * m for _ in range(m)]
    for i, x in enumerate(subset):
        for j in range(i + 1):
            c = flint.fmpq(sum(u * v for u, v in zip(x, subset[j], strict=True)), unit)
            values[i][j] = values[j][i] = entry(norms[i], norms[j], c)
    matrix, _ = flint.fmpq_mat(values).numer_denom()
    kernel_basis, nullity = matrix.nullspace()
    if not nullity:
        return None
    vector = [int(kernel_basis[k, 0]) for k in range(m)]
    content = math.gcd(*vector)
    return tuple(value // content for value in vector)
