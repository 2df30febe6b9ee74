"""Calls of the checker's functions, with their answers, as JSON.

Values become JSON as they are where JSON has them; everything else is an object with one key that names its kind.
"""

from __future__ import annotations

import importlib
import signal
from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from types import FrameType, GeneratorType
from typing import Any

PACKAGE = "certify.checker"
_JSON_INTEGERS = 2**53


class NotSpelled(TypeError):
    """A value, such as a function, that these files have no spelling for."""


class TooSlow(BaseException):
    """A call that a test should not make."""


def spell(value: Any) -> Any:
    """The JSON of a value.  Raises NotSpelled."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):
        return {"enum": [_class_name(value), value.name]}
    if isinstance(value, int):
        return value if abs(value) < _JSON_INTEGERS else {"int": f"{value:x}"}
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, Fraction):
        return {"ratio": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, tuple):
        name = _class_name(value) if hasattr(value, "_fields") else "tuple"
        return {name: [spell(item) for item in value]}
    if isinstance(value, list):
        return [spell(item) for item in value]
    if isinstance(value, set | frozenset):
        return {type(value).__name__: sorted((spell(item) for item in value), key=repr)}
    if isinstance(value, dict):
        return {"dict": [[spell(key), spell(item)] for key, item in value.items()]}
    if type(value).__module__.startswith(PACKAGE) and not callable(value) and hasattr(value, "__dict__"):
        return {_class_name(value): {"fields": {key: spell(item) for key, item in vars(value).items()}}}
    raise NotSpelled(type(value).__name__)


def read(spelled: Any) -> Any:
    """The value that was spelled."""
    if isinstance(spelled, list):
        return [read(item) for item in spelled]
    if not isinstance(spelled, dict):
        return spelled
    ((kind, content),) = spelled.items()
    if kind in _READERS:
        return _READERS[kind](content)
    made = find(*kind.split(":"))
    if isinstance(content, list):
        return made(*map(read, content))
    value = made.__new__(made)
    for key, item in content["fields"].items():
        object.__setattr__(value, key, read(item))
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "int": lambda content: int(content, 16),
    "float": float.fromhex,
    "ratio": Fraction,
    "bytes": lambda content: content.encode("latin-1"),
    "tuple": lambda content: tuple(map(read, content)),
    "set": lambda content: set(map(read, content)),
    "frozenset": lambda content: frozenset(map(read, content)),
    "dict": lambda content: {read(key): read(item) for key, item in content},
    "enum": lambda content: find(*content[0].split(":"))[content[1]],
}


def _class_name(value: Any) -> str:
    return f"{type(value).__module__}:{type(value).__qualname__}"


def find(module: str, qualified: str) -> Any:
    """A function or class by its module and qualified name; the getter of a property."""
    found: Any = importlib.import_module(module)
    for part in qualified.split("."):
        found = getattr(found, part)
    return found.fget if isinstance(found, property) else found


def answer(function: Callable[..., Any], arguments: Any, seconds: float) -> Any:
    """What a call returns or raises, and its arguments afterwards where it changes them, spelled."""
    given = read(arguments)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        result = function(*given)
        if isinstance(result, GeneratorType):
            result = list(result)
        said = {"returns": spell(result)}
    except Exception as error:
        if isinstance(error, NotSpelled):
            raise
        said = {"raises": [type(error).__name__, str(error)]}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    left = spell(given)
    return said if left == arguments else {**said, "leaves": left}
