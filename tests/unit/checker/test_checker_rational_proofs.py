"""Exact reasons over the rationals: null vectors, regularity modulo a prime, dimension counts."""

from pathlib import Path

import pytest
from checker_certificates import (
    RELU,
    SQUARE,
    Json,
    answer,
    certificate,
    changed,
    kernel_claim,
    words,
)

TRIANGLE = [[1, 0], [0, 1], [1, 1]]
FOUR = [[1, 0], [0, 1], [1, 1], [1, -1]]


def test_null_vector_of_four_squares(tmp_path: Path) -> None:
    proof = {"kind": "null vector", "rows": [0, 1, 2, 3], "entries": "2 2 -1 -1"}
    for kernel in ("ntk", "nngp"):
        for unit in (False,):
            claim = kernel_claim(SQUARE, FOUR, kernel=kernel, unit=unit)
            good = certificate(claim, proof)
            assert answer(tmp_path, good).status == "valid"
            for wrong in ("2 2 -1 -2", "2 2 1 1", "1 0 0 0"):
                result = answer(tmp_path, changed(good, "proof.entries", wrong))
                assert (result.status, "quadratic form" in result.reason) == ("invalid", True)
    zero = certificate(kernel_claim(SQUARE, FOUR), {**proof, "entries": "0 0 0 0"})
    assert answer(tmp_path, zero).reason == "the null vector is zero"


def test_null_vector_on_a_subset_and_with_bias(tmp_path: Path) -> None:
    rows = [[7, 7], *FOUR, [3, 5]]
    proof = {"kind": "null vector", "rows": [1, 2, 3, 4], "entries": "2 2 -1 -1"}
    assert answer(tmp_path, certificate(kernel_claim(SQUARE, rows), proof)).status == "valid"
    biased = "serial(Dense(), Monomial(2), Dense(b_var=1))"
    assert answer(tmp_path, certificate(kernel_claim(biased, rows), proof)).status == "invalid"
    # Six monomials of degree at most 2 in one variable: seven points with bias are dependent; here a third difference.
    line = certificate(
        kernel_claim("serial(Dense(b_var=1), Polynomial([0, 1, 1]), Dense())", [[0], [1], [2], [3]], denominator=7),
        {"kind": "null vector", "rows": [0, 1, 2, 3], "entries": "-1 3 -3 1"},
    )
    assert answer(tmp_path, line).status == "valid"
    assert answer(tmp_path, changed(line, "proof.entries", "-1 3 -3 2")).status == "invalid"


@pytest.mark.parametrize(
    "activation", ["Hermite(2)", "Hermite(3)", 'Polynomial([1, "-1/2", 0, "1/4"])', "LeakyRelu(1)", "Monomial(0)"]
)
def test_exact_null_vectors_of_other_polynomials(tmp_path: Path, activation: str) -> None:
    """A polynomial of degree at most 3 on a line: fourth differences vanish, fifth point needed."""
    network = f'serial(Dense(W_var="2/3", b_var="1/5"), {activation}, Dense(b_var="1/7"))'
    claim = kernel_claim(network, [[0], [1], [2], [3], [4]], denominator=3)
    good = certificate(claim, {"kind": "null vector", "rows": [0, 1, 2, 3, 4], "entries": "1 -4 6 -4 1"})
    assert answer(tmp_path, good).status == "valid"
    assert answer(tmp_path, changed(good, "proof.entries", "1 -4 6 -4 2")).status == "invalid"


def test_null_vectors_under_unit_normalisation_need_a_homogeneous_network(tmp_path: Path) -> None:
    proof = {"kind": "null vector", "rows": [0, 1, 2, 3], "entries": "2 2 -1 -1"}
    assert answer(tmp_path, certificate(kernel_claim(SQUARE, FOUR, unit=True), proof)).status == "valid"
    for network in (
        "serial(Dense(), Monomial(2), Dense(b_var=1))",
        "serial(Dense(), Polynomial([1, 0, 1]), Dense())",
        RELU,
    ):
        result = answer(tmp_path, certificate(kernel_claim(network, FOUR, unit=True), proof))
        assert (result.status, "not rational" in result.reason) == ("invalid", True)


def modular(network: str, rows: list[list[int]], modulus: int, unit: bool = False) -> Json:
    vector = [0] * len(rows)
    vector[0] = 1
    claim = kernel_claim(network, rows, verdict="positive definite", lower=None, upper="1e9", unit=unit)
    return certificate(claim, {"bits": 40, "kind": "modular", "modulus": format(modulus, "x"), "vector": words(vector)})


def test_modular_regularity(tmp_path: Path) -> None:
    prime = 2**61 - 1
    for unit in (False, True):
        assert answer(tmp_path, modular(SQUARE, TRIANGLE, prime, unit)).status == "valid"
        result = answer(tmp_path, modular(SQUARE, FOUR, prime, unit))
        assert (result.status, "invertible pivot" in result.reason) == ("invalid", True)
    assert answer(tmp_path, modular(RELU, TRIANGLE, prime)).status == "invalid"
    assert answer(tmp_path, modular("serial(Dense())", [[1, 0], [0, 1]], prime)).status == "valid"
    assert answer(tmp_path, modular("serial(Dense())", TRIANGLE, prime)).status == "invalid"


def test_a_composite_modulus_is_enough_and_a_divisor_of_the_determinant_is_not(tmp_path: Path) -> None:
    # K of serial(Dense()) on the integers 2 and... one column: K = x y, so one point: K = 6 * 6.
    assert answer(tmp_path, modular("serial(Dense())", [[6]], 35)).status == "valid"
    assert answer(tmp_path, modular("serial(Dense())", [[6]], 3)).status == "invalid"
    assert answer(tmp_path, modular("serial(Dense())", [[6]], 33)).status == "invalid"
    assert answer(tmp_path, changed(modular("serial(Dense())", [[6]], 33), "proof.modulus", "1")).status == "malformed"


def test_modular_proofs_bound_above_by_their_vector(tmp_path: Path) -> None:
    good = modular(SQUARE, [[3]], 2**31 - 1)
    # d = 1: S = 9, V = 2 S^2 + S^2 = 243, T = S V' + V = 9 * 4 * 9 + 243 = 567.
    assert answer(tmp_path, changed(good, "claim.lambda_min.upper", "5670001e-4")).status == "valid"
    assert answer(tmp_path, changed(good, "claim.lambda_min.upper", "566999e-3")).status == "invalid"
    assert answer(tmp_path, changed(good, "claim.lambda_min.lower", "1e-9")).status == "invalid"
    assert answer(tmp_path, changed(good, "claim.verdict", "singular")).status == "invalid"


RANKS = [
    # network, rows, unit, dimension or None where the count reaches the number of points
    (SQUARE, [*FOUR, [2, 3]], False, 3),
    (SQUARE, FOUR, False, 3),
    (SQUARE, TRIANGLE, False, None),
    (SQUARE, [[1, 0], [0, 1], [0, 2], [3, 0]], False, 2),
    ("serial(Dense(b_var=1), Monomial(2), Dense())", [[k] for k in range(5)], False, 3),
    ("serial(Dense(), Monomial(2), Dense(b_var=1))", [[k] for k in range(5)], False, 2),
    ("serial(Dense(), Polynomial([0, 1, 0, 0, 1]))", [[k, k * k + 1] for k in range(1, 9)], False, 7),
    ("serial(Dense(), Polynomial([0, 0, 0, 1, 1]), Dense())", [[k, k * k + 1] for k in range(1, 11)], False, 9),
    ("serial(Dense(), Polynomial([0, 1, 0, 1]), Dense())", [[k, k * k + 1] for k in range(1, 8)], True, 4),
    ("serial(Dense(), Polynomial([0, 1, 0, 1]), Dense())", [[k, k * k + 1] for k in range(1, 8)], False, 6),
    ("serial(Dense(b_var=1), Monomial(2), Dense())", [[k, k + 1] for k in range(1, 7)], True, 5),
    ("serial(Dense(), Monomial(2), Dense(b_var=1), Monomial(2))", [[k, 1] for k in range(10)], False, 9),
    ("serial(Dense(), Hermite(3), Dense())", [[k, k * k + 1] for k in range(1, 8)], False, 6),
    ("serial(Dense(), LeakyRelu(1), Dense())", TRIANGLE, False, 2),
    ("serial(Dense(), Polynomial([0]), Dense())", [[1]], False, 0),
    ("serial(Dense(), Monomial(0), Dense())", [[1], [2]], False, 1),
    ("serial(Dense())", TRIANGLE, True, 2),
]


@pytest.mark.parametrize(("network", "rows", "unit", "dimension"), RANKS)
def test_dimension_counts(
    tmp_path: Path, network: str, rows: list[list[int]], unit: bool, dimension: int | None
) -> None:
    claim = kernel_claim(network, rows, unit=unit)
    if dimension is None:
        for guess in range(len(rows) + 2):
            result = answer(tmp_path, certificate(claim, {"kind": "rank", "dimension": guess}))
            assert (result.status, "reaches the number of points" in result.reason) == ("invalid", True)
        return
    assert answer(tmp_path, certificate(claim, {"kind": "rank", "dimension": dimension})).status == "valid"
    for wrong in (dimension + 1, abs(dimension - 1)):
        result = answer(tmp_path, certificate(claim, {"kind": "rank", "dimension": wrong}))
        assert (result.status, "dimension count is" in result.reason) == ("invalid", True)


def test_dimension_counts_need_polynomials(tmp_path: Path) -> None:
    claim = kernel_claim(RELU, [*FOUR, [2, 3]])
    assert answer(tmp_path, certificate(claim, {"kind": "rank", "dimension": 3})).status == "invalid"


def test_a_zero_row_cannot_be_normalised(tmp_path: Path) -> None:
    claim = kernel_claim("serial(Dense())", [[1, 1], [0, 0], [2, 1]], unit=True)
    result = answer(tmp_path, certificate(claim, {"kind": "rank", "dimension": 2}))
    assert (result.status, "row 1 is zero" in result.reason) == ("invalid", True)
