"""Enclosures of single Gram entries at a working precision.

One `Level` holds everything that depends on the precision: the duals, the Dense blocks, and for every point the chain
of its variances through the network, computed when first needed.  An entry then walks the layers once.
"""

from operator import mul
from typing import Any, NamedTuple

from . import limits
from .activations import facts_of
from .answers import Unsupported
from .budget import Budget, elementary_seconds, operation_seconds, product_seconds
from .dual_base import Covariance
from .duals import dual_of, pair_operations, point_operations, setup_seconds
from .hermite_duals import Charge, series_seconds
from .input_moments import InputMoments, Rows, later_moments, prepare_rows
from .interval import ZERO, Interval, multiply, times_power_of_two, top
from .linear_blocks import Block, apply_block, blocks_of
from .networks import Network
from .points import Points
from .relations import Inner, Relation, follow, follow_zero, input_relation


class Task(NamedTuple):
    """What does not depend on the precision: network, kernel, rows, and how relations travel.

    `relations` gives, for the relation of the inputs, the one at every activation.  For a zero row (True) and for any
    other (False), `zeros` says at which activations its value is almost surely zero, `dead` whether it is at the end.
    """

    network: Network
    ntk: bool
    rows: Rows
    relations: dict[Relation, tuple[Relation, ...]]
    zeros: dict[bool, tuple[bool, ...]]
    dead: dict[bool, bool]
    vanishing: tuple[bool, ...]


def prepare_task(network: Network, ntk: bool, rows: Rows) -> Task:
    """The exact part of the computation of entries."""
    relations = {relation: follow(network, relation)[0] for relation in Relation}
    zeros = {zero: follow_zero(network, zero) for zero in (False, True)}
    return Task(
        network,
        ntk,
        rows,
        relations,
        {zero: path for zero, (path, _) in zeros.items()},
        {zero: final for zero, (_, final) in zeros.items()},
        tuple(facts_of(activation).vanishes_at_zero for activation in network.activations),
    )


class ChainSource:
    """What the entries of a chain of Dense layers and activations need, whatever the precision."""

    def __init__(self, network: Network, ntk: bool, unit: bool, points: Points, rows: Rows | None = None) -> None:
        self.network, self.size = network, len(points.rows)
        self.task = prepare_task(network, ntk, prepare_rows(points, unit) if rows is None else rows)
        self.depth = len(network.activations)

    def dead(self, i: int) -> bool:
        """Whether the value of the network at this point is zero, for all parameters."""
        return self.task.dead[self.task.rows.squares[i] == 0]

    def charge(self, points: Points, bits: int, budget: Budget) -> None:
        """Charges the time of all entries."""
        pairs = self.size * (self.size + 1) / 2
        longest = max(max(map(int.bit_length, row)) for row in points.rows)
        inner = pairs * (points.columns * (3e-8 + product_seconds(longest)) + 3 * product_seconds(4 * longest))
        entries = pairs * pair_seconds(self.network, bits)
        setup = level_seconds(self.network, self.size, bits)
        budget.charge(inner + entries + setup, "computing the Gram entries")

    def level_seconds(self, bits: int) -> float:
        """An estimate of the time to set up a precision."""
        return level_seconds(self.network, 0, bits)

    def level(self, bits: int, charge: Charge) -> "Level":
        return Level(self.task, bits, charge)


class Chain(NamedTuple):
    """One point on its way: whether its row is zero, variances and prepared data at every activation, its own entry."""

    zero: tuple[bool, ...]
    variances: list[Interval]
    prepared: list[Any]
    entry: Interval


class Level:
    """Entries at one working precision."""

    def __init__(self, task: Task, bits: int, charge: Charge) -> None:
        self.task, self.bits = task, bits
        activations = task.network.activations
        made = {activation: dual_of(activation, bits, charge) for activation in set(activations)}
        self.duals = [made[activation] for activation in activations]
        blocks = blocks_of(task.network, bits)
        first = blocks[0]
        assert first is not None
        self.inputs = InputMoments(task.rows, first, bits)
        self.blocks: tuple[Block | None, ...] = blocks[1:]
        self.chains: dict[int, Chain] = {}
        self.first_pair_seconds = pair_seconds(task.network, bits)

    @property
    def series_seconds(self) -> float:
        """What the series of a pair cost, in so far as the variances met until now show."""
        return sum(series_seconds(dual) for dual in self.duals)

    @property
    def pair_seconds(self) -> float:
        """An estimate of the time of one entry."""
        return self.first_pair_seconds + self.series_seconds

    def chain(self, i: int) -> Chain:
        """The variances of point i through the network."""
        known = self.chains.get(i)
        if known is not None:
            return known
        zero = self.task.zeros[self.task.rows.squares[i] == 0]
        nngp, ntk = self.inputs.variance(i)
        variances: list[Interval] = []
        prepared: list[Any] = []
        for k, dual in enumerate(self.duals):
            _confine(nngp)
            variances.append(nngp)
            prepared.append(dual.point(nngp))
            if zero[k]:
                nngp = ZERO if self.task.vanishing[k] else dual.at_zero(prepared[k], prepared[k], True)
                ntk = ZERO
            else:
                moments = Covariance(nngp, ZERO, ZERO, times_power_of_two(nngp, 2), 1)
                nngp, slope = dual.pair(prepared[k], prepared[k], moments)
                ntk = multiply(ntk, slope, self.bits)
            nngp, ntk = apply_block(self.blocks[k], nngp, ntk, self.bits)
        entry = ntk if self.task.ntk else nngp
        _confine(entry)
        self.chains[i] = Chain(zero, variances, prepared, entry)
        return self.chains[i]

    def diagonal(self, i: int) -> Interval:
        """An enclosure of a diagonal entry."""
        return self.chain(i).entry

    def pair(self, i: int, j: int) -> Interval:
        """An enclosure of the Gram entry of two different rows."""
        rows = self.task.rows
        inner = Inner(rows.squares[i], rows.squares[j], sum(map(mul, rows.rows[i], rows.rows[j])))
        return self.entry(i, j, inner, input_relation(inner, rows.unit))

    def entry(self, i: int, j: int, inner: Inner, start: Relation) -> Interval:
        """An enclosure of the Gram entry of two different rows, whose relation at the input is `start`."""
        bits = self.bits
        one, two = self.chain(i), self.chain(j)
        path = self.task.relations[start]
        moments, ntk = self.inputs.pair(i, j, inner, path[0] if path else start)
        nngp = moments.covariance
        for k, dual in enumerate(self.duals):
            first, second = one.prepared[k], two.prepared[k]
            if one.zero[k] or two.zero[k]:
                nngp = ZERO if self.task.vanishing[k] else dual.at_zero(first, second, one.zero[k] and two.zero[k])
                ntk = ZERO
            else:
                if k and (dual.uses_discriminant or dual.uses_distances):
                    moments = later_moments(
                        one.variances[k], two.variances[k], nngp, path[k], bits, dual.uses_distances
                    )
                elif k:
                    moments = Covariance(nngp, ZERO, ZERO, ZERO, path[k].orientation)
                nngp, slope = dual.pair(first, second, moments)
                ntk = multiply(ntk, slope, bits)
            nngp, ntk = apply_block(self.blocks[k], nngp, ntk, bits)
        return ntk if self.task.ntk else nngp


def _confine(value: Interval) -> None:
    """Refuses variances so large or so small that nothing could be done with them; exact zeros pass."""
    if value[1] and abs(top(value)) > limits.MAX_MAGNITUDE:
        raise Unsupported("a variance or a diagonal entry lies beyond every magnitude that this engine handles")


def pair_seconds(network: Network, bits: int) -> float:
    """An estimate of the time of one entry."""
    activations = network.activations
    operations = 20 + sum(pair_operations(activation) + 6 for activation in activations)
    return 1e-5 + operations * operation_seconds(bits) + len(activations) * elementary_seconds(bits)


def level_seconds(network: Network, points: int, bits: int) -> float:
    """An estimate of the time to set up a precision for all points."""
    operations = sum(point_operations(activation) for activation in network.activations)
    setup = sum(setup_seconds(activation, bits) for activation in set(network.activations))
    return operations * operation_seconds(bits) * points + setup + len(network.layers) * 1e-5
