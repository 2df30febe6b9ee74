"""The Gram matrix of a network on points as a fixed-point ball, at any precision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from certify.arithmetic.protocol import Arithmetic
from certify.kernels import EntryEvaluator
from certify.kernels.inputs import InputProducts
from certify.programs import Layer
from certify.spectrum import FixedPointBall

Progress = Callable[[str, int, int], None]
GRID_BITS = 3


def gram_ball(
    layers: Sequence[Layer],
    inputs: InputProducts,
    kernel: str,
    bits: int,
    arithmetic: Callable[[int], Arithmetic],
    progress: Progress | None = None,
) -> FixedPointBall:
    """A fixed-point ball that contains the exact Gram matrix, every radius at most about 2**-bits times the largest
    diagonal entry.

    `inputs` are symmetric inner products. `progress(stage, done, total)` is called with the number of entries done.
    """
    evaluator = EntryEvaluator(layers, inputs, (kernel,), bits, arithmetic)
    endpoints = evaluator.level(0).number.endpoints
    n = len(inputs.norms1)
    rows: list[list[tuple[int, int, int]]] = []
    for i, row in enumerate(evaluator.rows()):
        rows.append([endpoints(entry[0]) for entry in row])
        if progress is not None:
            progress(f"entries at {bits} bits", (i + 1) * (i + 2) // 2, n * (n + 1) // 2)
    return FixedPointBall.from_endpoints(rows, bits + GRID_BITS)
