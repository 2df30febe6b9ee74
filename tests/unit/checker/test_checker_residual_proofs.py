"""Residual proofs are accepted where they hold and refused where they are one unit too bold."""

from fractions import Fraction
from pathlib import Path

import pytest
from checker_certificates import (
    ERF,
    RELU,
    Json,
    answer,
    ball_claim,
    certificate,
    changed,
    decimal,
    next_above,
    next_below,
    proved,
    words,
)

TRIANGLE = [[1, 0], [0, 1], [1, 1]]
FOUR = [[1, 0], [0, 1], [1, 1], [1, -1]]


@pytest.mark.parametrize(
    ("network", "rows", "unit", "kernel"),
    [
        (ERF, TRIANGLE, True, "ntk"),
        (ERF, FOUR, False, "nngp"),
        (RELU, TRIANGLE, False, "ntk"),
        ('serial(Dense(b_var="1/3"), Gelu(), Dense(), Relu())', [[1, 2], [3, 4]], False, "ntk"),
        ("serial(Dense(), Abs())", [[5, 1]], True, "nngp"),
        ("serial(Dense())", [[5, 1], [2, -3]], False, "ntk"),
    ],
)
def test_residual_bounds_are_accepted_and_one_unit_more_is_not(
    tmp_path: Path, network: str, rows: list[list[int]], unit: bool, kernel: str
) -> None:
    best = proved(network, rows, unit=unit, kernel=kernel)
    result = answer(tmp_path, best)
    assert result.status == "valid", result.reason
    assert result.claim is not None
    assert result.claim["n"] == len(rows)
    lower = best["claim"]["lambda_min"]["lower"]
    high = answer(tmp_path, changed(best, "claim.lambda_min.lower", next_above(lower)))
    assert (high.status, "lower bound is not proved" in high.reason) == ("invalid", True)
    assert answer(tmp_path, changed(best, "claim.lambda_min.lower", next_below(lower))).status == "valid"


def test_an_upper_bound_below_the_rayleigh_quotient_is_refused(tmp_path: Path) -> None:
    best = proved(ERF, TRIANGLE)
    upper = best["claim"]["lambda_min"]["upper"]
    mantissa, _, exponent = upper.partition("e")
    low = answer(tmp_path, changed(best, "claim.lambda_min.upper", f"{int(mantissa) - 1}e{exponent}"))
    assert (low.status, "upper bound is not proved" in low.reason) == ("invalid", True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("claim.kernel", "nngp"),
        ("claim.normalize", "unit"),
        ("claim.network", ERF.replace("Erf", "Gelu")),
        ("claim.network", ERF.replace("1/100", "1/99")),
        ("claim.points.rows.0", "2 0"),
        ("claim.points.denominator", "2"),
        ("proof.shift.exponent", -90),
        ("proof.factor.exponent", -40),
        ("proof.factor.rows.1", "0 1"),
        ("proof.vector", "1 0 0"),
    ],
)
def test_a_proof_of_something_else_is_invalid(tmp_path: Path, path: str, value: object) -> None:
    best = proved(ERF, TRIANGLE)
    assert answer(tmp_path, best).status == "valid"
    assert answer(tmp_path, changed(best, path, value)).status == "invalid"


def test_a_zero_vector_bounds_nothing(tmp_path: Path) -> None:
    result = answer(tmp_path, changed(proved(ERF, TRIANGLE), "proof.vector", "0 0 0"))
    assert (result.status, result.reason) == ("invalid", "the vector for the upper bound is zero")


def exact_residual(factor: list[list[int]], shift: int, vector: list[int], bits: int = 30) -> Json:
    return {
        "bits": bits,
        "factor": {"exponent": 0, "rows": [words(row) for row in factor]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": format(shift, "x")},
        "vector": words(vector),
    }


BALL = [[2], [1, 2]]
BALL_PROOF = exact_residual([[1], [1, 0]], 1, [1, -1])


@pytest.mark.parametrize(
    ("lower", "upper", "status"),
    [
        ("1e0", "1e0", "valid"),
        ("1e-400", "1e400", "valid"),
        ("1000000000000000000001e-21", "2e0", "invalid"),
        ("1e0", "2e0", "valid"),
        ("5e-1", "999999999999999999999e-21", "invalid"),
    ],
)
def test_a_users_matrix_with_exact_entries(tmp_path: Path, lower: str, upper: str, status: str) -> None:
    claim = ball_claim(BALL, "0", "positive definite", lower, upper)
    result = answer(tmp_path, certificate(claim, BALL_PROOF))
    assert result.status == status
    assert bool(result.assumptions) == (status == "valid")
    assert result.points_sha256 is None


def test_radii_cost_their_row_sum_below_and_every_term_above(tmp_path: Path) -> None:
    # Entries in quarters: [[2, 1], [1, 2]] with radius 1/4 has E = 1/2 below, and 1 + (1/4)(1 + 1)^2 / 2 above.
    quarters = [[8], [4, 8]]
    for lower, upper, status in (
        ("5e-1", "15e-1", "valid"),
        ("51e-2", "15e-1", "invalid"),
        ("5e-1", "149e-2", "invalid"),
    ):
        for radii in ("1", ["1", "1 1"]):
            claim = ball_claim(quarters, radii, "positive definite", lower, upper, -2)
            assert answer(tmp_path, certificate(claim, BALL_PROOF)).status == status


@pytest.mark.parametrize("vector", [[1, -1], [-1, 1], [1, 1], [-1, -1], [0, 1], [1, 0], [2, -1], [1, 2], [-1, 2]])
def test_the_worst_entry_of_the_rayleigh_quotient_follows_the_signs(tmp_path: Path, vector: list[int]) -> None:
    claim = ball_claim([[38], [20, 42]], ["0", "5 0"], "positive definite", "1e-9", "1e9")
    quadratic = (
        38 * vector[0] ** 2
        + 42 * vector[1] ** 2
        + 2 * (25 if vector[0] * vector[1] > 0 else 15) * (vector[0] * vector[1])
    )
    norm = vector[0] ** 2 + vector[1] ** 2
    tight = decimal(Fraction(quadratic * 10**6 // norm + (quadratic * 10**6 % norm > 0), 10**6))
    proof = exact_residual([[5], [4, 4]], 10, vector)
    good = changed(certificate(claim, proof), "claim.lambda_min.upper", tight)
    assert answer(tmp_path, good).status == "valid"
    low = decimal(Fraction(quadratic * 10**6 // norm - (quadratic * 10**6 % norm == 0), 10**6))
    assert answer(tmp_path, changed(good, "claim.lambda_min.upper", low)).status == "invalid"


def test_unequal_radii_count_in_both_rows(tmp_path: Path) -> None:
    claim = ball_claim([[8], [4, 8]], ["0", "1 0"], "positive definite", "75e-2", "125e-2", -2)
    assert answer(tmp_path, certificate(claim, BALL_PROOF)).status == "valid"
    claim = ball_claim([[8], [4, 8]], ["0", "1 0"], "positive definite", "76e-2", "125e-2", -2)
    assert answer(tmp_path, certificate(claim, BALL_PROOF)).status == "invalid"


def test_a_negative_smallest_eigenvalue_of_a_users_matrix(tmp_path: Path) -> None:
    claim = ball_claim([[1], [2, 1]], "0", "negative", "-1e0", "-1e0")
    proof = exact_residual([[1], [1, 0]], -1, [1, -1])
    assert answer(tmp_path, certificate(claim, exact_residual([[0], [0, 0]], -1, [1, -1]))).status == "invalid"
    good = certificate(ball_claim([[0], [1, 0]], "0", "negative", "-1e0", "-1e0"), proof)
    assert answer(tmp_path, good).status == "valid"
    assert answer(tmp_path, changed(good, "claim.lambda_min.upper", "1e0")).status == "invalid"
    assert answer(tmp_path, changed(good, "claim.lambda_min.upper", "-11e-1")).status == "invalid"


def test_an_exactly_singular_users_matrix(tmp_path: Path) -> None:
    claim = ball_claim([[1], [1, 1]], "0", "singular", "0", "0")
    proof = exact_residual([[1], [1, 0]], 0, [1, -1])
    assert answer(tmp_path, certificate(claim, proof)).status == "valid"
    assert answer(tmp_path, changed(certificate(claim, proof), "claim.gram.radii", "1")).status == "invalid"


@pytest.mark.parametrize(
    ("verdict", "lower", "upper"),
    [
        ("positive definite", None, "2e0"),
        ("positive definite", "0", "2e0"),
        ("positive definite", "-1e0", "2e0"),
        ("positive definite", "2e0", "1e0"),
        ("singular", "0", "2e0"),
        ("singular", None, "0"),
        ("singular", "-1e0", "0"),
        ("negative", "-1e0", "0"),
        ("negative", None, "-1e0"),
    ],
)
def test_verdicts_and_bounds_that_do_not_belong_together(
    tmp_path: Path, verdict: str, lower: str | None, upper: str
) -> None:
    claim = ball_claim(BALL, "0", verdict, lower, upper)
    assert answer(tmp_path, certificate(claim, BALL_PROOF)).status == "invalid"


def test_only_residuals_speak_about_a_users_matrix(tmp_path: Path) -> None:
    claim = ball_claim([[0]], "0", "singular", "0", "0")
    for proof in (
        {"kind": "rank", "dimension": 0},
        {"kind": "null vector", "rows": [0], "entries": "1"},
        {"kind": "family", "family": "zero row", "rows": [0]},
    ):
        assert answer(tmp_path, certificate(claim, proof)).status == "invalid"
