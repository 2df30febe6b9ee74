"""The forward pass: covariances C^{y,y'} of the vectors of two runs, by Box 1 of Tensor Programs II (Yang 2020)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from certify.activations import Activation, Pair, Relation
from certify.errors import InputError
from certify.kernels.classes import Class, relation_of
from certify.kernels.passes import Engine, Local, Pass, single
from certify.kernels.plan import Operation, Plan, Step
from certify.kernels.position_algebra import Matrix, blocks, mixed, picked, scaled, spread, tapped


class Forward(Pass):
    """All covariances of a plan, and the derivative duals met on the way. `data` are the <x_p, x'_q> / dimension, for
    one pair after the other."""

    def __init__(self, engine: Engine, plan: Plan, data: Matrix, left: Local, rights: Sequence[Local]) -> None:
        super().__init__(engine, plan, left, rights, [])
        self.data = data
        self.slopes: dict[int, Matrix] = {}
        makers: dict[Operation, Callable[[Step], Matrix]] = {
            Operation.DATA: lambda step: self.data,
            Operation.FILL: lambda step: [engine.constant(step.parameter)] * len(rights),
            Operation.SCALE: self._scale,
            Operation.SUM: self._sum,
            Operation.DUAL: self._dual,
            Operation.MIX: self._mix,
            Operation.ATTEND: self._mix,
            Operation.NORMALISE: self._normalise,
            Operation.TIMES: self._times,
            Operation.DIAGONAL: self._diagonal,
        }
        for step in plan.steps:
            self.made.append(makers[step.operation](step))

    def _scale(self, step: Step) -> Matrix:
        variance, taps, others = step.parameter
        (slot,) = step.reads
        assert slot is not None
        source = self.made[slot]
        if taps is None:
            if variance == 1:
                return source
            factor = self.engine.constant(variance)
            return [factor * value for value in source]
        factor = self.engine.constant(variance / len(taps[0]))
        sums = tapped(source, self.shape(slot), taps, others, self.engine.zero)
        return [factor * value for value in sums]

    def _sum(self, step: Step) -> Matrix:
        total: Matrix | None = None
        for coefficient, slot in zip(step.parameter, step.reads, strict=True):
            assert slot is not None
            values = spread(self.made[slot], self.shape(slot), step.shape)
            if coefficient != 1:
                factor = self.engine.constant(coefficient)
                values = [factor * value for value in values]
            total = values if total is None else [a + b for a, b in zip(total, values, strict=True)]
        assert total is not None
        return total

    def _dual(self, step: Step) -> Matrix:
        engine, number = self.engine, self.engine.number
        activation: Activation = step.parameter
        evaluate, keeps_zero = engine.dual(activation), activation.vanishes_at_zero
        (a, b), slot = self._sources(step), step.reads[0]
        count = step.shape[0] * step.shape[1] * len(self.rights)
        zero = engine.zero
        covariances = iter([zero] * count if slot is None else self.made[slot])
        rows = [(u, one, one is None, _base_of(one, -1)) for u, one in self._marked(self.left, a)]
        generic, equal, opposite = Relation.GENERIC, Relation.EQUAL, Relation.OPPOSITE
        values, slopes = [], []
        if step.shape == (1, 1):
            # Dense networks come here for every entry: the same with nothing to loop over.
            ((u, one, dead, base),) = rows
            for right in self.rights:
                (v,) = right.variances.get(b) or self.variances(right, b)
                (two,) = right.classes[b]
                covariance, relation = next(covariances), generic
                if two is not None and base == two[2]:
                    relation = relation_of(one, two)
                    if relation is equal:
                        covariance = u
                    elif relation is opposite:
                        covariance = -u
                pair = Pair(number, u, v, covariance, relation, dead, two is None)
                value, slope = evaluate(pair)
                values.append(zero if keeps_zero and pair.degenerate else value)
                slopes.append(slope)
            self.slopes[len(self.made)] = slopes
            return values
        for right in self.rights:
            columns = [(v, two, two is None, _base_of(two, -2)) for v, two in self._marked(right, b)]
            for u, one, dead, base in rows:
                for v, two, other_dead, other in columns:
                    covariance, relation = next(covariances), generic
                    if base == other:
                        relation = relation_of(one, two)
                        if relation is equal:
                            covariance = u
                        elif relation is opposite:
                            covariance = -u
                    pair = Pair(number, u, v, covariance, relation, dead, other_dead)
                    value, slope = evaluate(pair)
                    values.append(zero if keeps_zero and pair.degenerate else value)
                    slopes.append(slope)
        self.slopes[len(self.made)] = slopes
        return values

    def _marked(self, local: Local, index: int) -> Iterator[tuple[Any, Class]]:
        """Variance and exact class at every position."""
        return zip(self.variances(local, index), local.classes[index], strict=True)

    def _sources(self, step: Step) -> tuple[int, int]:
        a, b = step.pair
        first, second = self.plan.first.instructions[a], self.plan.second.instructions[b]
        return first.source, second.source  # type: ignore[union-attr]

    def _mix(self, step: Step) -> Matrix:
        slot = step.reads[0]
        assert slot is not None
        position = single(step)
        if position is not None:
            return picked(self.made[slot], self.shape(slot), position, step.side)
        return mixed(self.made[slot], self.shape(slot), self.rows(step), step.side, self.engine.zero)

    def _normalise(self, step: Step) -> Matrix:
        (slot,) = step.reads
        assert slot is not None
        return scaled(self.made[slot], step.shape, step.side, self.lengths(step))

    def _times(self, step: Step) -> Matrix:
        total: Matrix | None = None
        for slot in step.reads:
            assert slot is not None
            factor = spread(self.made[slot], self.shape(slot), step.shape)
            total = factor if total is None else [a * b for a, b in zip(total, factor, strict=True)]
        assert total is not None
        return total

    def _diagonal(self, step: Step) -> Matrix:
        (slot,) = step.reads
        assert slot is not None
        rows, columns = self.shape(slot)
        if rows != columns:
            raise InputError(f"Flatten meets {rows} and {columns} positions: both sets of points need the same shape.")
        share, zero = self.engine.constant(Fraction(1, rows)), self.engine.zero
        return [share * sum(block[:: columns + 1], zero) for block in blocks(self.made[slot], (rows, columns))]


def _base_of(one: Class, none: int) -> int:
    """The number of the base vector; `none` for the zero vector, which stands in no relation."""
    return none if one is None else one[2]
