"""The float64 path of empirical kernels: its radius holds the exact kernel, and is needed."""

from fractions import Fraction

import numpy as np
import pytest

from certify.empirical.float_kernel import FLOAT_BITS, float_ball
from certify.empirical.network import EmpiricalBalls
from certify.finite import FiniteNetwork, parse_finite
from certify.points import load_points
from certify.spectrum import FixedPointBall

NETWORKS = (
    "serial(Dense(9, b_var=1), Tanh(), Dense(7, b_var=1), Tanh(), Dense(1, b_var=1))",
    "serial(Dense(12, W_var=9), Sigmoid(), Dense(1))",
    "serial(Dense(8, b_var=1), Relu(), Dense(1, b_var=1))",
)


def far_apart(first: FixedPointBall, second: FixedPointBall) -> list[Fraction]:
    """For every row the sum of the distances between midpoints."""
    units = [Fraction(2) ** ball.exponent for ball in (first, second)]
    return [
        sum(
            (abs(int(first.mid[i, j]) * units[0] - int(second.mid[i, j]) * units[1]) for j in range(first.n)),
            Fraction(0),
        )
        for i in range(first.n)
    ]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("scale", [1.0, 1e-3, 30.0])
def test_the_radius_holds_the_exact_kernel(network: str, scale: float) -> None:
    points = load_points((np.random.default_rng(3).standard_normal((20, 5)) * scale).tolist())
    architecture = parse_finite(network)
    balls = EmpiricalBalls(FiniteNetwork.of_floats(architecture, architecture.start(5, 1)), points)
    quick, exact = balls.at(64).float_kernel(), balls(200)
    if quick is None:  # saturated units: derivatives as small as their own radius
        assert scale > 1
        return
    assert balls(FLOAT_BITS).mid == quick.mid
    unit = Fraction(2) ** quick.exponent
    distances = far_apart(quick, exact)
    for distance, radius in zip(distances, quick.radius_row_sums, strict=True):
        assert distance <= radius * unit + exact.max_radius
    assert max(distances) > 0
    assert quick.max_radius <= quick.diagonal_upper / 2**30


def test_what_float64_cannot_hold_is_left_to_integers() -> None:
    huge = np.full((2, 2), 1e200)
    assert float_ball([((huge, 0.0), (huge, 0.0))]) is None
    zero = np.zeros((2, 2))
    assert float_ball([((zero, 0.0), (zero, 0.0))]) is None
    coarse = np.eye(2)
    assert float_ball([((coarse, 0.1), (coarse, 0.0))]) is None
    points = load_points([["1e400", 0], [0, "1e400"]])
    architecture = parse_finite("serial(Dense(3), Tanh(), Dense(1))")
    balls = EmpiricalBalls(FiniteNetwork.of_floats(architecture, architecture.start(2, 1)), points)
    assert balls.at(64).float_kernel() is None
    assert balls(FLOAT_BITS).n == 2


def test_a_stated_radius_enters() -> None:
    z = np.random.default_rng(0).standard_normal((6, 4))
    exact, wide = float_ball([((z, 0.0), (z, 0.0))]), float_ball([((z, 1e-9), (z, 0.0))])
    assert exact is not None
    assert wide is not None
    assert wide.max_radius > 10**4 * exact.max_radius
