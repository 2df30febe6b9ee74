"""The dual of rectifiers over arrays: its balls hold the values at every triple in the balls of the arguments."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from certify import stax
from certify.activations import Pair, Rectifier
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.float_balls import FloatArithmetic, FloatBall
from certify.kernels.float64.layered import ArrayPair
from certify.kernels.program64 import rectifier
from certify.kernels.program64.rectifier import rectifier_duals

RECTIFIERS: list[Any] = [stax.Relu(), stax.Abs(), stax.LeakyRelu("1/10"), stax.ABRelu(2, "-1/2"), stax.ABRelu(-3, 7)]


def exact(value: float) -> arb:
    fraction = Fraction(value)
    return arb(fmpq(fraction.numerator, fraction.denominator))


def triples(seed: int, count: int) -> tuple[Any, Any, Any]:
    """True (q1, q2, r) with |r| <= sqrt(q1 q2) up to the last place, correlations that crowd at +-1."""
    rng = np.random.default_rng(seed)
    q1, q2 = (10.0 ** rng.uniform(-3, 3, count) for _ in range(2))
    gap = 10.0 ** rng.uniform(-15, 0, count)
    correlation = np.where(rng.random(count) < 0.7, 1 - gap, rng.uniform(-1, 1, count))
    return q1, q2, rng.choice([-1.0, 1.0], count) * correlation * np.sqrt(q1 * q2) * (1 - 2.0**-51)


def shares(activation: Rectifier, seed: int, radius: float, count: int = 300) -> Any:
    """|value - midpoint| / radius for truths drawn within balls of this relative radius."""
    number = FloatArithmetic()
    rng = np.random.default_rng(seed + 1)
    truth = triples(seed, count)
    with number.active():
        balls = []
        for part in truth:
            rad = radius * np.abs(part)
            balls.append(FloatBall(part + rng.choice([-1.0, 1.0], count) * rad * 0.999, rad))
        generic = rectifier_duals(activation, number)
        value, slope = generic(ArrayPair(cast(Any, number), *balls))
    found = []
    before, ctx.prec = ctx.prec, 300
    try:
        reference = activation.duals(ArbArithmetic(300))
        for k in range(count):
            at = [exact(float(part[k])) for part in truth]
            for ball, wanted in zip((value, slope), reference(Pair(ArbArithmetic(300), *at)), strict=True):
                off = abs(wanted - exact(float(ball.mid[k])))
                found.append(float((off / exact(float(ball.rad[k]))).mid()))
    finally:
        ctx.prec = before
    return np.array(found).reshape(count, 2)


@pytest.mark.parametrize("activation", RECTIFIERS)
@pytest.mark.parametrize("radius", [0.0, 1e-15, 1e-9, 1e-4])
def test_balls_hold_the_truth(activation: Any, radius: float) -> None:
    found = shares(activation, 5, radius)
    assert (found <= 1).all()
    # A radius that hides errors is none: some come near it.
    assert found[:, 0].max() > 0.005


@pytest.mark.parametrize("radius", [0.0, 1e-9])
def test_a_planted_fault_is_seen(radius: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly any rounding, or hardly any room for the arguments, and values lie outside."""
    if radius:
        honest = ArrayPair.__init__

        def narrowed(self: Any, number: Any, q1: Any, q2: Any, r: Any, **options: Any) -> None:
            honest(self, number, *(FloatBall(x.mid, x.rad * 1e-6) for x in (q1, q2, r)), **options)

        monkeypatch.setattr(ArrayPair, "__init__", narrowed)
    else:
        monkeypatch.setattr(rectifier, "UNIT", 0.0)
        monkeypatch.setattr(rectifier, "_UP", 2.0**-9)
    assert (shares(stax.Relu(), 5, radius)[:, 0] > 1).any()


def test_wide_arguments_are_left_to_others() -> None:
    number = FloatArithmetic()
    generic = rectifier_duals(stax.Relu(), number)
    one, wide = FloatBall(np.ones(1), np.zeros(1)), FloatBall(np.ones(1), np.full(1, 0.1))
    with number.active(), pytest.raises(ArithmeticError):
        generic(ArrayPair(cast(Any, number), wide, one, FloatBall(np.zeros(1), np.zeros(1))))
