"""Which covariances a kernel needs, and how each follows from others.

For two inputs the vectors y of one run and y' of the other have covariances C^{y,y'}, matrices over their positions.
Box 1 of Tensor Programs II (Yang 2020) gives each of them from earlier ones; where a rule asks for more than Gaussian
duals the program is refused with the reason. A plan is made once for a pair of programs and serves all pairs of inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from certify.activations import Activation
from certify.errors import InputError
from certify.programs.language import (
    Attend,
    Concat,
    Constant,
    Flatten,
    Input,
    Linear,
    MatMul,
    Mean,
    Mix,
    Noise,
    Nonlin,
    Normalise,
    Product,
    Program,
)
from certify.programs.printing import name_of
from certify.programs.structure import Structure

Pair = tuple[int, int]


class Operation(Enum):
    """How a covariance follows from those that its step reads."""

    DATA = "inner products of the data"
    FILL = "one constant"
    SCALE = "a matrix, or a convolution, applied on both sides"
    SUM = "a linear combination"
    DUAL = "E[s(u) s(v)]"
    MIX = "fixed mixing of positions on one side"
    ATTEND = "mixing by attention on one side"
    NORMALISE = "division by lengths on one side"
    TIMES = "an entrywise product"
    DIAGONAL = "the mean of the diagonal"


@dataclass(frozen=True)
class Step:
    """One covariance matrix: the operation, what it reads (None: a covariance that is zero), and its parameters.

    `side` is 0 where the operation acts on the rows (first run) and 1 on the columns. `trained`, of matrices and
    biases, is what their pair of uses contributes to the kernel in units of D C^{y,y'}: 1, or 1 / variance under "s4".
    """

    operation: Operation
    pair: Pair
    shape: tuple[int, int]
    reads: tuple[int | None, ...] = ()
    side: int = 0
    parameter: Any = None
    trained: Fraction | None = None


@dataclass(frozen=True)
class Plan:
    """Steps, each reading earlier ones only; `slots` says which of them makes the covariance of a pair of vectors,
    `trains` which of them depend on a trained weight."""

    first: Program
    second: Program
    steps: tuple[Step, ...]
    slots: dict[Pair, int]
    output: int | None
    trains: tuple[bool, ...]


Rule = tuple[Operation, tuple[Pair, ...], int, Any, Fraction | None]
"""Operation, pairs read, side, parameter, trained."""


class _Rules:
    """What a covariance depends on: `rule` gives the step with pairs in place of slots; None is a zero covariance."""

    def __init__(self, first: Program, second: Program) -> None:
        self.programs = first, second
        self.structures = Structure(first), Structure(second)

    def rule(self, pair: Pair) -> Rule | None:
        """(operation, pairs read, side, parameter, trained factor)."""
        one, two = (program.instructions[k] for program, k in zip(self.programs, pair, strict=True))
        for side, instruction in enumerate((one, two)):
            found = self._linear(pair, side, instruction)
            if found is not None:
                return found
        match one, two:
            case MatMul(matrix, source, taps), MatMul(other, below, others):
                if (matrix.name, matrix.transposed) != (other.name, other.transposed):
                    return None
                return Operation.SCALE, ((source, below),), 0, (matrix.var, taps, others), self._trained(matrix.var)
            case Noise(name, var), Noise(other_name, _):
                if name != other_name or not var:
                    return None
                return Operation.FILL, (), 0, var, self._trained(var)
            case Constant(value), Constant(other_value):
                return (Operation.FILL, (), 0, value * other_value, None) if value * other_value else None
            case Input(), Input():
                return Operation.DATA, (), 0, None, None
            case Nonlin(activation, source, False), Nonlin(other_activation, below, False):
                return self._dual(pair, activation, source, other_activation, below)
            case Product(factors), Product(other_factors):
                return self._product(pair, factors, other_factors)
            case Flatten(source), Flatten(below):
                return Operation.DIAGONAL, ((source, below),), 0, None, None
            case Concat(parts), Concat(other_parts) if len(parts) == len(other_parts):
                share = Fraction(1, len(parts))
                return Operation.SUM, tuple(zip(parts, other_parts, strict=True)), 0, (share,) * len(parts), None
            case Mean(), _:
                raise InputError(
                    f"the output {self._name(0, pair[0])} is a mean, which has no covariance at infinite width."
                )
        self._require_independence(pair)
        return None

    def _trained(self, variance: Fraction) -> Fraction:
        return Fraction(1) if self.programs[0].parametrization == "ntk" else 1 / variance

    def _linear(self, pair: Pair, side: int, instruction: Any) -> Rule | None:
        """The rules of linear maps, which act on either side alone."""

        def with_source(source: int) -> Pair:
            return (source, pair[1]) if side == 0 else (pair[0], source)

        match instruction:
            case Linear(coefficients, sources):
                return Operation.SUM, tuple(map(with_source, sources)), side, coefficients, None
            case Mix(rows, source):
                return Operation.MIX, (with_source(source),), side, rows, None
            case Attend(source, keys, scale):
                return Operation.ATTEND, (with_source(source),), side, (pair[side], keys, scale), None
            case Normalise(source, _):
                if not self.structures[side].gaussian[source]:
                    raise InputError(
                        f"LayerNorm of {self._name(side, source)}, which may have a mean: put it after a Dense or Conv."
                    )
                return Operation.NORMALISE, (with_source(source),), side, pair[side], None
        return None

    def _dual(self, pair: Pair, activation: Activation, source: int, other: Activation, below: int) -> Rule:
        for side, index in enumerate((source, below)):
            if not self.structures[side].gaussian[index]:
                raise InputError(
                    f"{(activation, other)[side]} of {self._name(side, index)}, which is no Gaussian vector of mean "
                    "zero: put a Dense() or Conv() before it."
                )
        if activation != other:
            raise InputError(
                f"the covariance of {activation} and {other} in one sum has no closed form here: end each branch with "
                "a Dense()."
            )
        return Operation.DUAL, ((source, below),), 0, activation, None

    def _product(self, pair: Pair, factors: tuple[int, ...], others: tuple[int, ...]) -> Rule:
        if len(factors) != len(others):
            raise InputError("products of different numbers of factors meet in one sum: end each with a Dense().")
        for side, sources in enumerate((factors, others)):
            origins = [self.structures[side].origins[k] for k in sources]
            for k, origin in enumerate(origins):
                if any(origin & earlier for earlier in origins[:k]):
                    raise InputError(
                        f"the factors of the product {self._name(side, pair[side])} share weights: give each branch a "
                        "Dense() of its own."
                    )
        if any(
            self.structures[0].origins[a] & self.structures[1].origins[b]
            for i, a in enumerate(factors)
            for j, b in enumerate(others)
            if i != j
        ):
            raise InputError("the factors of two products share weights crosswise: give each branch its own Dense().")
        return Operation.TIMES, tuple(zip(factors, others, strict=True)), 0, None, None

    def _require_independence(self, pair: Pair) -> None:
        """Different kinds of vectors: their covariance is zero where one is Gaussian and independent of the other."""
        independent = not self.structures[0].origins[pair[0]] & self.structures[1].origins[pair[1]]
        if independent and any(structure.gaussian[k] for structure, k in zip(self.structures, pair, strict=True)):
            return
        names = " and ".join(self._name(side, k) for side, k in enumerate(pair))
        raise InputError(f"the covariance of {names} has no closed form here: end each branch of a sum with a Dense().")

    def _name(self, side: int, index: int) -> str:
        return name_of(self.programs[side], index)


def plan_kernel(first: Program, second: Program) -> Plan:
    """The plan for the kernel between two programs that share their matrices (often one and the same).

    Raises InputError where the program goes beyond the rules.
    """
    rules = _Rules(first, second)
    rule_of = _demanded(rules, (first.output, second.output), first is second)
    slots: dict[Pair, int] = {}
    steps: list[Step] = []
    for pair in sorted(rule_of, key=lambda ab: (max(ab), ab[0] + ab[1], ab)):
        found = rule_of[pair]
        if found is None:
            continue
        operation, read, side, parameter, trained = found
        reads = tuple(slots.get(below) for below in read)
        shape = first.positions(pair[0]), second.positions(pair[1])
        if operation is Operation.SUM:
            kept = [(c, k) for c, k in zip(parameter, reads, strict=True) if k is not None and c]
            if not kept:
                continue
            if len(kept) == 1 and kept[0][0] == 1 and steps[kept[0][1]].shape == shape:
                slots[pair] = kept[0][1]
                continue
            parameter, reads = tuple(c for c, _ in kept), tuple(k for _, k in kept)
        elif operation is not Operation.DUAL and None in reads:
            # What has a second moment of zero with everything stays so under linear maps and independent factors.
            continue
        slots[pair] = len(steps)
        steps.append(Step(operation, pair, shape, reads, side, parameter, trained))
    trains: list[bool] = []
    for step in steps:
        trains.append(step.trained is not None or any(k is not None and trains[k] for k in step.reads))
    return Plan(first, second, tuple(steps), slots, slots.get((first.output, second.output)), tuple(trains))


def _demanded(rules: _Rules, output: Pair, same: bool) -> dict[Pair, Any]:
    """The rule of every pair that the output needs; within one run also what nonlinearities, norms and attention need
    of their own arguments."""
    found: dict[Pair, Any] = {}
    waiting = [output]
    while waiting:
        pair = waiting.pop()
        if pair in found:
            continue
        rule = rules.rule(pair)
        found[pair] = rule
        if rule is None:
            continue
        waiting.extend(rule[1])
        if same:
            for side, index in enumerate(pair):
                instruction = rules.programs[side].instructions[index]
                if isinstance(instruction, (Nonlin, Normalise)):
                    waiting.append((instruction.source, instruction.source))
                elif isinstance(instruction, Attend):
                    waiting.append((instruction.keys, instruction.keys))
    return found
