"""A probe of the products behind the correlations, after Freivalds (Probabilistic machines can use less running time,
1977): integers modulo 2^64 for the part that must be exact, a tolerance for the small correction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from certify.arithmetic.environment import BrokenEnvironment
from certify.kernels.float64.directions import GRID, Directions
from certify.kernels.float64.polynomials import UNIT, FloatArray


class CorrelationProbe:
    """Checks tiles (h, l) of `correlations` against products with random vectors.

    h times 2^52 must be whole, and a product of integers: where it is wrong it is off by 2^k times an odd number, which
    a random vector modulo 2^64 does not see with probability 2^(k - 64). Both h and l are compared with a vector of
    random signs as well, up to rounding, which one wrong entry never passes if it is off by more than that: for k > 24
    it is by far.
    """

    def __init__(self, first: Directions, second: Directions) -> None:
        self.first, self.second = first, second

    def check(self, high: FloatArray, low: FloatArray, rows: slice, columns: slice) -> None:
        """Raises BrokenEnvironment where a tile is wrong."""
        width = columns.stop - columns.start
        x = np.random.default_rng().integers(0, 2**64, width, dtype=np.uint64)
        signs = 2.0 * (x >> np.uint64(63)).astype(np.float64) - 1.0
        left, right = _integers(self.first, rows), _integers(self.second, columns)
        with np.errstate(all="ignore"):
            scaled = high * (GRID * GRID)
            whole = bool((np.abs(scaled) <= 2.0**54).all() and (scaled == np.rint(scaled)).all())
            exact = whole and np.array_equal(scaled.astype(np.int64).view(np.uint64) @ x, left @ (right.T @ x))
            main = self.first.high[rows] @ (self.second.high[columns].T @ signs)
            correction = self.first.left(rows) @ (self.second.right(columns).T @ signs)
            close = self._close(high @ signs, main, self.first.high[rows], self.second.high[columns]) and self._close(
                low @ signs, correction, self.first.left(rows), self.second.right(columns)
            )
        if not (exact and close):
            raise BrokenEnvironment(
                "a float64 matrix product is wrong by more than rounding explains: the BLAS or the memory of this "
                "machine is at fault; install numpy with another BLAS."
            )

    @staticmethod
    def _close(found: FloatArray, expected: FloatArray, left: FloatArray, right: FloatArray) -> bool:
        """Whether two ways to sum left right' x, x of signs, agree up to the rounding of both."""
        size = float((np.abs(left) @ np.abs(right).sum(axis=0)).max())
        tolerance = 4 * (len(right) + left.shape[1]) * UNIT * size
        return bool((np.abs(found - expected) <= tolerance).all())


def _integers(part: Directions, rows: slice) -> NDArray[np.uint64]:
    """The leading parts of some directions as integers modulo 2^64."""
    return (part.high[rows] * GRID).astype(np.int64).view(np.uint64)
