"""Certificates about finite networks against mpmath: kernels, memorisation, and the weights that really fit."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from finite_oracle import exact_layers, jacobian, output, real
from mpmath import mp, mpf

import certify
from certify.checker.budget import Budget
from certify.checker.finite_gram import FiniteGram
from certify.checker.shape import read_certificate
from certify.empirical.network import EmpiricalBalls
from certify.finite import FiniteNetwork, parse_finite, proving
from certify.points import load_points

X = [["1/2", 1], [1, "9/4"], [3, -1], [-1, "1/4"], [2, "1/3"]]
Y = [1, "-1/2", 0, "1/3", 2]
NETWORKS = {
    "tanh": "serial(Dense(4, b_var=1), Tanh(), Dense(1, b_var=1))",
    "deep": "serial(Dense(3, W_var=2, b_var=1), Sigmoid(), Dense(3, b_var=1), Sigmoid(), Dense(1, b_var=1))",
    "relu": "serial(Dense(8, b_var=1), Relu(), Dense(4, b_var=1), Relu(), Dense(1, b_var=1))",
    "abs": "serial(Dense(6, b_var=1), Abs(), Dense(1, b_var=1))",
    "linear": "serial(Dense(1, b_var=1))",
}


def fraction(value: Any) -> Fraction:
    return Fraction(mp.nstr(value, 60))


@pytest.mark.parametrize("name", NETWORKS)
def test_prover_and_checker_enclose_the_kernel(name: str) -> None:
    points = load_points(X)
    architecture = parse_finite(NETWORKS[name])
    network = FiniteNetwork.of_floats(architecture, architecture.start(2, 3))
    rows = X[:3] if name == "linear" else X
    points = load_points(rows)
    certificate = certify.prove_finite(architecture, rows, seed=3)
    with mp.workdps(120):
        derivative = jacobian(certificate.claim, points)
        kernel = derivative * derivative.T
        ball = EmpiricalBalls(network, points)(80)
        width = Fraction(2) ** ball.exponent
        slack = Fraction(1, 10**50)
        for i in range(points.n):
            radius = ball.radius_row_sums[i] * width + slack
            errors = [abs(fraction(kernel[i, j]) - int(ball.mid[i, j]) * width) for j in range(points.n)]
            assert sum(errors) <= radius
            assert radius < Fraction(1, 2**60) * fraction(kernel[i, i] + 1)
        read = read_certificate(dict(certificate.document))
        enclosed = FiniteGram(read.claim.network, read.claim.points, 80, Budget(None)).matrix()  # type: ignore[union-attr]
        unit = Fraction(2) ** enclosed.exponent
        for i, row in enumerate(enclosed.rows):
            for j, (low, high) in enumerate(zip(row.lows, row.highs, strict=True)):
                assert low * unit - slack <= fraction(kernel[i, j]) <= high * unit + slack
                assert (high - low) * unit <= Fraction(1, 2**78) * fraction(kernel[i, i] + kernel[j, j] + 1)
        smallest = fraction(min(mp.eigsy(kernel, eigvals_only=True)))
    assert certificate.verdict == "positive definite"
    assert certificate.lambda_min.lower is not None
    assert certificate.lambda_min.lower <= smallest <= certificate.lambda_min.upper


@pytest.mark.parametrize("name", ["tanh", "deep", "relu"])
def test_memorised_weights_exist_within_the_distance(name: str, tmp_path: Path) -> None:
    """Newton's iteration at 120 digits, from the stated weights, lands on an exact fit inside the ball."""
    certificate = certify.memorise(NETWORKS[name], X, y=Y, seed=1)
    assert certificate.verdict == "positive definite"
    path = certificate.save(tmp_path / "memory.cert")
    assert certify.check(path).valid
    distance = Fraction(certificate.claim["distance"])
    points = certificate.points
    assert points is not None
    with mp.workdps(120):
        claim = certificate.claim
        layers, bias = exact_layers(claim), claim["weights"]["bias"]
        rows = [[real(v) for v in row] for row in points.as_fractions()]
        targets = [real(v) for v in Y]
        derivative = jacobian(claim, points)
        moved = mp.zeros(derivative.cols, 1)
        for _ in range(8):
            place, current = 0, []
            for layer in layers:
                current.append(
                    [[w + moved[place + i * len(row) + j] for j, w in enumerate(row)] for i, row in enumerate(layer)]
                )
                place += sum(map(len, layer))
            missing = mp.matrix(
                [output(claim["activation"], current, bias, x) - t for x, t in zip(rows, targets, strict=True)]
            )
            moved -= derivative.T * mp.lu_solve(derivative * derivative.T, missing)
        assert mp.norm(missing) < mpf(10) ** -60
        assert fraction(mp.norm(moved)) <= distance
        assert distance <= 1000 * fraction(mp.norm(moved)) + Fraction(1, 10**25)


@pytest.mark.parametrize("apart", [0, 3, 5])
def test_weights_finer_than_doubles_are_verified_at_the_bits_they_need(
    apart: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing there is far smaller than the entries' rounding at 53 bits."""
    polished = proving.polished
    monkeypatch.setattr(proving, "polished", lambda *given: polished(*given[:-1], True))
    rows = [[1, 2], [1, 2 + Fraction(1, 10**apart)], [3, -1], [0, 1]]
    certificate = certify.memorise(NETWORKS["tanh"], rows, y=[0, 1, 2, -1], seed=1)
    assert certificate.claim["weights"]["exponent"] == -100
    assert Fraction(certificate.claim["distance"]) < Fraction(1, 10**20)
    path = certificate.save(tmp_path / "fine.cert")
    for engine in ("python", "flint"):
        answer = certify.check(path, engine=engine)
        assert answer.valid, answer.reason


def test_few_parameters_are_singular_by_rank(tmp_path: Path) -> None:
    network = "serial(Dense(2), Tanh(), Dense(1))"
    rows = [[k, k * k] for k in range(7)]
    certificate = certify.prove_finite(network, rows)
    assert (certificate.verdict, certificate.lambda_min) == ("singular", (0, 0))
    assert certify.check(certificate.save(tmp_path / "rank.cert")).valid
    memory = certify.memorise(network, rows, y=list(range(7)))
    assert memory.verdict == "singular"
    assert "distance" not in memory.claim


def test_as_many_parameters_as_points_may_do() -> None:
    assert (
        certify.prove_finite("serial(Dense(2), Tanh(), Dense(1))", [[k, k * k] for k in range(6)]).verdict != "singular"
    )


def test_a_preactivation_at_the_kink_is_undecided() -> None:
    weights = [[[1.0, 1.0], [1.0, -0.5]], [[1.0, 1.0]]]
    certificate = certify.prove_finite("serial(Dense(2), Relu(), Dense(1))", [[1, 2], [3, 1]], weights=weights)
    assert certificate.verdict == "undecided"
    assert "kink" in certificate.reason
    smooth = certify.prove_finite("serial(Dense(2), Tanh(), Dense(1))", [[1, 2], [3, 1]], weights=weights)
    assert smooth.verdict == "positive definite"


def test_a_network_that_does_not_fit_is_undecided() -> None:
    """Targets of size 1e9 after no training at all: the fixed-point condition fails and is named."""
    weights = [np.ones((3, 3)) * [[0.1], [0.2], [0.3]], np.ones((1, 4))]
    network = "serial(Dense(3, b_var=1), Tanh(), Dense(1, b_var=1))"
    certificate = certify.memorise(network, [[1, 1], [1, 1.0000001]], y=[0, 1000], weights=weights)
    if certificate.verdict == "undecided":
        assert "h = L |F|" in certificate.reason or "zero" in certificate.reason
    else:
        assert "distance" in certificate.claim


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("serial(Dense(), Tanh(), Dense(1))", "has no width"),
        ("serial(Dense(3), Tanh(), Dense(2))", "one output"),
        ("serial(Dense(3), Tanh(), Dense(3), Sigmoid(), Dense(1))", "one activation"),
        ("serial(Dense(3), Erf(), Dense(1))", "no finite form here"),
        ("serial(Dense(3), Gelu(), Dense(1))", "no finite form here"),
        ("serial(Dense(3, b_var=1), Tanh(), Dense(1))", "none"),
        ("Dense(3)", "no finite form"),
        ("serial(Tanh(), Dense(1))", "in turn"),
        ("serial(Dense(3), Tanh())", "in turn"),
        ("serial(Dense(__import__('os')), Tanh(), Dense(1))", "not readable"),
        ("serial(", "no finite form"),
    ],
)
def test_networks_without_a_finite_form(network: str, message: str) -> None:
    with pytest.raises(certify.InputError, match=message):
        certify.prove_finite(network, X)


def test_weights_of_the_wrong_shape_or_not_finite() -> None:
    network = "serial(Dense(2), Tanh(), Dense(1))"
    with pytest.raises(certify.InputError, match="shapes"):
        certify.prove_finite(network, X, weights=[[[1.0, 2.0]], [[1.0]]])
    with pytest.raises(certify.InputError, match="not finite"):
        certify.prove_finite(network, X, weights=[[[1.0, 2.0], [float("nan"), 1.0]], [[1.0, 1.0]]])
    for unreadable in ("absent.npz", [np.full((2, 2), 1j), [[1.0, 1.0]]], [[[{}, 1], [1, 1]], [[1.0, 1.0]]]):
        with pytest.raises(certify.InputError, match="cannot be read"):
            certify.prove_finite(network, X, weights=unreadable)


def test_numbers_that_cannot_be_used() -> None:
    network = "serial(Dense(2), Tanh(), Dense(1))"
    with pytest.raises(certify.InputError, match="seed=-1"):
        certify.prove_finite(network, X, seed=-1)
    with pytest.raises(certify.InputError, match="tries=0"):
        certify.memorise(network, X, y=Y, tries=0)
    with pytest.raises(certify.InputError, match="steps=-1"):
        certify.prove_descent(network, X, y=Y, steps=-1)
    with pytest.raises(certify.InputError, match="2700000 parameters"):
        certify.prove_finite("serial(Dense(900000), Tanh(), Dense(1))", X)
    for rows, y in (([["1e310", 1], [1, 2]], [0, 1]), ([[1, 1], [1, 2]], ["1e310", 1])):
        for method in (certify.memorise, certify.prove_descent):
            with pytest.raises(certify.InputError, match="beyond 1e300"):
                method(network, rows, y=y)


def test_equal_points_with_different_targets() -> None:
    with pytest.raises(certify.InputError, match=r"rows 1 and 2 .*no function fits both"):
        certify.memorise("serial(Dense(2), Tanh(), Dense(1))", [[1, 2], [1, 2]], y=[0, 1])
