"""Claims about one finite network: its weights, its data, and, for memorisation, targets and a distance."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import limits
from .activations import TwoSlopes
from .answers import Malformed, Unsupported
from .fields import require_integer, require_object, require_string
from .networks import read_network
from .numerals import binary_exponent, integer_from_hex, integers_from_hex, rational_from_claim

_SMOOTH = re.compile(r"(Tanh|Sigmoid)\(\)")


@dataclass(frozen=True)
class FiniteActivation:
    """A function s, `smooth` by name or of two slopes, with |s| <= bound (None: unbounded), |s'| <= slope and
    |s''| <= bend away from a kink, and s(0)."""

    text: str
    smooth: str | None
    negative: Fraction
    positive: Fraction
    bound: Fraction | None
    slope: Fraction
    bend: Fraction
    at_zero: Fraction


@dataclass(frozen=True)
class FiniteNetwork:
    """Layers of weights, row u of layer k those into unit u, the bias last where there is one, all times 2**exponent.

    The function is W_L s(... s(W_1 (x, 1)) ...) with one output; the activation is applied between the layers.
    """

    activation: FiniteActivation
    bias: bool
    exponent: int
    layers: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """Inputs, hidden widths, output."""
        return (len(self.layers[0][0]) - self.bias, *(len(layer) for layer in self.layers))

    @property
    def parameters(self) -> int:
        return sum(len(row) for layer in self.layers for row in layer)

    @property
    def text(self) -> str:
        widths = "-".join(map(str, self.widths))
        return f"{widths} {self.activation.text}{' with biases' if self.bias else ''}, {self.parameters} parameters"


@dataclass(frozen=True)
class Memorisation:
    """Targets as integers over one denominator, and the distance within which weights that fit them are claimed."""

    targets: tuple[int, ...]
    denominator: int
    distance: Fraction
    distance_text: str


def _activation(text: str) -> FiniteActivation:
    match = _SMOOTH.fullmatch(text)
    zero, one = Fraction(0), Fraction(1)
    if match is not None and match[1] == "Tanh":
        # |tanh''| = 2 |tanh| (1 - tanh^2) is largest at tanh^2 = 1/3: 4 / (3 sqrt 3) < 77/100.
        return FiniteActivation(text, "tanh", zero, zero, one, one, Fraction(77, 100), zero)
    if match is not None:
        # s = (1 + tanh(x/2)) / 2: |s'| <= 1/4, |s''| <= 1 / (6 sqrt 3) < 97/1000.
        quarter = Fraction(1, 4)
        return FiniteActivation(text, "sigmoid", zero, zero, one, quarter, Fraction(97, 1000), Fraction(1, 2))
    network = read_network(f"serial(Dense(), {text}, Dense())")
    if len(network.activations) != 1 or len(network.layers) != 3 or not isinstance(network.activations[0], TwoSlopes):
        raise Unsupported(f"this engine does not know finite networks with {text[:60]!r}")
    slopes = network.activations[0]
    steepest = max(abs(slopes.negative), abs(slopes.positive))
    return FiniteActivation(text, None, slopes.negative, slopes.positive, None, steepest, zero, zero)


def read_weights(value: Any, activation: Any, columns: int) -> FiniteNetwork:
    """The network of a claim, its shapes fitting each other and the points."""
    content = require_object(value, {"bias", "exponent", "layers"}, "weights")
    if not isinstance(content["bias"], bool):
        raise Malformed("bias is neither true nor false")
    bias = content["bias"]
    exponent = binary_exponent(require_integer(content["exponent"], "the exponent of weights"), "the weights")
    if exponent > 0:
        raise Malformed("the exponent of weights is positive")
    given = content["layers"]
    if not isinstance(given, list) or not given:
        raise Malformed("the layers of weights are not a list of layers")
    if len(given) > limits.MAX_LAYERS:
        raise Unsupported(f"the network has more than {limits.MAX_LAYERS} layers")
    layers: list[tuple[tuple[int, ...], ...]] = []
    fan_in = columns
    for number, rows in enumerate(given):
        where = f"layer {number} of weights"
        if not isinstance(rows, list) or not rows:
            raise Malformed(f"{where} is not a list of rows")
        layers.append(
            tuple([integers_from_hex(require_string(row, f"a row of {where}"), fan_in + bias, where) for row in rows])
        )
        fan_in = len(rows)
    if fan_in != 1:
        raise Malformed("the last layer of weights does not have one row")
    return FiniteNetwork(_activation(require_string(activation, "the activation")), bias, exponent, tuple(layers))


def read_memorisation(targets: Any, distance: Any, size: int) -> Memorisation:
    """What a claim of memorisation states beyond its network."""
    content = require_object(targets, {"denominator", "values"}, "targets")
    denominator = integer_from_hex(
        require_string(content["denominator"], "the denominator of the targets"), "the denominator of the targets"
    )
    if denominator < 1:
        raise Malformed("the denominator of the targets is not positive")
    values = integers_from_hex(require_string(content["values"], "the targets"), size, "the targets")
    text = require_string(distance, "the distance")
    return Memorisation(values, denominator, rational_from_claim(text, "the distance"), text)
