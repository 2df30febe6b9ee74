"""A probe of the products behind the correlations, after Freivalds (Probabilistic machines can use less running time,
1977): integers modulo 2^64 for the part that must be exact, a tolerance for the small correction."""

from __future__ import annotations

import numpy as np

from certify.arithmetic.environment import BrokenEnvironment
from certify.kernels.float64.directions import GRID, Directions
from certify.kernels.float64.polynomials import UNIT, FloatArray

VECTORS = 4


class CorrelationProbe:
    """Checks tiles (h, l) of `correlations` against products with random vectors.

    h times 2^52 must be whole, and a product of integers: where it is wrong it is off by a multiple of 2^k, k <= 53,
    below 2^54, and for random x modulo 2^64 that goes unseen with probability 2^(k - 64) at most, over four vectors
    2^-44. The correction l is compared with a vector of random signs, up to its rounding: one wrong entry, if it is off
    by more than that, is always seen.
    """

    def __init__(self, first: Directions, second: Directions) -> None:
        self.first, self.second = first, second
        self.integers = [(part.high * GRID).astype(np.int64).view(np.uint64) for part in (first, second)]

    def check(self, high: FloatArray, low: FloatArray, rows: slice, columns: slice) -> None:
        """Raises BrokenEnvironment where a tile is wrong."""
        width = columns.stop - columns.start
        x = np.random.default_rng().integers(0, 2**64, (width, VECTORS), dtype=np.uint64)
        left, right = self.integers[0][rows], self.integers[1][columns]
        with np.errstate(all="ignore"):
            scaled = high * (GRID * GRID)
        whole = bool((np.abs(scaled) <= 2.0**54).all() and (scaled == np.rint(scaled)).all())
        exact = whole and np.array_equal(scaled.astype(np.int64).view(np.uint64) @ x, left @ (right.T @ x))
        signs = 2.0 * (x[:, 0] >> np.uint64(63)).astype(np.float64) - 1.0
        correction = self.first.left[rows] @ (self.second.right[columns].T @ signs)
        columns_used = 2 * self.first.columns
        size = (np.abs(self.first.left[rows]) @ np.abs(self.second.right[columns]).sum(axis=0)).max()
        tolerance = 4 * (width + columns_used) * UNIT * float(size)
        with np.errstate(all="ignore"):
            close = bool((np.abs(low @ signs - correction) <= tolerance).all())
        if not (exact and close):
            raise BrokenEnvironment(
                "a float64 matrix product is wrong by more than rounding explains: the BLAS or the memory of this "
                "machine is at fault; install numpy with another BLAS."
            )
