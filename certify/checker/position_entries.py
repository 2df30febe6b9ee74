"""Entries of the Gram matrix of a network with positions, at a working precision."""

from collections.abc import Hashable
from math import prod
from operator import mul
from typing import Any

from . import limits
from .answers import Invalid, Unsupported
from .budget import (
    Budget,
    angle_seconds,
    elementary_seconds,
    move_seconds,
    operation_seconds,
    product_seconds,
    term_seconds,
)
from .costs import CostWalker
from .dual_base import Dual
from .duals import dual_of, setup_seconds
from .fixed_sums import FINER
from .hermite_duals import Charge, series_seconds
from .interval import ONE, ZERO, Interval, divide, from_integer, from_ratio, multiply, root, top
from .labels import Labels, LabelWalker
from .networks import Network
from .pair_kernels import Entries, PairWalker
from .points import Points, primitive
from .stations import Stations
from .traverse import Signal


class PositionSource:
    """What does not depend on the precision: the network, the points cut into positions, and exact labels."""

    def __init__(self, network: Network, ntk: bool, unit: bool, points: Points, shape: tuple[int, ...] | None) -> None:
        assert network.shaped is not None
        self.layers, self.s4, self.ntk, self.unit = network.shaped, network.s4, ntk, unit
        self.grid = () if shape is None else shape[:-1]
        self.positions = prod(self.grid)
        if self.positions > limits.MAX_POSITIONS:
            raise Unsupported(f"the points have more than {limits.MAX_POSITIONS} positions")
        if points.columns % self.positions:
            raise Invalid("the shape does not hold the columns of the points")
        self.width = points.columns // self.positions
        self.rows = [self._cut(primitive(row) if unit else row) for row in points.rows]
        self.squares = [sum(value * value for part in row for value in part) for row in self.rows]
        self.divisor = self.width if unit else points.denominator**2 * self.width
        self.cost = CostWalker()
        self.cost.walk(self.layers, Signal((self.positions,), self.grid))
        self.depth = self.cost.depth
        self.numbers: dict[Hashable, int] = {}
        walked = [self._label(i) for i in range(len(self.rows))]
        self.labels = [met for met, _ in walked]
        self.outputs = [output for _, output in walked]

    def _cut(self, row: tuple[int, ...]) -> list[tuple[int, ...]]:
        return [row[p * self.width : (p + 1) * self.width] for p in range(self.positions)]

    def _label(self, i: int) -> tuple[list[Labels], int]:
        """The labels of a point on its way, and the one of the output."""
        length = self.squares[i] if self.unit else 0
        walker = LabelWalker(self.numbers)
        start = tuple(
            self.numbers.setdefault(("point", length, part), len(self.numbers) + 1) if any(part) else 0
            for part in self.rows[i]
        )
        (output,) = walker.walk(self.layers, Signal((start,), self.grid))
        return walker.met, output

    def dead(self, i: int) -> bool:
        """Whether the value of the network at this point is zero, for all parameters."""
        return not self.outputs[i]

    def charge(self, points: Points, bits: int, budget: Budget) -> None:
        """Charges the time of all entries."""
        pairs = len(self.rows) * (len(self.rows) + 3) / 2
        longest = max(max(map(int.bit_length, row)) for row in points.rows)
        inner = self.positions**2 * self.width * (3e-8 + product_seconds(longest))
        budget.charge(pairs * (inner + self.pair_seconds(bits)), "computing the Gram entries")

    def pair_seconds(self, bits: int) -> float:
        """An estimate of the time of one entry."""
        cost = self.cost
        sums = cost.terms * term_seconds(bits) + cost.moves * move_seconds(bits)
        duals = cost.angles * angle_seconds(bits) + cost.duals * elementary_seconds(bits)
        return 1e-4 + cost.operations * operation_seconds(bits) + sums + duals

    def level_seconds(self, bits: int) -> float:
        """An estimate of the time to set up a precision."""
        return sum(setup_seconds(activation, bits) for activation in set(self.cost.activations))

    def level(self, bits: int, charge: Charge) -> "PositionLevel":
        return PositionLevel(self, bits, charge)


class PositionLevel:
    """Entries at one working precision."""

    def __init__(self, source: PositionSource, bits: int, charge: Charge) -> None:
        self.source, self.bits, self.charge = source, bits, charge
        self.duals: dict[Any, Dual] = {}
        self.stations: dict[int, tuple[Stations, Interval]] = {}
        self.first_pair_seconds = source.pair_seconds(bits)
        self.inverse = from_ratio(1, source.divisor, bits + FINER)
        self.lengths: dict[int, Interval] = {}

    @property
    def series_seconds(self) -> float:
        """What the series of a pair cost, in so far as the variances met until now show."""
        return self.source.cost.duals * max((series_seconds(dual) for dual in self.duals.values()), default=0.0)

    @property
    def pair_seconds(self) -> float:
        """An estimate of the time of one entry."""
        return self.first_pair_seconds + self.series_seconds

    def _dual(self, activation: Any) -> Dual:
        if activation not in self.duals:
            self.duals[activation] = dual_of(activation, self.bits, self.charge)
        return self.duals[activation]

    def _inverse_length(self, i: int) -> Interval:
        if i not in self.lengths:
            bits = self.bits + FINER
            self.lengths[i] = divide(ONE, root(from_integer(self.source.squares[i], bits), bits), bits)
        return self.lengths[i]

    def _products(self, i: int, j: int) -> Entries:
        """<x_p, y_q> / channels for all positions."""
        source, bits = self.source, self.bits + FINER
        factor = self.inverse
        if source.unit:
            if i == j:
                factor = multiply(factor, from_ratio(1, source.squares[i], bits), bits)
            else:
                lengths = multiply(self._inverse_length(i), self._inverse_length(j), bits)
                factor = multiply(factor, lengths, bits)
        products = [sum(map(mul, x, y)) for x in source.rows[i] for y in source.rows[j]]
        return [multiply(from_integer(value, bits), factor, bits) if value else ZERO for value in products]

    def _walk(self, i: int, j: int, one: Stations, two: Stations) -> Interval:
        source = self.source
        walker = PairWalker(self.bits, source.s4, self._dual, one, two)
        start = walker.start(self._products(i, j), source.positions)
        base = walker.collapsed(walker.walk(source.layers, Signal((start,), source.grid)))
        (entry,) = base.ntk if source.ntk else base.nngp
        return entry

    def _station(self, i: int) -> tuple[Stations, Interval]:
        if i not in self.stations:
            own = Stations(self.source.labels[i])
            entry = self._walk(i, i, own, own)
            if entry[1] and abs(top(entry)) > limits.MAX_MAGNITUDE:
                raise Unsupported("a diagonal entry lies beyond every magnitude that this engine handles")
            self.stations[i] = own, entry
        return self.stations[i]

    def diagonal(self, i: int) -> Interval:
        """An enclosure of a diagonal entry."""
        return self._station(i)[1]

    def pair(self, i: int, j: int) -> Interval:
        """An enclosure of the entry of two different points."""
        return self._walk(i, j, self._station(i)[0], self._station(j)[0])
