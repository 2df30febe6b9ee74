"""The Gaussian pair on which a dual activation is evaluated."""

from __future__ import annotations

from typing import Any

from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic


class Pair:
    """A centred Gaussian pair (u, v) with variances q1, q2 and covariance r, as enclosures in one arithmetic.

    `relation` is exact knowledge about the pair; `zero1`, `zero2` say that a variance is exactly zero (and are False
    where it is positive). `discriminant` encloses q1 q2 - r^2: exactly zero where the relation says so, as given where
    it was formed without cancellation.
    """

    # Millions of pairs are made, and read once or twice: plain slots, filled when first asked for.
    __slots__ = (
        *("arithmetic", "q1", "q2", "r", "relation", "zero1", "zero2"),
        *("degenerate", "product", "discriminant", "_sine", "_angle"),
    )

    def __init__(
        self,
        arithmetic: Arithmetic,
        q1: Any,
        q2: Any,
        r: Any,
        relation: Relation = Relation.GENERIC,
        zero1: bool = False,
        zero2: bool = False,
        discriminant: Any = None,
    ) -> None:
        self.arithmetic, self.q1, self.q2, self.r = arithmetic, q1, q2, r
        self.relation, self.zero1, self.zero2 = relation, zero1, zero2
        self.degenerate = zero1 or zero2
        self.product = q1 * q2
        self._sine = self._angle = None
        if relation is not Relation.GENERIC:
            self.discriminant = arithmetic.exact(0)
        else:
            self.discriminant = self.product - r * r if discriminant is None else discriminant

    @property
    def sine(self) -> Any:
        """sqrt(q1 q2 - r^2) = sqrt(q1 q2) sin(theta)."""
        if self._sine is None:
            generic = self.relation is Relation.GENERIC
            self._sine = self.arithmetic.sqrt(self.discriminant) if generic else self.discriminant
        return self._sine

    @property
    def angle(self) -> Any:
        """theta = atan2(sqrt(q1 q2 - r^2), r) in [0, pi], the angle between the preactivations; both variances
        positive.

        Every branch divides by a quantity bounded away from zero, so the enclosure stays narrow wherever the angle is.
        """
        if self._angle is None:
            self._angle = self._find_angle()
        return self._angle

    def _find_angle(self) -> Any:
        number = self.arithmetic
        if self.relation is not Relation.GENERIC:
            return number.exact(0) if self.relation.aligned else number.pi
        sine = self.sine
        if number.is_positive(self.discriminant * 2 - self.product):
            return number.pi / 2 - number.atan(self.r / sine)
        if number.is_positive(self.r):
            return number.atan(sine / self.r)
        if number.is_positive(-self.r):
            return number.pi + number.atan(sine / self.r)
        if number.is_positive(self.discriminant):
            return number.pi / 2 - number.atan(self.r / sine)
        raise ArithmeticError("the angle of a pair of preactivations cannot be enclosed at this precision")
