"""Exact products of integer matrices by error-free splitting over BLAS, to be compared with FLINT's.

Entries are cut into digits of so few bits that a product of two matrices of digits is exact in float64 whatever the
order of summation (Ozaki, Ogita, Oishi and Rump 2012); the products of one weight are added up as 64-bit integers.
"""

from __future__ import annotations

from typing import Any

import flint
import numpy as np


def digit_bits(order: int) -> int:
    """2 bits + log2(order) <= 53 with balanced digits of at most half of 2**bits, and sums of them below 2**62."""
    return (53 - order.bit_length()) // 2


def digits_of(matrix: Any, bits: int, width: int) -> list[np.ndarray[Any, Any]]:
    """Float64 matrices D_k of numbers of absolute value at most 2**(width - 1) with matrix = sum_k D_k 2**(width k)."""
    rest = np.array([[int(v) for v in row] for row in matrix.table()], dtype=object)
    half, mask = 1 << (width - 1), (1 << width) - 1
    parts = []
    for _ in range(-(-(bits + 2) // width)):
        digit = ((rest + half) & mask) - half
        parts.append(digit.astype(np.float64))
        rest = (rest - digit) >> width
    assert not rest.any()
    return parts


def split_product(a: Any, b: Any, bits: int) -> Any:
    """a b for integer matrices with entries below 2**bits, as a FLINT matrix."""
    width = digit_bits(a.ncols())
    left, right = digits_of(a, bits, width), digits_of(b, bits, width)
    levels = len(left) + len(right) - 1
    sums = [np.zeros((a.nrows(), b.ncols()), dtype=np.int64) for _ in range(levels)]
    for i, x in enumerate(left):
        for j, y in enumerate(right):
            sums[i + j] += (x @ y).astype(np.int64)
    total = sums[-1].astype(object)
    for level in reversed(sums[:-1]):
        total = (total << width) + level
    return flint.fmpz_mat(total.tolist())


def random_matrix(order: int, bits: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    words = -(-bits // 30)
    drawn = rng.integers(0, 2**30, (words, order, order)).astype(object)
    total = sum((drawn[k] << 30 * k for k in range(words)), np.zeros((order, order), dtype=object))
    return flint.fmpz_mat(((total & ((1 << bits) - 1)) - (1 << (bits - 1))).tolist())
