"""Expressions in one variable x, as trees, with their canonical text and what is exactly known of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

FUNCTIONS = ("arctan", "cos", "exp", "log", "sigmoid", "sin", "softplus", "sqrt", "tanh")


@dataclass(frozen=True)
class Variable:
    """x."""


@dataclass(frozen=True)
class Constant:
    """A rational number >= 0."""

    value: Fraction


@dataclass(frozen=True)
class Negative:
    """-a."""

    inner: Expression


@dataclass(frozen=True)
class Binary:
    """a + b, a - b, a * b or a / b."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Power:
    """A whole power, the exponent >= 0."""

    base: Expression
    exponent: int


@dataclass(frozen=True)
class Apply:
    """One of `FUNCTIONS` of an expression."""

    function: str
    inner: Expression


Expression = Variable | Constant | Negative | Binary | Power | Apply

_KNOWN: dict[tuple[str, int], Fraction] = {
    **{(name, 0): Fraction(0) for name in ("arctan", "sin", "sqrt", "tanh")},
    **{(name, 0): Fraction(1) for name in ("cos", "exp")},
    ("log", 1): Fraction(0),
    ("sigmoid", 0): Fraction(1, 2),
    ("sqrt", 1): Fraction(1),
}
_LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2}


def spelled(tree: Expression, level: int = 0) -> str:
    """The canonical text: as few brackets as Python needs, no spaces, decimals and ratios as quotients of integers."""
    match tree:
        case Variable():
            return "x"
        case Constant(value):
            text = str(value)
            return f"({text})" if value.denominator > 1 and level >= 2 else text
        case Negative(inner):
            text = f"-{spelled(inner, 3)}"
            return f"({text})" if level >= 1 else text
        case Binary(operator, left, right):
            own = _LEVEL[operator]
            # The right operand of a difference or a quotient keeps its brackets, and so do all right operands: trees
            # then read back as they were.
            text = f"{spelled(left, own)}{operator}{spelled(right, own + 1)}"
            return f"({text})" if level > own else text
        case Power(base, exponent):
            text = f"{spelled(base, 5)}**{exponent}"
            return f"({text})" if level >= 5 else text
        case Apply(function, inner):
            return f"{function}({spelled(inner)})"


def depends_on_x(tree: Expression) -> bool:
    """Whether x occurs."""
    match tree:
        case Variable():
            return True
        case Constant():
            return False
        case Negative(inner) | Power(inner, _) | Apply(_, inner):
            return depends_on_x(inner)
        case Binary(_, left, right):
            return depends_on_x(left) or depends_on_x(right)


def parity_of(tree: Expression) -> int:
    """1 or -1 where the form of the expression shows that it is even or odd, else 0."""
    match tree:
        case Variable():
            return -1
        case Constant():
            return 1
        case Negative(inner):
            return parity_of(inner)
        case Binary("+" | "-", left, right):
            first = parity_of(left)
            return first if first == parity_of(right) else 0
        case Binary(_, left, right):
            return parity_of(left) * parity_of(right)
        case Power(base, exponent):
            return 1 if exponent % 2 == 0 and parity_of(base) else parity_of(base)
        case Apply(function, inner):
            found = parity_of(inner)
            if found == -1:
                return {"sin": -1, "tanh": -1, "arctan": -1, "cos": 1}.get(function, 0)
            return found


def exactly_at_zero(tree: Expression) -> Fraction | None:
    """s(0) where it is rational for a reason that the form of the expression shows."""
    match tree:
        case Variable():
            return Fraction(0)
        case Constant(value):
            return value
        case Negative(inner):
            found = exactly_at_zero(inner)
            return None if found is None else -found
        case Binary(operator, left, right):
            return _combined(operator, exactly_at_zero(left), exactly_at_zero(right))
        case Power(base, exponent):
            found = exactly_at_zero(base)
            return None if found is None else found**exponent
        case Apply(function, inner):
            place = exactly_at_zero(inner)
            return None if place is None or place.denominator > 1 else _KNOWN.get((function, int(place)))


def _combined(operator: str, left: Fraction | None, right: Fraction | None) -> Fraction | None:
    if operator == "*" and 0 in (left, right):
        return Fraction(0)
    if left is None or right is None:
        return None
    if operator == "/":
        return left / right if right else None
    return {"+": left + right, "-": left - right, "*": left * right}[operator]
