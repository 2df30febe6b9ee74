"""Is the matrix singular for an exact reason? Looked for before any arithmetic with enclosures starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certify.points import Points
from certify.programs import Layer
from certify.spectrum.antipodal import find_antipodal_singularity
from certify.spectrum.monomials import dimension_count, feature_degrees
from certify.spectrum.rational_gram import (
    MAX_ROWS,
    PRIMES,
    dependent_rows,
    exact_null_vector,
    gram_modulo,
    rational_steps,
)
from certify.spectrum.symmetries import FamilyProof, find_symmetric_singularity


@dataclass(frozen=True)
class RankProof:
    """The features lie in the span of fewer monomials than there are points."""

    dimension: int
    points: int

    @property
    def reason(self) -> str:
        return f"polynomial features of dimension at most {self.dimension} for {self.points} points"


@dataclass(frozen=True)
class NullVectorProof:
    """An exact rational null vector on some rows."""

    rows: tuple[int, ...]
    entries: tuple[int, ...]

    @property
    def reason(self) -> str:
        return f"an exact null vector on {len(self.rows)} rows of a rational Gram matrix"


@dataclass(frozen=True)
class RegularProof:
    """The rational Gram matrix is regular modulo a prime, hence regular, hence positive definite."""

    modulus: int

    @property
    def reason(self) -> str:
        return f"the rational Gram matrix is regular modulo {self.modulus}"


ExactProof = FamilyProof | RankProof | NullVectorProof | RegularProof


def decide_exactly(layers: Sequence[Layer], points: Points, kernel: str, normalize: str) -> ExactProof | None:
    """A proof that the Gram matrix is singular, or regular, without enclosures; None where no exact method decides.

    Tried in this order: symmetric families, antipodal pairs, the dimension count, the rational Gram matrix modulo
    primes with an exact null vector. Sources: Carvalho et al. (2025) for the hypotheses under which the kernel is
    positive, and their failures.
    """
    family = find_symmetric_singularity(layers, points, kernel, normalize) or find_antipodal_singularity(
        layers, points, normalize
    )
    if family is not None:
        return family
    degrees = feature_degrees(layers)
    if degrees is None:
        return None
    dimension = dimension_count(points, degrees, normalize)
    if dimension is not None:
        return RankProof(dimension, points.n)
    if not rational_steps(layers, normalize) or points.n > MAX_ROWS:
        return None
    for prime in PRIMES:
        residues = gram_modulo(layers, points, kernel, prime)
        if residues is None:
            continue
        rows = dependent_rows(residues, prime)
        if rows is None:
            return RegularProof(prime)
        entries = exact_null_vector(layers, points, kernel, rows)
        if entries is not None:
            kept = [(row, value) for row, value in zip(rows, entries, strict=True) if value]
            return NullVectorProof(tuple(row for row, _ in kept), tuple(value for _, value in kept))
    return None
