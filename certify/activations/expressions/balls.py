"""Complex balls as an algebra that refuses a function where it may not be analytic."""

from __future__ import annotations

from fractions import Fraction

from flint import acb, arb, fmpq


class NotAnalytic(ArithmeticError):
    """A pole or a branch cut may meet the ball."""


def exact_ball(value: Fraction) -> arb:
    """A ball around a rational number."""
    return arb(fmpq(value.numerator, value.denominator))


def _finite(value: acb) -> acb:
    if not value.is_finite():
        raise NotAnalytic("a value is not finite")
    return value


def off_the_cut(value: acb) -> acb:
    """The ball, if it avoids the negative real axis and zero."""
    if not (value.real > 0 or value.imag > 0 or value.imag < 0):
        raise NotAnalytic("a logarithm or a root of a number that may be zero or negative")
    return value


class BallAlgebra:
    """`acb` balls: every result encloses the values on the ball of a function that is analytic there."""

    def constant(self, value: Fraction) -> acb:
        return acb(exact_ball(value))

    def add(self, a: acb, b: acb) -> acb:
        return a + b

    def multiply(self, a: acb, b: acb) -> acb:
        return a * b

    def divide(self, a: acb, b: acb) -> acb:
        return _finite(a / b)

    def apply(self, function: str, a: acb) -> tuple[acb, acb]:
        if function == "exp":
            value = _finite(a.exp())
            return value, value
        if function == "log":
            return _finite(off_the_cut(a).log()), _finite(1 / a)
        if function == "sqrt":
            value = _finite(off_the_cut(a).sqrt())
            return value, _finite(1 / (2 * value))
        if function == "arctan":
            # The cuts lie on the imaginary axis, beyond i and -i.
            if not (a.real > 0 or a.real < 0 or (a.imag < 1 and a.imag > -1)):
                raise NotAnalytic("an arc tangent near its branch points")
            return _finite(a.atan()), _finite(1 / (1 + a * a))
        if function == "cos":
            return _finite(a.cos()), -a.sin()
        if function == "sin":
            return _finite(a.sin()), a.cos()
        assert function == "tanh"
        return _finite(a.tanh()), _finite(a.sech() ** 2)
