"""Exact relations between two preactivations, known without arithmetic."""

from __future__ import annotations

from enum import Enum


class Relation(Enum):
    """How two centred Gaussian preactivations u, v of a pair of points are tied together, almost surely.

    A relation is decided once, on the exact input points, and carried from layer to layer by the symmetries of the
    activations, so that a correlation of +1 or -1 is never guessed from an enclosure.
    """

    EQUAL = "v = u"
    PARALLEL = "v = c u, c > 0"
    OPPOSITE = "v = -u"
    ANTIPARALLEL = "v = -c u, c > 0"
    GENERIC = "no exact relation known"

    @property
    def aligned(self) -> bool:
        return self in (Relation.EQUAL, Relation.PARALLEL)

    @property
    def reversed(self) -> bool:
        return self in (Relation.OPPOSITE, Relation.ANTIPARALLEL)

    def after_bias(self) -> Relation:
        """The relation after an independent common bias is added: only equality survives."""
        return Relation.EQUAL if self is Relation.EQUAL else Relation.GENERIC
