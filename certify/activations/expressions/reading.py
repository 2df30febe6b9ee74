"""Reading an expression in x: a whitelist over Python's syntax; nothing is evaluated."""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from fractions import Fraction

from certify.activations.expressions.tree import (
    FUNCTIONS,
    Apply,
    Binary,
    Constant,
    Expression,
    Negative,
    Power,
    Variable,
)
from certify.arithmetic.rationals import MAX_PARAMETER_BITS, ratio_of_text
from certify.errors import InputError

MAX_CHARACTERS = 1000
MAX_DEPTH = 40
MAX_POWER = 100
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_SIGNS = re.compile(rf"(?:[-+~]\s*){{{MAX_DEPTH}}}")


def read_expression(text: str) -> Expression:
    """The tree of a text such as ``x*tanh(log(1+exp(x)))``.

    Numbers are read exactly (0.1 is one tenth), `^` is a power as `**` is. Raises InputError with the position for
    anything that is no expression in x, numbers, + - * /, whole powers and the functions of the whitelist.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"the function has {len(text)} characters: at most {MAX_CHARACTERS} are read.")
    text = text.strip()
    plain = text.replace("^", "**")
    if _depth(plain) > MAX_DEPTH or _SIGNS.search(plain):
        raise InputError(f"the function {text[:40]!r} is nested too deep: at most {MAX_DEPTH} levels are read.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        offset = getattr(error, "offset", None) or len(plain) + 1
        raise InputError(
            f"the function {text[:60]!r} is not readable near column {_column(text, offset - 1)}: write for example "
            "x*tanh(log(1+exp(x)))."
        ) from None
    return _Reader(text, plain).read(body, 0)


def _column(text: str, offset: int) -> int:
    """The column, from 1, of a place in the text with ** for ^."""
    column = 0
    while offset > 0 and column < len(text):
        offset -= 2 if text[column] == "^" else 1
        column += 1
    return column + 1


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


class _Reader:
    """One text, and what of it was parsed, in which nodes know their columns."""

    def __init__(self, written: str, text: str) -> None:
        self.written, self.text = written, text

    def place(self, node: ast.expr) -> str:
        return f"column {_column(self.written, node.col_offset)} of the function"

    def read(self, node: ast.expr, depth: int) -> Expression:
        if depth > 4 * MAX_DEPTH:
            raise InputError(f"the function is nested too deep: at most {4 * MAX_DEPTH} operations in a row are read.")
        match node:
            case ast.Name(id="x"):
                return Variable()
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                return Constant(self._number(node))
            case ast.UnaryOp(op=ast.UAdd()):
                return self.read(node.operand, depth + 1)
            case ast.UnaryOp(op=ast.USub()):
                return Negative(self.read(node.operand, depth + 1))
            case ast.BinOp(op=ast.Pow()):
                return self._power(node, depth)
            case ast.BinOp() if type(node.op) in _OPERATORS:
                return _folded(
                    _OPERATORS[type(node.op)], self.read(node.left, depth + 1), self.read(node.right, depth + 1)
                )
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
                return Apply(name, self.read(argument, depth + 1))
        raise self._refused(node)

    def _number(self, node: ast.expr) -> Fraction:
        written = ast.get_source_segment(self.text, node) or ""
        try:
            value = Fraction(*ratio_of_text(written.replace("_", "")))
        except InputError as error:
            raise InputError(f"{self.place(node)}: {error}") from None
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_PARAMETER_BITS:
            raise InputError(f"{self.place(node)}: write the number with fewer digits.")
        return value

    def _power(self, node: ast.BinOp, depth: int) -> Expression:
        sign, exponent = 1, node.right
        while isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, (ast.USub, ast.UAdd)):
            sign, exponent = sign * (-1 if isinstance(exponent.op, ast.USub) else 1), exponent.operand
        whole = isinstance(exponent, ast.Constant) and type(exponent.value) is int
        if not whole or not 0 <= exponent.value <= MAX_POWER:  # type: ignore[attr-defined]
            raise InputError(
                f"{self.place(node.right)} has a power that is no whole number up to "
                f"{MAX_POWER}: use sqrt(...), or exp(... * log(...))."
            )
        power = Power(self.read(node.left, depth + 1), int(exponent.value))  # type: ignore[attr-defined]
        return power if sign > 0 else Binary("/", Constant(Fraction(1)), power)

    def _refused(self, node: ast.expr) -> InputError:
        place = self.place(node)
        called = node.func if isinstance(node, ast.Call) else node
        name = called.id if isinstance(called, ast.Name) else ""
        if name in FUNCTIONS:
            return InputError(f"{place} has {name} without its one argument: write {name}(x).")
        if name:
            close = difflib.get_close_matches(name, FUNCTIONS, n=1)
            known = f"did you mean {close[0]}" if close else f"known are x and {', '.join(FUNCTIONS)}"
            return InputError(f"{place} has the unknown name {name[:40]!r}: {known}.")
        shown = (ast.get_source_segment(self.text, node) or "something")[:40]
        return InputError(
            f"{place} holds {shown!r}: only x, numbers, + - * /, whole powers and {', '.join(FUNCTIONS)} are read."
        )


def _folded(operator: str, left: Expression, right: Expression) -> Expression:
    """A quotient of two numbers is a number, so that ratios have one spelling."""
    if operator == "/" and isinstance(left, Constant) and isinstance(right, Constant) and right.value:
        return Constant(left.value / right.value)
    return Binary(operator, left, right)
