"""How singular a small Gram matrix is, judged from midpoints of narrow enclosures at 60 digits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath

from certify.points import load_points
from certify.spectrum.singular import NullVectorProof, RankProof, RegularProof, decide_exactly
from certify.spectrum.symmetries import FamilyProof

SINGULAR = (FamilyProof, RankProof, NullVectorProof)
ZERO = mpmath.mpf(10) ** -50
CLEAR = mpmath.mpf(10) ** -14


def smallest(net: Any, rows: Any, kernel: str, normalize: str, subset: Sequence[int] | None = None) -> Any:
    """Smallest eigenvalue of the matrix scaled to unit diagonal, which is singular exactly where the matrix is; 0 where
    a diagonal entry is zero. `subset`: a principal submatrix."""
    enclosure = net.kernel(rows, get=kernel, bits=230, normalize=normalize)
    chosen = range(enclosure.shape[0]) if subset is None else subset
    with mpmath.workdps(60):
        middles = [[number(enclosure, i, j) for j in chosen] for i in chosen]
        diagonal = [row[i] for i, row in enumerate(middles)]
        if not all(diagonal):
            return mpmath.mpf(0)
        scaled = [
            [value / mpmath.sqrt(diagonal[i] * diagonal[j]) for j, value in enumerate(row)]
            for i, row in enumerate(middles)
        ]
        return min(mpmath.eigsy(mpmath.matrix(scaled), eigvals_only=True))


def number(enclosure: Any, i: int, j: int) -> Any:
    value: Fraction = enclosure.lower_exact[i, j] + enclosure.upper_exact[i, j]
    return mpmath.mpf(value.numerator) / (2 * value.denominator)


def decide(net: Any, rows: Any, kernel: str, normalize: str) -> Any:
    return decide_exactly(net.layers, load_points(rows), kernel, normalize)


def assert_proof_is_true(net: Any, rows: Any, kernel: str, normalize: str, proof: Any) -> None:
    """A singular verdict is true on exactly the rows that it names; a regular one of the whole matrix."""
    if isinstance(proof, RegularProof):
        assert smallest(net, rows, kernel, normalize) > ZERO
    elif proof is not None:
        assert isinstance(proof, SINGULAR)
        subset = None if isinstance(proof, RankProof) else proof.rows
        assert abs(smallest(net, rows, kernel, normalize, subset)) < ZERO
