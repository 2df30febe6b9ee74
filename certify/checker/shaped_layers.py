"""Layers beyond Dense and activations: branches, images, sequences; how each is written canonically.

As for the plain layers, defaults are left out, keywords stand in a fixed order, and reading is followed by printing,
so that only the one canonical spelling is accepted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import limits
from .activations import Activation, ErrorFunction, TwoSlopes
from .answers import Malformed, Unsupported
from .expressions import Call, Node, Sequence

Size = tuple[int, int]


@dataclass(frozen=True)
class Fork:
    """So many copies of what comes in."""

    count: int


@dataclass(frozen=True)
class Branches:
    """Sequences of layers side by side, one for each copy."""

    branches: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Join:
    """ "sum", "product" or "channels" of the branches."""

    kind: str


@dataclass(frozen=True)
class Recurrent:
    """h_t = U x_t + W s(h_(t-1)) + b, read by v from the mean of s(h_t), or from the last one."""

    readout: str
    activation: Activation
    recurrent: Fraction
    entering: Fraction
    bias: Fraction
    leaving: Fraction


@dataclass(frozen=True)
class Blocks:
    """Transformer blocks: attention with its own keys, norm, two matrices around an activation, norm; mean, v."""

    depth: int
    activation: Activation
    keys: Fraction
    inner: Fraction
    leaving: Fraction


@dataclass(frozen=True)
class Convolution:
    """Weights of variance `weight` over inputs times taps."""

    window: Size
    strides: Size
    padding: str
    weight: Fraction
    bias: Fraction


@dataclass(frozen=True)
class Pooling:
    """Sums over windows, divided by their full size where `mean`."""

    mean: bool
    window: Size
    strides: Size
    padding: str


@dataclass(frozen=True)
class GlobalPooling:
    """Sum or mean over all positions."""

    mean: bool


@dataclass(frozen=True)
class Flattening:
    """All positions in one vector."""


@dataclass(frozen=True)
class Norming:
    """Division by the root of the mean square plus eps, at every position."""

    eps: Fraction


@dataclass(frozen=True)
class Attending:
    """Softmax attention with scores scale x_p . x_q / width, values and output weighted."""

    scale: Fraction
    value: Fraction
    out: Fraction
    bias: Fraction


ShapedLayer = (
    Fork
    | Branches
    | Join
    | Recurrent
    | Blocks
    | Convolution
    | Pooling
    | GlobalPooling
    | Flattening
    | Norming
    | Attending
)


@dataclass(frozen=True)
class Reader:
    """How the arguments of a layer are read and printed, by kind; the caller knows rationals and activations."""

    rational: Callable[[Node, str], Fraction]
    activation: Callable[[Node, str], tuple[Activation, str]]
    printed: Callable[[Any], str]


@dataclass(frozen=True)
class _Form:
    """Kinds of positional arguments; keywords with kind and default (None: required); the layer they make."""

    positional: tuple[str, ...]
    keywords: tuple[tuple[str, str, Any], ...]
    build: Callable[..., ShapedLayer]


_ONE, _ZERO, _HERE = Fraction(1), Fraction(0), (1, 1)
_WINDOW = (("strides", "size", _HERE), ("padding", "padding", "VALID"))
_BIASED = (("W_var", "weight", _ONE), ("b_var", "variance", _ZERO))
_WORDS = {"padding": ("SAME", "VALID", "CIRCULAR"), "readout": ("average", "last")}
FORMS: dict[str, _Form] = {
    "FanOut": _Form(("copies",), (), Fork),
    "FanInSum": _Form((), (), lambda: Join("sum")),
    "FanInProd": _Form((), (), lambda: Join("product")),
    "FanInConcat": _Form((), (), lambda: Join("channels")),
    "RNN": _Form(
        (),
        (
            ("readout", "readout", "average"),
            ("activation", "activation", ErrorFunction(_ONE, _ONE, _ZERO)),
            ("W_var", "weight", _ONE),
            ("U_var", "weight", _ONE),
            ("b_var", "variance", _ZERO),
            ("v_var", "weight", _ONE),
        ),
        Recurrent,
    ),
    "Transformer": _Form(
        (),
        (
            ("depth", "depth", 1),
            ("activation", "activation", TwoSlopes(_ZERO, _ONE)),
            ("U_var", "weight", _ONE),
            ("W_var", "weight", _ONE),
            ("v_var", "weight", _ONE),
        ),
        Blocks,
    ),
    "Conv": _Form((), (("filter_shape", "size", None), *_WINDOW, *_BIASED), Convolution),
    "AvgPool": _Form(("size",), _WINDOW, lambda *arguments: Pooling(True, *arguments)),
    "SumPool": _Form(("size",), _WINDOW, lambda *arguments: Pooling(False, *arguments)),
    "GlobalAvgPool": _Form((), (), lambda: GlobalPooling(True)),
    "GlobalSumPool": _Form((), (), lambda: GlobalPooling(False)),
    "Flatten": _Form((), (), Flattening),
    "LayerNorm": _Form((), (("eps", "variance", Fraction(1, 10**12)),), Norming),
    "GlobalSelfAttention": _Form(
        (),
        (
            ("scale", "rational", _ONE),
            ("W_value_var", "weight", _ONE),
            ("W_out_var", "weight", _ONE),
            ("b_var", "variance", _ZERO),
        ),
        Attending,
    ),
}


def _size(node: Node, where: str) -> Size:
    items = node.items if isinstance(node, Sequence) else ()
    if len(items) != 2 or any(not isinstance(item, int) or item < 1 for item in items):
        raise Malformed(f"{where} has a size that is not two positive integers")
    first, second = items
    assert isinstance(first, int)
    assert isinstance(second, int)
    if max(first, second) > limits.MAX_WINDOW:
        raise Unsupported(f"{where} has a size beyond {limits.MAX_WINDOW}")
    return first, second


def _count(node: Node, where: str, least: int, most: int) -> int:
    if not isinstance(node, int) or node < least:
        raise Malformed(f"{where} has a number below {least}, or none")
    if node > most:
        raise Unsupported(f"{where} has a number beyond {most}")
    return node


def _value(kind: str, node: Node, where: str, reader: Reader) -> tuple[Any, str]:
    """An argument and its canonical text."""
    if kind == "size":
        size = _size(node, where)
        return size, f"({size[0]}, {size[1]})"
    if kind == "copies":
        count = _count(node, where, 2, limits.MAX_BRANCHES)
        return count, reader.printed(count)
    if kind == "depth":
        count = _count(node, where, 1, limits.MAX_DEPTH)
        return count, reader.printed(count)
    if kind == "activation":
        return reader.activation(node, where)
    if kind in _WORDS:
        if not isinstance(node, str) or node not in _WORDS[kind]:
            raise Malformed(f"{where} has an unknown {kind}")
        return node, f'"{node}"'
    value = reader.rational(node, where)
    if (kind == "weight" and value <= 0) or (kind == "variance" and value < 0):
        raise Malformed(f"{where} has a variance that is not positive")
    return value, reader.printed(value)


def read_shaped(call: Call, where: str, reader: Reader) -> tuple[ShapedLayer, str]:
    """The layer that a call makes, and its canonical text."""
    form = FORMS[call.name]
    positional = [node for keyword, node in call.arguments if not keyword]
    named = [(keyword, node) for keyword, node in call.arguments if keyword]
    given = dict(named)
    if len(positional) != len(form.positional):
        raise Malformed(f"{where} has {len(positional)} arguments by position instead of {len(form.positional)}")
    if len(given) != len(named) or not given.keys() <= {name for name, _, _ in form.keywords}:
        raise Malformed(f"{where} has a keyword twice or one that it does not know")
    read = [_value(kind, node, where, reader) for kind, node in zip(form.positional, positional, strict=True)]
    values, pieces = [value for value, _ in read], [text for _, text in read]
    for name, kind, default in form.keywords:
        if name not in given:
            if default is None:
                raise Malformed(f"{where} lacks {name}")
            values.append(default)
            continue
        value, text = _value(kind, given[name], where, reader)
        values.append(value)
        if value == default:
            raise Malformed(f"{where} states a default, {name}")
        pieces.append(f"{name}={text}")
    return form.build(*values), f"{call.name}({', '.join(pieces)})"
