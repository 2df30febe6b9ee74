"""Networks in their canonical spelling: what each layer's arguments are, and the one text that a network has.

`read_network` accepts a text only if printing what it has read gives the same text again.  Defaults are omitted,
variances are keywords in a fixed order, other required arguments stand by position; integers are bare, other
rationals are strings "p/q" in lowest terms.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from . import limits
from .activation_shapes import elu, gaussian_sum, piecewise, sine_sum, user_function
from .activations import (
    Activation,
    ErrorFunction,
    Exponential,
    ExponentialLinear,
    GaborFunction,
    GaussianBump,
    GeluFunction,
    HermiteFunction,
    PiecewiseLinear,
    PolynomialFunction,
    RadialFeature,
    RectifiedPower,
    SignFunction,
    Sinusoid,
    SoftsignFunction,
    StepFunction,
    StripFunction,
    TwoSlopes,
    UserFunction,
)
from .answers import Malformed, Unsupported
from .expressions import Call, Node, Sequence, names_called, parse_expression
from .numerals import decimal_from_integer, integer_from_decimal
from .shaped_layers import FORMS, Blocks, Branches, Reader, Recurrent, ShapedLayer, read_shaped
from .strip_functions import STRIP_FUNCTIONS

_RATIO = re.compile(r"(-?[1-9][0-9]*)/([1-9][0-9]*)")


@dataclass(frozen=True)
class Dense:
    """An affine layer with Gaussian weights of variance `weight` and biases of variance `bias`."""

    weight: Fraction
    bias: Fraction


Layer = Dense | Activation | None  # None is Identity
PLAIN = Dense | Activation


@dataclass(frozen=True)
class Network:
    """The layers in order, Identity left out, and the canonical text.

    `shaped` is None for a chain of Dense layers and activations in the 'ntk' parametrisation; else it holds all the
    layers, `layers` is empty, and `s4` says that weights and biases are trained as they are, without the factor of
    their variance.
    """

    layers: tuple[Dense | Activation, ...]
    text: str
    shaped: tuple[Dense | Activation | ShapedLayer, ...] | None = None
    s4: bool = False

    @property
    def activations(self) -> tuple[Activation, ...]:
        return tuple(layer for layer in self.layers if not isinstance(layer, Dense))


@dataclass(frozen=True)
class _Signature:
    """How a layer is written: kinds of its positional arguments, keywords with defaults, and the layer they make."""

    positional: tuple[str, ...]
    keywords: tuple[tuple[str, Fraction], ...]
    build: Callable[..., Layer]


def _rational(node: Node, where: str) -> Fraction:
    if isinstance(node, int):
        return Fraction(node)
    match = _RATIO.fullmatch(node) if isinstance(node, str) else None
    if match is None:
        raise Malformed(f"{where} is neither an integer nor a ratio p/q in double quotes")
    value = Fraction(integer_from_decimal(match[1], where), integer_from_decimal(match[2], where))
    if value.denominator == 1:
        raise Malformed(f"{where} is an integer written as a ratio")
    return value


def _degree(node: Node, where: str) -> int:
    if not isinstance(node, int) or node < 0:
        raise Malformed(f"{where} is not a degree")
    if node > limits.MAX_DEGREE:
        raise Unsupported(f"{where} is a degree beyond {limits.MAX_DEGREE}")
    return node


def _coefficients(node: Node, where: str) -> tuple[Fraction, ...]:
    if not isinstance(node, Sequence) or not node.items:
        raise Malformed(f"{where} is not a list of coefficients")
    if len(node.items) > limits.MAX_DEGREE + 1:
        raise Unsupported(f"{where} is a polynomial of a degree beyond {limits.MAX_DEGREE}")
    values = tuple(_rational(item, where) for item in node.items)
    if not values[-1] and len(values) > 1:
        raise Malformed(f"{where} has a zero as leading coefficient")
    return values


def _numbers(node: Node, where: str) -> tuple[Fraction, ...]:
    if not isinstance(node, Sequence) or not node.items:
        raise Malformed(f"{where} is not a list of numbers")
    if len(node.items) > limits.MAX_BREAKPOINTS + 1:
        raise Unsupported(f"{where} has more than {limits.MAX_BREAKPOINTS} breakpoints")
    return tuple(_rational(item, where) for item in node.items)


_READERS: dict[str, Callable[[Node, str], Fraction | int | str | tuple[Fraction, ...]]] = {
    "rational": _rational,
    "degree": _degree,
    "coefficients": _coefficients,
    "numbers": _numbers,
    "function": user_function,
}


def _dense(weight: Fraction, bias: Fraction) -> Dense:
    if weight <= 0 or bias < 0:
        raise Malformed("a Dense layer needs W_var > 0 and b_var >= 0")
    return Dense(weight, bias)


def _radial(gamma: Fraction) -> RadialFeature:
    if gamma < 0:
        raise Malformed("Rbf needs gamma >= 0")
    return RadialFeature(gamma)


def _gaussian(scale: Fraction, rate: Fraction) -> GaussianBump:
    if rate > 0:
        raise Malformed("Gaussian needs b <= 0")
    return GaussianBump(scale, -rate)


def _power(degree: int) -> PolynomialFunction:
    return PolynomialFunction((Fraction(0),) * degree + (Fraction(1),))


_ZERO, _ONE = Fraction(0), Fraction(1)
_SELU_SCALE = Fraction("1.0507009873554804934193349852946")
_SELU_ALPHA = Fraction("1.6732632423543772848170429916717")
_SHIFTED = (("a", _ONE), ("b", _ONE), ("c", _ZERO))
_LAYERS: dict[str, _Signature] = {
    "Dense": _Signature((), (("W_var", _ONE), ("b_var", _ZERO)), _dense),
    "Identity": _Signature((), (), lambda: None),
    "Relu": _Signature((), (), lambda: TwoSlopes(_ZERO, _ONE)),
    "Abs": _Signature((), (), lambda: TwoSlopes(-_ONE, _ONE)),
    "LeakyRelu": _Signature(("rational",), (), lambda alpha: TwoSlopes(alpha, _ONE)),
    "ABRelu": _Signature(("rational", "rational"), (), TwoSlopes),
    "Gelu": _Signature((), (), GeluFunction),
    "Gabor": _Signature((), (), GaborFunction),
    "Sign": _Signature((), (), SignFunction),
    "Step": _Signature((), (), StepFunction),
    "Sigmoid_like": _Signature(
        (), (), lambda: ErrorFunction(Fraction(1, 2), Fraction(10**16, 24020563531719796), Fraction(1, 2))
    ),
    "Erf": _Signature((), _SHIFTED, ErrorFunction),
    "Sin": _Signature((), _SHIFTED, lambda a, b, c: Sinusoid(a, b, c, False)),
    "Cos": _Signature((), _SHIFTED, lambda a, b, c: Sinusoid(a, b, c, True)),
    "Rbf": _Signature((), (("gamma", _ONE),), _radial),
    "Gaussian": _Signature((), (("a", _ONE), ("b", -_ONE)), _gaussian),
    "Exp": _Signature((), (("a", _ONE), ("b", _ONE)), Exponential),
    "Monomial": _Signature(("degree",), (), _power),
    "RectifiedMonomial": _Signature(("degree",), (), RectifiedPower),
    "Hermite": _Signature(("degree",), (), HermiteFunction),
    "Elu": _Signature((), (("alpha", _ONE),), elu),
    "Selu": _Signature((), (), lambda: ExponentialLinear(_SELU_SCALE, _SELU_ALPHA)),
    "HardTanh": _Signature((), (), lambda: PiecewiseLinear((-_ONE, _ONE), (_ZERO, _ONE, _ZERO), _ZERO)),
    "Relu6": _Signature((), (), lambda: PiecewiseLinear((_ZERO, Fraction(6)), (_ZERO, _ONE, _ZERO), _ZERO)),
    "PiecewiseLinear": _Signature(("numbers", "numbers"), (("offset", _ZERO),), piecewise),
    **{name: _Signature((), (), partial(StripFunction, name)) for name in STRIP_FUNCTIONS},
    "GaussianMixture": _Signature(("numbers", "numbers"), (), gaussian_sum),
    "SineMixture": _Signature(("numbers", "numbers", "numbers"), (), sine_sum),
    "Softsign": _Signature((), (), SoftsignFunction),
    "Elementwise": _Signature(("function",), (), UserFunction),
    "Polynomial": _Signature(("coefficients",), (), PolynomialFunction),
}


def _printed(value: Fraction | int | str | tuple[Fraction, ...]) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_printed(item) for item in value) + "]"
    if value.denominator == 1:
        return decimal_from_integer(value.numerator)
    return f'"{decimal_from_integer(value.numerator)}/{decimal_from_integer(value.denominator)}"'


def _layer(call: Call, index: int) -> tuple[Layer, str]:
    """The layer that a call makes, and its canonical text."""
    signature = _LAYERS[call.name]
    where = f"layer {index} ({call.name})"
    positional = [value for keyword, value in call.arguments if not keyword]
    named = [(keyword, value) for keyword, value in call.arguments if keyword]
    if named and signature.positional == ("function",):
        raise Unsupported(f"{where} is a user's function that this engine cannot read")
    if len(positional) != len(signature.positional):
        raise Malformed(f"{where} has {len(positional)} arguments by position instead of {len(signature.positional)}")
    values = [_READERS[kind](node, where) for kind, node in zip(signature.positional, positional, strict=True)]
    pieces = [_printed(value) for value in values]
    given = dict(named)
    if len(given) != len(named) or not given.keys() <= {name for name, _ in signature.keywords}:
        raise Malformed(f"{where} has a keyword twice or one that it does not know")
    for name, default in signature.keywords:
        value = _rational(given[name], where) if name in given else default
        values.append(value)
        if value != default:
            pieces.append(f"{name}={_printed(value)}")
    return signature.build(*values), f"{call.name}({', '.join(pieces)})"


def _check_order(layers: tuple[Layer, ...]) -> None:
    if not layers or not isinstance(layers[0], Dense):
        raise Malformed("a network starts with a Dense layer")
    fresh = False
    for index, layer in enumerate(layers):
        if isinstance(layer, Dense):
            fresh = True
        elif layer is not None:
            if not fresh:
                raise Malformed(f"layer {index} is an activation without a Dense layer since the last activation")
            fresh = False


def _activation(node: Node, where: str) -> tuple[Activation, str]:
    """An activation as an argument."""
    if not isinstance(node, Call) or node.name not in _LAYERS:
        raise Malformed(f"{where} has no activation where one is expected")
    layer, text = _layer(node, 0)
    if layer is None or isinstance(layer, Dense):
        raise Malformed(f"{where} has no activation where one is expected")
    return layer, text


_READER = Reader(_rational, _activation, _printed)
Item = Layer | ShapedLayer


def _item(node: Node, index: int) -> tuple[Item, str]:
    """A layer of any kind, and its canonical text."""
    if not isinstance(node, Call):
        raise Malformed(f"layer {index} is not a call")
    if node.name == "serial":
        raise Malformed("a serial inside a serial: the canonical spelling is flat")
    where = f"layer {index} ({node.name})"
    if node.name == "parallel":
        return _parallel(node, where)
    if node.name in FORMS:
        return read_shaped(node, where, _READER)
    return _layer(node, index)


def _parallel(call: Call, where: str) -> tuple[Branches, str]:
    branches, pieces = [], []
    for keyword, node in call.arguments:
        if keyword:
            raise Malformed(f"{where} has a keyword")
        if isinstance(node, Call) and node.name == "serial":
            if len(node.arguments) == 1 or any(name for name, _ in node.arguments):
                raise Malformed(f"{where} has a serial that is not canonical")
            inside = [_item(value, index) for index, (_, value) in enumerate(node.arguments)]
            pieces.append(f"serial({', '.join(text for _, text in inside)})")
        else:
            inside = [_item(node, 0)]
            pieces.append(inside[0][1])
        branches.append(tuple(layer for layer, _ in inside if layer is not None))
    return Branches(tuple(branches)), f"parallel({', '.join(pieces)})"


def _sequence_network(layers: list[Item]) -> bool:
    """Whether RNN or Transformer occurs anywhere, so that 's4' is the usual parametrisation."""
    waiting = list(layers)
    while waiting:
        layer = waiting.pop()
        if isinstance(layer, (Recurrent, Blocks)):
            return True
        if isinstance(layer, Branches):
            waiting.extend(inner for branch in layer.branches for inner in branch)
    return False


def _require_known(tree: Call) -> None:
    known = {"serial", "parallel", *_LAYERS, *FORMS}
    for name in names_called(tree):
        if name not in known:
            raise Unsupported(f"this engine does not know the layer {name[:60]!r}")


def read_network(text: str) -> Network:
    """The network that a canonical text spells.

    Raises Malformed where the text is no network or is spelled otherwise than canonically, Unsupported where a
    well-formed text names a layer that this engine does not know or exceeds its limits.
    """
    tree = parse_expression(text)
    if not isinstance(tree, Call):
        raise Malformed("the network expression is not a call")
    _require_known(tree)
    whole = tree.name in ("RNN", "Transformer")
    if tree.name != "serial" and not whole:
        raise Malformed("a network is serial(...)")
    if len(names_called(tree)) > limits.MAX_LAYERS + 1:
        raise Unsupported(f"the network has more than {limits.MAX_LAYERS} layers")
    layers: list[Item] = []
    pieces: list[str] = []
    stated: Node | None = None
    for index, (keyword, node) in enumerate((("", tree),) if whole else tree.arguments):
        if keyword == "parametrization":
            stated = node
            continue
        if keyword:
            raise Unsupported(f"this engine does not know the argument {keyword[:60]!r} of serial")
        layer, piece = _item(node, index)
        layers.append(layer)
        pieces.append(piece)
    usual = "s4" if _sequence_network(layers) else "ntk"
    if stated is not None:
        if stated not in ("ntk", "s4") or stated == usual:
            raise Malformed("the parametrization is unknown, or stated where it is the usual one")
        pieces.append(f'parametrization="{stated}"')
    alone = len(layers) == 1 and isinstance(layers[0], (Recurrent, Blocks)) and stated is None
    if (pieces[0] if alone else f"serial({', '.join(pieces)})") != text:
        raise Malformed("the network is not in its canonical spelling")
    plain = [layer for layer in layers if layer is None or isinstance(layer, PLAIN)]
    s4 = (stated or usual) == "s4"
    if len(plain) == len(layers):
        _check_order(tuple(plain))
        kept = tuple(layer for layer in plain if layer is not None)
        return Network((), text, kept, s4) if s4 else Network(kept, text)
    return Network((), text, tuple(layer for layer in layers if layer is not None), s4)
