"""Every kind of proof is accepted where it holds and refused where it is one unit too bold."""

from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
from checker_certificates import (
    ERF,
    RELU,
    SQUARE,
    Json,
    answer,
    ball_claim,
    certificate,
    changed,
    decimal,
    enclosed,
    inline_points,
    kernel_claim,
    next_above,
    next_below,
    proved,
    symmetric,
    words,
)

TRIANGLE = [[1, 0], [0, 1], [1, 1]]
FOUR = [[1, 0], [0, 1], [1, 1], [1, -1]]
HEXAGON_LIKE = [[2, 0], [-2, 0], [1, 3], [-1, -3], [5, 1], [-5, -1]]


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


def family(name: str, rows: list[int], coefficients: str | None = None) -> Json:
    proof: Json = {"family": name, "kind": "family", "rows": rows}
    return proof if coefficients is None else {**proof, "coefficients": coefficients}


B0, B1 = "Dense()", "Dense(b_var=1)"
FAMILIES = [
    # network, rows, unit, proof, valid
    (ERF, [[1, 2], [3, 1], [1, 2]], False, family("equal points", [0, 2]), True),
    (ERF, [[1, 2], [3, 1], [1, 2]], False, family("equal points", [2, 0]), True),
    (ERF, [[1, 2], [3, 1], [2, 4]], False, family("equal points", [0, 2]), False),
    (ERF, [[1, 2], [3, 1], [2, 4]], True, family("equal points", [0, 2]), True),
    (ERF, [[1, 2], [3, 1], [-2, -4]], True, family("equal points", [0, 2]), False),
    (ERF, [[1, 2], [3, 1], [2, 4]], True, family("equal points", [0, 1]), False),
    (ERF, [[0, 0], [0, 0]], False, family("equal points", [0, 1]), True),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), True),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [0]), False),
    (f"serial({B0}, Erf(c=1), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Cos(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Step(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Sign(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), True),
    (f"serial({B0}, Hermite(3), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), True),
    (f"serial({B0}, Hermite(2), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B1}, Erf(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Erf(), {B1})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (RELU, [[1, 2], [3, 1], [2, 4]], False, family("parallel rows", [0, 2]), True),
    (RELU, [[1, 2], [3, 1], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (RELU, [[1, 2], [3, 1], [-2, -4]], False, family("parallel rows", [0, 2]), False),
    (RELU, [[1, 2], [3, 1], [2, 4]], False, family("opposite rows", [0, 2]), False),
    (f"serial({B0}, Relu(), {B1})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B1}, Relu(), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, Polynomial([0, 1, 1]), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, Sign(), {B1}, Erf(), {B1})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), True),
    (f"serial({B0}, Step(), {B1}, Gelu())", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), True),
    (f"serial({B1}, Sign(), {B1})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, RectifiedMonomial(3), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), True),
    (f"serial({B0}, Relu(), {B1})", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), True),
    (
        f"serial({B0}, Abs(), {B0}, Relu(), {B1})",
        [[1], [2], [3]],
        False,
        family("three parallel rows", [2, 1, 0]),
        True,
    ),
    (
        f"serial({B0}, Relu(), {B1}, Relu(), {B0})",
        [[1], [2], [3]],
        False,
        family("three parallel rows", [0, 1, 2]),
        False,
    ),
    (f"serial({B1}, Relu(), {B0})", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Erf(), {B1})", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Relu(), {B1}, Relu())", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Relu(), {B1})", [[1], [2], [-3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Relu(), {B1})", [[0], [0], [0]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Cos(), {B1}, Gelu(), {B1})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B1}, Cos(), {B0})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Cos(c=1), {B0})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Cos(), {B0})", [[1, 2], [-2, -4]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Cos(), {B0})", [[1, 2], [-2, -4]], True, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Erf(), {B1})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Erf(), {B0}, Gaussian(), {B1})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), True),
    (RELU, [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Monomial(2), {B0})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Monomial(3), {B0})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Monomial(3), {B1})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Sign(), {B0}, Gabor(), {B0})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), True),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (RELU, HEXAGON_LIKE, True, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 7"), False),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "0 0 0"), False),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 2, 1, 3, 4, 5], "-e -2 6"), False),
    (f"serial({B0}, Abs(), {B1})", HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (f"serial({B0}, Relu())", HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (
        f"serial({B1}, Relu(), {B0})",
        HEXAGON_LIKE,
        False,
        family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"),
        False,
    ),
    (
        f"serial({B0}, Mish(), {B0})",
        HEXAGON_LIKE,
        False,
        family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B0}, Relu(), {B0})",
        HEXAGON_LIKE,
        False,
        family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [1, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 2, 1, 3]),
        False,
    ),
    (
        f"serial({B1}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Gelu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[0, 0], [0, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B1}, Polynomial([2]), {B1}, Relu(), {B1})",
        [[1], [5]],
        False,
        family("constant function", [0, 1]),
        True,
    ),
    (f"serial({B1}, Erf(b=0, c=1), {B1})", [[1], [5]], False, family("constant function", [0, 1]), True),
    (f"serial({B1}, Relu(), {B1})", [[1], [5]], False, family("constant function", [0, 1]), False),
    (f"serial({B1}, ABRelu(0, 0), {B0})", [[1], [5]], False, family("zero kernel", [1]), True),
    (f"serial({B1}, ABRelu(0, 0), {B1})", [[1], [5]], False, family("zero kernel", [1]), False),
    (f"serial({B1}, Relu(), {B0})", [[0], [5]], False, family("zero kernel", [0]), False),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Erf(c=1), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Step(), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Sin(), {B0}, Erf(c=1), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        True,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Polynomial([1, 0, 0, 2]))",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Erf(c=1), {B0}, Erf(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Erf(), {B1}, Erf(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B1}, Erf(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-2, -4], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-2, -4], [3, 1], [-3, -1]],
        True,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 2, 1, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B0})",
        [[1], [-2], [3], [-3]],
        False,
        family("antipodal pairs", [0, 1, 2, 3], "3 -1"),
        True,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1], [-2], [3], [-3]],
        False,
        family("antipodal pairs", [0, 1, 2, 3], "3 -1"),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1], [-2], [3], [-3]],
        True,
        family("antipodal pairs", [0, 1, 2, 3], "3 -1"),
        True,
    ),
]


@pytest.mark.parametrize(("network", "rows", "unit", "proof", "valid"), FAMILIES)
def test_families_of_degenerate_rows(
    tmp_path: Path, network: str, rows: list[list[int]], unit: bool, proof: Json, valid: bool
) -> None:
    for kernel in ("ntk", "nngp"):
        result = answer(tmp_path, certificate(kernel_claim(network, rows, unit=unit, kernel=kernel), proof))
        assert result.status == ("valid" if valid else "invalid"), result.reason


def test_kernels_that_vanish_for_one_kernel_only(tmp_path: Path) -> None:
    """A jump at the end, or a value at zero, leaves the NNGP alone and makes the NTK (or its entry) zero."""
    rows = [[1, 2], [0, 0]]
    for network, proof in (
        (f"serial({B1}, Sign())", family("zero kernel", [0])),
        (f"serial({B0}, Relu(), {B1}, Step())", family("zero kernel", [0])),
        (f"serial({B0}, RectifiedMonomial(0))", family("zero kernel", [1])),
        (f"serial({B0}, Cos())", family("zero row", [1])),
    ):
        for kernel, status in (("ntk", "valid"), ("nngp", "invalid")):
            claim = kernel_claim(network, rows, kernel=kernel)
            assert answer(tmp_path, certificate(claim, proof)).status == status
    for network in (f"serial({B1}, Sign(), {B0})", f"serial({B0}, Relu())", f"serial({B0}, RectifiedMonomial(1))"):
        assert (
            answer(tmp_path, certificate(kernel_claim(network, rows), family("zero kernel", [0]))).status == "invalid"
        )


def test_stated_families_are_singular_by_their_determinants() -> None:
    """The enclosures of the Gram determinants of all accepted examples hold zero, to many digits."""
    for network, rows, unit, proof, valid in FAMILIES:
        if not valid:
            continue
        for kernel in ("ntk", "nngp"):
            gram = enclosed(network, rows, unit, kernel, 150)
            if all(height is None for height in gram.heights):
                continue
            lows, highs = symmetric(list(gram.matrix().rows))
            chosen = proof["rows"]
            with mpmath.workprec(400):
                scale = mpmath.mpf(max(map(max, highs)))
                part = mpmath.matrix(
                    [[mpmath.mpf(lows[i][j] + highs[i][j]) / 2 / scale for j in chosen] for i in chosen]
                )
                assert abs(mpmath.eigsy(part, eigvals_only=True)[0]) < mpmath.mpf(2) ** -130, (network, proof)


def test_proofs_of_singularity_do_not_prove_positivity(tmp_path: Path) -> None:
    claim = kernel_claim(SQUARE, [*FOUR, [2, 3]], verdict="positive definite", lower="1e-9", upper="1e0")
    for proof in ({"kind": "rank", "dimension": 3}, family("equal points", [0, 1])):
        assert answer(tmp_path, certificate(claim, proof)).status == "invalid"


def test_points_beside_the_certificate(tmp_path: Path) -> None:
    import hashlib

    from checker_certificates import canonical

    best = proved(ERF, TRIANGLE)
    points = inline_points(TRIANGLE)
    text = canonical({"denominator": points["denominator"], "rows": points["rows"]})
    digest = hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "iris.points").write_text(text)
    beside = changed(best, "claim.points", {"columns": 2, "count": 3, "file": "iris.points", "sha256": digest})
    result = answer(tmp_path, beside)
    assert result.status == "valid", result.reason
    assert result.points_sha256 == digest == answer(tmp_path, best).points_sha256
    assert answer(tmp_path, changed(beside, "claim.points.sha256", "0" * 64)).status == "invalid"
    assert answer(tmp_path, changed(beside, "claim.points.file", "other.points")).status == "malformed"
    for count, columns in ((2, 2), (3, 3)):
        wrong = {"columns": columns, "count": count, "file": "iris.points", "sha256": digest}
        # The vector and the factor follow the stated count; shape comes first.
        assert answer(tmp_path, changed(beside, "claim.points", wrong)).status == "malformed"
    (tmp_path / "iris.points").rename(tmp_path / "elsewhere")
    (tmp_path / "iris.points").symlink_to(tmp_path / "elsewhere")
    result = answer(tmp_path, beside)
    assert (result.status, result.reason) == ("malformed", "the file of points is a link")
    (tmp_path / "iris.points").unlink()
    (tmp_path / "iris.points").mkdir()
    assert answer(tmp_path, beside).status == "malformed"
    for content in (text[:-1], text.replace(",", ", ", 1), canonical({"rows": points["rows"]}), canonical([1])):
        (tmp_path / "odd.points").write_text(content)
        digest = hashlib.sha256(content.encode()).hexdigest()
        odd = {"columns": 2, "count": 3, "file": "odd.points", "sha256": digest}
        assert answer(tmp_path, changed(beside, "claim.points", odd)).status == "malformed"
