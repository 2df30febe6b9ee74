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
    """Compares E X, accumulated from the tiles of E = A - s I - L L', with A X - s X - L (L' X) for X of random signs.

    Let a row of E be wrong by numbers of which one is larger than its bound. For each column x of X, the sum of the
    errors times x is, for one of the two signs of that entry at least, as large as that error: so it is missed with
    probability 1/2 at most, and by all columns with 2^-42.
    """

    def __init__(self, matrix: FloatArray, shift: float, factor: FloatArray) -> None:
        self.matrix, self.shift, self.factor = matrix, shift, factor
        n = len(matrix)
        signs = np.random.default_rng().integers(0, 2, (n, VECTORS))
        self.vectors = (2.0 * signs - 1.0).astype(np.float64)
        self.found = np.zeros((n, VECTORS))

    def add(self, tile: FloatArray, rows: slice, columns: slice) -> None:
        """Take up a tile of the lower triangle of E."""
        below = tile if rows == columns else tile.T @ self.vectors[rows]
        self.take(rows, columns, tile @ self.vectors[columns], below)

    def take(self, rows: slice, columns: slice, across: FloatArray, below: FloatArray) -> None:
        """Take up a tile T that was made elsewhere by T X and, off the diagonal, T' X."""
        self.found[rows] += across
        if rows != columns:
            self.found[columns] += below

    def verify(self, bound: FloatArray) -> None:
        """Raises BrokenEnvironment where E is wrong by more than `bound`, the sum over a row of what rounding explains,
        and the rounding of the comparison itself."""
        n = len(self.matrix)
        expected, size = np.zeros_like(self.found), np.zeros(n)
        image, reach = np.zeros((n, VECTORS)), np.zeros(n)
        for top in range(0, n, _BLOCK):
            rows = slice(top, min(top + _BLOCK, n))
            lower = self.factor[rows, : rows.stop]
            image[: rows.stop] += lower.T @ self.vectors[rows]
            reach[: rows.stop] += np.abs(lower).sum(axis=0)
        for top in range(0, n, _BLOCK):
            rows = slice(top, min(top + _BLOCK, n))
            lower = self.factor[rows, : rows.stop]
            expected[rows] = self.matrix[rows] @ self.vectors - lower @ image[: rows.stop]
            size[rows] = np.abs(self.matrix[rows]).sum(axis=1) + np.abs(lower) @ reach[: rows.stop]
        expected -= self.shift * self.vectors
        # Each side sums at most 2 n products of the sizes added up here.
        tolerance = 2 * bound + 8 * n * _UNIT * (size + abs(self.shift) + np.abs(self.found).max(axis=1))
        wrong = ~(np.abs(self.found - expected) <= tolerance[:, None])
        if wrong.any():
            row = int(np.argwhere(wrong)[0][0])
            raise BrokenEnvironment(
                f"row {row} of a float64 matrix product is wrong by more than rounding explains: the BLAS or the "
                "memory of this machine is at fault; install numpy with another BLAS."
            )
