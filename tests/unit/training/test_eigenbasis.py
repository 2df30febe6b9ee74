"""The proven eigenbasis: K = Q D Q' + E with the stated bound on E, for matrices of every kind."""

from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp, mpf

from certify.spectrum import FixedPointBall
from certify.training import eigenbasis
from certify.training.eigenbasis import prove_eigenbasis
from certify.training.refinement import refine

BITS = 200


def hilbert(n: int) -> list[list[Fraction]]:
    return [[Fraction(1, i + j + 1) for j in range(n)] for i in range(n)]


def circulant(n: int) -> list[list[Fraction]]:
    row = [Fraction(1, 1 + min(k, n - k) ** 2) + (n if not k else 0) for k in range(n)]
    return [[row[(j - i) % n] for j in range(n)] for i in range(n)]


CASES = {
    "one": [[Fraction(3)]],
    "zero": [[Fraction(0)] * 3] * 3,
    "identity": [[Fraction(int(i == j)) for j in range(4)] for i in range(4)],
    "rank one": [[Fraction(i * j) for j in range(1, 6)] for i in range(1, 6)],
    "Hilbert": hilbert(12),
    "double eigenvalues": circulant(9),
    "graded": [
        [Fraction(int(i == j), 10 ** (6 * i)) + Fraction(1, 10 ** (6 * max(i, j) + 3)) for j in range(7)]
        for i in range(7)
    ],
}


def fixed(rows: list[list[Fraction]]) -> FixedPointBall:
    return FixedPointBall.from_endpoints(
        [[_endpoints(value) for value in row[: i + 1]] for i, row in enumerate(rows)], BITS
    )


def _endpoints(value: Fraction) -> tuple[int, int, int]:
    scaled = value * 2 ** (BITS + 20)
    low = scaled.numerator // scaled.denominator
    return low, low + (scaled.denominator > 1), -BITS - 20


def norm(matrix: Any) -> Any:
    return mp.sqrt(max(mp.eigsy(matrix.T * matrix, eigvals_only=True)))


@pytest.mark.parametrize("name", CASES)
def test_the_model_lies_within_its_error_of_the_matrix(name: str) -> None:
    rows = CASES[name]
    basis = prove_eigenbasis(fixed(rows))
    assert basis is not None
    with mp.workdps(120):
        n = len(rows)
        given = mp.matrix([[mpf(v.numerator) / v.denominator for v in row] for row in rows])
        vectors = mp.matrix([[mpf(int(v)) / mpf(2) ** basis.bits for v in row] for row in basis.vectors.table()])
        values, turned = mp.eigsy(vectors.T * vectors)
        root = turned * mp.diag([1 / mp.sqrt(v) for v in values]) * turned.T
        orthogonal = vectors * root
        model = orthogonal * mp.diag([mpf(v) * mpf(2) ** basis.exponent for v in basis.values]) * orthogonal.T
        error = mpf(basis.error.numerator) / basis.error.denominator
        assert norm(given - model) <= error * (1 + mpf(10) ** -20) + mpf(10) ** -100
        defect = mpf(basis.defect.numerator) / basis.defect.denominator
        assert norm(root - mp.eye(n)) <= defect + mpf(10) ** -100
        for i, value in enumerate(sorted(mp.eigsy(given, eigvals_only=True))):
            low, high = (mpf(b.numerator) / b.denominator for b in basis.eigenvalue(i))
            assert low - mpf(10) ** -100 <= value <= high + mpf(10) ** -100
    assert basis.error <= Fraction(1, 2 ** (BITS - 24)) * max(max(row) for row in rows) + Fraction(1, 2 ** (2 * BITS))


def test_a_bad_guess_widens_the_error_and_never_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = hilbert(5)
    good = prove_eigenbasis(fixed(rows))

    def spoiled(ball: FixedPointBall, vectors: Any, bits: int, wanted: int) -> Any:
        result = refine(ball, vectors, bits, wanted)
        result[1, 2] += 1 << wanted - 12
        return result

    monkeypatch.setattr(eigenbasis, "refine", spoiled)
    bad = prove_eigenbasis(fixed(rows))
    assert good is not None
    assert bad is not None
    assert bad.error > Fraction(1, 2**16) > 2**100 * good.error
    for i in range(5):
        assert bad.eigenvalue(i)[0] <= good.eigenvalue(i)[0]
        assert good.eigenvalue(i)[1] <= bad.eigenvalue(i)[1]
