"""What the limit promises: the Chernoff bound against simulated networks, and silence without explicit constants."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.special import erf

import certify
from certify.cli import main

NETWORK = "serial(Dense(W_var=4, b_var=1), Erf(), Dense(W_var=2))"
X = [[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]]


def test_simulated_networks_keep_the_promise() -> None:
    """At a width where the bound is far from vacuous, no more networks fail than it allows."""
    found = certify.promise(NETWORK, X, failure="1/10")
    assert found.width is not None
    again = certify.promise(NETWORK, X, found.width, failure="1/10")
    assert again.probability is not None
    assert Fraction(9, 10) <= again.probability <= Fraction(91, 100)
    draw = np.random.default_rng(0)
    x = np.array(X)
    failures = 0
    for _ in range(200):
        before = 2 * draw.standard_normal((found.width, 2)) @ x.T / np.sqrt(2) + draw.standard_normal((found.width, 1))
        features = erf(before)
        kernel = 2 * features.T @ features / found.width
        failures += np.linalg.eigvalsh(kernel)[0] < float(found.floor)
    assert failures <= 0.1 * 200 + 4 * (200 * 0.1 * 0.9) ** 0.5


def test_the_numbers_are_those_of_the_formula() -> None:
    found = certify.promise(NETWORK, X, 500, share="1/4")
    decay = 0.75 + 0.25 * np.log(0.25)
    chance = 1 - 3 * np.exp(-decay * 500 * float(found.eigenvalue) / 3)
    assert found.probability is not None
    assert abs(float(found.probability) - max(chance, 0)) < 1e-12
    assert found.floor == Fraction(1, 4) * 2 * found.eigenvalue


def test_a_singular_limit_promises_nothing() -> None:
    found = certify.promise("serial(Dense(), Sign(), Dense())", [[1, 0], [2, 0]], 10)
    assert (found.width, found.probability) == (None, 0)


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        ("serial(Dense(), Relu(), Dense())", {}, "no theorem here has explicit constants"),
        ("serial(Dense(), Erf(), Dense(), Erf(), Dense())", {}, "one hidden layer"),
        (NETWORK, {"width": 0}, "positive whole number"),
        (NETWORK, {"share": 1}, "between 0 and 1"),
    ],
)
def test_bad_input(network: str, options: dict[str, int], message: str) -> None:
    with pytest.raises(certify.InputError, match=message):
        certify.promise(network, X, **options)


def test_the_command_names_theorems_without_constants(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["promise", "iris", "--rows", "5", "--width", "1000"]) == 0
    printed = capsys.readouterr().out
    assert "matrix Chernoff bound" in printed
    assert "nothing from Du" in printed
