"""The positivity theorem by its hypotheses, its claims against certified matrices, the converse for polynomials."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import certify
from certify import stax
from certify.activations import CATALOGUE
from certify.checker.networks import read_network
from certify.checker.positivity import agrees_with_no_polynomial
from certify.errors import InputError
from certify.theory import positivity, vanishing_identity, why_no_polynomial

BIASED = "serial(Dense(b_var=1), {}, Dense())"
BARE = "serial(Dense(), {}, Dense())"
POINTS = [[1, 0], [0, 1], [1, 1], [1, -2], [3, 1]]
ARGUMENTS = {
    "ABRelu": "1, 2",
    "LeakyRelu": '"1/5"',
    "GaussianMixture": "[1, 2], [-2, -1]",
    "Hermite": "3",
    "Monomial": "2",
    "PiecewiseLinear": "[0, 1], [1, 2, 0]",
    "Polynomial": "[1, 2]",
    "RectifiedMonomial": "2",
    "SineMixture": "[1, -1], [1, 2], [0, 1]",
}


def decide(network: str, rows: Any = POINTS, **options: Any) -> str:
    return positivity(network, rows, **options).verdict


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_library_and_checker_agree_on_which_activations_are_no_polynomials(name: str) -> None:
    text = f"{name}({ARGUMENTS.get(name, '')})"
    activation = stax.parse(f"serial(Dense(), {text})").layers[1]
    (checked,) = read_network(repr(stax.serial(stax.Dense(), activation))).activations
    for degree in (-1, 0, 1, 2, 3, 10**6):
        assert (why_no_polynomial(activation, degree) is not None) == agrees_with_no_polynomial(checked, degree)
    assert why_no_polynomial(activation, 10**6) is None if activation.polynomial else why_no_polynomial(activation, 9)


@pytest.mark.parametrize(
    "text", ["Erf(a=0, c=1)", "Sin(b=0)", "Polynomial([3])", "Polynomial([])", "ABRelu(0, 0)", "Hermite(0)", "Exp(a=0)"]
)
def test_constant_activations_are_refused(text: str) -> None:
    assert decide(BIASED.format(text)) == "undecided"
    assert decide(f"serial(Dense(b_var=1), Erf(), Dense(), {text}, Dense())") == "undecided"


def test_the_points_are_told_apart_as_the_first_bias_says() -> None:
    for network, rows, normalize, verdict in (
        (BIASED, [[1, 2], [2, 4], [0, 0], [-1, -2]], "none", "positive definite"),
        (BIASED, [[1, 2], [-1, -2]], "unit", "positive definite"),
        (BARE, [[1, 2], [2, 4]], "none", "undecided"),
        (BARE, [[1, 2], [-1, -2]], "none", "undecided"),
        (BARE, [[1, 2], [-2, -4]], "unit", "undecided"),
        (BARE, [[1, 2], [0, 0]], "none", "undecided"),
        (BARE, [[1, 2], [2, 1]], "unit", "positive definite"),
    ):
        assert decide(network.format("Erf()"), rows, normalize=normalize) == verdict
    kept = decide(BIASED.format("Erf()"), [[1, 2], [1, 2]], duplicates="keep")
    assert kept == "undecided"
    late = "serial(Dense(), Erf(), Dense(b_var=1), Erf(), Dense(b_var=1))"
    assert decide(late, [[1, 2], [-1, -2]]) == "undecided"
    early = "serial(Dense(), Dense(b_var=1), Dense(), Erf(), Dense())"
    assert decide(early, [[1, 2], [-1, -2]]) == "positive definite"


def test_polynomials_are_refused_up_to_degree_n_minus_two() -> None:
    for degree in range(1, 7):
        expected = "positive definite" if degree > len(POINTS) - 2 else "undecided"
        assert decide(BARE.format(f"Monomial({degree})")) == expected
        assert decide(f"serial(Dense(), Monomial({degree}), Dense(), Relu(), Dense())") == "positive definite"


def test_networks_of_another_shape_are_undecided() -> None:
    for network in ("serial(Dense(), Relu())", "serial(Dense())", "serial(Dense(), Dense(b_var=1))"):
        found = positivity(network, POINTS)
        assert found.verdict == "undecided"
        assert "the network is Dense, activation" in found.reason


def test_iris_and_digits_are_settled_without_a_matrix(tmp_path: Path) -> None:
    for data, network in (("iris", "Erf()"), ("digits", "Tanh()")):
        cert = certify.prove(BIASED.format(network), data, method="theorem")
        assert cert.verdict == "positive definite"
        assert cert.method == "theorem"
        assert cert.lambda_min.lower is None
        assert cert.lambda_min.upper > 0
        answer = certify.check(cert.save(tmp_path / f"{data}.cert"))
        assert answer.valid, answer.reason


def test_the_upper_bound_is_one_on_the_smallest_eigenvalue() -> None:
    for kernel in ("ntk", "nngp"):
        network = "serial(Dense(), Softplus(), Dense())"
        asked: dict[str, Any] = {"kernel": kernel, "normalize": "unit"}
        bound = certify.prove(network, POINTS, method="theorem", **asked).lambda_min.upper
        dense = certify.prove(network, POINTS, method="dense", **asked).lambda_min
        assert dense.lower is not None
        assert 0 < dense.lower <= bound


def test_what_the_theorem_proves_is_never_singular_by_the_exact_methods() -> None:
    for text in ("Relu()", "Abs()", "Monomial(4)", "Monomial(2)", "Cos()", "Step()"):
        for network in (BARE, BIASED):
            found = certify.prove(network.format(text), POINTS, max_bits=256)
            if decide(network.format(text)) == "positive definite":
                assert found.verdict == "positive definite"


def test_where_entries_are_beyond_reach_the_theorem_answers(tmp_path: Path) -> None:
    network = "serial(Dense(W_var=20, b_var=1), Arctan(), Dense())"
    cert = certify.prove(network, [[30, 1], [1, 40]])
    assert (cert.verdict, cert.method) == ("positive definite", "theorem")
    assert certify.check(cert.save(tmp_path / "x.cert")).valid
    with pytest.raises(InputError, match="Hermite coefficients"):
        certify.prove(network, [[30, 1], [1, 40]], method="dense")


@pytest.mark.parametrize("degree", range(6))
def test_differences_of_polynomials_vanish_and_only_of_low_degrees(degree: int) -> None:
    identity = vanishing_identity(degree)
    assert len(identity.points) == degree + 2
    assert all(identity.coefficients)
    w = Fraction(2, 3), Fraction(-5, 7)
    for lower in range(degree + 1):
        assert identity.value([0] * lower + [1], w) == 0
    assert identity.value([1] * (degree + 1), w) == 0
    assert identity.value([0] * (degree + 1) + [1], w) != 0


@pytest.mark.parametrize("degree", range(1, 5))
def test_the_identity_is_a_smallest_singular_set(degree: int) -> None:
    identity = vanishing_identity(degree)
    network = BARE.format(f"Monomial({degree})")
    rows = [list(point) for point in identity.points]
    assert certify.prove(network, rows).verdict == "singular"
    for left_out in range(len(rows)):
        fewer = rows[:left_out] + rows[left_out + 1 :]
        assert certify.prove(network, fewer).verdict == "positive definite"
        assert decide(network, fewer) == "positive definite"


@pytest.mark.parametrize("degree", [-1, 1001, True, 2.0])
def test_degrees_out_of_range_are_refused(degree: Any) -> None:
    with pytest.raises(InputError, match="the degree is"):
        vanishing_identity(degree)


def test_beyond_chains_the_theorem_leaves_the_question_open() -> None:
    for network in (
        'serial(Dense(W_var=2), Relu(), Dense(), parametrization="s4")',
        "serial(FanOut(2), parallel(serial(Dense(), Erf(), Dense()), Dense()), FanInSum(), Relu(), Dense())",
    ):
        cert = certify.prove(network, [[1, 0], [0, 1]], method="theorem")
        assert cert.verdict == "undecided"
        assert certify.prove(network, [[1, 0], [0, 1]]).lambda_min.lower <= cert.lambda_min.upper
