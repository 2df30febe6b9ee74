"""What a dual activation is given, and what it returns.

For jointly Gaussian (u, v) with mean zero, variances q1, q2 and covariance r, the dual of an activation s is
V = E s(u) s(v) and its derivative dual V' = E s'(u) s'(v), which is dV/dr by Price's theorem where s is continuous.
"""

from typing import Any, NamedTuple, Protocol

from .interval import Interval


class Covariance(NamedTuple):
    """Enclosures of the second moments of a pair; every field encloses the exact value, however it was formed.

    covariance: r.  discriminant: q1 q2 - r^2 >= 0.  apart: q1 + q2 - 2 r = E (u - v)^2 >= 0.
    together: q1 + q2 + 2 r = E (u + v)^2 >= 0.  orientation: 1 or -1 where the angle is exactly 0 or pi, else 0.
    A dual that does not say that it uses a field may be given zero there.
    """

    covariance: Interval
    discriminant: Interval
    apart: Interval
    together: Interval
    orientation: int


class Dual(Protocol):
    """A dual activation at one working precision.

    `point` turns the variance of one point into whatever the pairs of that point need.  `pair` gives enclosures of V
    and V'.  `at_zero` gives V where one value, or both, is almost surely zero.
    """

    uses_discriminant: bool
    uses_distances: bool

    def point(self, variance: Interval) -> Any: ...

    def pair(self, first: Any, second: Any, moments: Covariance) -> tuple[Interval, Interval]: ...

    def at_zero(self, first: Any, second: Any, both: bool) -> Interval: ...
