"""Value and derivative of an expression in any algebra, by the chain rule."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

from certify.activations.expressions.tree import (
    Apply,
    Binary,
    Constant,
    Expression,
    Negative,
    Power,
    Variable,
)
from certify.arithmetic.protocol import Arithmetic


class Algebra(Protocol):
    """Enclosures with ring operations, and functions with their derivatives."""

    def constant(self, value: Fraction) -> Any: ...
    def add(self, a: Any, b: Any) -> Any: ...
    def multiply(self, a: Any, b: Any) -> Any: ...
    def divide(self, a: Any, b: Any) -> Any: ...

    def apply(self, function: str, a: Any) -> tuple[Any, Any]:
        """f(a) and f'(a) for arctan, cos, exp, log, sin, sqrt, tanh."""


def evaluate(tree: Expression, algebra: Algebra, x: Any, direction: Any) -> tuple[Any, Any]:
    """(s(x), s'(x) times `direction`); the second is None where x does not occur."""
    match tree:
        case Variable():
            return x, direction
        case Constant(value):
            return algebra.constant(value), None
        case Negative(inner):
            value, slope = evaluate(inner, algebra, x, direction)
            minus = algebra.constant(Fraction(-1))
            return algebra.multiply(minus, value), None if slope is None else algebra.multiply(minus, slope)
        case Binary(operator, left, right):
            return _binary(
                operator, algebra, *evaluate(left, algebra, x, direction), *evaluate(right, algebra, x, direction)
            )
        case Power(base, exponent):
            return _power(algebra, *evaluate(base, algebra, x, direction), exponent)
        case Apply(function, inner):
            return _function(function, algebra, *evaluate(inner, algebra, x, direction))


def _binary(operator: str, algebra: Algebra, a: Any, da: Any, b: Any, db: Any) -> tuple[Any, Any]:
    if operator in "+-":
        if operator == "-":
            minus = algebra.constant(Fraction(-1))
            b, db = algebra.multiply(minus, b), None if db is None else algebra.multiply(minus, db)
        return algebra.add(a, b), _sum(algebra, da, db)
    if operator == "*":
        first = None if da is None else algebra.multiply(da, b)
        second = None if db is None else algebra.multiply(a, db)
        return algebra.multiply(a, b), _sum(algebra, first, second)
    value = algebra.divide(a, b)
    first = None if da is None else algebra.divide(da, b)
    if db is None:
        return value, first
    second = algebra.multiply(algebra.constant(Fraction(-1)), algebra.multiply(value, algebra.divide(db, b)))
    return value, _sum(algebra, first, second)


def _sum(algebra: Algebra, a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return algebra.add(a, b)


def _power(algebra: Algebra, base: Any, slope: Any, exponent: int) -> tuple[Any, Any]:
    if exponent == 0:
        return algebra.constant(Fraction(1)), None
    below, value = algebra.constant(Fraction(1)), base
    for _ in range(exponent - 1):
        below, value = value, algebra.multiply(value, base)
    if slope is None:
        return value, None
    return value, algebra.multiply(algebra.constant(Fraction(exponent)), algebra.multiply(below, slope))


def _function(function: str, algebra: Algebra, a: Any, da: Any) -> tuple[Any, Any]:
    one = algebra.constant(Fraction(1))
    if function == "sigmoid":
        # exp(a) / (1 + exp(a)) loses nothing, as exp(-a) takes the part of exp(a) where that is large.
        value, slope = algebra.apply("exp", algebra.multiply(algebra.constant(Fraction(-1)), a))
        whole = algebra.add(one, value)
        found = algebra.divide(one, whole)
        if da is None:
            return found, None
        return found, algebra.multiply(algebra.divide(slope, algebra.multiply(whole, whole)), da)
    if function == "softplus":
        grown, _ = algebra.apply("exp", a)
        value, _ = algebra.apply("log", algebra.add(one, grown))
        if da is None:
            return value, None
        return value, algebra.multiply(_function("sigmoid", algebra, a, None)[0], da)
    value, slope = algebra.apply(function, a)
    return value, None if da is None else algebra.multiply(slope, da)


class RealAlgebra:
    """Real enclosures of one arithmetic. Call inside `number.active()`."""

    def __init__(self, number: Arithmetic) -> None:
        self.number = number

    def constant(self, value: Fraction) -> Any:
        return self.number.exact(value)

    def add(self, a: Any, b: Any) -> Any:
        return a + b

    def multiply(self, a: Any, b: Any) -> Any:
        return a * b

    def divide(self, a: Any, b: Any) -> Any:
        return a / b

    def apply(self, function: str, a: Any) -> tuple[Any, Any]:
        number = self.number
        if function == "exp":
            value = number.exp(a)
            return value, value
        if function == "log":
            return number.log(a), 1 / a
        if function == "sqrt":
            value = number.sqrt(a)
            return value, 1 / (2 * value)
        if function == "arctan":
            return number.atan(a), 1 / (1 + a * a)
        if function == "cos":
            return number.cos(a), -number.cos(a - number.pi / 2)
        if function == "sin":
            return number.cos(a - number.pi / 2), number.cos(a)
        assert function == "tanh"
        if number.is_positive(-a):
            value, slope = self.apply("tanh", -a)
            return -value, slope
        e = number.exp(-2 * a)
        return (1 - e) / (1 + e), 4 * e / ((1 + e) * (1 + e))
