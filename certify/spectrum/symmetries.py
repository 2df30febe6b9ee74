"""Pairs and triples of points on which symmetries make every kernel of the network singular.

A relation between two points (equal, parallel, opposite) that survives to the output of the network holds for the
random function itself, f(y; W) = +-c f(x; W) for all parameters W, hence for its gradient: the 2 x 2 Gram matrix of
NNGP and of NTK is singular. Where a discontinuous activation makes two functions equal, the derivative dual is zero
by convention and the later layers see equal functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import neg

from certify.activations import Activation, Parity, Relation
from certify.points import Points
from certify.points.duplicates import FirstRows
from certify.programs import Dense, Layer


@dataclass(frozen=True)
class FamilyProof:
    """Rows of the data on which the kernel is singular, and the exact family that they belong to."""

    family: str
    rows: tuple[int, ...]
    coefficients: tuple[int, ...] = ()

    @property
    def reason(self) -> str:
        numbers = ", ".join(map(str, self.rows[:6])) + (", ..." if len(self.rows) > 6 else "")
        return f"{self.family} (rows {numbers}, counted from 0)"


def final_relation(layers: Sequence[Layer], relation: Relation) -> Relation:
    """The relation between the outputs at two points whose inputs are so related."""
    for layer in layers:
        if isinstance(layer, Activation):
            relation = layer.image(relation)
        elif isinstance(layer, Dense) and layer.b_var:
            relation = relation.after_bias()
    return relation


def vanishes(layers: Sequence[Layer], kernel: str, zero: bool) -> bool:
    """Whether the diagonal entry is zero: at the point zero, or, with `zero` False, at every point.

    The variance is zero where the random function is; the NTK where the variances and derivative duals that it is made
    of are.
    """
    tangent = zero
    for layer in layers:
        if isinstance(layer, Dense):
            zero = zero and not layer.b_var
            tangent = tangent and zero
        elif isinstance(layer, Activation):
            zero = layer.vanishes_at_zero and (zero or layer.is_constant)
            tangent = tangent or layer.has_zero_derivative_dual
    return tangent if kernel == "ntk" else zero


def odd_about_a_constant(layers: Sequence[Layer]) -> bool:
    """Whether f(x) + f(-x) is the same random number for all x.

    So it is where the layers are odd without bias up to one that adds a constant (a bias, or an activation odd about a
    constant), with nothing but Dense layers after it.
    """
    odd = True
    for layer in layers:
        if isinstance(layer, Dense):
            odd = odd and not layer.b_var
        elif isinstance(layer, Activation):
            if not odd or not layer.is_odd_about_a_constant:
                return False
            odd = layer.parity is Parity.ODD
    return True


def homogeneous_up_to_output_bias(layers: Sequence[Layer]) -> bool:
    """Whether f(c x) = c^k (f(x) - bias) + bias for c > 0: homogeneous activations, no bias but that of a last
    Dense."""
    relevant = [layer for layer in layers if isinstance(layer, (Dense, Activation))]
    return isinstance(relevant[-1], Dense) and all(
        not layer.b_var if isinstance(layer, Dense) else layer.homogeneity is not None for layer in relevant[:-1]
    )


def direction(row: Sequence[int]) -> tuple[int, ...]:
    """The primitive integer vector on the ray of a nonzero integer row."""
    content = math.gcd(*row)
    return tuple(row) if content == 1 else tuple([value // content for value in row])


def related_pairs(points: Points, normalize: str) -> Iterator[tuple[Relation, int, int]]:
    """For each kind of relation the first pairs of rows that stand in it, in O(N d)."""
    exact, rays = FirstRows(points.rows.__getitem__), FirstRows(lambda i: direction(points.rows[i]))
    for j, row in enumerate(points.rows):
        if not any(row):
            if (zero := exact.find(row)) is not None:
                yield Relation.EQUAL, zero, j
            exact.add(j, row)
            continue
        ray = direction(row)
        opposite, opposite_ray = tuple(map(neg, row)), tuple(map(neg, ray))
        table, key, mirrored = (rays, ray, opposite_ray) if normalize == "unit" else (exact, row, opposite)
        same, other = table.find(key), table.find(mirrored)
        if same is not None:
            yield Relation.EQUAL, same, j
        if other is not None:
            yield Relation.OPPOSITE, other, j
        if normalize == "none":
            along, against = rays.find(ray), rays.find(opposite_ray)
            if along is not None and same is None:
                yield Relation.PARALLEL, along, j
            if against is not None and other is None:
                yield Relation.ANTIPARALLEL, against, j
            exact.add(j, row)
        rays.add(j, ray)


_NAMES = {
    Relation.EQUAL: "equal points",
    Relation.PARALLEL: "parallel rows",
    Relation.OPPOSITE: "opposite rows",
    Relation.ANTIPARALLEL: "opposite rows",
}


def find_symmetric_singularity(
    layers: Sequence[Layer], points: Points, kernel: str, normalize: str
) -> FamilyProof | None:
    """Rows on which the symmetries of the network prove lambda_min = 0; None decides nothing."""
    if vanishes(layers, kernel, False):
        return FamilyProof("zero kernel", (0,))
    if points.n > 1 and final_relation(layers, Relation.GENERIC) is Relation.EQUAL:
        return FamilyProof("constant function", (0, 1))
    if normalize == "none" and vanishes(layers, kernel, True):
        for i, row in enumerate(points.rows):
            if not any(row):
                return FamilyProof("zero row", (i,))
    decided = {relation: final_relation(layers, relation) is not Relation.GENERIC for relation in _NAMES}
    opposite: list[int] = []
    for relation, i, j in related_pairs(points, normalize):
        if decided[relation]:
            return FamilyProof(_NAMES[relation], (i, j))
        if relation is Relation.OPPOSITE and not {i, j} & set(opposite):
            opposite += [i, j]
    if len(opposite) >= 4 and odd_about_a_constant(layers):
        return FamilyProof("two opposite pairs", tuple(opposite[:4]))
    if normalize == "none" and homogeneous_up_to_output_bias(layers):
        return _rows_on_few_rays(points)
    return None


def _rows_on_few_rays(points: Points) -> FamilyProof | None:
    """Two more rows than rays: three on one ray, or two on each of two."""
    rays: dict[tuple[int, ...], list[int]] = {}
    pair: list[int] = []
    for i, row in enumerate(points.rows):
        if any(row):
            members = rays.setdefault(direction(row), [])
            members.append(i)
            if len(members) == 3:
                return FamilyProof("three parallel rows", tuple(members))
            if len(members) == 2:
                pair += members
                if len(pair) == 4:
                    return FamilyProof("two parallel pairs", tuple(pair))
    return None
