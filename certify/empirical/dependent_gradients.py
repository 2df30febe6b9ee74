"""Exact reasons why an empirical tangent kernel is singular although there are enough parameters.

Parameters whose derivative vanishes at every point do not count towards the rank of the Jacobian. Where the activation
has two slopes the network is linear on the points that switch its units alike, and so are its gradients, which hence
span no more dimensions than those points with their 1; any other dependence of the rational gradients is found by
linear algebra where the Jacobian is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import Any

import flint

from certify.empirical.network import FiniteNetwork
from certify.points import Points

MOST_ENTRIES = 60_000
"""Of a Jacobian whose rank is determined exactly."""

PRIME = 2**61 - 1


@dataclass(frozen=True)
class FewLive:
    """So many parameters, fewer than points, have a derivative that is not zero at every point."""

    count: int


@dataclass(frozen=True)
class NullGradients:
    """A combination, not all zero, of the gradients at these points that vanishes exactly."""

    rows: tuple[int, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True)
class _Layers:
    """Exact integers up to positive factors common to all points: inputs (N x n, the 1 of the biases last) and
    derivatives of every layer; signs[k][i]: which units of hidden layer k are above zero at point i (all of them where
    the two slopes are equal)."""

    inputs: list[Any]
    gradients: list[Any]
    signs: list[list[tuple[bool, ...]]]


def find_dependence(network: FiniteNetwork, points: Points) -> FewLive | NullGradients | None:
    """A proof that the kernel is singular, or None where none of these reasons is found, or a unit is exactly zero."""
    slopes = network.architecture.activation.slopes
    layers = None if slopes is None else _exact(network, points, slopes)
    if slopes is not None and layers is None:
        return None
    live = _live(network, points, layers)
    if live < points.n:
        return FewLive(live)
    if layers is None:
        return None
    return _alike(layers, points) or _any_dependence(layers, points.n)


def _exact(network: FiniteNetwork, points: Points, slopes: tuple[Any, Any]) -> _Layers | None:
    common = slopes[0].denominator * slopes[1].denominator
    low, high = (int(slope * common) for slope in slopes)
    bias = network.architecture.bias
    weights = [flint.fmpz_mat([list(row) for row in layer]) for layer in network.layers]
    unit = points.denominator
    current = [list(row) for row in points.rows]
    inputs, signs, steep = [], [], []
    for weight in weights[:-1]:
        inputs.append(flint.fmpz_mat([[*row, *[unit] * bias] for row in current]))
        values = (inputs[-1] * weight.transpose()).table()
        if low != high and any(not value for row in values for value in row):
            return None
        signs.append([tuple(value > 0 or low == high for value in row) for row in values])
        steep.append([[high if value > 0 else low for value in row] for row in values])
        current = [[int(v * s) for v, s in zip(*pair, strict=True)] for pair in zip(values, steep[-1], strict=True)]
        unit *= common << -network.exponent
    inputs.append(flint.fmpz_mat([[*row, *[unit] * bias] for row in current]))
    gradients = [flint.fmpz_mat(points.n, 1, [1] * points.n)]
    for weight, slope in zip(reversed(weights[1:]), reversed(steep), strict=True):
        pulled = (gradients[-1] * weight).table()
        rows = [[g * s for g, s in zip(row, line, strict=False)] for row, line in zip(pulled, slope, strict=True)]
        gradients.append(flint.fmpz_mat(rows))
    return _Layers(inputs, gradients[::-1], signs)


def _live(network: FiniteNetwork, points: Points, layers: _Layers | None) -> int:
    """As the checker counts: inputs that are not zero at every point, times units that are not dead and reach the
    output, layer by layer."""
    bias = network.architecture.bias
    slopes = network.architecture.activation.slopes
    widths = [len(layer) for layer in network.layers[:-1]]
    alive = [[True] * width for width in widths]
    if layers is not None and slopes is not None:
        alive = [
            [any(bool(slopes[row[u]]) for row in rows) for u in range(width)]
            for rows, width in zip(layers.signs, widths, strict=True)
        ]
    inputs = [[any(column) for column in zip(*points.rows, strict=True)]]
    inputs += [[True] * width if layers is None else units for units, width in zip(alive, widths, strict=True)]
    reaches = [[True]]
    for layer, units in zip(reversed(network.layers[1:]), reversed(alive), strict=True):
        above = reaches[-1]
        reaches.append(
            [unit and any(up and row[j] for up, row in zip(above, layer, strict=True)) for j, unit in enumerate(units)]
        )
    return sum(sum(out) * (sum(into) + bias) for out, into in zip(reversed(reaches), inputs, strict=True))


def _alike(layers: _Layers, points: Points) -> NullGradients | None:
    """More points that switch all units alike than they span dimensions."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i, pattern in enumerate(zip(*layers.signs, strict=True) if layers.signs else [()] * points.n):
        groups.setdefault(pattern, []).append(i)
    table = layers.inputs[0].table()
    for rows in groups.values():
        chosen = rows[: layers.inputs[0].ncols() + 1]
        vector = _null_vector(flint.fmpz_mat([table[i] for i in chosen]))
        if vector is not None and _vanishes(layers, chosen, vector):
            return _sparse(chosen, vector)
    return None


def _any_dependence(layers: _Layers, n: int) -> NullGradients | None:
    columns = sum(z.ncols() * b.ncols() for z, b in zip(layers.inputs, layers.gradients, strict=True))
    if n * columns > MOST_ENTRIES:
        return None
    pairs = [(z.table(), b.table()) for z, b in zip(layers.inputs, layers.gradients, strict=True)]
    jacobian = [[int(b * z) for zs, bs in pairs for b in bs[i] for z in zs[i]] for i in range(n)]
    if flint.nmod_mat(n, columns, [v % PRIME for row in jacobian for v in row], PRIME).rank() == n:
        return None
    vector = _null_vector(flint.fmpz_mat(jacobian))
    return None if vector is None else _sparse(range(n), vector)


def _null_vector(rows: Any) -> list[int] | None:
    """Integers, not all zero, that combine the rows to zero; None where they are independent."""
    basis, dimension = rows.transpose().nullspace()
    if not dimension:
        return None
    column = [int(basis[i, 0]) for i in range(basis.nrows())]
    content = reduce(gcd, column)
    return [value // content for value in column]


def _vanishes(layers: _Layers, rows: Sequence[int], vector: Sequence[int]) -> bool:
    """Whether the combination of gradients is zero, layer by layer: B' diag(v) Z on those rows."""
    for inputs, gradients in zip(layers.inputs, layers.gradients, strict=True):
        table, outer = inputs.table(), gradients.table()
        left = flint.fmpz_mat([[v * g for g in outer[i]] for i, v in zip(rows, vector, strict=True)])
        product = left.transpose() * flint.fmpz_mat([table[i] for i in rows])
        if any(product.entries()):
            return False
    return True


def _sparse(rows: Sequence[int], vector: Sequence[int]) -> NullGradients:
    kept = [(i, v) for i, v in zip(rows, vector, strict=True) if v]
    return NullGradients(tuple(i for i, _ in kept), tuple(v for _, v in kept))
