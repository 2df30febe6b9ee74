"""Balls in float64: every operation contains the exact result, and what overflows or underflows is seen."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from certify.arithmetic.float_balls import FloatArithmetic, FloatBall

NUMBER = FloatArithmetic()


def balls(seed: int, positive: bool = False) -> tuple[FloatBall, list[Fraction]]:
    """Balls of all widths with a number of each."""
    rng = np.random.default_rng(seed)
    mid = rng.standard_normal(400) * 10.0 ** rng.integers(-6, 3, 400)
    mid = np.abs(mid) if positive else mid
    mid[:3] = 0.0, 1.0, -0.0
    rad = np.abs(mid) * 10.0 ** rng.uniform(-18, 0, 400) * rng.choice([0, 1], 400) * 0.4
    inside = [
        Fraction(m) + Fraction(r) * Fraction(t) for m, r, t in zip(mid, rad, rng.uniform(-1, 1, 400), strict=True)
    ]
    return FloatBall(mid, rad), inside


def exactly(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def assert_contains(found: FloatBall, expected: list[arb]) -> None:
    for mid, rad, value in zip(np.broadcast_to(found.mid, 400), np.broadcast_to(found.rad, 400), expected, strict=True):
        assert np.isfinite(mid)
        assert abs(value - arb(float(mid))) <= arb(float(rad))


BINARY: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("+", lambda x, y: x + y),
    ("-", lambda x, y: x - y),
    ("*", lambda x, y: x * y),
    ("square", lambda x, y: x * x),
    ("2 x + 3 - x * 7", lambda x, y: 2 * x + 3 - x * 7),
    ("1 - x / 3", lambda x, y: 1 - x / 3),
]


@pytest.mark.parametrize(("name", "operation"), BINARY, ids=[name for name, _ in BINARY])
def test_ring_operations_contain_the_exact_result(name: str, operation: Callable[[Any, Any], Any]) -> None:
    (x, inside_x), (y, inside_y) = balls(1), balls(2)
    before, ctx.prec = ctx.prec, 300
    try:
        expected = [operation(exactly(a), exactly(b)) for a, b in zip(inside_x, inside_y, strict=True)]
        with NUMBER.active():
            assert_contains(operation(x, y), expected)
    finally:
        ctx.prec = before


def test_quotients_and_functions_contain_the_exact_result() -> None:
    (x, inside), (y, below) = balls(3), balls(4, positive=True)
    before, ctx.prec = ctx.prec, 300
    try:
        with NUMBER.active():
            assert_contains(NUMBER.atan(x), [exactly(v).atan() for v in inside])
            assert_contains(NUMBER.sqrt(y), [exactly(max(v, Fraction(0))).sqrt() for v in below])
            assert_contains(x / (y + 1), [exactly(a) / exactly(b + 1) for a, b in zip(inside, below, strict=True)])
            small = FloatBall(np.clip(x.mid, -680, 680), np.minimum(x.rad, 1.0) * (np.abs(x.mid) < 680))
            values = [
                min(max(v, Fraction(float(m - r))), Fraction(float(m + r)))
                for v, m, r in zip(inside, small.mid, small.rad, strict=True)
            ]
            values = [v if -680 < v < 680 else Fraction(float(m)) for v, m in zip(values, small.mid, strict=True)]
            assert_contains(NUMBER.exp(small), [exactly(v).exp() for v in values])
    finally:
        ctx.prec = before


def test_functions_are_sharp_for_exact_arguments() -> None:
    x = FloatBall(np.linspace(-30, 30, 400), np.zeros(400))
    with NUMBER.active():
        for found in (NUMBER.exp(x), NUMBER.atan(x)):
            assert (found.rad <= 16 * 2.0**-53 * np.abs(found.mid) + 1e-15).all()


OUT_OF_RANGE: list[tuple[Callable[[Any], Any], float]] = [
    *((lambda x: x * x, value) for value in (1e-200, 1e200)),
    *((lambda x: x + x, value) for value in (1.7e308,)),
    *((lambda x: 1 / (x * x), value) for value in (1e-160, 1e160)),
    *((lambda x: NUMBER.exp(x), value) for value in (691.0, 1e308)),
    *((lambda x: 1 / x, value) for value in (0.0, 1e-309)),
    *((lambda x: x / (x - x), value) for value in (1.0,)),
]


@pytest.mark.parametrize(("operation", "value"), OUT_OF_RANGE)
@pytest.mark.parametrize("size", [0, 1, 5, 1000])
def test_what_leaves_the_range_of_float64_raises(operation: Callable[[Any], Any], value: float, size: int) -> None:
    x = FloatBall(np.ones(size), np.zeros(size)) if size else FloatBall(np.float64(value), np.float64(0.0))
    if size:
        x.mid[-1] = value
    with NUMBER.active(), pytest.raises(ArithmeticError):
        operation(x)


def test_an_exponential_far_below_one_is_a_ball_around_zero() -> None:
    with NUMBER.active():
        found = NUMBER.exp(FloatBall(np.array([-161.0, -1e300]), np.array([1.0, 0.0])))
    assert (found.mid == 0).all()
    assert (np.exp(-160.0) <= found.rad).all()
    assert (found.rad < 1e-60).all()


def test_a_constant_that_float64_does_not_hold_is_refused() -> None:
    for value in (Fraction(10) ** 400, Fraction(1, 10**400)):
        with pytest.raises(ArithmeticError):
            NUMBER.exact(value)
    third = NUMBER.exact(Fraction(1, 3))
    assert abs(Fraction(float(third.mid)) - Fraction(1, 3)) <= Fraction(float(third.rad))
