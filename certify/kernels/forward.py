"""The forward pass: covariances C^{y,y'} of the vectors of two runs, by Box 1 of Tensor Programs II (Yang 2020)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from certify.activations import Activation, Pair, Relation
from certify.errors import InputError
from certify.kernels.classes import relation_of
from certify.kernels.passes import Engine, Local, Pass
from certify.kernels.plan import Operation, Plan, Step
from certify.kernels.position_algebra import Matrix, mixed, scaled, spread


class Forward(Pass):
    """All covariances of a plan, and the derivative duals met on the way. `data` are the <x_p, x'_q> / dimension."""

    def __init__(self, engine: Engine, plan: Plan, data: Matrix, left: Local, right: Local) -> None:
        super().__init__(engine, plan, left, right, [])
        self.data = data
        self.slopes: dict[int, Matrix] = {}
        makers: dict[Operation, Callable[[Step], Matrix]] = {
            Operation.DATA: lambda step: self.data,
            Operation.FILL: lambda step: [engine.constant(step.parameter)],
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
        width = self.shape(slot)[1]
        zero = self.engine.zero
        result = []
        for at in taps:
            for other in others:
                total = zero
                for p, q in zip(at, other, strict=True):
                    if p is not None and q is not None:
                        total = total + source[p * width + q]
                result.append(factor * total)
        return result

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
        (a, b), (left, right) = self._sources(step), self.locals
        count, slot = step.shape[0] * step.shape[1], step.reads[0]
        covariances = [engine.zero] * count if slot is None else self.made[slot]
        q1, q2 = self.variances(0, a), self.variances(1, b)
        values, slopes = [], []
        position = 0
        for p, one in enumerate(left.classes[a]):
            for q, two in enumerate(right.classes[b]):
                relation, covariance = relation_of(one, two), covariances[position]
                if relation is Relation.EQUAL:
                    covariance = q1[p]
                elif relation is Relation.OPPOSITE:
                    covariance = -q1[p]
                pair = Pair(number, q1[p], q2[q], covariance, relation, one is None, two is None)
                value, slope = evaluate(pair)
                values.append(engine.zero if pair.degenerate and keeps_zero else value)
                slopes.append(slope)
                position += 1
        self.slopes[len(self.made)] = slopes
        return values

    def _sources(self, step: Step) -> tuple[int, int]:
        a, b = step.pair
        first, second = self.plan.first.instructions[a], self.plan.second.instructions[b]
        return first.source, second.source  # type: ignore[union-attr]

    def _mix(self, step: Step) -> Matrix:
        slot = step.reads[0]
        assert slot is not None
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
        total = self.engine.zero
        for value in self.made[slot][:: columns + 1]:
            total = total + value
        return [self.engine.constant(Fraction(1, rows)) * total]
