"""Early stopping: the minimum is where mpmath finds it, at zero, or at no finite time."""

from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp
from training_oracle import Problem, real

import certify
from certify import stax

ERF = stax.parse('serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))')
X = [["-1"], ["-1/2"], ["1/10"], ["2/5"], [1]]
Y = ["-1", "-3/5", "1/2", "1/10", "1"]
OTHERS = [["-3/4"], ["1/4"], ["7/10"]]
OTHER_Y = ["-3/4", "1/4", "7/10"]


def stopping(x: Any, y: Any, others: Any, other_y: Any, **options: Any) -> Any:
    rows = [[*a, b] for a, b in zip(x, y, strict=True)]
    held = [[*a, b] for a, b in zip(others, other_y, strict=True)]
    return certify.train(ERF, rows, 1, times=[1], holdout=held, **options)


def test_the_interval_holds_the_minimum_that_a_fine_search_finds() -> None:
    found = stopping(X, Y, OTHERS, OTHER_Y).early_stopping
    assert found.verdict == "stop early"
    problem = Problem(ERF, X, Y, OTHERS)
    grid = [mp.mpf(2) ** (mp.mpf(k) / 4) for k in range(-20, 160)]
    values = [problem.held_out_loss(t, OTHER_Y) for t in grid]
    best = min(range(len(grid)), key=lambda k: values[k])
    low, high = grid[best - 1], grid[best + 1]
    for _ in range(90):
        third = (high - low) / 3
        left, right = problem.held_out_loss(low + third, OTHER_Y), problem.held_out_loss(high - third, OTHER_Y)
        low, high = (low, high - third) if left < right else (low + third, high)
    assert any(real(early) <= low <= real(late) for early, late in found.intervals)
    lowest = problem.held_out_loss(low, OTHER_Y)
    assert real(found.lower) <= lowest * (1 + mp.mpf(10) ** -30)
    assert lowest <= real(found.upper) * (1 + mp.mpf(10) ** -30)
    assert found.upper - found.lower <= found.upper / 10**5
    width = sum(late - early for early, late in found.intervals)
    assert width <= found.intervals[0][0] / 1000


def test_no_finite_time() -> None:
    """A target out of reach in the direction of the data: every further step helps."""
    found = stopping([[1], ["-1/2"]], [1, "-3/10"], [["9/10"]], [50]).early_stopping
    assert found.verdict == "no finite time"
    assert found.intervals == ()
    assert found.at_infinity is True


def test_not_training_at_all() -> None:
    """A target on the other side: every step hurts."""
    found = stopping([[1], ["-1/2"]], [1, "-3/10"], [["9/10"]], [-50]).early_stopping
    assert found.verdict == "stop early"
    assert found.intervals == ((0, 0),)
    assert found.lower <= Fraction(2500, 2) <= found.upper


def test_a_singular_kernel_is_undecided() -> None:
    training = certify.train(
        stax.parse("serial(Dense(), Relu(), Dense())"),
        [[1, 0, 1], [2, 0, 2], [0, 1, 3]],
        2,
        times=[1],
        holdout=[[1, 1, 1]],
        max_bits=200,
    )
    assert training.early_stopping is None
    assert training.undecided == ("early stopping",)


@pytest.mark.parametrize("shift", [1, -1])
def test_a_wrong_sign_of_the_tangent_would_be_seen(shift: int) -> None:
    """Both verdicts occur for mirrored targets, so neither is the answer to everything."""
    found = stopping([[1], ["-1/2"]], [shift, Fraction(-3 * shift, 10)], [["9/10"]], [50]).early_stopping
    assert found.verdict == ("no finite time" if shift > 0 else "stop early")
