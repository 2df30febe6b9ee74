"""Exactly singular and positive semidefinite is proved, and only then said."""

from __future__ import annotations

from random import Random

import flint
import pytest
from exact_matrices import is_semidefinite, rational
from hypothesis import given
from hypothesis import strategies as st

from certify.spectrum.semidefinite import prove_semidefinite_singular


def gram(n: int, rank: int, size: int, seed: int) -> flint.fmpz_mat:
    random = Random(seed)
    rows = flint.fmpz_mat([[random.randint(-size, size) for _ in range(rank)] for _ in range(n)])
    return rows * rows.transpose()


@pytest.mark.parametrize(("n", "rank"), [(2, 1), (5, 1), (5, 4), (9, 5), (30, 20)])
@pytest.mark.parametrize("size", [3, 10**12])
def test_a_gram_matrix_of_too_few_dimensions_is_proved_singular(n: int, rank: int, size: int) -> None:
    matrix = gram(n, rank, size, n)
    proof = prove_semidefinite_singular(matrix, 1024)
    assert proof is not None
    assert len(proof.rows) == rank
    vector = flint.fmpz_mat(n, 1, list(proof.null_vector))
    assert any(proof.null_vector)
    assert matrix * vector == flint.fmpz_mat(n, 1)


def test_the_zero_matrix_is_singular() -> None:
    proof = prove_semidefinite_singular(flint.fmpz_mat(3, 3), 64)
    assert proof is not None
    assert proof.rows == ()
    assert proof.null_vector == (1, 0, 0)


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 0], [0, 1]],
        [[0, 1], [1, 0]],
        [[0, 0, 0], [0, 1, 2], [0, 2, 1]],
        [[1, 1, 0], [1, 1, 0], [0, 0, -1]],
        [[-1, -1], [-1, -1]],
        [[2**61 - 1, 0], [0, 0]],
        [[2**61 - 1, 0], [0, 2**61 - 1]],
        [[2**61 - 1, 0], [0, 1]],
    ],
)
def test_regular_indefinite_and_unclear_matrices_have_no_proof(rows: list[list[int]]) -> None:
    assert prove_semidefinite_singular(flint.fmpz_mat(rows), 256) is None


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 9), st.integers(0, 4), st.sampled_from([-1, 0, 1]))
def test_small_matrices_are_proved_exactly_when_they_are_semidefinite_and_singular(
    extra: int, rank: int, seed: int, at: int, unit: int
) -> None:
    n = extra + rank
    matrix = gram(n, rank, 5, seed)
    matrix[at % n, at % n] += unit
    exact = rational([[int(entry) for entry in row] for row in matrix.table()])
    proof = prove_semidefinite_singular(matrix, 256)
    assert (proof is not None) == (is_semidefinite(exact) and not is_semidefinite(exact, strict=True))
    if proof is not None:
        assert matrix * flint.fmpz_mat(n, 1, list(proof.null_vector)) == flint.fmpz_mat(n, 1)


def test_a_matrix_too_large_for_exact_arithmetic_is_left_alone() -> None:
    matrix = flint.fmpz_mat(2, 2, [1 << (10**6 + 1)] * 4)
    assert prove_semidefinite_singular(matrix, 64) is None
