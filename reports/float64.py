"""What float64 says of the same Gram matrix. Nothing here is proved, and the page says so beside every number.

The matrix is the best that float64 can hold: every entry enclosed well beyond 53 bits and then rounded to nearest. So
what goes wrong afterwards is due to 53 bits and not to a careless recursion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from certify.activations import SERIES, Activation
from certify.certificate import Certificate
from certify.errors import BeyondReach
from certify.kernels import Enclosure
from certify.points import Points
from certify.programs import Layer
from certify.programs.shapes import is_plain
from certify.stax import parse
from reports.claims import Claim, binary_exponent, hexadecimal_integer

ENTRY_BITS = 106
COMPUTED_ROWS = 400
GIVEN_ROWS = 2000
# Pairs of points times the weight of the network: keeps the slowest page well below a minute.
WORK = 640_000
QUADRATIC_DEGREE = 250
SERIES_WEIGHT = 20
# Relative to the largest entry, less than 2**FAINTEST is zero in float64.
FAINTEST = -1100

Matrix = NDArray[np.float64]
_Entry = tuple[int, int]


@dataclass(frozen=True)
class Float64View:
    """The leading rows of the Gram matrix in float64 and what numpy says of them.

    `scaled` is the matrix times 2**-exponent, its largest entry in [1/2, 1): it exists where the matrix itself would
    overflow. `eigenvalues` are those of the matrix, ascending, or None where float64 cannot hold it; `cholesky` says
    whether `numpy.linalg.cholesky` succeeds. `rows` of the `n` rows are shown.
    """

    n: int
    scaled: Matrix
    exponent: int
    eigenvalues: Matrix | None
    cholesky: bool

    @property
    def rows(self) -> int:
        return len(self.scaled)

    @property
    def whole(self) -> bool:
        return self.rows == self.n

    @property
    def smallest(self) -> float | None:
        return None if self.eigenvalues is None else float(self.eigenvalues[0])

    @property
    def largest(self) -> float | None:
        return None if self.eigenvalues is None else float(self.eigenvalues[-1])

    @property
    def descending(self) -> list[float]:
        return [] if self.eigenvalues is None else [float(value) for value in self.eigenvalues[::-1]]

    @property
    def noise(self) -> float | None:
        """n eps |A|: the size of error that a backward stable eigensolver may commit in every eigenvalue (Weyl)."""
        if self.eigenvalues is None:
            return None
        return float(self.rows * np.finfo(np.float64).eps * np.abs(self.eigenvalues).max())


def float64_view(certificate: Certificate, claim: Claim) -> Float64View:
    """Rows of the Gram matrix rounded to float64, numpy's eigenvalues and numpy's Cholesky.

    The first rows of a matrix that is too large are taken: of a network's 400, fewer where it is very deep or of high
    degree; of a given matrix 2000. Raises InputError where the network or the points cannot be used.
    """
    if claim.points is None or claim.network is None:
        entries = _given(certificate.claim["gram"])
    else:
        network = parse(claim.network)
        rows = min(claim.n, affordable_rows(network.layers, claim.points))
        points = claim.points if rows == claim.n else claim.points.take(range(rows))
        options: dict[str, Any] = {"get": str(claim.kernel), "bits": ENTRY_BITS}
        options["normalize"] = "unit" if claim.unit else "none"
        try:
            enclosure = network.kernel(points, **options)
        except BeyondReach:
            # The theorem speaks of matrices whose entries cost too much; a diagonal entry is within reach.
            enclosure = network.kernel(claim.points.take(range(1)), **options)
        assert isinstance(enclosure, Enclosure)
        entries = [[(low + high, e - 1) for low, high, e in row[: i + 1]] for i, row in enumerate(enclosure.rows)]
    scaled, exponent = _round(entries)
    eigenvalues, cholesky = _ask_numpy(scaled, exponent)
    return Float64View(claim.n, scaled, exponent, eigenvalues, cholesky)


def affordable_rows(layers: Sequence[Layer], points: Points | None = None) -> int:
    """How many rows of the kernel of this network a page computes."""
    weight = 0
    if not is_plain(layers):
        shape = (1,) if points is None or points.shape is None else points.shape[:-1]
        weight = math.prod(shape) ** 2 * (4 + len(layers))
    for layer in layers:
        if isinstance(layer, Activation):
            degree = len(layer.polynomial or (0,)) - 1
            weight += 1 + degree * degree // QUADRATIC_DEGREE
            weight += SERIES_WEIGHT if type(layer).__name__ in SERIES else 0
    rows = int((2 * WORK / max(weight, 1)) ** 0.5)
    return max(2, min(COMPUTED_ROWS, rows))


def _given(gram: dict[str, Any]) -> list[list[_Entry]]:
    exponent = binary_exponent(gram["exponent"])
    triangle = [
        [(hexadecimal_integer(word), exponent) for word in row.split(" ")] for row in gram["midpoints"][:GIVEN_ROWS]
    ]
    if any(len(row) != i + 1 for i, row in enumerate(triangle)):
        raise ValueError("the given matrix is not lower triangular")
    return triangle


def _round(triangle: Sequence[Sequence[_Entry]]) -> tuple[Matrix, int]:
    """The full symmetric matrix times 2**-exponent, each entry m 2**e rounded to nearest."""
    top = max((m.bit_length() + e for row in triangle for m, e in row if m), default=0)
    n = len(triangle)
    matrix = np.zeros((n, n))
    for i, row in enumerate(triangle):
        for j, (mantissa, e) in enumerate(row):
            if mantissa.bit_length() + e - top < FAINTEST:
                continue
            # A quotient of Python integers is correctly rounded.
            matrix[i, j] = matrix[j, i] = mantissa / (1 << (top - e))
    return matrix, top


def _ask_numpy(scaled: Matrix, exponent: int) -> tuple[Matrix | None, bool]:
    """eigvalsh and Cholesky as a user would call them; one thread, so that the answer does not depend on how many."""
    with np.errstate(all="ignore"):
        matrix = np.ldexp(scaled, exponent)
    if not np.isfinite(matrix).all():
        return None, False
    with threadpool_limits(limits=1), np.errstate(all="ignore"):
        try:
            eigenvalues = np.linalg.eigvalsh(matrix)
        except np.linalg.LinAlgError:
            return None, False
        try:
            np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            return eigenvalues if np.isfinite(eigenvalues).all() else None, False
    return (eigenvalues, True) if np.isfinite(eigenvalues).all() else (None, False)


def exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value)
