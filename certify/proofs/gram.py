"""The Gram matrix of a network on points as a fixed-point ball, at any precision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from certify.activations import Activation
from certify.arithmetic.protocol import Arithmetic
from certify.kernels import EntryEvaluator
from certify.kernels.inputs import InputProducts
from certify.kernels.program_entries import ProgramEvaluator
from certify.programs import Layer
from certify.spectrum import FixedPointBall

Progress = Callable[[str, int, int], None]
GRID_BITS = 3
FIRST_BITS = 128
"""Entries are enclosed to this precision at least: it costs a tenth more than 53 bits, and most proofs need no more.
Where every pair of points has waves or an integral of its own, whose cost grows with the square of the bits, no more
than asked."""


class GramBalls:
    """Fixed-point balls around one exact Gram matrix, made when they are asked for.

    `balls(bits)` contains the matrix, every radius at most about 2**-bits times the largest diagonal entry. `inputs`
    are symmetric inner products. `progress(stage, done, total)` is called with the number of entries done.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        inputs: InputProducts | None,
        kernel: str,
        arithmetic: Callable[[int], Arithmetic],
        progress: Progress | None = None,
    ) -> None:
        self.layers, self.inputs, self.kernel = layers, inputs, kernel
        self.arithmetic, self.progress = arithmetic, progress
        self.bits = 0
        self.rows: list[list[tuple[int, int, int]]] = []

    def __call__(self, bits: int) -> FixedPointBall:
        if bits > self.bits:
            self.bits = bits if self._bits_are_dear else max(bits, FIRST_BITS)
            self.rows = self._enclose(self.bits)
        return FixedPointBall.from_endpoints(self.rows, bits + GRID_BITS)

    @property
    def _bits_are_dear(self) -> bool:
        """Whether the points differ in norm before an activation that is dear there."""
        if self.inputs is None or self.inputs.normalised or len(set(self.inputs.norms1)) == 1:
            return False
        return any(isinstance(layer, Activation) and layer.is_dear_at_unequal_variances for layer in self.layers)

    def evaluator(self, bits: int) -> EntryEvaluator | ProgramEvaluator:
        """What encloses the entries at a precision."""
        assert self.inputs is not None
        return EntryEvaluator(self.layers, self.inputs, (self.kernel,), bits, self.arithmetic)

    @property
    def size(self) -> int:
        """The number of points."""
        assert self.inputs is not None
        return len(self.inputs.norms1)

    def _enclose(self, bits: int) -> list[list[tuple[int, int, int]]]:
        evaluator = self.evaluator(bits)
        endpoints = evaluator.level(0).number.endpoints
        n = self.size
        rows: list[list[tuple[int, int, int]]] = []
        for i, row in enumerate(evaluator.rows()):
            rows.append([endpoints(entry[0]) for entry in row])
            if self.progress is not None:
                self.progress(f"entries at {bits} bits", (i + 1) * (i + 2) // 2, n * (n + 1) // 2)
        return rows
