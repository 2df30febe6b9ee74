"""Forward and backward through a finite network in fixed point: every number an integer interval in units of 2**-q.

Weights are exact, so a preactivation is an exact integer sum over the middles of the intervals below and one radius for
the row: sum_j |w_j| times the largest radius.
"""

from math import ceil, floor
from operator import mul
from typing import NamedTuple

from .answers import Unsupported
from .elementary import exponential
from .finite_shape import FiniteActivation, FiniteNetwork
from .interval import ONE, Interval, add, divide, negative, subtract, to_fixed
from .points import Points


class Balls(NamedTuple):
    """A vector: middles and one radius for all of them, in units of 2**-q (inputs: of 1 / denominator, radius 0)."""

    middles: list[int]
    radius: int


class Passed(NamedTuple):
    """One point: inputs of every layer, derivatives of the output by every layer's preactivations, the output, and a
    lower bound of every hidden preactivation's size, in units of 2**-q."""

    features: list[Balls]
    gradients: list[Balls]
    output: tuple[int, int]
    margins: list[int]


def precision(network: FiniteNetwork, bits: int) -> int:
    """q: the wanted bits, 32 of guard, and what the layers' row and column sums can multiply an error by."""
    growth = 0
    for layer in network.layers:
        rows = max(sum(map(abs, row)) for row in layer)
        columns = max(sum(abs(row[j]) for row in layer) for j in range(len(layer[0])))
        growth += max(0, (rows.bit_length() + network.exponent)) + max(0, (columns.bit_length() + network.exponent))
    return bits + 32 + growth


def _balls(pairs: list[tuple[int, int]]) -> Balls:
    middles = [low + high >> 1 for low, high in pairs]
    radius = max([high - middle for (_, high), middle in zip(pairs, middles, strict=True)], default=0)
    return Balls(middles, radius)


def _shift(low: int, high: int, places: int) -> tuple[int, int]:
    """The interval times 2**places, outward."""
    if places >= 0:
        return low << places, high << places
    return low >> -places, -(-high >> -places)


def _activate(activation: FiniteActivation, low: int, high: int, q: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """(s, s') over [low, high] 2**-q, in the same units."""
    if activation.smooth is None:
        if low > 0 or activation.negative == activation.positive:
            slope = activation.positive
        elif high < 0:
            slope = activation.negative
        else:
            raise Unsupported("a preactivation cannot be told from the kink of the activation")
        ends, steep = sorted((low * slope, high * slope)), slope * 2**q
        return (floor(ends[0]), ceil(ends[1])), (floor(steep), ceil(steep))
    bits = q + 16
    x: Interval = (low, high, -q)
    if activation.smooth == "tanh":
        # tanh x = 1 - 2 / (exp 2x + 1), in which x occurs once.
        tail = divide((2, 2, 0), add(exponential((low, high, 1 - q), bits), ONE, bits), bits)
        value = to_fixed(subtract(ONE, tail, bits), -q)
        squares = sorted((value[0] * value[0], value[1] * value[1]))
        least = 0 if value[0] <= 0 <= value[1] else squares[0]
        one = 1 << 2 * q
        return value, _shift(one - squares[1], one - least, -q)
    value = to_fixed(divide(ONE, add(exponential(negative(x), bits), ONE, bits), bits), -q)
    # s' = s (1 - s), at most 1/4.
    one = 1 << q
    low_slope, high_slope = _shift(
        min(value[0] * (one - value[1]), value[1] * (one - value[0]), value[0] * (one - value[0])),
        value[1] * (one - value[0]),
        -q,
    )
    return value, (low_slope, high_slope)


def _product(x: tuple[int, int], y: tuple[int, int], q: int) -> tuple[int, int]:
    ends = (x[0] * y[0], x[0] * y[1], x[1] * y[0], x[1] * y[1])
    return _shift(min(ends), max(ends), -q)


class Passes:
    """All points through one network at precision q."""

    def __init__(self, network: FiniteNetwork, points: Points, q: int) -> None:
        self.network, self.points, self.q = network, points, q
        self.row_sums = [[sum(map(abs, row)) for row in layer] for layer in network.layers]
        fan_ins = [len(layer[0]) - network.bias for layer in network.layers]
        self.columns = [
            [[row[j] for row in layer] for j in range(fan_in)]
            for layer, fan_in in zip(network.layers, fan_ins, strict=True)
        ]
        self.column_sums = [[sum(map(abs, column)) for column in columns] for columns in self.columns]

    def _affine(self, k: int, below: Balls) -> list[tuple[int, int]]:
        """Preactivations of layer k in units of 2**-q."""
        network, q = self.network, self.q
        first = k == 0
        unit = self.points.denominator if first else 1 << q
        result = []
        for row, total in zip(network.layers[k], self.row_sums[k], strict=True):
            # map stops where the shorter of row and features ends, before the bias.
            middle = sum(map(mul, below.middles, row)) + (row[-1] * unit if network.bias else 0)
            if first:
                scaled = middle << q
                low, high = scaled // unit, -(-scaled // unit)
            else:
                low, high = middle - total * below.radius, middle + total * below.radius
            result.append(_shift(low, high, network.exponent))
        return result

    def point(self, i: int) -> Passed:
        """Point number i, forward and backward."""
        network, q = self.network, self.q
        features = [Balls(list(self.points.rows[i]), 0)]
        slopes: list[list[tuple[int, int]]] = []
        margins: list[int] = []
        last = len(network.layers) - 1
        for k in range(last):
            preactivations = self._affine(k, features[-1])
            pairs = [_activate(network.activation, low, high, q) for low, high in preactivations]
            margins.append(min(max(low, -high, 0) for low, high in preactivations))
            features.append(_balls([value for value, _ in pairs]))
            slopes.append([slope for _, slope in pairs])
        output = self._affine(last, features[-1])[0]
        gradients = [Balls([1 << q], 0)]
        for k in reversed(range(last)):
            above = gradients[-1]
            pulled = []
            for column, total in zip(self.columns[k + 1], self.column_sums[k + 1], strict=True):
                middle, radius = sum(map(mul, above.middles, column)), total * above.radius
                pulled.append(_shift(middle - radius, middle + radius, network.exponent))
            gradients.append(_balls([_product(g, s, q) for g, s in zip(pulled, slopes[k], strict=True)]))
        gradients.reverse()
        return Passed(features, gradients, output, margins)
