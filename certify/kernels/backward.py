"""The backward pass and the kernel: sums over pairs of uses.

Backward covariances D^{y,y'} are carried by the forward steps transposed, a nonlinearity multiplying by the derivative
dual E[s'(u) s'(u')]. The kernel is the sum of D^{y,y'} C^{z,z'} over all pairs of uses y = W z, y' = W z' of each
matrix, and of D^{b,b'} over those of each bias (Yang 2020, Tensor Programs II, eq. 12). Attention weights and the
lengths that layer norm divides by are deterministic in the limit, and gradients through them vanish (Appendix E.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from certify.errors import InputError
from certify.kernels.forward import Forward
from certify.kernels.passes import Engine, Local, Pass
from certify.kernels.plan import Operation, Plan, Step
from certify.kernels.position_algebra import Matrix, blocks, gathered, mixed, scaled, spread, turned, untapped


def evaluate(
    engine: Engine, plan: Plan, data: Matrix, left: Local, rights: Sequence[Local], ntk: bool
) -> list[tuple[Any, Any]]:
    """(NNGP, NTK) of one run with each of several, the NTK only if asked for. Call inside `number.active()`.

    Raises InputError where the network ends with several positions.
    """
    if plan.output is None:
        return [(engine.zero, engine.zero)] * len(rights)
    count = max(plan.steps[plan.output].shape)
    if count != 1:
        raise InputError(
            f"the network leaves {count} positions: end it with GlobalAvgPool() or Flatten(), then Dense()."
        )
    forward = Forward(engine, plan, data, left, rights)
    nngp = forward.made[plan.output]
    tangent = Backward(engine, plan, left, rights, forward).kernel if ntk else [None] * len(nngp)
    return list(zip(nngp, tangent, strict=True))


class Backward(Pass):
    """D^{y,y'} of every step below the output, and the kernel that they give."""

    def __init__(self, engine: Engine, plan: Plan, left: Local, rights: Sequence[Local], forward: Forward) -> None:
        super().__init__(engine, plan, left, rights, forward.made)
        self.slopes = forward.slopes
        self.received: list[Matrix | None] = [None] * len(plan.steps)
        assert plan.output is not None
        self.received[plan.output] = [engine.one] * len(rights)
        self.kernel = [engine.zero] * len(rights)
        for index in range(plan.output, -1, -1):
            gradient, step = self.received[index], plan.steps[index]
            if gradient is None:
                continue
            if step.trained is not None:
                self._count(step, gradient, self.made[index])
            self._pass_on(step, index, gradient)
            self.received[index] = None

    def _count(self, step: Step, gradient: Matrix, covariances: Matrix) -> None:
        """Adds what the pair of uses of a matrix or bias contributes to the kernel of every pair."""
        shares = [d * c for d, c in zip(gradient, covariances, strict=True)]
        if step.shape != (1, 1):
            shares = [sum(block, self.engine.zero) for block in blocks(shares, step.shape)]
        if step.trained != 1:
            factor = self.engine.constant(step.trained or Fraction(1))
            shares = [factor * share for share in shares]
        self.kernel = [a + b for a, b in zip(self.kernel, shares, strict=True)]

    def _trains(self, slot: int | None) -> bool:
        return slot is not None and self.plan.trains[slot]

    def _give(self, slot: int | None, gradient: Matrix) -> None:
        if slot is not None and self.plan.trains[slot]:
            before = self.received[slot]
            self.received[slot] = gradient if before is None else [a + b for a, b in zip(before, gradient, strict=True)]

    def _pass_on(self, step: Step, index: int, gradient: Matrix) -> None:
        if not any(map(self._trains, step.reads)):
            return
        match step.operation:
            case Operation.SCALE:
                self._give(step.reads[0], self._scale(step, gradient))
            case Operation.SUM:
                for coefficient, slot in zip(step.parameter, step.reads, strict=True):
                    assert slot is not None
                    part = gathered(gradient, step.shape, self.shape(slot), self.engine.zero)
                    if coefficient != 1:
                        factor = self.engine.constant(coefficient)
                        part = [factor * value for value in part]
                    self._give(slot, part)
            case Operation.DUAL:
                self._give(step.reads[0], [d * s for d, s in zip(gradient, self.slopes[index], strict=True)])
            case Operation.MIX | Operation.ATTEND:
                (slot,) = step.reads
                assert slot is not None
                height = self.shape(slot)[step.side]
                rows = [turned(own, height) for own in self.rows(step)]
                self._give(slot, mixed(gradient, step.shape, rows, step.side, self.engine.zero))
            case Operation.NORMALISE:
                self._give(step.reads[0], scaled(gradient, step.shape, step.side, self.lengths(step)))
            case Operation.TIMES:
                self._times(step, gradient)
            case Operation.DIAGONAL:
                (slot,) = step.reads
                assert slot is not None
                count = self.shape(slot)[0]
                share = self.engine.constant(Fraction(1, count))
                whole: Matrix = []
                for value in gradient:
                    diagonal = [self.engine.zero] * (count * count)
                    diagonal[:: count + 1] = [share * value] * count
                    whole.extend(diagonal)
                self._give(slot, whole)
            case Operation.DATA | Operation.FILL:
                pass

    def _scale(self, step: Step, gradient: Matrix) -> Matrix:
        variance, taps, others = step.parameter
        if taps is None:
            if variance == 1:
                return gradient
            factor = self.engine.constant(variance)
            return [factor * value for value in gradient]
        factor = self.engine.constant(variance / len(taps[0]))
        (slot,) = step.reads
        assert slot is not None
        shares = [factor * value for value in gradient]
        return untapped(shares, step.shape, self.shape(slot), taps, others, self.engine.zero)

    def _times(self, step: Step, gradient: Matrix) -> None:
        factors = []
        for slot in step.reads:
            assert slot is not None
            factors.append(spread(self.made[slot], self.shape(slot), step.shape))
        for place, slot in enumerate(step.reads):
            assert slot is not None
            part = gradient
            for other, factor in enumerate(factors):
                if other != place:
                    part = [a * b for a, b in zip(part, factor, strict=True)]
            self._give(slot, gathered(part, step.shape, self.shape(slot), self.engine.zero))
