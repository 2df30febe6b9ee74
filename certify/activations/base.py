"""What every activation knows about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from typing import Any

from certify.activations.pair import Pair
from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic

Duals = Callable[[Pair], tuple[Any, Any]]


class Parity(Enum):
    EVEN = "even"
    ODD = "odd"
    NONE = "neither even nor odd"


class Activation(ABC):
    """An activation function s: R -> R as an immutable value that knows its dual and derivative dual.

    The dual of s is V(q1, q2, r) = E[s(u) s(v)], its derivative dual V'(q1, q2, r) = E[s'(u) s'(v)], for (u, v)
    centred Gaussian with variances q1, q2 and covariance r. Except for functions with jumps, where s' leaves out the
    jump by convention, V' = dV/dr (Price's theorem). Subclasses are frozen dataclasses whose `repr` is the canonical
    spelling.
    """

    @abstractmethod
    def duals(self, number: Arithmetic) -> Duals:
        """The map from a pair to enclosures of (V, V'), with its constants evaluated once in the given arithmetic."""

    @property
    def parity(self) -> Parity:
        """Exact symmetry of s; NONE claims nothing."""
        return Parity.NONE

    @property
    def homogeneity(self) -> int | None:
        """k with s(c x) = c^k s(x) for all c > 0 and x != 0; None claims nothing."""
        return None

    @property
    def is_constant(self) -> bool:
        """True only if s is constant; False claims nothing."""
        return False

    @property
    def vanishes_at_zero(self) -> bool:
        """Whether s(0) = 0, exactly decided."""
        return self.parity is Parity.ODD

    @property
    def is_dear_at_unequal_variances(self) -> bool:
        """Whether a pair of different variances takes work of its own, growing with the square of the bits."""
        return False

    @property
    def is_odd_about_a_constant(self) -> bool:
        """Whether s(x) + s(-x) is the same number for all x != 0; False claims nothing."""
        return self.parity is Parity.ODD or self.is_constant

    @property
    def has_linear_odd_part(self) -> bool:
        """Whether s(x) - s(-x) is a multiple of x; False claims nothing."""
        return False

    @property
    def has_zero_derivative_dual(self) -> bool:
        """Whether V' = 0: constants, and by convention functions with a jump."""
        return self.is_constant

    @property
    def polynomial(self) -> tuple[Fraction, ...] | None:
        """Coefficients (c_0, ..., c_p), c_p != 0, up to one common positive factor, if s is known as a
        polynomial; () for zero."""
        return None

    def image(self, relation: Relation) -> Relation:
        """The relation between s(u) and s(v) that follows from the relation between u and v by the symmetries of s."""
        if relation is Relation.EQUAL or self.is_constant:
            return Relation.EQUAL
        if relation is Relation.OPPOSITE:
            return {Parity.EVEN: Relation.EQUAL, Parity.ODD: Relation.OPPOSITE, Parity.NONE: Relation.GENERIC}[
                self.parity
            ]
        if self.homogeneity is None:
            return Relation.GENERIC
        if relation is Relation.PARALLEL or (relation is Relation.ANTIPARALLEL and self.parity is Parity.EVEN):
            return Relation.PARALLEL if self.homogeneity else Relation.EQUAL
        if relation is Relation.ANTIPARALLEL and self.parity is Parity.ODD:
            return Relation.ANTIPARALLEL if self.homogeneity else Relation.OPPOSITE
        return Relation.GENERIC


def spell(name: str, *arguments: str) -> str:
    """Canonical spelling of a layer from its canonical arguments, empty ones left out."""
    return f"{name}({', '.join(argument for argument in arguments if argument)})"
