"""What the passes over arrays need of a plan: constants, duals and linear maps in float64, each made once."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from certify.activations import Activation, Rectifier
from certify.activations.base import Duals
from certify.arithmetic.float_balls import FloatArithmetic, FloatBall
from certify.arithmetic.protocol import Arithmetic
from certify.kernels.plan import Operation, Plan, Step
from certify.kernels.program64.rectifier import rectifier_duals
from certify.kernels.program64.sparse import SparseMap, sparse_map, tap_map


class ArrayEngine:
    """Made before threads are at work. `generic` are the duals of pairs of which nothing is known exactly.

    Raises ArithmeticError for numbers beyond float64.
    """

    def __init__(self, plan: Plan) -> None:
        self.number = FloatArithmetic()
        self.plan = plan
        self.maps: dict[int, tuple[SparseMap, SparseMap]] = {}
        self._exact: dict[Fraction, FloatBall] = {}
        self.duals: dict[Activation, Duals] = {}
        self.generic: dict[Activation, Duals] = {}
        self.largest = max((rows * columns for rows, columns in (s.shape for s in plan.steps)), default=1)
        with self.number.active():
            for index, step in enumerate(plan.steps):
                if step.operation is Operation.DUAL and step.parameter not in self.duals:
                    self._prepare(step.parameter)
                found = self._map(step)
                if found is not None:
                    self.maps[index] = found

    def _prepare(self, activation: Activation) -> None:
        self.duals[activation] = self.generic[activation] = activation.duals(cast(Arithmetic, self.number))
        if isinstance(activation, Rectifier) and not activation.is_constant:
            self.generic[activation] = rectifier_duals(activation, self.number)

    def constant(self, value: Fraction) -> FloatBall:
        if value not in self._exact:
            self._exact[value] = self.number.exact(value)
        return self._exact[value]

    def _map(self, step: Step) -> tuple[SparseMap, SparseMap] | None:
        """The linear map of a convolution or a fixed mix of positions, and its transpose."""
        if step.operation is Operation.SCALE and step.parameter[1] is not None:
            (slot,) = step.reads
            assert slot is not None
            source = self.plan.steps[slot].shape
            _, taps, others = step.parameter
            return tap_map(taps, others, source, step.shape)
        if step.operation is Operation.MIX:
            (slot,) = step.reads
            assert slot is not None
            source = self.plan.steps[slot].shape
            rows, width = step.parameter, step.shape[1]
            if step.side == 0:
                entries: list[tuple[int, int, Fraction | int]] = [
                    (p * width + c, q * width + c, value)
                    for p, row in enumerate(rows)
                    for q, value in row
                    for c in range(width)
                ]
            else:
                entries = [
                    (r * width + p, r * source[1] + q, value)
                    for p, row in enumerate(rows)
                    for q, value in row
                    for r in range(source[0])
                ]
            return sparse_map(entries, source, step.shape)
        return None
