"""When the formula for the NTK holds: the Simple GIA Check and the BP-like condition, three-valued, with reasons."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import certify
from certify import kernels, stax
from certify import programs as tp
from certify.activations import Activation, Erf, Gelu, Monomial, Polynomial, Relu
from certify.programs import Program

W1, W2, W3, V = (tp.matrix(name) for name in ("W1", "W2", "W3", "v"))


def hidden(activation: Activation) -> tp.Vector:
    return tp.apply(activation, tp.matmul(W2, tp.matmul(W1, tp.vector_input()) + 1))


def counterexample(activation: Activation) -> Program:
    return tp.program(tp.mean(hidden(activation)))


@pytest.mark.parametrize(
    "text",
    [
        "serial(Dense(), Relu(), Dense())",
        "serial(Dense(b_var=1), Relu(), Dense(), Erf())",
        "serial(Dense(), FanOut(2), parallel(serial(Relu(), Dense()), Identity()), FanInSum(), Relu(), Dense())",
        "RNN()",
        'RNN(readout="last")',
        "Transformer(depth=2)",
    ],
)
def test_networks_of_stax_pass(text: str) -> None:
    net = stax.parse(text)
    grid = (3,) if "RNN" in text or "Transformer" in text else ()
    found = tp.check_program(tp.program_of(net.layers, grid, net.parametrization))
    assert found.simple_gia
    assert found.bp_like
    assert found.formula_holds


def test_a_mean_is_no_random_readout() -> None:
    found = tp.check_program(counterexample(Monomial(2)))
    assert found.simple_gia.verdict == "fails"
    assert found.simple_gia.variable == "z6"
    assert "not random with mean zero" in found.simple_gia.reason
    assert found.bp_like.verdict == "fails"
    assert found.bp_like.variable is not None
    assert "W2^T" in found.bp_like.reason
    assert not found.formula_holds


def test_a_readout_that_is_used_inside_fails() -> None:
    inside = tp.apply(Erf(), tp.matmul(V, tp.matmul(W1, tp.vector_input())))
    found = tp.check_program(tp.program(tp.matmul(V, inside)))
    assert found.simple_gia.verdict == "fails"
    assert "v" in found.simple_gia.reason
    assert not found.formula_holds


def test_a_readout_shared_by_a_sum_of_steps_passes() -> None:
    states = [tp.apply(Erf(), tp.matmul(W, tp.vector_input())) for W in (W1, W2)]
    assert tp.simple_gia(tp.program(tp.matmul(V, states[0]) + tp.matmul(V, states[1])))


def test_an_output_without_a_matrix_is_undecided() -> None:
    assert tp.simple_gia(tp.program(tp.vector_input())).verdict == "undecided"
    assert tp.simple_gia(tp.program(tp.noise("b"))).verdict == "undecided"


def backward_like(activation: Activation, odd_source: bool) -> Program:
    """W1^T applied to s(v) times a vector that does not depend on v."""
    v = tp.noise("v")
    forward = tp.apply(Relu(), tp.matmul(W1, tp.vector_input()))
    factor = tp.apply(activation, v) if odd_source else tp.apply(activation, v) * tp.apply(activation, v)
    return tp.program(tp.matmul(W1.T, factor * forward))


@pytest.mark.parametrize(
    ("activation", "odd", "verdict"),
    [
        (Erf(), True, "passes"),
        (Monomial(3), True, "passes"),
        (Monomial(2), True, "fails"),
        (Erf(), False, "fails"),
        (Gelu(), True, "undecided"),
        (Polynomial([0, 1, 1]), True, "undecided"),
    ],
)
def test_parity_decides_the_bp_like_condition(activation: Activation, odd: bool, verdict: str) -> None:
    assert tp.bp_like(backward_like(activation, odd)).verdict == verdict


def test_a_matrix_applied_to_what_depends_on_the_gradient_fails() -> None:
    v = tp.noise("v")
    found = tp.bp_like(tp.program(tp.matmul(W1, tp.matmul(W1.T, v))))
    assert found.verdict == "fails"
    assert "depends on v" in found.reason


def test_a_matrix_with_its_transpose_in_the_forward_pass_is_not_taken_on_trust() -> None:
    x = tp.apply(Erf(), tp.matmul(W1, tp.vector_input()))
    back = tp.apply(Relu(), tp.matmul(W2.T, tp.apply(Relu(), tp.matmul(W2, x))))
    found = tp.check_program(tp.program(tp.matmul(V, back)))
    assert found.simple_gia
    assert found.transposes
    assert not found.formula_holds


def test_a_program_that_fails_is_refused_with_the_reason(refused: Any) -> None:
    with refused("refused", "not random with mean zero"):
        certify.program_kernel(counterexample(Relu()), [[1, 2]])


@pytest.mark.parametrize(
    ("activation", "heuristic", "truth"),
    [(Monomial(2), 4, 8), (Polynomial([0, 0, 1, "1/3"]), 7, 11), (Monomial(1), 1, 1)],
)
def test_the_counterexample_both_ways(activation: Activation, heuristic: int, truth: int) -> None:
    ((found, _),) = kernels.counterexample(counterexample(activation), [[0, 0]])[0]
    assert (found.heuristic, found.truth) == (heuristic, truth)


def test_the_kernel_of_the_counterexample_is_the_true_one() -> None:
    points = [[1, 2], [0, 1]]
    enclosure: Any = certify.program_kernel(counterexample(Monomial(2)), points)
    # q = <x, x'>/d + 1: W2 gives 4 q q and W1 gives 8 q <x, x'>/d, where the heuristic has 4.
    means = np.array([["5/2", 1], [1, "1/2"]])
    for i in range(2):
        for j in range(2):
            p = Fraction(means[i][j])
            assert enclosure.lower_exact[i, j] == enclosure.upper_exact[i, j] == 4 * (p + 1) ** 2 + 8 * (p + 1) * p


def test_finite_networks_side_with_the_truth() -> None:
    rng, width = np.random.default_rng(7), 400
    found = []
    for _ in range(40):
        weights = rng.standard_normal((width, width)) / np.sqrt(width)
        h = weights @ np.ones(width)
        gradient = weights.T @ (2 * h)
        found.append(gradient @ gradient / width)
    mean, error = np.mean(found), np.std(found) / np.sqrt(len(found))
    assert abs(mean - 8) < 5 * error + 0.1
    assert abs(mean - 4) > 20 * error


def test_only_the_known_class_has_both_values(refused: Any) -> None:
    with refused("the true limit is known for that class only"):
        kernels.counterexample(counterexample(Relu()), [[1, 2]])
    with refused("the true limit is known for that class only"):
        kernels.counterexample(tp.program(tp.mean(tp.apply(Monomial(2), tp.matmul(W1, tp.vector_input())))), [[1, 2]])
