"""Activations that are analytic in a strip: their values, and the constants on which the error of quadrature rests.

`strip` is a half width d and `slope` a bound B with |s'(z)| <= B for |Im z| <= d; so |s(z) - s(0)| <= B |z| there.

With sigma(z) = 1 / (1 + exp(-z)), z = x + iy: |sigma'(z)| = |sigma(z) sigma(-z)| = 1 / (2 (cosh x + cos y)), at most
1 / (2 (1 + cos 3)) < 50 for |y| <= 3, where also |sigma(z)| < 8: |1 + exp(-z)| >= |sin y| >= sin 3 for |y| >= pi/2,
and >= 1 below.

    tanh      2 sigma(2 x) - 1: |s'| = 4 |sigma'(2 z)| < 200 for |y| <= 3/2
    softplus  s' = sigma
    swish     x sigma(x): |s'| <= |sigma| + |z sigma'| < 8 + (|x| + 3) / (2 (cosh x + cos 3)); the quotient is largest
              at x = 0, where it is below 151
    mish      x t, t = 1 - 2 / (w^2 + 1), w = 1 + exp(x): for |y| <= 2 the value e of exp(z) keeps a distance above
              0.49 from the roots -1 +- i of w^2 + 1, which are 2 apart, so |w^2 + 1| > 0.49 * 1.51 > 0.73; t' = 4 w e
              / (w^2 + 1)^2.  |t| < 4; |z t'| < 3.4 * 4 * 5 * 4 / 0.73^2 < 520 for x >= 0, |e| < 4; less elsewhere
    arctan    s' = 1 / ((1 + iz)(1 - iz)), |s'| <= 1 / (1 - y^2) < 6 for |y| <= 9/10
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from .elementary import exponential, inclination, logarithm
from .interval import (
    ONE,
    ZERO,
    Interval,
    add,
    divide,
    from_fraction,
    multiply,
    negative,
    square,
    subtract,
    times_power_of_two,
)


class Values(NamedTuple):
    """s - s(0) at x and -x, and s' at x and -x, for some x >= 0."""

    right: Interval
    left: Interval
    slope_right: Interval
    slope_left: Interval


class StripData(NamedTuple):
    """Half width of the strip, bound on |s'| in it, parity (of s, and of s - s(0)), s(0), s'(0), and values."""

    strip: Fraction
    slope: int
    parity: int
    odd_about_a_constant: bool
    at_zero: Callable[[int], Interval]
    slope_at_zero: Fraction
    values: Callable[[Interval, int], Values]


def _decay(x: Interval, bits: int) -> Interval:
    return exponential(negative(x), bits)


def _logistic_difference(e: Interval, bits: int) -> tuple[Interval, Interval]:
    """(1 - e) / (1 + e) and e / (1 + e)^2."""
    whole = add(ONE, e, bits)
    return divide(subtract(ONE, e, bits), whole, bits), divide(e, square(whole, bits), bits)


def _tanh(x: Interval, bits: int) -> Values:
    value, slope = _logistic_difference(_decay(times_power_of_two(x, 1), bits), bits)
    slope = times_power_of_two(slope, 2)
    return Values(value, negative(value), slope, slope)


def _sigmoid(x: Interval, bits: int) -> Values:
    value, slope = _logistic_difference(_decay(x, bits), bits)
    value = times_power_of_two(value, -1)
    return Values(value, negative(value), slope, slope)


def _softplus(x: Interval, bits: int) -> Values:
    e = _decay(x, bits)
    whole = add(ONE, e, bits)
    left = logarithm(times_power_of_two(whole, -1), bits)
    right = divide(ONE, whole, bits)
    return Values(add(x, left, bits), left, right, multiply(e, right, bits))


def _swish(x: Interval, bits: int) -> Values:
    e = _decay(x, bits)
    right = divide(ONE, add(ONE, e, bits), bits)
    left = multiply(e, right, bits)
    bend = multiply(x, multiply(left, right, bits), bits)
    low = negative(multiply(x, left, bits))
    return Values(multiply(x, right, bits), low, add(right, bend, bits), subtract(left, bend, bits))


def _mish(x: Interval, bits: int) -> Values:
    # At x: w^2 + 1 = a / e^2 with a = 1 + 2 e + 2 e^2, at -x it is b = 2 + 2 e + e^2, where e = exp(-x).
    e = _decay(x, bits)
    e2 = square(e, bits)
    twice = times_power_of_two(e, 1)
    a = add(add(ONE, twice, bits), times_power_of_two(e2, 1), bits)
    b = add(add((2, 2, 0), twice, bits), e2, bits)
    right = divide(add(ONE, twice, bits), a, bits)
    left = divide(add(twice, e2, bits), b, bits)
    common = multiply(times_power_of_two(x, 2), add(ONE, e, bits), bits)
    rise = divide(multiply(common, e2, bits), square(a, bits), bits)
    fall = divide(multiply(common, e, bits), square(b, bits), bits)
    low = negative(multiply(x, left, bits))
    return Values(multiply(x, right, bits), low, add(right, rise, bits), subtract(left, fall, bits))


def _arctan(x: Interval, bits: int) -> Values:
    value = inclination(x, ONE, bits)
    slope = divide(ONE, add(ONE, square(x, bits), bits), bits)
    return Values(value, negative(value), slope, slope)


def _exactly(value: Fraction) -> Callable[[int], Interval]:
    return lambda bits: from_fraction(value, bits)


def _nothing(bits: int) -> Interval:
    return ZERO


STRIP_FUNCTIONS: dict[str, StripData] = {
    "Tanh": StripData(Fraction(3, 2), 200, -1, True, _nothing, Fraction(1), _tanh),
    "Sigmoid": StripData(Fraction(3), 50, 0, True, _exactly(Fraction(1, 2)), Fraction(1, 4), _sigmoid),
    "Softplus": StripData(Fraction(3), 8, 0, False, lambda bits: logarithm((2, 2, 0), bits), Fraction(1, 2), _softplus),
    "Swish": StripData(Fraction(3), 200, 0, False, _nothing, Fraction(1, 2), _swish),
    "Mish": StripData(Fraction(2), 600, 0, False, _nothing, Fraction(3, 5), _mish),
    "Arctan": StripData(Fraction(9, 10), 6, -1, True, _nothing, Fraction(1), _arctan),
}
