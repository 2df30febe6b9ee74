"""Exact reasons why the Jacobian of a finite network has dependent rows.

Two of them: parameters whose derivative vanishes at every point do not count towards the rank; and, where the
activation is a min(x, 0) + b max(x, 0), every gradient is a vector of rationals, so that a combination of rows can be
zero exactly. Numbers are integers over one common positive denominator a layer, which is left out.
"""

from collections.abc import Iterator
from operator import add, mul

from .answers import Invalid, Unsupported
from .budget import Budget, product_seconds
from .finite_shape import FiniteNetwork
from .points import Points


class ExactPass:
    """One network of two slopes on integer points: inputs and derivatives of every layer, up to positive factors that
    are the same at all points."""

    def __init__(self, network: FiniteNetwork, points: Points) -> None:
        self.network, self.points = network, points
        negative, positive = network.activation.negative, network.activation.positive
        common = negative.denominator * positive.denominator
        self.slopes = int(negative * common), int(positive * common)
        self.common = common

    def _slope(self, value: int) -> int:
        if not value and self.slopes[0] != self.slopes[1]:
            raise Unsupported("a preactivation lies on the kink of the activation")
        return self.slopes[value > 0]

    def forward(self, row: tuple[int, ...]) -> tuple[list[list[int]], list[list[int]]]:
        """Inputs of every layer, without the 1 of the biases, and slopes of every hidden layer."""
        network = self.network
        features, slopes = [list(row)], []
        # What a feature 1 is: the denominator of the features.
        unit = self.points.denominator
        for layer in network.layers[:-1]:
            below = features[-1]
            # map stops at the shorter row, before the bias.
            values = [sum(map(mul, below, w)) + (w[-1] * unit if network.bias else 0) for w in layer]
            slopes.append([self._slope(value) for value in values])
            features.append(list(map(mul, values, slopes[-1])))
            unit *= self.common << -network.exponent
        return features, slopes

    def backward(self, slopes: list[list[int]]) -> list[list[int]]:
        """Derivatives of the output by every layer's preactivations."""
        gradients = [[1]]
        for layer, steep in zip(reversed(self.network.layers[1:]), reversed(slopes), strict=True):
            above = gradients[-1]
            gradients.append(
                [s * sum(g * row[j] for g, row in zip(above, layer, strict=True)) for j, s in enumerate(steep)]
            )
        return gradients[::-1]

    def seconds(self, entry_bits: int) -> float:
        """An estimate of the time of one point."""
        longest = max(abs(v).bit_length() for layer in self.network.layers for row in layer for v in row)
        inputs = max(abs(v).bit_length() for row in self.points.rows for v in row) + entry_bits
        grown = len(self.network.layers) * (longest + self.common.bit_length() - self.network.exponent + 16)
        return 3 * self.network.parameters * (1e-7 + product_seconds(inputs + grown))


def _require_two_slopes(network: FiniteNetwork) -> None:
    if network.activation.smooth is not None:
        raise Invalid("a null vector of gradients needs an activation of two slopes")


def check_null_gradients(
    network: FiniteNetwork, points: Points, rows: tuple[int, ...], entries: tuple[int, ...], budget: Budget
) -> None:
    """Raises Invalid unless the combination of these rows of the Jacobian is zero, which makes K = J J' singular."""
    _require_two_slopes(network)
    if not any(entries):
        raise Invalid("the null vector is zero")
    work = ExactPass(network, points)
    budget.charge(len(rows) * 2 * work.seconds(max(map(int.bit_length, entries))), "the exact combination of gradients")
    totals: list[list[int]] = []
    for i, entry in zip(rows, entries, strict=True):
        features, slopes = work.forward(points.rows[i])
        gradients = work.backward(slopes)
        weighted = [
            [[entry * g * z for z in [*inputs, *[1] * network.bias]] for g in outer]
            for inputs, outer in zip(features, gradients, strict=True)
        ]
        flat = [list(row) for layer in weighted for row in layer]
        totals = [list(map(add, a, b)) for a, b in zip(totals, flat, strict=True)] if totals else flat
    if any(value for row in totals for value in row):
        raise Invalid("the combination of gradients is not zero")


def _dead_units(network: FiniteNetwork, points: Points, budget: Budget) -> Iterator[list[bool]]:
    """For every hidden layer, which units have slope zero at all points."""
    activation = network.activation
    if activation.smooth is not None or activation.negative * activation.positive:
        for layer in network.layers[:-1]:
            yield [False] * len(layer)
        return
    work = ExactPass(network, points)
    budget.charge(len(points.rows) * work.seconds(0), "the slopes at all points")
    alive = [[False] * len(layer) for layer in network.layers[:-1]]
    for row in points.rows:
        _, slopes = work.forward(row)
        alive = [
            [a or s != 0 for a, s in zip(was, steep, strict=True)] for was, steep in zip(alive, slopes, strict=True)
        ]
    for units in alive:
        yield [not unit for unit in units]


def live_parameters(network: FiniteNetwork, points: Points, budget: Budget) -> int:
    """How many parameters may have a derivative that is not zero at every point: an upper bound of the rank of J.

    Not live are the weights of an input that is zero at every point, and those into and out of a unit whose slope is
    zero at every point or whose output reaches nothing but such units.
    """
    dead = list(_dead_units(network, points, budget))
    inputs = [[any(column) for column in zip(*points.rows, strict=True)]]
    smooth = network.activation.smooth is not None
    for units in dead:
        # A unit without slope is zero at all points; a smooth one may be anything.
        inputs.append([smooth or not gone for gone in units])
    reaches = [[True]]
    for layer, units in zip(reversed(network.layers[1:]), reversed(dead), strict=True):
        above = reaches[-1]
        reaches.append(
            [
                not gone and any(up and row[j] for up, row in zip(above, layer, strict=True))
                for j, gone in enumerate(units)
            ]
        )
    reaches.reverse()
    return sum(sum(out) * (sum(into) + network.bias) for out, into in zip(reaches, inputs, strict=True))
