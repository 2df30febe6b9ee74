"""The evaluation that Coq will do, done beforehand in Arb balls: it chooses the precision, and proves nothing.

The formulas, their order and their case distinctions are those of `coq/Evaluation.v` and `coq/Entries.v`; only
the arctangent is Arb's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from flint import arb, ctx, fmpq

from certify.activations import Activation, Pair
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.points import Points
from certify.programs import Dense

Duals = Callable[[arb, arb, arb, arb], tuple[arb, arb]]


class Unreachable(ArithmeticError):
    """An enclosure that is not finite: a variance that may be zero, or too little precision."""


class Gaps(NamedTuple):
    discriminant: arb
    distance: arb


class Mirror:
    """Entries of one Gram matrix at a precision of `bits`; use it inside `active()` of that precision."""

    def __init__(self, layers: Sequence[Dense | Activation], ntk: bool, unit: bool, points: Points, bits: int) -> None:
        self.layers, self.ntk, self.unit, self.points, self.bits = layers, ntk, unit, points, bits
        self.squares = [sum(value * value for value in row) for row in points.rows]
        self.scale = points.denominator**2 * points.columns

    def rows(self) -> list[list[arb]]:
        """The lower triangle. Raises Unreachable where Coq would find no finite enclosure."""
        previous = ctx.prec
        ctx.prec = self.bits
        try:
            return self._rows()
        finally:
            ctx.prec = previous

    def _rows(self) -> list[list[arb]]:
        steps = [layer if isinstance(layer, Dense) else _duals(layer, self.bits) for layer in self.layers]
        chains = [self._diagonal(steps, a) for a in self.squares]
        rows: list[list[arb]] = []
        for i, (x, (own, chain)) in enumerate(zip(self.points.rows, chains, strict=True)):
            row = [
                self._entry(steps, i, j, sum(map(int.__mul__, x, self.points.rows[j])), chain, chains[j][1])
                for j in range(i)
            ]
            rows.append([*row, own])
        for row in rows:
            for value in row:
                if not value.is_finite():
                    raise Unreachable
        return rows

    def _diagonal(self, steps: Sequence[Dense | Duals], a: int) -> tuple[arb, list[arb]]:
        p = _ratio(1, self.points.columns) if self.unit else _ratio(a, self.scale)
        t, chain = arb(0), [p]
        for step in steps:
            if isinstance(step, Dense):
                p = _exact(step.W_var) * p + _exact(step.b_var)
                t = _exact(step.W_var) * t + p
            else:
                p, slope = step(p, p, p, arb(0))
                t = t * slope
            chain.append(p)
        return (t if self.ntk else p), chain

    def _entry(self, steps: Sequence[Dense | Duals], i: int, j: int, c: int, x: list[arb], y: list[arb]) -> arb:
        r, known = self._input(self.squares[i], self.squares[j], c)
        gaps: Gaps | None = known
        t = arb(0)
        for step, p, q in zip(steps, x, y, strict=False):
            if isinstance(step, Dense):
                w, b = step.W_var, step.b_var
                if gaps is not None:
                    gaps = Gaps(
                        _exact(w * w) * gaps.discriminant + _exact(w * b) * gaps.distance, _exact(w) * gaps.distance
                    )
                r = _exact(w) * r + _exact(b)
                t = _exact(w) * t + r
            else:
                r, slope = step(p, q, r, p * q - r * r if gaps is None else gaps.discriminant)
                gaps, t = None, t * slope
        return t if self.ntk else r

    def _input(self, a: int, b: int, c: int) -> tuple[arb, Gaps]:
        d = self.points.columns
        if not self.unit:
            return _ratio(c, self.scale), Gaps(_ratio(a * b - c * c, self.scale**2), _ratio(a + b - 2 * c, self.scale))
        m = arb(a * b).sqrt()
        near = arb(a * b - c * c) / (arb(a * b) + c * m) if c > 0 else 1 - c / m
        return c / (m * d), Gaps(_ratio(a * b - c * c, a * b * d * d), _ratio(2, d) * near)


def _exact(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _ratio(a: int, b: int) -> arb:
    return arb(a) / arb(b)


def _duals(activation: Activation, bits: int) -> Duals:
    number = ArbArithmetic(bits)
    evaluate = activation.duals(number)

    def duals(p: arb, q: arb, r: arb, gap: arb) -> tuple[arb, arb]:
        try:
            value, slope = evaluate(Pair(number, p, q, r, discriminant=gap))
        except ArithmeticError:
            raise Unreachable from None
        return value, slope

    return duals
