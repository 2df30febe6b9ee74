"""Enclosures of training against exact rationals, closed forms and mpmath."""

from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp
from training_oracle import Problem, real

import certify
from certify import stax
from certify.training import Interval

SQUARE = stax.parse("serial(Dense(), Monomial(2), Dense())")
ERF = stax.parse('serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))')
X = [[1, 0], [0, 1], ["3/5", "4/5"], [-1, "1/3"]]
Y = [1, -2, "1/2", 3]
OTHERS = [["1/2", "1/2"], [2, -1], [1, "1/100"]]
OTHER_Y = [0, 1, 1]


def holds(interval: Interval, value: Any) -> bool:
    """Whether the interval holds an mpmath number, to within that number's own digits."""
    slack = Fraction(1, 10**45) * max(1, abs(int(value)))
    exact = Fraction(mp.nstr(value, 55))
    return interval.lower - slack <= exact <= interval.upper + slack


def narrow(interval: Interval) -> bool:
    return interval.upper - interval.lower <= abs(interval.upper) / 10**6


def entries(enclosure: Any) -> list[Interval]:
    return [Interval(low, high) for low, high in zip(enclosure.lower_exact[0], enclosure.upper_exact[0], strict=True)]


def with_others(**options: Any) -> Any:
    """Training with the held-out points given as an array whose last column is the target."""
    rows = [[*x, y] for x, y in zip(X, Y, strict=True)]
    others = [[*x, y] for x, y in zip(OTHERS, OTHER_Y, strict=True)]
    return certify.train(options.pop("net", ERF), rows, 2, holdout=others, **options)


def test_one_point_is_learned_exponentially() -> None:
    kernel = Fraction(SQUARE.kernel([[3]]).upper_exact[0, 0])  # type: ignore[union-attr]
    training = certify.train(SQUARE, [[3], [0]], times=[1], y=[2, 0])
    mp.dps = 50
    expected = 2 * (1 - mp.exp(-real(kernel) / 2))
    assert holds(entries(training.moments[0].predictions)[0], expected)


def test_the_flow_against_mpmath() -> None:
    problem = Problem(ERF, X, Y, OTHERS)
    training = with_others(times=["0", "1/3", "50", "1e6", "inf"], until="1e-6")
    for moment, time in zip(
        training.moments, [mp.mpf(0), mp.mpf(1) / 3, mp.mpf(50), mp.mpf(10) ** 6, None], strict=True
    ):
        if time is not None:
            assert holds(moment.loss, problem.loss(time))
            assert all(holds(i, v) for i, v in zip(entries(moment.predictions), problem.training(time), strict=True))
        else:
            assert moment.predictions.contains([Y]).all()
            assert moment.loss == (0, 0)
        assert all(holds(i, v) for i, v in zip(entries(moment.held_out), problem.held_out(time), strict=True))
        assert holds(moment.held_out_loss, problem.held_out_loss(time, OTHER_Y))
    early, late = training.until
    assert problem.loss(real(early)) > mp.mpf("1e-6") >= problem.loss(real(late))
    assert narrow(training.until)
    rates = sorted(problem.values, reverse=True)
    assert all(holds(c.rate, rate) for c, rate in zip(training.components, rates, strict=True))
    shares = [(problem.vectors[:, k].T * problem.y)[0] ** 2 / (problem.y.T * problem.y)[0] for k in range(4)]
    for component, share in zip(reversed(training.components), shares, strict=True):
        assert holds(component.share, share)


def square_kernel(u: list[Fraction], v: list[Fraction]) -> Fraction:
    """The NTK of SQUARE: with c = <u, v> / d and a, b the squares, V = 2 c^2 + a b, V' = 4 c, T = c V' + V."""

    def inner(left: list[Fraction], right: list[Fraction]) -> Fraction:
        return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0)) / len(left)

    return 6 * inner(u, v) ** 2 + inner(u, u) * inner(v, v)


def test_descent_against_exact_rationals() -> None:
    """The kernel of a monomial is rational, so gradient descent can be run exactly."""
    step, steps, n = Fraction(1, 40), 37, len(X)
    points = [[Fraction(v) for v in row] for row in X]
    tests = [[Fraction(v) for v in row] for row in OTHERS]
    gram = [[square_kernel(u, v) for v in points] for u in points]
    cross = [[square_kernel(u, v) for v in points] for u in tests]
    y = [Fraction(v) for v in Y]
    f, others = [Fraction(0)] * n, [Fraction(0)] * len(OTHERS)
    for _ in range(steps):
        residual = [a - b for a, b in zip(f, y, strict=True)]
        others = [
            o - step / n * sum(k * r for k, r in zip(row, residual, strict=True))
            for o, row in zip(others, cross, strict=True)
        ]
        f = [
            a - step / n * sum(k * r for k, r in zip(row, residual, strict=True))
            for a, row in zip(f, gram, strict=True)
        ]
    training = with_others(net=SQUARE, times=[steps], descent=step)
    moment = training.moments[0]
    assert moment.predictions.contains([f]).all()
    assert moment.held_out.contains([others]).all()
    loss = sum((a - b) ** 2 for a, b in zip(f, y, strict=True)) / (2 * n)
    assert moment.loss.lower <= loss <= moment.loss.upper
    assert narrow(moment.loss)


def test_too_large_a_step_has_no_limit() -> None:
    training = with_others(net=SQUARE, times=["inf", 3], descent=100)
    assert [moment.time for moment in training.moments] == [3]
    assert "too large" in training.undecided[0]
    assert training.largest_step.upper < 100


def test_a_gaussian_start_against_mpmath() -> None:
    problem = Problem(ERF, X, Y, OTHERS)
    training = with_others(times=["2", "inf"], initial="gaussian", until="1/100")
    first, limit = training.moments
    assert all(holds(i, v) for i, v in zip(entries(first.deviation), problem.deviations(mp.mpf(2)), strict=True))
    assert all(
        holds(i, v)
        for i, v in zip(entries(first.held_out_deviation), problem.held_out_deviations(mp.mpf(2)), strict=True)
    )
    assert all(
        holds(i, v) for i, v in zip(entries(limit.held_out_deviation), problem.held_out_deviations(None), strict=True)
    )
    assert limit.deviation.contains([[0] * 4]).all()

    def expected(time: Any) -> Any:
        decay = problem.decay(time)
        covariance = decay * problem.nngp * decay
        return problem.loss(time) + sum(covariance[i, i] for i in range(4)) / 8

    assert holds(first.loss, expected(mp.mpf(2)))
    early, late = training.until
    assert expected(real(early)) > mp.mpf(1) / 100 >= expected(real(late))


def test_double_rates_are_one_component() -> None:
    """Four points on the axes of the circle: two sines with one eigenvalue."""
    training = certify.train(ERF, [[1, 0], [0, 1], [-1, 0], [0, -1]], y=[1, 0, 0, 0], times=[1])
    assert [component.size for component in training.components] == [2, 1, 1]
    assert all(holds(component.share, mp.mpf(component.size) / 4) for component in training.components)


def test_a_loss_already_reached() -> None:
    assert with_others(times=[1], until=100).until == (0, 0)


def test_a_singular_kernel_leaves_the_limit_undecided() -> None:
    linear = stax.parse("serial(Dense(), Relu(), Dense())")
    training = certify.train(linear, [[1, 0], [2, 0], [0, 1]], y=[1, 3, 0], times=["inf", 1], max_bits=256)
    assert "not separated from zero" in training.undecided[0]
    assert len(training.moments) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"y": [1, 1]}, "constant"),
        ({"y": [1]}, "1 targets for 2 points"),
        ({}, "no target"),
        ({"y": [1, 2], "target": 0}, "both target and y"),
        ({"y": [1, 2], "times": [-1]}, "negative"),
        ({"y": [1, 2], "until": 0}, "positive"),
        ({"y": [1, 2], "initial": "random"}, "initial"),
        ({"y": [1, 2], "kernel": "rbf"}, "kernel"),
        ({"y": [1, 2], "max_bits": 8}, "max_bits"),
        ({"y": [1, 2], "holdout": "1.5"}, "between 0 and 1"),
        ({"y": [1, 2], "holdout": "0.1"}, "leaves 0 of 2"),
    ],
)
def test_bad_input_is_one_sentence(options: dict[str, Any], message: str) -> None:
    with pytest.raises(certify.InputError, match=message):
        certify.train(ERF, [[1, 0], [0, 1]], **options)


def test_equal_points_with_different_targets_name_both_rows() -> None:
    with pytest.raises(certify.InputError, match=r"rows 1 and 3 .* 1 and 2"):
        certify.train(ERF, [[1, 0], [0, 1], [1, 0]], y=[1, 0, 2])
    with pytest.raises(certify.InputError, match="rows 1 and 2"):
        certify.train(ERF, [[1, 0], [3, 0], [0, 1]], y=[1, 0, 2], normalize="unit")


def test_equal_points_with_equal_targets_count_once() -> None:
    training = certify.train(ERF, [[1, 0], [0, 1], [1, 0]], y=[1, 0, 1], times=[1])
    assert training.n == 2
    assert training.problem.duplicates == 1
