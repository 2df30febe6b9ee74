"""A finite network with exact weights, and its empirical tangent kernel as fixed-point balls.

The gradient of the output by layer k's weights is the outer product of b_k = d f / d a_k and the layer's inputs
z_(k-1), so K = J J' = sum_k (Z_(k-1) Z_(k-1)') o (B_k B_k'), a sum of Hadamard products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import add, mul
from typing import Any

import flint
import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.empirical.architecture import Architecture
from certify.empirical.float_kernel import FLOAT_BITS, float_ball, float_matrix, rounded
from certify.errors import InputError
from certify.points import Points
from certify.spectrum import FixedPointBall
from certify.spectrum.fixed_point import fill_square, scaled
from certify.spectrum.float_bounds import FloatMatrix

GRID_BITS = 3
GUARD = 32
LEAST_BITS = 64


@dataclass(frozen=True)
class FiniteNetwork:
    """Layers of integers times 2**exponent (<= 0), row u of a layer the weights into unit u, the bias last if any."""

    architecture: Architecture
    layers: tuple[tuple[tuple[int, ...], ...], ...]
    exponent: int

    @classmethod
    def of_floats(cls, architecture: Architecture, layers: Sequence[NDArray[np.float64]]) -> FiniteNetwork:
        """The network whose weights are exactly these doubles. Raises InputError where one of them is not finite."""
        for k, layer in enumerate(layers, 1):
            if not np.isfinite(layer).all():
                raise InputError(f"layer {k} of the weights is not finite: give finite numbers.")
        ratios = [[[float(v).as_integer_ratio() for v in row] for row in layer] for layer in layers]
        places = max((d.bit_length() - 1 for layer in ratios for row in layer for _, d in row), default=0)
        integers = tuple(
            tuple(tuple(n << places - (d.bit_length() - 1) for n, d in row) for row in layer) for layer in ratios
        )
        return cls(architecture, integers, -places)

    @property
    def columns(self) -> int:
        return len(self.layers[0][0]) - self.architecture.bias

    @property
    def parameters(self) -> int:
        return sum(len(row) for layer in self.layers for row in layer)

    def floats(self) -> list[NDArray[np.float64]]:
        """The weights rounded to float64."""
        return [
            np.array([[float(Fraction(v) * scaled(1, self.exponent)) for v in row] for row in layer])
            for layer in self.layers
        ]

    @cached_property
    def growth(self) -> int:
        """Bits by which the row and column sums of the layers can multiply an error."""
        total = 0
        for layer in self.layers:
            rows = max(sum(map(abs, row)) for row in layer)
            columns = max(sum(abs(row[j]) for row in layer) for j in range(len(layer[0])))
            total += max(0, rows.bit_length() + self.exponent) + max(0, columns.bit_length() + self.exponent)
        return total

    def evaluate(self, points: Points, bits: int) -> Passes:
        """Everything the kernel needs, at `bits` bits and what the layers can lose. Raises Kink."""
        precision = bits + GUARD + self.growth
        with ArbArithmetic(precision + 32).active():
            return _evaluate(self, points, precision)


@dataclass(frozen=True)
class Passes:
    """features[k]: (integers N x n, radius) in units of 2**-bits, inputs of layer k with its 1 for the bias (k = 0: of
    1 / denominator, exact); gradients[k] likewise; outputs: balls of the N outputs; margins: for every hidden layer a
    lower bound of the smallest |preactivation|."""

    bits: int
    denominator: int
    features: tuple[tuple[Any, int], ...]
    gradients: tuple[tuple[Any, int], ...]
    outputs: tuple[arb, ...]
    margins: tuple[Fraction, ...]

    def float_kernel(self) -> FixedPointBall | None:
        """K by float64 products with their proven radius, or None where float64 cannot hold it."""
        layers = self._float_layers()
        return None if layers is None else float_ball(layers)

    def float_matrix(self) -> FloatMatrix | None:
        """The same, left in float64."""
        layers = self._float_layers()
        return None if layers is None else float_matrix(layers)

    def _float_layers(self) -> list[tuple[tuple[Any, float], tuple[Any, float]]] | None:
        try:
            return self._rounded_layers()
        except OverflowError:
            return None

    def _rounded_layers(self) -> list[tuple[tuple[Any, float], tuple[Any, float]]]:
        layers: list[tuple[tuple[Any, float], tuple[Any, float]]] = []
        for k, (features, gradients) in enumerate(zip(self.features, self.gradients, strict=True)):
            if k:
                inputs = rounded(*features, self.bits)
            else:
                table = [[float(Fraction(int(v), self.denominator)) for v in row] for row in features[0].table()]
                inputs = np.array(table), 0.0
            layers.append((inputs, rounded(*gradients, self.bits)))
        return layers

    def kernel(self, bits: int) -> FixedPointBall:
        """K with radii of about 2**-bits of its largest entry."""
        n = len(self.outputs)
        squared = self.denominator**2
        tables, slack = [], 0
        for k, ((features, f_radius), (gradients, g_radius)) in enumerate(
            zip(self.features, self.gradients, strict=True)
        ):
            # Both kinds of layers in units of 1 / (denominator^2 2**(4 bits)).
            lift = squared if k else 1 << 2 * self.bits
            inner, outer = features * features.transpose(), gradients * gradients.transpose()
            tables.append(((inner * lift).table(), outer.table()))
            f_error = 2 * _largest_sum(features) * f_radius + features.ncols() * f_radius**2
            g_error = 2 * _largest_sum(gradients) * g_radius + gradients.ncols() * g_radius**2
            # |<u, v>| <= max |u|^2 on the middles.
            f_most, g_most = _largest_diagonal(inner), _largest_diagonal(outer)
            slack += lift * (f_most * g_error + g_most * f_error + f_error * g_error)
        sums = []
        for i in range(n):
            row = map(mul, tables[0][0][i][: i + 1], tables[0][1][i])
            for inner_rows, outer_rows in tables[1:]:
                row = map(add, row, map(mul, inner_rows[i], outer_rows[i]))
            sums.append(list(row))
        top = max(int(row[-1]) for row in sums).bit_length() - squared.bit_length()
        drop = max(top - bits - GRID_BITS, 0)
        unit = squared << drop
        rows = [[int(value // unit) for value in row] for row in sums]
        radius = n * (slack // unit + 2)
        return FixedPointBall(fill_square(rows), drop - 4 * self.bits, (radius,) * n)


class EmpiricalBalls:
    """Fixed-point balls around the empirical tangent kernel of one network on points, made when they are asked for."""

    def __init__(self, network: FiniteNetwork, points: Points) -> None:
        self.network, self.points = network, points
        self.bits = 0
        self.passes: Passes | None = None

    def at(self, bits: int) -> Passes:
        """The passes at this precision or a higher one."""
        if self.passes is None or bits > self.bits:
            self.bits = bits
            self.passes = self.network.evaluate(self.points, bits)
        return self.passes

    def __call__(self, bits: int) -> FixedPointBall:
        passes = self.at(max(bits, LEAST_BITS))
        if bits <= FLOAT_BITS:
            quick = passes.float_kernel()
            if quick is not None:
                return quick
        return passes.kernel(bits)


def _largest_sum(matrix: Any) -> int:
    return max(sum(map(abs, map(int, row))) for row in matrix.table())


def _largest_diagonal(matrix: Any) -> int:
    return max(int(matrix[i, i]) for i in range(matrix.nrows()))


def _evaluate(network: FiniteNetwork, points: Points, bits: int) -> Passes:
    architecture = network.architecture
    n, s = points.n, architecture.activation
    unit = arb(1) / arb(2) ** -network.exponent if network.exponent else arb(1)
    weights = [arb_mat(flint.fmpz_mat([list(row) for row in layer])) * unit for layer in network.layers]
    ones = [1] if architecture.bias else []
    inputs = flint.fmpz_mat([[*row, *([points.denominator] * architecture.bias)] for row in points.rows])
    features: list[tuple[Any, int]] = [(inputs, 0)]
    current = arb_mat(inputs) / points.denominator
    slopes, margins = [], []
    for weight in weights[:-1]:
        width = weight.nrows()
        entries = (current * weight.transpose()).entries()
        margins.append(_least(entries))
        pairs = [s.enclose(entry) for entry in entries]
        rows = [[value for value, _ in pairs[i * width : (i + 1) * width]] + [arb(1) for _ in ones] for i in range(n)]
        slopes.append([slope for _, slope in pairs])
        current = arb_mat(rows)
        features.append(_fixed(current, bits))
    outputs = tuple((current * weights[-1].transpose()).entries())
    gradient = arb_mat(n, 1, [1] * n)
    gradients = [(flint.fmpz_mat(n, 1, [1 << bits] * n), 0)]
    for k in reversed(range(len(weights) - 1)):
        above = weights[k + 1]
        width = above.ncols() - architecture.bias
        plain = arb_mat([row[:width] for row in above.tolist()])
        pulled = (gradient * plain).entries()
        gradient = arb_mat(n, width, [g * d for g, d in zip(pulled, slopes[k], strict=True)])
        gradients.append(_fixed(gradient, bits))
    gradients.reverse()
    return Passes(bits, points.denominator, tuple(features), tuple(gradients), outputs, tuple(margins))


def _fixed(matrix: Any, bits: int) -> tuple[Any, int]:
    """(middles, largest radius) in units of 2**-bits."""
    endpoints = ArbArithmetic(bits).endpoints
    middles, radius = [], 0
    for entry in matrix.entries():
        low, high, exponent = endpoints(entry)
        places = exponent + bits
        low, high = (low << places, high << places) if places >= 0 else (low >> -places, -(-high >> -places))
        middle = low + high >> 1
        middles.append(middle)
        radius = max(radius, high - middle)
    return flint.fmpz_mat(matrix.nrows(), matrix.ncols(), middles), radius


def _least(entries: Sequence[arb]) -> Fraction:
    least = min((arb(entry.abs_lower()) for entry in entries), default=arb(0))
    mantissa, exponent = arb(least.lower()).man_exp()
    return scaled(int(mantissa), int(exponent))
