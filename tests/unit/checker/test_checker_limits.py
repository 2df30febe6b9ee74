"""Every numeric limit, one by one: up to it, and just beyond."""

import time
from pathlib import Path

import pytest
from checker_certificates import (
    ERF,
    SQUARE,
    Json,
    answer,
    ball_claim,
    certificate,
    changed,
    inline_points,
    kernel_claim,
    proved,
    words,
)

from certify.checker import check_file, limits

TRIANGLE = [[1, 0], [0, 1], [1, 1]]
RESIDUAL = proved(ERF, TRIANGLE, bits=40)
BALL = certificate(
    ball_claim([[2], [1, 2]], "0", "positive definite", "1e0", "1e0"),
    {
        "bits": 3,
        "factor": {"exponent": 0, "rows": ["1", "1 0"]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": "1"},
        "vector": "1 -1",
    },
)


def rank(network: str, rows: list[list[int]], dimension: int) -> Json:
    return certificate(kernel_claim(network, rows), {"kind": "rank", "dimension": dimension})


def test_the_limits_are_those_of_the_format() -> None:
    assert limits.MAX_FILE_BYTES == 256 * 2**20
    assert limits.MAX_POINTS == 200_000
    assert limits.MAX_COLUMNS == 100_000
    assert limits.MAX_LAYERS == 1000
    assert limits.MAX_NESTING == 50
    assert limits.MAX_DECIMAL_EXPONENT == 5000
    assert limits.MAX_NUMBER_CHARACTERS == 5000
    assert limits.MAX_DEGREE == 1000
    assert limits.MAX_BITS == 65_536
    assert limits.MAX_BINARY_EXPONENT == 65_536
    assert limits.DEFAULT_LIMIT_SECONDS == 600


def test_files_beyond_the_size_are_unsupported_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "large.cert"
    with path.open("wb") as stream:
        stream.truncate(limits.MAX_FILE_BYTES + 1)
    start = time.perf_counter()
    assert check_file(path).status == "unsupported"
    assert time.perf_counter() - start < 1


def test_files_that_grow_beyond_the_size_while_read_are_unsupported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 1000)
    assert answer(tmp_path, b"x" * 1000).status == "malformed"
    assert answer(tmp_path, b"x" * 1001).status == "unsupported"
    proc = Path("/proc/self/smaps")  # a regular file of stated size 0
    if proc.exists():
        assert check_file(proc).status == "unsupported"


def test_points_up_to_the_limit(tmp_path: Path) -> None:
    def many(count: int) -> Json:
        rows = [[0]] * (count - 1) + [[1]]
        proof = {"kind": "family", "family": "equal points", "rows": [0, 1]}
        return certificate(kernel_claim("serial(Dense())", rows), proof)

    assert answer(tmp_path, many(limits.MAX_POINTS)).status == "valid"
    assert answer(tmp_path, many(limits.MAX_POINTS + 1)).status == "unsupported"


def test_points_beside_the_certificate_up_to_the_limit(tmp_path: Path) -> None:
    claim = kernel_claim("serial(Dense())", [[1]])
    for count, columns, status in (
        (limits.MAX_POINTS, 1, "malformed"),  # within the limits, but there is no such file
        (limits.MAX_POINTS + 1, 1, "unsupported"),
        (1, limits.MAX_COLUMNS, "malformed"),
        (1, limits.MAX_COLUMNS + 1, "unsupported"),
    ):
        points = {"columns": columns, "count": count, "file": "none", "sha256": "0" * 64}
        proof = {"kind": "family", "family": "zero row", "rows": [0]}
        assert answer(tmp_path, certificate({**claim, "points": points}, proof)).status == status


def test_columns_up_to_the_limit(tmp_path: Path) -> None:
    for columns, status in ((limits.MAX_COLUMNS, "valid"), (limits.MAX_COLUMNS + 1, "unsupported")):
        wide = rank("serial(Dense())", [[0] * (columns - 1) + [1]] * 2, 1)
        assert answer(tmp_path, wide).status == status


def test_rows_of_a_users_matrix_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_POINTS", 2)
    assert answer(tmp_path, BALL).status == "valid"
    monkeypatch.setattr(limits, "MAX_POINTS", 1)
    assert answer(tmp_path, BALL).status == "unsupported"


def test_layers_up_to_the_limit(tmp_path: Path) -> None:
    for layers, status in ((limits.MAX_LAYERS, "valid"), (limits.MAX_LAYERS + 1, "unsupported")):
        network = "serial(" + ", ".join(["Dense()"] * layers) + ")"
        assert answer(tmp_path, rank(network, [[1], [2]], 1)).status == status


@pytest.mark.parametrize("layer", ["Monomial({})", "RectifiedMonomial({})", "Hermite({})"])
def test_degrees_up_to_the_limit(tmp_path: Path, layer: str) -> None:
    proof = {"kind": "family", "family": "equal points", "rows": [0, 1]}
    for degree, status in ((limits.MAX_DEGREE, "valid"), (limits.MAX_DEGREE + 1, "unsupported")):
        claim = kernel_claim(f"serial(Dense(), {layer.format(degree)}, Dense())", [[1], [1]])
        assert answer(tmp_path, certificate(claim, proof)).status == status


def test_total_degrees_of_a_count_up_to_the_limit(tmp_path: Path) -> None:
    for degrees, status in (((2, 500), "valid"), ((3, 334), "unsupported"), ((2,) * 999, "unsupported")):
        network = "serial(Dense(), " + ", Dense(), ".join(f"Monomial({k})" for k in degrees[:499]) + ")"
        assert answer(tmp_path, rank(network, [[1], [2], [3]], 1)).status == status


def test_powers_of_powers_do_not_explode(tmp_path: Path) -> None:
    network = "serial(Dense(), " + ", Dense(), ".join(["Monomial(1000)"] * 400) + ")"
    null = {"kind": "null vector", "rows": [0, 1], "entries": "1 -1"}
    modular = {"kind": "modular", "modulus": "7", "bits": 10, "vector": "1 0"}
    residual = {
        "bits": 20,
        "factor": {"exponent": 0, "rows": ["1", "1 1"]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": "1"},
        "vector": "1 1",
    }
    start = time.perf_counter()
    singular = kernel_claim(network, [[1], [3]])
    definite = {"verdict": "positive definite", "upper": "1e9"}
    assert answer(tmp_path, certificate(singular, null)).status == "unsupported"
    claim = kernel_claim(network, [[1], [3]], lower=None, **definite)
    assert answer(tmp_path, certificate(claim, modular)).status in ("unsupported", "invalid")
    claim = kernel_claim(network, [[1], [3]], lower="1e0", **definite)
    assert answer(tmp_path, certificate(claim, residual)).status == "unsupported"
    assert time.perf_counter() - start < 10


def test_kernels_that_overflow_are_unsupported(tmp_path: Path) -> None:
    claim = kernel_claim(
        "serial(Dense(), Exp(), Dense(), Exp(), Dense())",
        [[10**300]],
        verdict="positive definite",
        lower="1e0",
        upper="1e1",
    )
    proof = {
        "bits": 20,
        "factor": {"exponent": 0, "rows": ["1"]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": "1"},
        "vector": "1",
    }
    result = answer(tmp_path, certificate(claim, proof))
    assert (result.status, "overflows" in result.reason) == ("unsupported", True)


def test_bits_up_to_the_limit(tmp_path: Path) -> None:
    assert answer(tmp_path, changed(BALL, "proof.bits", limits.MAX_BITS)).status == "valid"
    assert answer(tmp_path, changed(BALL, "proof.bits", limits.MAX_BITS + 1)).status == "unsupported"


def test_binary_exponents_up_to_the_limit(tmp_path: Path) -> None:
    most = limits.MAX_BINARY_EXPONENT
    for path in ("proof.shift.exponent", "proof.factor.exponent", "claim.gram.exponent"):
        for exponent in (most, -most):
            assert answer(tmp_path, changed(BALL, path, exponent)).status in ("valid", "invalid")
            beyond = exponent + (1 if exponent > 0 else -1)
            assert answer(tmp_path, changed(BALL, path, beyond)).status == "malformed"
        assert answer(tmp_path, changed(BALL, path, 10**4000)).status == "malformed"


def test_decimal_exponents_up_to_the_limit(tmp_path: Path) -> None:
    assert answer(tmp_path, changed(BALL, "claim.lambda_min.lower", "1e-5000")).status == "valid"
    assert answer(tmp_path, changed(BALL, "claim.lambda_min.lower", "1e-5001")).status == "malformed"
    assert answer(tmp_path, changed(BALL, "claim.lambda_min.upper", "1e5000")).status == "valid"
    assert answer(tmp_path, changed(BALL, "claim.lambda_min.upper", "1e5001")).status == "malformed"
    assert answer(tmp_path, changed(BALL, "claim.lambda_min.upper", "1e30000000")).status == "malformed"


def test_lengths_of_numbers_up_to_the_limit(tmp_path: Path) -> None:
    longest = limits.MAX_NUMBER_CHARACTERS
    vector = "f" * longest + " -" + "f" * (longest - 1)
    assert answer(tmp_path, changed(BALL, "proof.vector", vector)).status == "invalid"
    assert answer(tmp_path, changed(BALL, "proof.vector", "f" * (longest + 1) + " 1")).status == "malformed"
    assert answer(tmp_path, changed(BALL, "proof.bits", 10**4200)).status == "unsupported"
    bound = "1" * (longest - 3) + "e-1"
    assert answer(tmp_path, changed(BALL, "claim.lambda_min.upper", bound)).status == "valid"
    assert answer(tmp_path, changed(BALL, "claim.lambda_min.upper", "1" + bound)).status == "malformed"
    assert answer(tmp_path, changed(RESIDUAL, "claim.points.rows.0", "f" * 10**6 + " 1")).status == "malformed"


def test_missing_factors_are_left_to_another_engine(tmp_path: Path) -> None:
    result = answer(tmp_path, changed(RESIDUAL, "proof.factor", None))
    assert (result.status, "--engine flint" in result.reason) == ("unsupported", True)


def test_too_much_work_is_refused_beforehand_with_an_estimate(tmp_path: Path) -> None:
    result = answer(tmp_path, RESIDUAL, limit_seconds=1e-6)
    assert result.status == "unsupported"
    for part in ("estimate", "limit", "--engine flint", "--no-limit"):
        assert part in result.reason
    assert answer(tmp_path, RESIDUAL, limit_seconds=None).status == "valid"
    size = 400
    matrix = [[0] * i + [1] for i in range(size)]
    proof = {
        "bits": 10,
        "factor": {"exponent": -limits.MAX_BINARY_EXPONENT, "rows": [words(row) for row in matrix]},
        "kind": "residual",
        "shift": {"exponent": limits.MAX_BINARY_EXPONENT, "value": "1"},
        "vector": words([1] * size),
    }
    heavy = certificate(ball_claim(matrix, "0", "positive definite", "1e-9", "1e0"), proof)
    start = time.perf_counter()
    result = answer(tmp_path, heavy, limit_seconds=1)
    assert (result.status, "estimate" in result.reason) == ("unsupported", True)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "activation", ["Erf()", "Exp()", "Relu()", "Hermite(1000)", "RectifiedMonomial(1000)", "Monomial(1000)"]
)
def test_the_highest_precision_is_estimated_before_it_is_used(tmp_path: Path, activation: str) -> None:
    rows = [[k, 1] for k in range(300)]
    claim = kernel_claim(
        f"serial(Dense(), {activation}, Dense())", rows, verdict="positive definite", lower="1e-9", upper="1e0"
    )
    proof = {
        "bits": limits.MAX_BITS,
        "factor": {"exponent": 0, "rows": [words([1] * (k + 1)) for k in range(300)]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": "1"},
        "vector": words([1] * 300),
    }
    start = time.perf_counter()
    result = answer(tmp_path, certificate(claim, proof))
    assert (result.status, "estimate" in result.reason) == ("unsupported", True)
    assert time.perf_counter() - start < 5


@pytest.mark.slow
def test_dense_polynomials_in_every_layer_are_estimated(tmp_path: Path) -> None:
    layer = "Polynomial([" + ", ".join(["1"] * 1001) + "])"
    network = "serial(" + ", ".join(["Dense()", layer] * 400) + ")"
    points = inline_points([[1], [2]])
    claim = {**kernel_claim(network, [[1]], verdict="positive definite", lower=None, upper="1e9"), "points": points}
    modular = {"kind": "modular", "modulus": "f" * 5000, "bits": 10, "vector": "1 0"}
    start = time.perf_counter()
    assert answer(tmp_path, certificate(claim, modular)).status == "unsupported"
    assert time.perf_counter() - start < 10


def test_diagonals_of_very_different_size_are_unsupported(tmp_path: Path) -> None:
    rows = [["1"], ["f" * 4999]]
    claim = kernel_claim(SQUARE, [[1], [1]], verdict="positive definite", lower="1e-9", upper="1e9")
    claim["points"]["rows"] = [row[0] for row in rows]
    proof = {
        "bits": 20,
        "factor": {"exponent": 0, "rows": ["1", "1 1"]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": "1"},
        "vector": "1 1",
    }
    result = answer(tmp_path, certificate(claim, proof))
    assert (result.status, "factor of 2**" in result.reason) == ("unsupported", True)
