"""What laws are asked about: values that print well, and that a file can hold and give back."""

from __future__ import annotations

import dataclasses
import types
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Union, get_args, get_origin, get_type_hints

from certify import stax
from certify.activations import Activation
from certify.points import Points
from certify.stax import Network
from properties.strategies.matrices import BallMatrix
from properties.strategies.transforms import points_of_rows


@dataclass(frozen=True)
class NetworkCase:
    """A Gram matrix: network, points, which kernel, and whether the points are normalised."""

    network: Network
    points: Points
    kernel: str = "ntk"
    normalize: str = "none"


@dataclass(frozen=True)
class PairCase:
    """Two networks whose kernels are related, on points of their own; entry (i, j) of the first is `ratio` times that
    of the second."""

    first: NetworkCase
    second: NetworkCase
    ratio: Fraction = Fraction(1)


@dataclass(frozen=True)
class ScaledCase:
    """A Gram matrix of a homogeneous network and a positive factor for every point."""

    case: NetworkCase
    factors: tuple[Fraction, ...]
    degree: int


@dataclass(frozen=True)
class CrossCase:
    """Two sets of points for one network."""

    case: NetworkCase
    others: Points


@dataclass(frozen=True)
class OrderCase:
    """A Gram matrix and another order of its points."""

    case: NetworkCase
    order: tuple[int, ...]


@dataclass(frozen=True)
class NullCase:
    """A Gram matrix and an exact vector that it must send to zero."""

    case: NetworkCase
    vector: tuple[Fraction, ...]


@dataclass(frozen=True)
class DualCase:
    """An activation at a Gaussian pair of standard deviations s1, s2 and correlation rho."""

    activation: Activation
    s1: Fraction
    s2: Fraction
    rho: Fraction


@dataclass(frozen=True)
class NumberCase:
    """A function of a number system at an exact argument."""

    function: str
    argument: Fraction
    bits: int


@dataclass(frozen=True)
class FileCase:
    """A certificate to be made, and what is then done to its file."""

    case: NetworkCase
    change: str
    choice: int


@dataclass(frozen=True)
class SampleCase:
    """A Gram matrix to be met by finite random networks drawn from a seed."""

    case: NetworkCase
    seed: int


@dataclass(frozen=True)
class ShapedCase:
    """A Gram matrix of a network for images or sequences, the shape in which it reads the columns of a point, and how
    the entries of every point are moved, in the terms of the law."""

    case: NetworkCase
    shape: tuple[int, ...]
    moves: tuple[int, ...] = ()


CASES = {
    cls.__name__: cls
    for cls in (
        *(NetworkCase, PairCase, ScaledCase, CrossCase, OrderCase, NullCase),
        *(DualCase, NumberCase, BallMatrix, FileCase, SampleCase, ShapedCase),
    )
}


def encode(value: Any) -> Any:
    """A case as JSON: numbers as "p/q", networks and activations in their canonical spelling, points as rows."""
    if isinstance(value, Network):
        return repr(value)
    if isinstance(value, Activation):
        return repr(value)
    if isinstance(value, Points):
        return [[str(entry) for entry in row] for row in value.as_fractions()]
    if isinstance(value, Fraction):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"type": type(value).__name__, **fields}
    if isinstance(value, tuple):
        return [encode(entry) for entry in value]
    if isinstance(value, (str, int)):
        return value
    raise TypeError(f"a case holds a {type(value).__name__}, which has no spelling")


def decode(data: Any) -> Any:
    """The case that `encode` wrote. Raises ValueError for anything else."""
    if not isinstance(data, dict) or data.get("type") not in CASES:
        raise ValueError("this is no case of a law")
    return _build(CASES[data["type"]], data)


def _build(cls: type[Any], data: dict[str, Any]) -> Any:
    hints = get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]
    if set(data) != {"type", *names} or data["type"] != cls.__name__:
        raise ValueError(f"a {cls.__name__} has the fields {', '.join(names)}")
    return cls(**{name: _read(hints[name], data[name]) for name in names})


def _read(kind: Any, data: Any) -> Any:
    if kind is Network:
        return stax.parse(data)
    if kind is Activation:
        return stax.parse(f"serial(Dense(), {data})").layers[1]
    if kind is Points:
        return points_of_rows([[Fraction(entry) for entry in row] for row in data])
    if kind is Fraction:
        return Fraction(data)
    if kind in (str, int):
        if type(data) is not kind:
            raise ValueError(f"{data!r} stands where a {kind.__name__} is due")
        return data
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _build(kind, data)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], entry) for entry in data)
    if get_origin(kind) in (Union, types.UnionType):
        return _read(get_args(kind)[0], data)
    raise ValueError(f"no reading is known for {kind}")
