"""All eigenvalues enclosed: known spectra, clusters, radii, slips; the bound for data of low rank; the command."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest

import certify
from certify.cli import main
from certify.proofs import spectrum
from certify.spectrum import FixedPointBall, enclose_eigenvalues
from certify.spectrum import all_eigenvalues as module
from certify.theory import eigenvalue_upper, power_series


def ball(rows: list[list[int]], exponent: int = 0, radius: int = 0) -> FixedPointBall:
    return FixedPointBall(flint.fmpz_mat(rows), exponent, (radius,) * len(rows))


def assert_holds(found: Any, exact: list[Any], width: float) -> None:
    for (low, high), value in zip(found, sorted(exact, reverse=True), strict=True):
        assert low <= value <= high
        assert high - low <= width


def test_known_spectra_lie_in_their_enclosures() -> None:
    # J - I has eigenvalues n - 1 and -1, n - 1 times; a path of three has 0 and +-sqrt 2.
    n = 6
    rows = [[0 if i == j else 1 for j in range(n)] for i in range(n)]
    assert_holds(enclose_eigenvalues(ball(rows)), [n - 1] + [-1] * (n - 1), 1e-12)
    first, middle, last = enclose_eigenvalues(ball([[0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    assert first[0] ** 2 <= 2 <= first[1] ** 2
    assert middle[0] <= 0 <= middle[1]
    assert last[1] ** 2 <= 2 <= last[0] ** 2
    assert_holds(enclose_eigenvalues(ball([[0, 0], [0, 0]])), [0, 0], 1e-15)
    assert_holds(enclose_eigenvalues(ball([[-7]], exponent=-2)), [Fraction(-7, 4)], 1e-15)


def test_integer_matrices_with_known_eigenvalues_of_all_sizes() -> None:
    # Reflections H = I - 2 v v' / v'v make H D H exact in rationals: D of widely spread, clustered values.
    random = np.random.default_rng(5)
    for n in (2, 5, 20):
        v = [int(value) for value in random.integers(-5, 6, n)]
        v[0] = v[0] or 1
        square = sum(value * value for value in v)
        values = [int(value) for value in random.integers(-3, 4, n)]
        h = flint.fmpz_mat([[square * (i == j) - 2 * v[i] * v[j] for j in range(n)] for i in range(n)])
        d = flint.fmpz_mat([[values[i] if i == j else 0 for j in range(n)] for i in range(n)])
        found = enclose_eigenvalues(ball([[int(x) for x in row] for row in (h * d * h).tolist()]))
        assert_holds(found, [square * square * value for value in values], 1e-9 * square * square)


def test_radii_widen_every_enclosure() -> None:
    narrow, wide = (enclose_eigenvalues(ball([[2, 1], [1, 2]], radius=r)) for r in (0, 3))
    for (low, high), (lower, upper) in zip(narrow, wide, strict=True):
        assert lower == low - 3
        assert upper == high + 3


def test_a_bad_basis_gives_wide_enclosures_and_no_wrong_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = module._basis

    def turned(given: FixedPointBall) -> Any:
        basis = honest(given)
        basis[0, 0] = basis[0, 0] * 9 // 10
        return basis

    monkeypatch.setattr(module, "_basis", turned)
    found = enclose_eigenvalues(ball([[2, 1], [1, 2]]))
    assert_holds(found, [3, 1], 3)
    assert found[0][1] - found[0][0] > Fraction(1, 100)
    monkeypatch.setattr(module, "_basis", lambda given: flint.fmpz_mat([[0, 0], [0, 0]]))
    with pytest.raises(ArithmeticError, match="far from orthogonal"):
        enclose_eigenvalues(ball([[2, 1], [1, 2]]))


def test_the_last_eigenvalue_agrees_with_the_proof_of_positivity() -> None:
    network = "serial(Dense(W_var=2), Relu(), Dense())"
    points = [[1, 0], [0, 1], [1, 1], ["1/3", -2], [2, -1]]
    found = spectrum(network, points, kernel="nngp")
    proved = certify.prove(network, points, kernel="nngp").lambda_min
    assert proved.lower is not None
    assert found.n == len(points)
    assert found.eigenvalues[-1][0] <= proved.upper
    assert proved.lower <= found.eigenvalues[-1][1]


def test_the_bound_for_low_rank_holds_on_a_certified_spectrum() -> None:
    network = "serial(Dense(W_var=2), Erf(), Dense())"
    points = [[k, 7 - k] for k in range(-6, 9)]
    found = spectrum(network, points, normalize="unit")
    series = power_series(network, 40, columns=2)
    uppers = [eigenvalue_upper(series, found.n, 2, k) for k in range(1, found.n + 1)]
    assert all(low <= upper for (low, _), upper in zip(found.eigenvalues, uppers, strict=True))
    assert uppers[-1] < uppers[0] / 40


def test_the_command_prints_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["spectrum", "iris", "--rows", "25", "--normalize", "unit"]
    assert main(arguments) == 0
    assert "lambda" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["eigenvalues"]) == answer["n"]
    assert all(Fraction(pair["lower"]) <= Fraction(pair["upper"]) for pair in answer["eigenvalues"])
    assert main(["spectrum", "nowhere.csv"]) == 2
