"""Exact relations between random vectors, decided without arithmetic on enclosures.

Every vector of a run belongs to a class: a base vector, named by how it is made, times a real factor. Vectors of one
base are parallel for all parameters of the network, with one factor equal, so that a correlation of +1 or -1 (the same
patch at two places of an image, blank rows, repeated points) is known and never guessed from an enclosure.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction
from math import gcd

from certify.activations import Activation, Parity, Relation
from certify.errors import InputError
from certify.programs.language import (
    Attend,
    Concat,
    Constant,
    Flatten,
    Input,
    Instruction,
    Linear,
    MatMul,
    Mix,
    Noise,
    Nonlin,
    Normalise,
    Product,
    Program,
)

# The factor as its sign and its square, and the number of the base vector; None is the zero vector.
Class = tuple[int, Fraction, int] | None

MAX_HOMOGENEITY = 8
ONE = Fraction(1)


def relation_of(first: Class, second: Class) -> Relation:
    """What two classes say of a pair; zero vectors are no relation but flags of their own."""
    if first is None or second is None or first[2] != second[2]:
        return Relation.GENERIC
    if first[0] == second[0]:
        return Relation.EQUAL if first[1] == second[1] else Relation.PARALLEL
    return Relation.OPPOSITE if first[1] == second[1] else Relation.ANTIPARALLEL


class Classes:
    """Numbers for base vectors, shared by all runs that are compared with each other."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def _base(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def run(self, program: Program, rows: Sequence[Sequence[int]], unit: bool) -> list[list[Class]]:
        """The class of every vector at every position, for integer rows (one a position); `unit` divides all of them
        by the length of the whole point. Factors common to all points do not matter and are left out."""
        square = Fraction(1)
        if unit:
            square /= sum(value * value for row in rows for value in row) or 1
        found: list[list[Class]] = []
        for index, instruction in enumerate(program.instructions):
            found.append(self._make(instruction, found, program.positions(index), rows, square))
        return found

    def _make(
        self,
        instruction: Instruction,
        found: Sequence[Sequence[Class]],
        positions: int,
        rows: Sequence[Sequence[int]],
        square: Fraction,
    ) -> list[Class]:
        match instruction:
            case Input():
                return [self._direction(row, square) for row in rows]
            case Noise(name, var):
                return [(1, ONE, self._base(("noise", name))) if var else None]
            case Constant(value):
                return [_scaled((1, ONE, self._base("constant")), value) if value else None]
            case MatMul(matrix, source, None):
                return [self._renamed(one, ("matrix", matrix.name, matrix.transposed)) for one in found[source]]
            case MatMul(matrix, source, taps) if taps is not None:
                below = found[source]
                label = ("matrix", matrix.name, matrix.transposed)
                return [
                    self._renamed(self._joined([None if k is None else below[k] for k in at]), label) for at in taps
                ]
            case Nonlin(activation, source, derivative):
                return [self._image(activation, derivative, one) for one in found[source]]
            case Product(sources):
                return [self._product([_at(found[k], p) for k in sources]) for p in range(positions)]
            case Linear(coefficients, sources):
                return [
                    self._sum([(c, _at(found[k], p)) for c, k in zip(coefficients, sources, strict=True)])
                    for p in range(positions)
                ]
            case Mix(mixed, source):
                return [self._sum([(c, _at(found[source], q)) for q, c in row]) for row in mixed]
            case Attend(source, keys, scale):
                if not any(found[source]):
                    return [None] * positions
                seen = (scale, tuple(found[keys]), tuple(found[source]))
                whole = self._base(("attend", *seen))
                return [(1, ONE, self._base(("attends", whole, one))) for one in found[keys]]
            case Normalise(source, eps):
                return [self._normalised(one, eps) for one in found[source]]
            case Flatten(source):
                return [self._joined(found[source])]
            case Concat(sources):
                return [self._joined([_at(found[k], p) for k in sources]) for p in range(positions)]
        return [(1, ONE, self._base(("output", tuple(found[instruction.source]))))]

    def _direction(self, row: Sequence[int], square: Fraction) -> Class:
        content = gcd(*row)
        if not content:
            return None
        sign = 1 if next(value for value in row if value) > 0 else -1
        return sign, square * content * content, self._base(tuple(sign * value // content for value in row))

    def _renamed(self, one: Class, label: Hashable) -> Class:
        return None if one is None else (one[0], one[1], self._base((label, one[2])))

    def _joined(self, parts: Sequence[Class]) -> Class:
        """Vectors kept apart in one: the first that is not zero gives the factor."""
        lead = next((one for one in parts if one is not None), None)
        if lead is None:
            return None
        relative = tuple(None if one is None else (lead[0] * one[0], one[1] / lead[1], one[2]) for one in parts)
        return lead[0], lead[1], self._base(("joined", relative))

    def _sum(self, terms: Sequence[tuple[Fraction, Class]]) -> Class:
        """A linear combination; terms of one base and one length are collected, in whatever order they come."""
        counts: dict[tuple[int, Fraction], int] = {}
        for coefficient, one in terms:
            scaled = _scaled(one, coefficient)
            if scaled is not None:
                key = scaled[2], scaled[1]
                counts[key] = counts.get(key, 0) + scaled[0]
        kept = sorted(
            (base, square if -1 <= n <= 1 else square * n * n, 1 if n > 0 else -1)
            for (base, square), n in counts.items()
            if n
        )
        if not kept:
            return None
        if len(kept) == 1:
            base, square, sign = kept[0]
            return sign, square, base
        _, first, sign = kept[0]
        relative = tuple((base, ONE if square == first else square / first, sign * own) for base, square, own in kept)
        return sign, first, self._base(("sum", relative))

    def _product(self, factors: Sequence[Class]) -> Class:
        sign, square, bases = 1, ONE, []
        for one in factors:
            if one is None:
                return None
            sign, square = sign * one[0], square * one[1]
            bases.append(one[2])
        return sign, square, self._base(("product", tuple(sorted(bases))))

    def _normalised(self, one: Class, eps: Fraction) -> Class:
        if one is None:
            if not eps:
                raise InputError("LayerNorm meets a variance of zero: give it an eps, or the layer before it a bias.")
            return None
        return one[0], ONE, self._base(("norm", one[2], (eps, one[1]) if eps else None))

    def _image(self, activation: Activation, derivative: bool, one: Class) -> Class:
        """s of a class by the exact symmetries of s; a constant s is the same vector everywhere."""
        if derivative:
            return 1, ONE, self._base((activation, "derivative", one))
        if one is None:
            return None if activation.vanishes_at_zero else (1, ONE, self._base((activation, 0)))
        if activation.is_constant:
            return None if activation.vanishes_at_zero else (1, ONE, self._base((activation, 0)))
        sign, square, base = one
        outside, inside = 1, sign
        if activation.parity is not Parity.NONE:
            outside, inside = (sign if activation.parity is Parity.ODD else 1), 1
        degree = activation.homogeneity
        if degree is not None and degree <= MAX_HOMOGENEITY:
            return outside, square**degree, self._base((activation, inside, base))
        return outside, ONE, self._base((activation, inside, square, base))


def _at(classes: Sequence[Class], position: int) -> Class:
    return classes[position] if len(classes) > 1 else classes[0]


def _scaled(one: Class, factor: Fraction) -> Class:
    if factor == 1 or one is None:
        return one
    if not factor:
        return None
    return (one[0] if factor > 0 else -one[0]), one[1] * factor * factor, one[2]
