"""What the forward and the backward pass of a pair of runs share: constants, variances, attention, layer norm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from certify.activations import Activation
from certify.activations.base import Duals
from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.classes import Class
from certify.kernels.plan import Operation, Plan, Step
from certify.kernels.position_algebra import Matrix, softmax
from certify.programs.language import Normalise, Program


@dataclass
class Local:
    """What the run of one input gives to its pairs: exact classes, variances of vectors, lengths for layer norm,
    attention. All but the classes are filled in by the pair of the run with itself, which comes first."""

    program: Program
    classes: Sequence[Sequence[Class]]
    variances: dict[int, Matrix] = field(default_factory=dict)
    scales: dict[int, Matrix] = field(default_factory=dict)
    weights: dict[int, list[list[tuple[int, Any]]]] = field(default_factory=dict)


class Engine:
    """Constants and duals of one number system, each made once."""

    def __init__(self, number: Arithmetic) -> None:
        self.number = number
        self.zero, self.one = number.exact(0), number.exact(1)
        self._duals: dict[Activation, Duals] = {}
        self._exact: dict[Fraction, Any] = {}

    def constant(self, value: Fraction) -> Any:
        if value not in self._exact:
            self._exact[value] = self.number.exact(value)
        return self._exact[value]

    def dual(self, activation: Activation) -> Duals:
        if activation not in self._duals:
            self._duals[activation] = activation.duals(self.number)
        return self._duals[activation]


class Pass:
    """A walk over the steps of a plan for the run `left` and each of the runs `rights`; `made` holds the forward
    covariances, one matrix over positions for every right run."""

    def __init__(self, engine: Engine, plan: Plan, left: Local, rights: Sequence[Local], made: list[Matrix]) -> None:
        self.engine, self.plan, self.made = engine, plan, made
        self.left, self.rights = left, rights
        self.own = len(rights) == 1 and rights[0] is left

    def shape(self, slot: int) -> tuple[int, int]:
        return self.plan.steps[slot].shape

    def runs(self, side: int) -> Sequence[Local]:
        """The run on that side of every pair."""
        return self.rights if side else [self.left] * len(self.rights)

    def _own_covariance(self, index: int) -> Matrix:
        """The covariance of a vector with itself over all its positions, in the run of one input with itself."""
        assert self.own
        slot = self.plan.slots.get((index, index))
        return [self.engine.zero] * self.left.program.positions(index) ** 2 if slot is None else self.made[slot]

    def variances(self, local: Local, index: int) -> Matrix:
        """E[z^2] of a vector at every position."""
        if index not in local.variances:
            local.variances[index] = self._own_covariance(index)[:: local.program.positions(index) + 1]
        return local.variances[index]

    def rows(self, step: Step) -> list[list[list[tuple[int, Any]]]]:
        """The coefficients of a mix of positions as numbers, given or attention weights, for every pair."""
        if step.operation is Operation.MIX:
            constant = self.engine.constant
            return [[[(q, constant(c)) for q, c in row] for row in step.parameter]] * len(self.rights)
        return [self._weights(step, local) for local in self.runs(step.side)]

    def _weights(self, step: Step, local: Local) -> list[list[tuple[int, Any]]]:
        index, keys, scale = step.parameter
        if index not in local.weights:
            scores, count = self._own_covariance(keys), local.program.positions(keys)
            factor = self.engine.constant(scale)
            local.weights[index] = [
                list(enumerate(softmax(self.engine.number, [factor * v for v in scores[p * count : (p + 1) * count]])))
                for p in range(count)
            ]
        return local.weights[index]

    def lengths(self, step: Step) -> list[Matrix]:
        """1 / length at every position on the side of a layer norm, for every pair."""
        return [self._lengths(step, local) for local in self.runs(step.side)]

    def _lengths(self, step: Step, local: Local) -> Matrix:
        index = step.parameter
        if index not in local.scales:
            instruction = local.program.instructions[index]
            assert isinstance(instruction, Normalise)
            if not instruction.eps and None in local.classes[instruction.source]:
                raise InputError("LayerNorm meets a variance of zero: give it an eps, or the layer before it a bias.")
            eps, root = self.engine.constant(instruction.eps), self.engine.number.sqrt
            local.scales[index] = [1 / root(value + eps) for value in self.variances(local, instruction.source)]
        return local.scales[index]


def single(step: Step) -> int | None:
    """The position that a mix picks, where it does nothing else."""
    if step.operation is not Operation.MIX or len(step.parameter) != 1 or len(step.parameter[0]) != 1:
        return None
    position, coefficient = step.parameter[0][0]
    return int(position) if coefficient == 1 else None
