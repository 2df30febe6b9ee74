"""Exact relations between two points, and how they travel through a network.

For two inputs x, y the random functions of a network, over the same parameters, may be related exactly:

    EQUAL         f(y) = f(x)
    PARALLEL      f(y) = c f(x) with a constant c > 0
    OPPOSITE      f(y) = -f(x)
    ANTIPARALLEL  f(y) = -c f(x) with a constant c > 0
    GENERIC       none of these is known

A relation that holds for almost every parameter holds for the gradient as well, hence for the NNGP and for the NTK.
(The derivative dual of discontinuous activations is 0 by convention, which agrees: their relations become EQUAL or
OPPOSITE and the part of the NTK from below them vanishes.)  So a pair that is not GENERIC at the output has a singular
2 x 2 Gram matrix.
"""

from enum import IntEnum
from typing import NamedTuple

from .activations import Facts, facts_of
from .networks import Dense, Network


class Relation(IntEnum):
    """How the second of two points is related to the first."""

    GENERIC = 0
    EQUAL = 1
    PARALLEL = 2
    OPPOSITE = 3
    ANTIPARALLEL = 4

    @property
    def orientation(self) -> int:
        """1 for an angle of exactly 0, -1 for exactly pi, 0 where the angle is not known."""
        return (0, 1, 1, -1, -1)[self]


class Inner(NamedTuple):
    """Exact integers of a pair of rows over a common denominator: |x|^2, |y|^2 and <x, y>."""

    first: int
    second: int
    product: int


def input_relation(inner: Inner, unit: bool) -> Relation:
    """The relation of two input points, decided exactly by the case of equality in Cauchy's inequality.

    A zero row is related to zero rows only.  Under unit normalisation the points are x/|x|, of equal norms.
    """
    if not inner.first or not inner.second:
        return Relation.EQUAL if inner.first == inner.second else Relation.GENERIC
    if inner.product * inner.product != inner.first * inner.second:
        return Relation.GENERIC
    same_norm = unit or inner.first == inner.second
    if inner.product > 0:
        return Relation.EQUAL if same_norm else Relation.PARALLEL
    return Relation.OPPOSITE if same_norm else Relation.ANTIPARALLEL


def after_dense(relation: Relation, layer: Dense) -> Relation:
    """A bias adds the same random constant to both values, which only equality survives."""
    return Relation.GENERIC if layer.bias and relation != Relation.EQUAL else relation


def after_activation(relation: Relation, facts: Facts) -> Relation:
    """The relation of s(u) and s(v) for related u and v that are nonzero almost surely.

    s(-c u) = (+-1) c^k s(u) where s is homogeneous of degree k on the positive half line and even or odd.
    """
    if facts.constant or relation == Relation.EQUAL:
        return Relation.EQUAL
    if relation == Relation.OPPOSITE:
        return {1: Relation.EQUAL, -1: Relation.OPPOSITE, 0: Relation.GENERIC}[facts.parity]
    if relation == Relation.GENERIC or facts.degree is None:
        return Relation.GENERIC
    if relation == Relation.PARALLEL or facts.parity == 1:
        return Relation.EQUAL if facts.degree == 0 else Relation.PARALLEL
    if facts.parity == -1:
        return Relation.OPPOSITE if facts.degree == 0 else Relation.ANTIPARALLEL
    return Relation.GENERIC


def follow(network: Network, relation: Relation) -> tuple[tuple[Relation, ...], Relation]:
    """The relation at the input of every activation, and at the output."""
    met: list[Relation] = []
    for layer in network.layers:
        if isinstance(layer, Dense):
            relation = after_dense(relation, layer)
        else:
            met.append(relation)
            relation = after_activation(relation, facts_of(layer))
    return tuple(met), relation


def follow_zero(network: Network, zero: bool) -> tuple[tuple[bool, ...], bool]:
    """Whether a point's value is almost surely zero at the input of every activation, and at the output.

    `zero` says whether the input row is zero.
    """
    met: list[bool] = []
    for layer in network.layers:
        if isinstance(layer, Dense):
            zero = zero and not layer.bias
        else:
            met.append(zero)
            facts = facts_of(layer)
            zero = facts.zero or (zero and facts.vanishes_at_zero)
    return tuple(met), zero
