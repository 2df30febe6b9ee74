"""Bounds from float64 alone: sound for any shift and factor, sharp for good ones, and wary of a broken BLAS."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest

from certify import smallest_eigenvalue
from certify.arithmetic.environment import BrokenEnvironment
from certify.spectrum import blocked
from certify.spectrum.float_bounds import FloatMatrix, prove_lower_float, rayleigh_upper_float
from certify.spectrum.float_dense import enclose_in_float, factor_in_float

Array = np.ndarray[Any, Any]


def gram(seed: int, n: int, columns: int, ridge: float = 0.0) -> Array:
    x = np.random.default_rng(seed).standard_normal((n, columns))
    product: Array = x @ x.T + ridge * np.eye(n)
    return np.asarray((product + product.T) / 2)


def exactly_known(matrix: Array) -> FloatMatrix:
    return FloatMatrix(np.ascontiguousarray(matrix), np.zeros(len(matrix)))


def is_semidefinite(matrix: Array, shift: Fraction) -> bool:
    """Whether matrix - shift I is positive semidefinite, by exact elimination."""
    n = len(matrix)
    rows = [[Fraction(float(v)) - (shift if i == j else 0) for j, v in enumerate(row)] for i, row in enumerate(matrix)]
    exact = flint.fmpq_mat(n, n, [flint.fmpq(v.numerator, v.denominator) for row in rows for v in row])
    return all(flint.fmpq_mat([[exact[i, j] for j in range(k)] for i in range(k)]).det() >= 0 for k in range(1, n + 1))


@pytest.mark.parametrize("seed", range(12))
def test_no_shift_and_no_factor_proves_too_much(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = gram(seed, 7, 5 + seed % 3, ridge=float(rng.choice([0, 1e-9, 0.5])))
    top = float(np.linalg.eigvalsh(matrix)[0])
    for shift in (top, top + 1e-12, top - 1e-9, 0.0, top * 2, -1.0, 1.0):
        for spoil in (0.0, 1e-8, 1.0):
            lower = np.linalg.cholesky(matrix + (abs(top) + 1e-6 + max(0.0, shift)) * np.eye(7))
            lower = np.tril(lower + spoil * rng.standard_normal((7, 7)))
            bound = prove_lower_float(exactly_known(matrix), shift, lower.copy())
            assert is_semidefinite(matrix, bound)


@pytest.mark.parametrize("n", [1, 2, 30, 600])
def test_both_bounds_are_sharp_and_meet_those_of_the_exact_proof(n: int) -> None:
    matrix = gram(n, n, 2 * n + 3, ridge=0.25)
    found = enclose_in_float(exactly_known(matrix), Fraction(1, 10**6))
    assert found is not None
    assert 0 < found.lower <= found.upper
    assert found.upper - found.lower <= Fraction(1, 10**6) * found.lower
    exact = smallest_eigenvalue(matrix, rel_width=1e-9)
    assert found.lower <= exact.upper
    assert exact.lower <= found.upper
    assert (np.ldexp(found.factor, -found.factor_exponent) % 1 == 0).all()


def test_radii_are_paid_for() -> None:
    matrix = gram(3, 20, 60)
    wide = FloatMatrix(matrix, np.full(20, 0.5))
    exact = enclose_in_float(exactly_known(matrix), Fraction(1, 1000))
    found = enclose_in_float(wide, Fraction(1, 2))
    assert exact is not None
    assert found is not None
    assert found.lower <= exact.lower - Fraction(1, 2) + Fraction(1, 2) * exact.lower
    assert enclose_in_float(FloatMatrix(matrix, np.full(20, float(exact.upper) * 2)), Fraction(1, 2)) is None


@pytest.mark.parametrize("seed", range(6))
def test_singular_and_indefinite_matrices_are_left_to_others(seed: int) -> None:
    matrix = gram(seed, 12, 5)
    assert enclose_in_float(exactly_known(matrix), Fraction(1, 2)) is None
    assert enclose_in_float(exactly_known(matrix - np.eye(12)), Fraction(1, 2)) is None


def test_the_rayleigh_quotient_is_an_upper_bound() -> None:
    rng = np.random.default_rng(0)
    for n in (1, 3, 40):
        matrix = gram(n, n, n + 2)
        vector = rng.standard_normal(n)
        found = rayleigh_upper_float(exactly_known(matrix), vector)
        v = [Fraction(float(x)) for x in vector]
        form = sum(Fraction(float(matrix[i, j])) * v[i] * v[j] for i in range(n) for j in range(n))
        exact = form / sum(x * x for x in v)
        assert exact <= found <= exact * (1 + Fraction(1, 10**12))
    with pytest.raises(ArithmeticError):
        rayleigh_upper_float(exactly_known(matrix), np.zeros(40))


@pytest.mark.parametrize("flip", [1e-3, 1.0, 1e200, np.nan])
@pytest.mark.parametrize("place", [(0, 0), (3, 1), (599, 40)])
def test_a_product_that_flips_a_bit_now_and_then_is_found(
    flip: float, place: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = gram(1, 600, 700)
    factor = factor_in_float(matrix, 0.0, np.empty_like(matrix))
    assert factor is not None
    calls = 0
    true_product = np.matmul

    def broken(a: Array, b: Array) -> Array:
        nonlocal calls
        calls += 1
        result = true_product(a, b)
        if calls == 2:
            result[place[0] % result.shape[0], place[1] % result.shape[1]] += flip
        return np.asarray(result)

    class Numpy:
        matmul = staticmethod(broken)

        def __getattr__(self, name: str) -> Any:
            return getattr(np, name)

    monkeypatch.setattr(blocked, "np", Numpy())
    with pytest.raises(BrokenEnvironment, match="BLAS"):
        prove_lower_float(exactly_known(matrix), 0.0, factor)
    assert calls >= 2


def test_progress_only_grows() -> None:
    n = 1300
    seen: list[tuple[int, int]] = []
    prove_lower_float(exactly_known(np.eye(n)), 0.5, np.eye(n), lambda done, total: seen.append((done, total)))
    done = [part / total for part, total in seen]
    assert len(done) > 3
    assert done == sorted(done)
    assert done[-1] == 1
