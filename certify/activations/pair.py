"""The Gaussian pair on which a dual activation is evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from certify.activations.relation import Relation
from certify.arithmetic.protocol import Arithmetic


@dataclass(frozen=True)
class Pair:
    """A centred Gaussian pair (u, v) with variances q1, q2 and covariance r, as enclosures in one arithmetic.

    `relation` is exact knowledge about the pair; `zero1`, `zero2` say that a variance is exactly zero (and are False
    where it is positive). `discriminant`, where given, encloses q1 q2 - r^2 formed without cancellation.
    """

    arithmetic: Arithmetic
    q1: Any
    q2: Any
    r: Any
    relation: Relation = Relation.GENERIC
    zero1: bool = False
    zero2: bool = False
    given_discriminant: Any = None

    @property
    def degenerate(self) -> bool:
        return self.zero1 or self.zero2

    @cached_property
    def product(self) -> Any:
        return self.q1 * self.q2

    @cached_property
    def discriminant(self) -> Any:
        """q1 q2 - r^2, exactly zero where the relation says so."""
        if self.relation is not Relation.GENERIC:
            return self.arithmetic.exact(0)
        if self.given_discriminant is not None:
            return self.given_discriminant
        return self.product - self.r * self.r

    @cached_property
    def sine(self) -> Any:
        """sqrt(q1 q2 - r^2) = sqrt(q1 q2) sin(theta)."""
        if self.relation is not Relation.GENERIC:
            return self.arithmetic.exact(0)
        return self.arithmetic.sqrt(self.discriminant)

    @cached_property
    def angle(self) -> Any:
        """theta = atan2(sqrt(q1 q2 - r^2), r) in [0, pi], the angle between the preactivations; both variances
        positive.

        Every branch divides by a quantity bounded away from zero, so the enclosure stays narrow wherever the angle is.
        """
        number = self.arithmetic
        if self.relation.aligned:
            return number.exact(0)
        if self.relation.reversed:
            return number.pi
        if number.is_positive(self.discriminant * 2 - self.product):
            return number.pi / 2 - number.atan(self.r / self.sine)
        if number.is_positive(self.r):
            return number.atan(self.sine / self.r)
        if number.is_positive(-self.r):
            return number.pi + number.atan(self.sine / self.r)
        if number.is_positive(self.discriminant):
            return number.pi / 2 - number.atan(self.r / self.sine)
        raise ArithmeticError("the angle of a pair of preactivations cannot be enclosed at this precision")
