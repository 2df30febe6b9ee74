"""Entries of the kernel of a program, each enclosed to a stated width.

Every input runs with itself once for each precision; a pair of inputs then needs what these runs leave behind. Where an
entry comes out wider than asked it alone is evaluated again with more bits, as for fully connected networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.backward import evaluate
from certify.kernels.classes import Classes
from certify.kernels.climbing import climb
from certify.kernels.enclosure import MAX_EXPONENT
from certify.kernels.entries import ESCALATIONS, GUARD_BITS
from certify.kernels.passes import Engine, Local
from certify.kernels.plan import Operation, plan_kernel
from certify.kernels.positions import PositionInputs
from certify.programs import Program

Entry = tuple[Any, ...]
BEYOND = (
    "an entry of the kernel cannot be enclosed, since a variance inside the network is too large, or too close to zero "
    "to tell: scale the points or the variances of the network."
)
TILE = 512
"""Duals that are evaluated together: enough to hide what a step costs, few enough to stay in the cache."""


class ProgramEvaluator:
    """Entries over given points, radius at most 2**-bits sqrt(K_ii K_jj) wherever that can be reached.

    `programs` are the runs on points of the first and of the second set: one program, or two that share their matrices
    and differ in the number of positions. The numbers returned belong to `arithmetic(working bits)`; every one of them
    is a true enclosure whatever its width.
    """

    def __init__(
        self,
        programs: tuple[Program, Program],
        inputs: PositionInputs,
        kernels: Sequence[str],
        bits: int,
        arithmetic: Callable[[int], Arithmetic],
    ) -> None:
        first, second = programs
        self.inputs, self.bits, self.make, self.programs = inputs, bits, arithmetic, programs
        self.selection = tuple({"nngp": 0, "ntk": 1}[kernel] for kernel in kernels)
        self.own_plans = [plan_kernel(program, program) for program in programs]
        self.plan = self.own_plans[0] if first is second else plan_kernel(first, second)
        classes, unit = Classes(), inputs.normalised
        self.classes = [
            [classes.run(program, rows, unit) for rows in parts.rows]
            for program, parts in zip(programs, (inputs.first, inputs.second), strict=True)
        ]
        shapes = [step.shape for step in self.plan.steps if step.operation is Operation.DUAL]
        depth = len(first.instructions)
        guard = GUARD_BITS + 2 * min(depth, 32) + 2 * first.input_positions.bit_length()
        self.guards = [guard] + [guard + (bits + 64 + 4 * min(depth, 64)) * 2**k // 2 for k in range(ESCALATIONS)]
        self.levels: list[_Level] = []
        self.tile = max(1, TILE // max((rows * columns for rows, columns in shapes), default=1))

    def endpoints(self, value: Any) -> tuple[int, int, int]:
        """Integers (lo, hi, e) with lo 2**e <= value <= hi 2**e."""
        return self.level(0).number.endpoints(value)

    def level(self, k: int) -> _Level:
        while len(self.levels) <= k:
            self.levels.append(_Level(self, self.make(self.bits + self.guards[len(self.levels)])))
        return self.levels[k]

    def diagonal(self, side: int = 0) -> list[Entry]:
        """The diagonal entries, one of each kernel, of the points of a set.

        Raises InputError beyond 2**(2**20) and below 2**-(2**20).
        """
        base = self.level(0)
        share, within = base.number.exact(Fraction(1, 1 << max(4, self.bits))), base.number.is_within

        def narrow(entry: Entry) -> bool:
            return all(within(value, value * share) for value in entry)

        result = []
        for i in range((self.inputs.first, self.inputs.second)[side].n):
            with base.number.active():
                entry = self._climb(lambda level, i=i: level.diagonal(side, i), narrow)  # type: ignore[misc]
            for value in entry:
                _, high, exponent = self.endpoints(value)
                size = exponent + high.bit_length()
                if high and abs(size) > MAX_EXPONENT:
                    raise InputError(
                        f"the kernel at point {i} is beyond 2**{MAX_EXPONENT} or its inverse: scale the points or the "
                        "variances of the network."
                    )
            result.append(entry)
        return result

    def rows(self) -> Iterator[list[Entry]]:
        """Row after row, each entry a tuple over the kernels: full rows, or the lower triangle of a symmetric
        matrix."""
        base = self.level(0)
        number, symmetric = base.number, self.inputs.symmetric
        diagonal = self.diagonal(0)
        other = diagonal if symmetric else self.diagonal(1)
        with number.active():
            scale = number.exact(1) / (1 << self.bits)
            left = [[number.sqrt(value) * scale for value in entry] for entry in diagonal]
            right = [[number.sqrt(value) for value in entry] for entry in other]
        for i, own in enumerate(left):
            products = self.inputs.products(i)
            row: list[Entry] = []
            count = i if symmetric else self.inputs.second.n
            for start in range(0, count, self.tile):
                columns = range(start, min(start + self.tile, count))
                with number.active():
                    row.extend(self._tile(i, columns, products, own, right))
            yield [*row, diagonal[i]] if symmetric else row

    def entry(self, i: int, j: int) -> Any:
        """The entry of a point of the first and one of the second set, of the first kernel asked for."""
        base, other = self.level(0), 0 if self.inputs.symmetric else 1
        number, at = base.number, self.selection[0]
        with number.active():
            own, its = base.diagonal(0, i)[at], base.diagonal(other, j)[at]
            bound = number.sqrt(own) * number.sqrt(its) * number.exact(Fraction(1, 1 << self.bits))
        products = {j: self.inputs.pair_products(i, j)}
        alone = self.inputs.symmetric and i == j

        def find(level: _Level) -> tuple[Any, Any]:
            return level.diagonal(0, i) if alone else level.entries(i, [j], products)[0]

        with number.active():
            return self._climb(find, lambda entry: number.is_within(entry[0], bound))[0]

    def _tile(
        self, i: int, columns: range, products: Sequence[Sequence[int]], own: Sequence[Any], right: Sequence[Any]
    ) -> Iterator[Entry]:
        """Entries (i, j) evaluated together; those that come out too wide, or fail, climb alone."""
        base, number = self.level(0), self.level(0).number
        try:
            together: list[tuple[Any, Any] | None] = list(base.entries(i, columns, products))
        except ArithmeticError:
            together = [None] * len(columns)
        only = self.selection[0] if len(self.selection) == 1 else None
        for j, found in zip(columns, together, strict=True):
            if found is not None and only is not None and number.is_within(found[only], own[0] * right[j][0]):
                # Nearly every entry of nearly every matrix ends here.
                yield (found[only],)
                continue
            bounds = [a * b for a, b in zip(own, right[j], strict=True)]

            def narrow(entry: Entry, bounds: Sequence[Any] = bounds) -> bool:
                return all(map(number.is_within, entry, bounds))

            entry = None if found is None else tuple(found[index] for index in self.selection)
            if entry is None or not narrow(entry):
                entry = self._climb(lambda level, j=j: level.entries(i, [j], products)[0], narrow)  # type: ignore[misc]
            yield entry

    def _climb(self, find: Callable[[_Level], tuple[Any, Any]], narrow: Callable[[Entry], bool]) -> Entry:
        """The first narrow enclosure as precision grows, or the last finite one; the base level's number is active."""
        return climb(map(self.level, range(len(self.guards))), find, narrow, self.selection, BEYOND)


class _Level:
    """The engine at one working precision with the run of every point with itself."""

    def __init__(self, evaluator: ProgramEvaluator, number: Arithmetic) -> None:
        self.evaluator, self.number = evaluator, number
        self.ntk = 1 in evaluator.selection
        with number.active():
            self.engine = Engine(number)
            inputs = evaluator.inputs
            self.factor = number.exact(Fraction(1, inputs.first.channels * (1 if inputs.normalised else inputs.unit)))
        self.runs: dict[tuple[int, int], tuple[Local, tuple[Any, Any]]] = {}
        self.inverse_norms: dict[int, Any] = {}

    def run(self, side: int, i: int) -> tuple[Local, tuple[Any, Any]]:
        """What a point gives to its pairs, and its own diagonal entries."""
        key = 0 if self.evaluator.inputs.symmetric else side, i
        if key not in self.runs:
            evaluator, inputs = self.evaluator, self.evaluator.inputs
            local = Local(evaluator.programs[side], evaluator.classes[side][i])
            products = inputs.own_products(side, i)
            factor = self.factor
            if inputs.normalised:
                factor = factor / self.number.exact((inputs.first, inputs.second)[side].norms[i])
            data = [self.number.exact(value) * factor for value in products]
            (own,) = evaluate(self.engine, evaluator.own_plans[side], data, local, [local], self.ntk)
            self.runs[key] = local, own
        return self.runs[key]

    def diagonal(self, side: int, i: int) -> tuple[Any, Any]:
        return self.run(side, i)[1]

    def entries(
        self, i: int, columns: Sequence[int], products: Sequence[Sequence[int]] | Mapping[int, Sequence[int]]
    ) -> list[tuple[Any, Any]]:
        """(NNGP, NTK) of a point of the first set with points of the second; `products` are those of all points."""
        inputs, exact = self.evaluator.inputs, self.number.exact
        factor = self.factor
        if inputs.normalised:
            own = factor * self._inverse_norm(inputs.first.norms[i])
            factors = [own * self._inverse_norm(inputs.second.norms[j]) for j in columns]
            data = [exact(v) * scale for j, scale in zip(columns, factors, strict=True) for v in products[j]]
        else:
            data = [exact(value) * factor for j in columns for value in products[j]]
        left, rights = self.run(0, i)[0], [self.run(1, j)[0] for j in columns]
        return evaluate(self.engine, self.evaluator.plan, data, left, rights, self.ntk)

    def _inverse_norm(self, norm: int) -> Any:
        if norm not in self.inverse_norms:
            self.inverse_norms[norm] = 1 / self.number.sqrt(self.number.exact(norm))
        return self.inverse_norms[norm]
