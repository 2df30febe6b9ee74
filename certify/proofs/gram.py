"""The Gram matrix of a network on points as a fixed-point ball, at any precision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flint

from certify.arithmetic.protocol import Arithmetic
from certify.kernels import EntryEvaluator
from certify.kernels.inputs import InputProducts
from certify.programs import Layer
from certify.spectrum import FixedPointBall

Progress = Callable[[str, int, int], None]


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

    `inputs` are symmetric inner products. Enclosures are rounded outward to the grid; `progress(stage, done, total)`
    is called with the pairs done.
    """
    evaluator = EntryEvaluator(layers, inputs, (kernel,), bits, arithmetic)
    number = evaluator.level(0).number
    diagonal = [number.endpoints(entry[0]) for entry in evaluator.diagonal(inputs.norms1)]
    largest = (
        max(high.bit_length() + exponent for _, high, exponent in diagonal if high > 0)
        if any(d[1] > 0 for d in diagonal)
        else 0
    )
    exponent = largest - bits - 2
    n = len(diagonal)
    total = n * (n + 1) // 2
    rows: list[list[int]] = []
    radius_sums = [0] * n
    done = 0
    for i, row in enumerate(evaluator.rows()):
        middles = []
        own = 0
        for j, (value,) in enumerate(row):
            low, high, scale = number.endpoints(value)
            shift = scale - exponent
            if shift >= 0:
                low, high = low << shift, high << shift
            else:
                low, high = low >> -shift, -(-high >> -shift)
            middle = (low + high) >> 1
            radius = high - middle
            middles.append(middle)
            own += radius
            if j != i:
                radius_sums[j] += radius
        radius_sums[i] += own
        rows.append(middles)
        done += i + 1
        if progress is not None:
            progress(f"entries at {bits} bits", done, total)
    full = [rows[i] + [rows[j][i] for j in range(i + 1, n)] for i in range(n)]
    return FixedPointBall(flint.fmpz_mat(full), exponent, tuple(radius_sums))
