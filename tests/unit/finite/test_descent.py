"""Gradient descent that provably converges: its rate and its ball against descent itself, and what fails otherwise."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import certify
from certify.cli import main
from certify.finite import descent, parse_finite
from certify.finite.fitting import jacobian, residual_gradient

NETWORK = "serial(Dense(32), Tanh(), Dense(1))"
X = [[1, 0], [0, 1], [-1, "1/2"]]
Y = ["1/2", -1, "1/4"]


def test_descent_keeps_the_promised_rate_and_ball() -> None:
    proof = certify.prove_descent(NETWORK, X, y=Y, seed=1)
    assert proof.converges
    assert proof.rate is not None
    assert proof.radius is not None
    architecture = parse_finite(NETWORK)
    layers = architecture.start(2, 1)
    x = np.array([[float(Fraction(v)) for v in row] for row in X])
    y = np.array([float(Fraction(v)) for v in Y])
    tau = float(proof.step) / 3

    def step(current: list[Any]) -> tuple[list[Any], float]:
        missing, gradients = residual_gradient(architecture, current, x, y)
        moved = [layer - tau * gradient for layer, gradient in zip(current, gradients, strict=True)]
        return moved, float(np.linalg.norm(missing))

    for _ in range(proof.steps):
        layers, _ = step(layers)
    start, sizes, travelled = [layer.copy() for layer in layers], [], 0.0
    for _ in range(400):
        layers, size = step(layers)
        sizes.append(size)
        far = np.sqrt(sum(float(((a - b) ** 2).sum()) for a, b in zip(layers, start, strict=True)))
        travelled = max(travelled, far)
    assert sizes[0] <= float(proof.residual) * (1 + 1e-9)
    ratios = [b / a for a, b in pairwise(sizes) if a > 1e-10]
    assert max(ratios) <= float(proof.rate) + 1e-9
    assert travelled <= float(proof.radius)
    assert sizes[-1] < sizes[0] / 10


def test_the_failing_condition_is_named_with_its_numbers() -> None:
    early = certify.prove_descent("serial(Dense(4), Tanh(), Dense(1))", X, y=Y, steps=0)
    assert not early.converges
    assert "h = L |f - y| / sigma^2 =" in early.reason
    fitted = certify.prove_descent(NETWORK, X, y=Y, seed=1)
    outcome = descent._conditions(
        Fraction(1), Fraction(1), Fraction(2), fitted.lipschitz or Fraction(0), Fraction(1, 10**9), Fraction(1, 10**9)
    )
    assert isinstance(outcome, str)
    assert "step is too large" in outcome
    few = certify.prove_descent("serial(Dense(1), Tanh(), Dense(1))", [[k, 1] for k in range(5)], y=range(5))
    assert not few.converges
    assert "fewer than 5 points" in few.reason


def test_diverging_descent_says_so() -> None:
    proof = certify.prove_descent("serial(Dense(1))", [[1], [2]], y=[0, 1], step=1000, seed=1)
    assert not proof.converges


@pytest.mark.parametrize("h", [Fraction(1, 100), Fraction(2, 5)])
def test_the_radius_solves_the_quadratic(h: Fraction) -> None:
    """R is the first root of c sigma S - L S^2 / 2 = |r_0|, from above."""
    outcome = descent._conditions(Fraction(1, 1000), Fraction(1), Fraction(2), Fraction(1), h, Fraction(1))
    assert not isinstance(outcome, str)
    path, needed, rate = outcome
    c = 1 - Fraction(1, 1000) * 9 / 2
    assert c * path - path * path / 2 >= h
    assert c * path - path * path / 2 <= h * (1 + Fraction(1, 2**40))
    assert needed > path
    assert 0 < rate < 1


def test_the_command(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "t.csv"
    table.write_text("1,0,0.5\n0,1,-1\n-1,0.5,0.25\n")
    arguments = ["memorise", str(table), "--target", "2", "--network", NETWORK, "--seed", "1", "--descent", "auto"]
    assert main(arguments) == 0
    assert "converges to zero loss, proved" in capsys.readouterr().out
    assert main([*arguments, "--steps", "0", "--network", "serial(Dense(4), Tanh(), Dense(1))"]) == 3
    assert "sigma^2" in capsys.readouterr().err
    assert main([*arguments, "--descent", "-1"]) == 2


def test_the_gradient_is_the_jacobian_applied_to_the_residual() -> None:
    architecture = parse_finite("serial(Dense(5, b_var=1), Tanh(), Dense(4, b_var=1), Tanh(), Dense(1, b_var=1))")
    layers = architecture.start(3, 2)
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((7, 3)), draw.standard_normal(7)
    outputs, derivatives = jacobian(architecture, layers, x)
    missing, gradients = residual_gradient(architecture, layers, x, y)
    assert np.array_equal(missing, outputs - y)
    assert np.allclose(np.concatenate([g.ravel() for g in gradients]), derivatives.T @ missing, rtol=1e-12, atol=1e-14)
