"""The Lipschitz bound of the Jacobian, in prover and checker, against Jacobians at random pairs of weights."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import certify
from certify.checker.memorisation import lipschitz_above, root_above
from certify.checker.shape import read_certificate
from certify.empirical.lipschitz import reach, root_upper
from certify.finite import FiniteNetwork, parse_finite
from certify.finite.fitting import jacobian
from certify.points import load_points

X = [["1/2", 1], [1, "9/4"], [3, -1], [-1, "1/4"]]
NETWORKS = [
    "serial(Dense(3, W_var=3, b_var=1), Tanh(), Dense(1, b_var=1))",
    "serial(Dense(3, W_var=2), Tanh(), Dense(4), Tanh(), Dense(1, W_var=5))",
    "serial(Dense(3, b_var=1), Sigmoid(), Dense(4, b_var=1), Sigmoid(), Dense(2, b_var=1), Sigmoid(), Dense(b_var=1))",
]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("radius", [1e-6, 0.3, 5.0])
def test_no_pair_of_weights_in_the_ball_changes_faster(network: str, radius: float) -> None:
    architecture, points = parse_finite(network), load_points(X)
    x = np.array([[float(v) for v in row] for row in points.as_fractions()])
    draw = np.random.default_rng(5)
    start = architecture.start(2, 2)
    bound = reach(FiniteNetwork.of_floats(architecture, start), points, Fraction(radius)).lipschitz
    worst = 0.0
    for _ in range(40):
        pair = []
        for _ in range(2):
            steps = [draw.standard_normal(layer.shape) for layer in start]
            size = np.sqrt(sum(float((s * s).sum()) for s in steps))
            far = radius * draw.random() ** 0.1
            pair.append([layer + s * (far / size) for layer, s in zip(start, steps, strict=True)])
        first, second = (jacobian(architecture, layers, x)[1] for layers in pair)
        apart = np.sqrt(sum(float(((a - b) ** 2).sum()) for a, b in zip(*pair, strict=True)))
        worst = max(worst, float(np.linalg.norm(first - second, 2)) / apart)
    assert worst <= float(bound)
    assert float(bound) <= 1e5 * worst


def test_prover_and_checker_agree_on_the_bound() -> None:
    for network in NETWORKS:
        certificate = certify.prove_finite(network, X, seed=2)
        if certificate.verdict != "positive definite":
            continue
        claim: Any = read_certificate(dict(certificate.document)).claim
        architecture, points = parse_finite(network), load_points(X)
        given = FiniteNetwork.of_floats(architecture, architecture.start(2, 2))
        for radius in (Fraction(1, 10**9), Fraction(1, 3), Fraction(7)):
            mine = reach(given, points, radius).lipschitz
            its = lipschitz_above(claim.network, claim.points, radius)
            assert abs(mine - its) <= mine / 2**40


@pytest.mark.parametrize("value", [Fraction(0), Fraction(1, 10**300), Fraction(2), Fraction(10**300), Fraction(9, 16)])
def test_roots_are_rounded_up_and_close(value: Fraction) -> None:
    for root in (root_upper(value), root_above(value)):
        assert root * root >= value
        assert root * root <= value * (1 + Fraction(1, 2**50)) + Fraction(1, 2**300)
