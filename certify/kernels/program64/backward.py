"""The backward pass of many pairs of runs at once, in float64 balls: `kernels.backward` over arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import numpy as np

from certify.arithmetic.float_balls import FloatBall
from certify.kernels.plan import Operation, Step
from certify.kernels.program64.forward import ArrayForward, ArrayPass, mixed
from certify.kernels.program64.sparse import total


class ArrayBackward(ArrayPass):
    """The tangent kernel of every pair, `kernel`, from what a forward pass has made (Yang 2020, Tensor Programs II,
    eq. 12)."""

    def __init__(self, forward: ArrayForward) -> None:
        super().__init__(forward.engine, *forward.sides, forward.count, forward.made)
        self.slopes = forward.slopes
        self.received: list[FloatBall | None] = [None] * len(self.plan.steps)
        self.kernel: FloatBall | None = None
        output = self.plan.output
        assert output is not None
        one = FloatBall(np.ones((1, 1, self.count)), np.zeros((1, 1, self.count)))
        self.received[output] = one
        for index in range(output, -1, -1):
            gradient, step = self.received[index], self.plan.steps[index]
            if gradient is None:
                continue
            if step.trained is not None:
                self._count(step, gradient, self.made[index])
            if any(slot is not None and self.plan.trains[slot] for slot in step.reads):
                self._pass_on(step, index, gradient)
            self.received[index] = None

    def _count(self, step: Step, gradient: FloatBall, covariances: FloatBall) -> None:
        share = total(gradient * covariances, (0, 1))
        if step.trained != 1:
            share = self.engine.constant(step.trained or Fraction(1)) * share
        self.kernel = share if self.kernel is None else self.kernel + share

    def _give(self, slot: int | None, gradient: FloatBall) -> None:
        if slot is not None and self.plan.trains[slot]:
            before = self.received[slot]
            self.received[slot] = gradient if before is None else before + gradient

    def _gathered(self, gradient: FloatBall, slot: int) -> FloatBall:
        """Sums over the sides along which a covariance was repeated."""
        wanted = self.shape(slot)
        axes = tuple(k for k in (0, 1) if wanted[k] == 1 and gradient.mid.shape[k] > 1)
        return total(gradient, axes, keep=True) if axes else gradient

    def _pass_on(self, step: Step, index: int, gradient: FloatBall) -> None:
        engine, slot = self.engine, step.reads[0]
        match step.operation:
            case Operation.SCALE:
                variance, taps, _ = step.parameter
                factor = variance if taps is None else variance / len(taps[0])
                scaled = gradient if factor == 1 else engine.constant(factor) * gradient
                self._give(slot, scaled if taps is None else engine.maps[index][1].apply(scaled))
            case Operation.SUM:
                for coefficient, source in zip(step.parameter, step.reads, strict=True):
                    part = self._gathered(gradient, cast(int, source))
                    self._give(source, part if coefficient == 1 else engine.constant(coefficient) * part)
            case Operation.DUAL:
                self._give(slot, gradient * self.slopes[index])
            case Operation.MIX:
                self._give(slot, engine.maps[index][1].apply(gradient))
            case Operation.ATTEND:
                weights = self.attention(step)
                turned = FloatBall(weights.mid.transpose(1, 0, 2), weights.rad.transpose(1, 0, 2))
                self._give(slot, mixed(gradient, turned, step.side))
            case Operation.NORMALISE:
                self._give(slot, gradient * self.lengths(step))
            case Operation.TIMES:
                self._times(step, gradient)
            case Operation.DIAGONAL:
                count = self.shape(cast(int, slot))[0]
                whole, share = self.zeros((count, count)), engine.constant(Fraction(1, count)) * gradient
                at = np.arange(count)
                whole.mid[at, at], whole.rad[at, at] = share.mid[0], share.rad[0]
                self._give(slot, whole)
            case Operation.DATA | Operation.FILL:
                pass

    def _times(self, step: Step, gradient: FloatBall) -> None:
        for place, slot in enumerate(step.reads):
            part = gradient
            for other, source in enumerate(step.reads):
                if other != place:
                    part = part * self.made[cast(int, source)]
            self._give(slot, self._gathered(part, cast(int, slot)))
