"""What a point leaves on its way through a network with positions, and the dual of a pair of positions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from . import limits
from .answers import Unsupported
from .dual_base import Dual
from .elementary import exponential
from .input_moments import later_moments
from .interval import ONE, ZERO, Interval, add, divide, subtract, top
from .labels import Labels
from .relations import Relation


class Stations:
    """What one point leaves at every activation (variances, prepared data), norm (1 / length) and attention (weights),
    in the order in which they are met; filled while the point is paired with itself."""

    def __init__(self, labels: Sequence[Labels]) -> None:
        self.labels = labels
        self.left: list[Any] = []


class Side(NamedTuple):
    """One position at an activation: its variance, what the dual prepared of it, and its exact label."""

    variance: Interval
    prepared: Any
    label: int

    @property
    def dead(self) -> bool:
        """Whether the value there is exactly zero, by its label or by a variance that is the number zero."""
        return not self.label or not (self.variance[0] or self.variance[1])


def confined(variance: Interval) -> Interval:
    """The variance itself, unless it lies beyond every magnitude."""
    if variance[1] and abs(top(variance)) > limits.MAX_MAGNITUDE:
        raise Unsupported("a variance lies beyond every magnitude that this engine handles")
    return variance


def dual_entry(
    dual: Dual, vanishing: bool, one: Side, two: Side, covariance: Interval, bits: int
) -> tuple[Interval, Interval]:
    """V and V' of an activation at two positions; `vanishing` says that the activation is zero at zero."""
    if one.dead or two.dead:
        # A value that is zero whatever the parameters has no gradient: the slope does not matter.
        return (ZERO if vanishing else dual.at_zero(one.prepared, two.prepared, one.dead and two.dead)), ZERO
    relation = Relation.GENERIC
    if one.label == two.label:
        relation, covariance = Relation.EQUAL, one.variance
    moments = later_moments(one.variance, two.variance, covariance, relation, bits, dual.uses_distances)
    return dual.pair(one.prepared, two.prepared, moments)


def softmax(scores: Sequence[Interval], bits: int) -> list[Interval]:
    """exp(s_q) / sum_r exp(s_r) as 1 / sum_r exp(s_r - s_q), for every q."""
    found = []
    for q, own in enumerate(scores):
        total = ONE
        for r, other in enumerate(scores):
            if r != q:
                total = add(total, exponential(subtract(other, own, bits), bits), bits)
        found.append(divide(ONE, total, bits))
    return found
