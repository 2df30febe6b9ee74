"""The forward pass of many pairs of runs at once, in float64 balls: `kernels.forward` over arrays.

Covariances have the shape (positions of the first run, positions of the second, pairs). What exact classes say of two
vectors (equal, parallel, zero) is applied to the entries that it concerns, all others are generic.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from certify.activations import Activation, Pair, Relation
from certify.arithmetic.float_balls import FloatBall
from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.float64.layered import ArrayPair
from certify.kernels.plan import Operation, Step
from certify.kernels.program64.engine import ArrayEngine
from certify.kernels.program64.runs import Codes, Indices, Runs
from certify.kernels.program64.sparse import total
from certify.programs.language import Normalise

_GENERIC, _ZERO = 0, 5
_RELATIONS = (Relation.GENERIC, Relation.EQUAL, Relation.PARALLEL, Relation.OPPOSITE, Relation.ANTIPARALLEL)


class ArrayPass:
    """A walk over the steps of a plan for many pairs; `made` holds the forward covariances."""

    def __init__(self, engine: ArrayEngine, left: Runs, right: Runs, count: int, made: list[FloatBall]) -> None:
        self.engine, self.plan, self.number = engine, engine.plan, engine.number
        self.sides, self.count, self.made = (left, right), count, made
        self.own = left is right

    def shape(self, slot: int) -> tuple[int, int]:
        return self.plan.steps[slot].shape

    def full(self, ball: FloatBall, shape: tuple[int, int]) -> FloatBall:
        """Sides of length one repeated to the wanted shape."""
        wanted = (*shape, self.count)
        if np.shape(ball.mid) == wanted:
            return ball
        return FloatBall(np.broadcast_to(ball.mid, wanted), np.broadcast_to(ball.rad, wanted))

    def zeros(self, shape: tuple[int, int]) -> FloatBall:
        return FloatBall(np.zeros((*shape, self.count)), np.zeros((*shape, self.count)))

    def _own_covariance(self, index: int) -> FloatBall:
        """The covariance of a vector with itself over all its positions, where runs meet themselves."""
        assert self.own
        slot, count = self.plan.slots.get((index, index)), self.plan.first.positions(index)
        return self.zeros((count, count)) if slot is None else self.made[slot]

    def variances(self, side: int, index: int) -> FloatBall:
        """E[z^2], (positions, pairs)."""
        known = self.sides[side].variances
        if index not in known:
            covariance = self._own_covariance(index)
            diagonal = np.arange(covariance.mid.shape[0])
            known[index] = FloatBall(covariance.mid[diagonal, diagonal], covariance.rad[diagonal, diagonal])
        return known[index]

    def lengths(self, step: Step) -> FloatBall:
        """1 / length on the side of a layer norm, spread out over the other."""
        runs, index = self.sides[step.side], step.parameter
        if index not in runs.lengths:
            instruction = runs.program.instructions[index]
            assert isinstance(instruction, Normalise)
            if not instruction.eps and not runs.codes[instruction.source].base.all():
                raise InputError("LayerNorm meets a variance of zero: give it an eps, or the layer before it a bias.")
            variance = self.variances(step.side, instruction.source)
            if instruction.eps:
                variance = variance + self.engine.constant(instruction.eps)
            runs.lengths[index] = 1 / self.number.sqrt(variance)
        return _on_side(runs.lengths[index], step.side)

    def attention(self, step: Step) -> FloatBall:
        """Attention weights (positions, keys, pairs) of the side on which a step mixes."""
        runs = self.sides[step.side]
        index, keys, scale = step.parameter
        if index not in runs.weights:
            scores = self.engine.constant(scale) * self._own_covariance(keys)
            columns = []
            for q in range(scores.mid.shape[1]):
                own = FloatBall(scores.mid[:, q : q + 1], scores.rad[:, q : q + 1])
                terms = self.number.exp(scores - own)
                # The term of q itself is exactly one.
                terms.mid[:, q], terms.rad[:, q] = 1.0, 0.0
                columns.append(1 / total(terms, 1))
            mid, rad = (np.stack([getattr(c, name) for c in columns], axis=1) for name in ("mid", "rad"))
            runs.weights[index] = FloatBall(mid, rad)
        return runs.weights[index]


class ArrayForward(ArrayPass):
    """All covariances of a plan, and the derivative duals met on the way; `data` are the <x_p, x'_q> / dimension."""

    def __init__(self, engine: ArrayEngine, left: Runs, right: Runs, data: FloatBall) -> None:
        super().__init__(engine, left, right, data.mid.shape[-1], [])
        self.data = data
        self.slopes: dict[int, FloatBall] = {}
        makers: dict[Operation, Callable[[Step], FloatBall]] = {
            Operation.DATA: lambda step: self.data,
            Operation.FILL: lambda step: engine.constant(step.parameter),
            Operation.SCALE: self._scale,
            Operation.SUM: self._sum,
            Operation.DUAL: self._dual,
            Operation.MIX: lambda step: engine.maps[len(self.made)][0].apply(self.made[cast(int, step.reads[0])]),
            Operation.ATTEND: self._attend,
            Operation.NORMALISE: lambda step: self.made[cast(int, step.reads[0])] * self.lengths(step),
            Operation.TIMES: self._times,
            Operation.DIAGONAL: self._diagonal,
        }
        for step in self.plan.steps:
            self.made.append(self.full(makers[step.operation](step), step.shape))

    def _scale(self, step: Step) -> FloatBall:
        variance, taps, _ = step.parameter
        source = self.made[cast(int, step.reads[0])]
        if taps is None:
            return source if variance == 1 else self.engine.constant(variance) * source
        return self.engine.constant(variance / len(taps[0])) * self.engine.maps[len(self.made)][0].apply(source)

    def _sum(self, step: Step) -> FloatBall:
        parts = []
        for coefficient, slot in zip(step.parameter, step.reads, strict=True):
            part = self.made[cast(int, slot)]
            parts.append(part if coefficient == 1 else self.engine.constant(coefficient) * part)
        result = parts[0]
        for part in parts[1:]:
            result = result + part
        return result

    def _attend(self, step: Step) -> FloatBall:
        source, weights = self.made[cast(int, step.reads[0])], self.attention(step)
        return mixed(source, weights, step.side)

    def _times(self, step: Step) -> FloatBall:
        result = self.made[cast(int, step.reads[0])]
        for slot in step.reads[1:]:
            result = result * self.made[cast(int, slot)]
        return result

    def _diagonal(self, step: Step) -> FloatBall:
        source = self.made[cast(int, step.reads[0])]
        rows, columns, _ = source.mid.shape
        if rows != columns:
            raise InputError(f"Flatten meets {rows} and {columns} positions: both sets of points need the same shape.")
        at = np.arange(rows)
        whole = total(FloatBall(source.mid[at, at], source.rad[at, at]), 0)
        return self.engine.constant(Fraction(1, rows)) * whole

    def _dual(self, step: Step) -> FloatBall:
        activation: Activation = step.parameter
        a, b = (
            cast(int, getattr(program.instructions[k], "source", None))
            for program, k in zip((self.plan.first, self.plan.second), step.pair, strict=True)
        )
        u, v = _on_side(self.variances(0, a), 0), _on_side(self.variances(1, b), 1)
        slot = step.reads[0]
        r = self.zeros(step.shape) if slot is None else self.made[slot]
        codes = _codes(self.sides[0].codes[a], self.sides[1].codes[b])
        if codes is None:
            value, slope = self.engine.generic[activation](ArrayPair(cast(Arithmetic, self.number), u, v, r))
            self.slopes[len(self.made)] = self.full(slope, step.shape)
            return self.full(value, step.shape)
        values, slopes = self.zeros(step.shape), self.zeros(step.shape)
        flat = codes.reshape(-1)
        whole = [self.full(ball, step.shape) for ball in (u, v, r)]
        for code in np.unique(flat).tolist():
            places = np.flatnonzero(flat == code)
            one, two, covariance = (FloatBall(x.mid.reshape(-1)[places], x.rad.reshape(-1)[places]) for x in whole)
            found = self._uniform(activation, code, one, two, covariance)
            for target, ball in zip((values, slopes), found, strict=True):
                target.mid.reshape(-1)[places] = ball.mid
                target.rad.reshape(-1)[places] = ball.rad
        self.slopes[len(self.made)] = slopes
        return values

    def _uniform(
        self, activation: Activation, code: int, u: FloatBall, v: FloatBall, r: FloatBall
    ) -> tuple[FloatBall, FloatBall]:
        """Dual and derivative dual of entries of which the same is known exactly."""
        number, nothing = cast(Arithmetic, self.number), FloatBall(np.zeros_like(u.mid), np.zeros_like(u.mid))
        if code == _GENERIC:
            found = self.engine.generic[activation](ArrayPair(number, u, v, r))
            return cast(tuple[FloatBall, FloatBall], found)
        evaluate = self.engine.duals[activation]
        if code >= _ZERO:
            first, second = bool(code - _ZERO + 1 & 1), bool(code - _ZERO + 1 & 2)
            pair = Pair(number, nothing if first else u, nothing if second else v, nothing, zero1=first, zero2=second)
            value, slope = evaluate(pair)
            return nothing if activation.vanishes_at_zero else value, slope
        relation = _RELATIONS[code]
        covariance = u if relation is Relation.EQUAL else -u if relation is Relation.OPPOSITE else r
        value, slope = evaluate(Pair(number, u, v, covariance, relation))
        return value, slope


def _codes(one: Codes, two: Codes) -> NDArray[np.int8] | None:
    """What is known of every entry: its place in _RELATIONS, or from _ZERO on which of the two vectors is zero; None
    where all are generic."""
    base, other = one.base[:, None, :], two.base[None, :, :]
    dead, gone = base == 0, other == 0
    related = base == other
    if dead.any() or gone.any():
        related &= ~dead
        result: NDArray[np.int8] = related.astype(np.int8)
        result += (dead.astype(np.int8) + 2 * gone.astype(np.int8)) + np.int8(_ZERO - 1) * (dead | gone)
    elif related.any():
        result = related.astype(np.int8)
    else:
        return None
    places: Any = np.nonzero(related)
    if len(places[0]):
        p, q, k = places
        opposite = one.sign[p, k] != two.sign[q, k]
        longer = one.square[p, k] != two.square[q, k]
        result[places] = 1 + 2 * opposite + longer
    return result


def _on_side(ball: FloatBall, side: int) -> FloatBall:
    """(positions, pairs) as rows (side 0) or columns (1) of matrices."""
    if side:
        return FloatBall(ball.mid[None, :, :], ball.rad[None, :, :])
    return FloatBall(ball.mid[:, None, :], ball.rad[:, None, :])


def mixed(source: FloatBall, weights: FloatBall, side: int) -> FloatBall:
    """A M for `side` 0, M A^T for 1, where A are the weights (rows, columns, pairs)."""
    result: FloatBall | None = None
    for k in range(weights.mid.shape[1]):
        column = FloatBall(weights.mid[:, k], weights.rad[:, k])
        if side == 0:
            part = FloatBall(source.mid[None, k], source.rad[None, k])
        else:
            part = FloatBall(source.mid[:, k, None], source.rad[:, k, None])
        term = _on_side(column, side) * part
        result = term if result is None else result + term
    assert result is not None
    return result


def points_of(count: int) -> Indices:
    return np.arange(count, dtype=np.intp)
