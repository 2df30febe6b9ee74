"""A probe of matrix products by random vectors, after Freivalds (Probabilistic machines can use less running time,
1977): a product that a broken BLAS got wrong is found without a second product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from certify.arithmetic.environment import BrokenEnvironment

FloatArray = NDArray[np.float64]

VECTORS = 42
_UNIT = 2.0**-53
_BLOCK = 512


class ProductProbe:
    """Compares P X, accumulated from the tiles of P = L L', with L (L' X) for X of random signs.

    Let a row of P be wrong by numbers of which one is larger than its bound. For each column x of X, the sum of the
    errors times x is, for one of the two signs of that entry at least, as large as that error: so it is missed with
    probability 1/2 at most, and by all columns with 2^-42.
    """

    def __init__(self, factor: FloatArray) -> None:
        self.factor = factor
        n = len(factor)
        signs = np.random.default_rng().integers(0, 2, (n, VECTORS))
        self.vectors = (2.0 * signs - 1.0).astype(np.float64)
        self.found = np.zeros((n, VECTORS))

    def take(self, rows: slice, columns: slice, across: FloatArray, below: FloatArray) -> None:
        """Take up a tile T of the lower triangle of P by T X and, off the diagonal, T' X."""
        self.found[rows] += across
        if rows != columns:
            self.found[columns] += below

    def verify(self, reach: FloatArray) -> None:
        """Raises BrokenEnvironment where P is wrong by more than rounding explains: the rounding of the product and
        that of this comparison.

        reach: the row sums of |L||L|', or more.
        """
        n = len(self.factor)
        image, expected = np.zeros((n, VECTORS)), np.empty((n, VECTORS))
        for top in range(0, n, _BLOCK):
            rows = slice(top, min(top + _BLOCK, n))
            image[: rows.stop] += self.factor[rows, : rows.stop].T @ self.vectors[rows]
        for top in range(0, n, _BLOCK):
            rows = slice(top, min(top + _BLOCK, n))
            expected[rows] = self.factor[rows, : rows.stop] @ image[: rows.stop]
        # An entry of P is off by n u |L||L|', and each side sums at most 2 n products whose sizes add up to `reach`.
        tolerance = 10 * n * _UNIT * reach
        wrong = ~(np.abs(self.found - expected) <= tolerance[:, None])
        if wrong.any():
            row = int(np.argwhere(wrong)[0][0])
            raise BrokenEnvironment(
                f"row {row} of a float64 matrix product is wrong by more than rounding explains: the BLAS or the "
                "memory of this machine is at fault; install numpy with another BLAS."
            )
