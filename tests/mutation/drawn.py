"""Random calls of functions of numbers: intervals, integers and ratios by the annotations of the parameters."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from spelled_calls import spell

from certify.checker.interval import Interval

_CALLS = 3000
_LENGTHS = (0, 1, 1, 2, 3, 8, 30, 80, 200)
# Small numbers, where a large one would mean a large amount of work.
_SMALL = {"bits": 200, "fraction_bits": 200, "halvings": 9, "size": 6, "degree": 8, "n": 300}


def _integer(choose: random.Random, name: str) -> int:
    if name in _SMALL:
        return choose.choice((choose.randrange(12), choose.randrange(_SMALL[name])))
    if "exponent" in name or name in ("power", "shift"):
        return choose.choice((choose.randrange(-12, 12), choose.randrange(-400, 40)))
    return choose.getrandbits(choose.choice(_LENGTHS) + 1) * choose.choice((1, 1, -1))


def _interval(choose: random.Random) -> Interval:
    low = _integer(choose, "low")
    width = choose.choice((0, 0, 1, abs(low) // 1000, abs(_integer(choose, "width"))))
    near = -low.bit_length() + choose.randrange(-8, 4)
    exponent = choose.choice((0, near, near, near - choose.randrange(500), _integer(choose, "exponent")))
    low, high = choose.choice(((low, low + width), (low, low + width), (low - width, low + width), (-width, 0)))
    return low, high, exponent


def _argument(choose: random.Random, name: str, kind: Any) -> Any:
    if kind is int:
        return _integer(choose, name)
    if kind is bool:
        return choose.random() < 0.5
    if kind is Fraction:
        return Fraction(_integer(choose, "numerator"), abs(_integer(choose, "denominator")) or 1)
    if kind == Interval:
        return _interval(choose)
    raise TypeError(kind)


def _meeting(choose: random.Random, arguments: list[Any]) -> None:
    """Now and then two intervals that nearly cancel, or lie about as far apart as the precision reaches."""
    places = [k for k, value in enumerate(arguments) if isinstance(value, tuple)]
    if len(places) < 2 or choose.random() < 0.6:
        return
    one, two = places[:2]
    low, high, exponent = arguments[one]
    gap = choose.choice((0, 1, choose.randrange(400)))
    step = choose.choice((0, 1, -1))
    arguments[two] = (-(high << gap) - step, -(low << gap) + abs(step), exponent - gap)


def drawn_calls(function: Callable[..., Any]) -> Iterator[Any]:
    """Spelled arguments, the same ones each time; none where a parameter is something else than a number."""
    parameters = inspect.signature(function).parameters.values()
    choose = random.Random(function.__qualname__)
    for _ in range(_CALLS):
        try:
            arguments = [_argument(choose, parameter.name, parameter.annotation) for parameter in parameters]
        except TypeError:
            return
        _meeting(choose, arguments)
        yield spell(arguments)
