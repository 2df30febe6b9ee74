"""A user's function as an expression in x: reading, continuity on the real line, and values at rational numbers.

Grammar, without white space: sums of products of powers of x, whole numbers, brackets and calls of `NAMES`; a power has
a whole exponent.  Continuity is shown by the ranges of all parts over the whole line: a divisor whose range does not
hold zero, a logarithm of what is positive, a root of what is not negative.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from . import limits
from .answers import Malformed, Unsupported
from .elementary import cosine, exponential, inclination, log_two, logarithm, pi
from .interval import (
    ONE,
    Interval,
    add,
    divide,
    from_fraction,
    multiply,
    negative,
    root,
    subtract,
    times_power_of_two,
    to_fractions,
)
from .numerals import integer_from_decimal

NAMES = ("arctan", "cos", "exp", "log", "sigmoid", "sin", "softplus", "sqrt", "tanh")
_NOT_CONTINUOUS = "the user's function cannot be shown to be continuous"
_TOKEN = re.compile(r"[0-9]+|[a-z]+|\*\*|[-+*/()]")


_OPERATIONS: dict[str, Callable[[Interval, Interval, int], Interval]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
}


class Part(NamedTuple):
    """A node: `kind` is x, number, + - * / ^ (a whole power), or one of `NAMES`."""

    kind: str
    parts: tuple["Part", ...] = ()
    number: Fraction = Fraction(0)


class _Reader:
    """Recursive descent over the tokens; the nesting of brackets is limited before."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.position = tokens, 0

    def next(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        self.position += 1
        return self.tokens[self.position - 1] if self.position <= len(self.tokens) else ""

    def sum(self) -> Part:
        if self.next() == "-":
            self.take()
            total = Part("*", (Part("number", (), Fraction(-1)), self.product()))
        else:
            total = self.product()
        while self.next() in ("+", "-"):
            total = Part(self.take(), (total, self.product()))
        return total

    def product(self) -> Part:
        total = self.power()
        while self.next() in ("*", "/"):
            total = Part(self.take(), (total, self.power()))
        return total

    def power(self) -> Part:
        base = self.atom()
        if self.next() != "**":
            return base
        self.take()
        exponent = self.whole(self.take())
        if exponent > limits.MAX_DEGREE:
            raise Unsupported(f"a power in the user's function exceeds {limits.MAX_DEGREE}")
        return Part("^", (base,), exponent)

    def whole(self, token: str) -> Fraction:
        if not token.isdigit():
            raise Malformed("the user's function lacks a whole number")
        return Fraction(integer_from_decimal(token, "a number in the user's function"))

    def atom(self) -> Part:
        token = self.take()
        if token == "x":
            return Part("x")
        if token.isdigit():
            return Part("number", (), self.whole(token))
        if token != "(" and token not in NAMES:
            raise Malformed("the user's function has no value where one is expected")
        if token in NAMES and self.take() != "(":
            raise Malformed("the user's function has a name without an argument")
        inner = self.sum()
        if self.take() != ")":
            raise Malformed("the user's function has a bracket that is not closed")
        return inner if token == "(" else Part(token, (inner,))


def read_function(text: str) -> Part:
    """The tree of an expression.  Raises Malformed where it is none."""
    if len(text) > limits.MAX_FUNCTION_CHARACTERS:
        raise Unsupported(f"the user's function is longer than {limits.MAX_FUNCTION_CHARACTERS} characters")
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise Malformed("the user's function holds something that is no part of an expression")
    depth = deepest = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        deepest = max(deepest, depth)
    if deepest > limits.MAX_NESTING:
        raise Malformed(f"the user's function is nested deeper than {limits.MAX_NESTING}")
    reader = _Reader(tokens)
    tree = reader.sum()
    if reader.position != len(tokens):
        raise Malformed("something follows the user's function")
    return tree


class Range(NamedTuple):
    """Bounds of all values over the real line (None is unbounded); `nonzero` says that zero is no value."""

    low: Fraction | None
    high: Fraction | None
    nonzero: bool

    @property
    def rising(self) -> bool:
        """Whether no value is negative."""
        return self.low is not None and self.low >= 0


_LINE = Range(None, None, False)


def _opposite(a: Range) -> Range:
    return Range(None if a.high is None else -a.high, None if a.low is None else -a.low, a.nonzero)


def _plus(a: Range, b: Range) -> Range:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    strict = (a.rising and b.rising) or (_opposite(a).rising and _opposite(b).rising)
    nonzero = (low is not None and low > 0) or (high is not None and high < 0) or (strict and (a.nonzero or b.nonzero))
    return Range(low, high, nonzero)


def _times(a: Range, b: Range) -> Range:
    nonzero = a.nonzero and b.nonzero
    if _opposite(a).rising and not a.rising:
        return _opposite(_times(_opposite(a), b))
    if _opposite(b).rising and not b.rising:
        return _opposite(_times(a, _opposite(b)))
    if a.low is not None and b.low is not None and a.rising and b.rising:
        high = None if a.high is None or b.high is None else a.high * b.high
        return Range(a.low * b.low, high, nonzero)
    ends = (a.low, a.high, b.low, b.high)
    if None in ends:
        return Range(None, None, nonzero)
    products = [x * y for x in ends[:2] for y in ends[2:] if x is not None and y is not None]
    return Range(min(products), max(products), nonzero)


def _inverse(a: Range) -> Range:
    if not a.nonzero:
        raise Unsupported(f"{_NOT_CONTINUOUS}: a divisor may be zero")
    if _opposite(a).rising:
        return _opposite(_inverse(_opposite(a)))
    if not a.rising:
        return Range(None, None, True)
    return Range(1 / a.high if a.high else Fraction(0), 1 / a.low if a.low else None, True)


def range_of(part: Part) -> Range:
    """The range over the real line.  Raises Unsupported where the function cannot be shown to be continuous."""
    found = [range_of(inner) for inner in part.parts]
    kind = part.kind
    if kind == "x":
        return _LINE
    if kind == "number":
        return Range(part.number, part.number, part.number != 0)
    if kind in ("+", "-"):
        return _plus(found[0], found[1] if kind == "+" else _opposite(found[1]))
    if kind in ("*", "/"):
        return _times(found[0], found[1] if kind == "*" else _inverse(found[1]))
    a = found[0]
    if kind == "^":
        total = Range(Fraction(1), Fraction(1), True)
        for _ in range(int(part.number)):
            total = _times(total, a)
        even = part.number % 2 == 0
        return Range(max(total.low or Fraction(0), Fraction(0)), total.high, total.nonzero) if even else total
    if kind == "log" and not (a.rising and a.nonzero):
        raise Unsupported(f"{_NOT_CONTINUOUS}: a logarithm of what may not be positive")
    if kind == "sqrt" and not a.rising:
        raise Unsupported(f"{_NOT_CONTINUOUS}: a root of what may be negative")
    return _range_of_call(kind, a)


def _range_of_call(kind: str, a: Range) -> Range:
    low, high = a.low, a.high
    if kind in ("tanh", "arctan"):
        most = Fraction(1 if kind == "tanh" else 2)
        floor = Fraction(0) if a.rising else -most
        roof = Fraction(0) if _opposite(a).rising else most
        return Range(floor, roof, a.nonzero)
    if kind in ("sin", "cos"):
        return Range(Fraction(-1), Fraction(1), False)
    if kind in ("exp", "sigmoid", "softplus"):
        # exp(t) <= 1 for t <= 0, and >= 1 for t >= 0; softplus(t) lies above 0.
        floor = Fraction(1 if kind == "exp" and a.rising else 0)
        capped = kind == "sigmoid" or (high is not None and high <= 0)
        return Range(floor, Fraction(1) if capped else None, True)
    if kind == "log":
        above = low is not None and low >= 1
        below = high is not None and high <= 1
        return Range(Fraction(0) if above else None, Fraction(0) if below else None, False)
    assert low is not None
    return Range(min(low, Fraction(1)), None if high is None else max(high, Fraction(1)), a.nonzero)


def value_at(part: Part, x: Fraction, bits: int) -> Interval:
    """An enclosure of the value at a rational number.  Raises TooWide where the precision does not suffice."""
    if part.kind == "x":
        return from_fraction(x, bits)
    if part.kind == "number":
        return from_fraction(part.number, bits)
    found = [value_at(inner, x, bits) for inner in part.parts]
    if part.kind in _OPERATIONS:
        return _OPERATIONS[part.kind](found[0], found[1], bits)
    a = found[0]
    if part.kind == "^":
        total = ONE
        for _ in range(int(part.number)):
            total = multiply(total, a, bits)
        return total
    return _call(part.kind, a, bits)


def _call(kind: str, a: Interval, bits: int) -> Interval:
    if kind == "exp":
        return exponential(a, bits)
    if kind == "sqrt":
        return root(a, bits)
    if kind == "arctan":
        return inclination(a, ONE, bits)
    if kind == "cos":
        return _cosine(a, bits)
    if kind == "sin":
        return _cosine(subtract(a, times_power_of_two(pi(bits), -1), bits), bits)
    if kind == "log":
        return _logarithm(a, bits)
    if kind == "softplus":
        return _logarithm(add(ONE, exponential(a, bits), bits), bits)
    if kind == "sigmoid":
        return divide(ONE, add(ONE, exponential(negative(a), bits), bits), bits)
    if a[1] < 0:
        return negative(_call("tanh", negative(a), bits))
    e = exponential(times_power_of_two(negative(a), 1), bits)
    return divide(subtract(ONE, e, bits), add(ONE, e, bits), bits)


def _cosine(a: Interval, bits: int) -> Interval:
    """From the middle: the cosine changes by no more than its argument."""
    low, high = to_fractions(a)
    radius = from_fraction((high - low) / 2, 32)
    return add(cosine((low + high) / 2, bits), (-radius[1], radius[1], radius[2]), bits)


def _logarithm(a: Interval, bits: int) -> Interval:
    """log(m 2^k) = log m + k log 2, with 1/2 <= m < 2 for narrow intervals."""
    places = max(a[1], 1).bit_length() + a[2]
    inner = logarithm(times_power_of_two(a, -places), bits)
    turns = from_fraction(Fraction(places), bits)
    return add(inner, multiply(turns, log_two(bits), bits), bits)


def difference_at(part: Part, order: int, start: Fraction, step: Fraction, bits: int) -> Interval:
    """sum_k (-1)^(order - k) C(order, k) s(start + k step)."""
    total: Interval = (0, 0, 0)
    binomial = 1
    for k in range(order + 1):
        signed = binomial if (order - k) % 2 == 0 else -binomial
        value = value_at(part, start + k * step, bits)
        total = add(total, multiply(from_fraction(Fraction(signed), bits), value, bits), bits)
        binomial = binomial * (order - k) // (k + 1)
    return total
