"""Points as exact rational vectors: integer rows over one denominator."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Self, get_args

from certify.errors import InputError
from certify.points.duplicates import DuplicatePolicy, Normalize, Row, normalised_keys, repeated_rows, require_choice
from certify.points.shapes import Shape, require_fit

if TYPE_CHECKING:
    from flint import fmpz_mat


@dataclass(frozen=True)
class Points:
    """N points of R^d: point i is ``rows[i] / denominator``, exactly.

    The denominator is positive and has no factor in common with all entries, so that equal sets of points have equal
    fields. `shape` is that of one point, read in C order (None: a flat vector); `declared_shapes` are those that the
    source says a network may use. The name, the column names and `source_sha256` (the digest of the bytes of the file
    as read, or of `canonical_bytes` for points from memory) are labels, and no part of equality.

    Raises InputError for no rows, no columns, rows of different lengths, entries that are no integers, a denominator
    that is not reduced, and shapes that do not fit the columns.
    """

    rows: tuple[Row, ...]
    denominator: int
    shape: Shape | None = None
    name: str = field(default="points", compare=False)
    source_sha256: str | None = field(default=None, compare=False)
    column_names: tuple[str, ...] | None = field(default=None, compare=False)
    declared_shapes: tuple[Shape, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not self.rows or not self.rows[0]:
            raise InputError(f"{self.name} has no {'columns' if self.rows else 'rows'}; give at least one point.")
        for number, row in enumerate(self.rows, 1):
            if len(row) != self.columns:
                raise InputError(
                    f"row {number} (counted from 1) of {self.name} has {len(row)} columns where row 1 has "
                    f"{self.columns}; give every point the same length."
                )
            # A bool or a float would compare equal to an integer and break exactness further on.
            if any(type(entry) is not int for entry in row):
                raise InputError(
                    f"row {number} (counted from 1) of {self.name} must consist of integers; use load_points."
                )
        if type(self.denominator) is not int or self.denominator < 1 or _content(self.rows, self.denominator) != 1:
            raise InputError(
                f"the denominator of {self.name} must be positive and in lowest terms; use Points.reduced."
            )
        if self.column_names is not None and len(self.column_names) != self.columns:
            raise InputError(
                f"{self.name} has {self.columns} columns but {len(self.column_names)} names; name each column."
            )
        for shape in (self.shape, *self.declared_shapes):
            if shape is not None:
                require_fit(shape, self.columns, self.name)

    @classmethod
    def reduced(
        cls,
        rows: Iterable[Row],
        denominator: int,
        *,
        shape: Shape | None = None,
        name: str = "points",
        source_sha256: str | None = None,
        column_names: tuple[str, ...] | None = None,
        declared_shapes: tuple[Shape, ...] = (),
    ) -> Self:
        """The points ``rows / denominator`` brought to lowest terms; the denominator must be a positive integer."""
        rows = tuple(rows)
        common = _content(rows, denominator)
        if common > 1:
            rows = tuple(tuple(entry // common for entry in row) for row in rows)
            denominator //= common
        return cls(rows, denominator, shape, name, source_sha256, column_names, declared_shapes)

    @property
    def n(self) -> int:
        """The number of points."""
        return len(self.rows)

    @property
    def columns(self) -> int:
        """The number of coordinates of a point."""
        return len(self.rows[0])

    def as_fractions(self) -> tuple[tuple[Fraction, ...], ...]:
        """The exact coordinates, N rows of `columns` rationals."""
        return tuple(tuple(Fraction(entry, self.denominator) for entry in row) for row in self.rows)

    def take(self, indices: Sequence[int]) -> Points:
        """The points with these indices (from 0, negative from the end), in this order.

        Raises InputError for an index out of range and for no index at all.
        """
        for index in indices:
            if not -self.n <= index < self.n:
                raise InputError(
                    f"there is no row with index {index} in {self.name}; its indices run from 0 to {self.n - 1}."
                )
        return self.with_rows(tuple(self.rows[index] for index in indices))

    def with_rows(self, rows: tuple[Row, ...]) -> Points:
        """Other integer rows of the same length over the same denominator, brought to lowest terms; the labels stay."""
        return type(self).reduced(
            rows,
            self.denominator,
            shape=self.shape,
            name=self.name,
            source_sha256=self.source_sha256,
            column_names=self.column_names,
            declared_shapes=self.declared_shapes,
        )

    def with_shape(self, shape: Shape | None) -> Points:
        """The same points read in another shape. Raises InputError where it does not hold `columns` numbers."""
        return replace(self, shape=shape)

    def normalised_keys(self, normalize: Normalize) -> list[Row]:
        """Integer vectors that are equal exactly where the points are, as `duplicates.normalised_keys` makes them."""
        return normalised_keys(self.rows, normalize)

    def drop_duplicates(self, normalize: Normalize = "none", policy: DuplicatePolicy = "drop") -> Distinct:
        """Find the points that are equal after normalisation, exactly and in O(N d), and treat them by the policy.

        "drop" keeps the first of equal points, "keep" keeps all, "error" refuses them. Raises InputError for "error"
        where two points are equal (naming the first two), for an unknown policy, and under "unit" for a zero row.
        """
        require_choice("duplicate policy", policy, get_args(DuplicatePolicy))
        require_choice("normalisation", normalize, get_args(Normalize))
        if normalize == "unit" and not all(map(any, self.rows)):
            self.normalised_keys(normalize)
        pairs = tuple(repeated_rows(self.n, lambda i: normalised_keys(self.rows[i : i + 1], normalize)[0]))
        if pairs and policy == "error":
            first, repeat = pairs[0]
            raise InputError(
                f"rows {first + 1} and {repeat + 1} (counted from 1) of {self.name} are equal points"
                f"{' after normalisation' if normalize == 'unit' else ''}; remove one or use --duplicates drop."
            )
        if not pairs or policy == "keep":
            return Distinct(self, tuple(range(self.n)), pairs, 0)
        repeats = {repeat for _, repeat in pairs}
        kept = tuple(index for index in range(self.n) if index not in repeats)
        return Distinct(self.take(kept), kept, pairs, len(pairs))

    def inner_products(self) -> fmpz_mat:
        """The Gram matrix of the integer rows: entry [i, j] over ``denominator ** 2`` is <x_i, x_j>, exactly."""
        matrix = self._matrix()
        return matrix * matrix.transpose()

    def cross_inner_products(self, other: Points) -> fmpz_mat:
        """Entry [i, j] over ``self.denominator * other.denominator`` is <x_i, y_j>, exactly.

        Raises InputError where the numbers of columns differ.
        """
        if self.columns != other.columns:
            raise InputError(
                f"{self.name} has {self.columns} columns and {other.name} has {other.columns}; "
                "give points of one dimension."
            )
        return self._matrix() * other._matrix().transpose()

    def canonical_bytes(self) -> bytes:
        """The exact content as canonical JSON with a final newline: denominator and rows (strings) in hexadecimal."""
        content = {
            "denominator": f"{self.denominator:x}",
            "rows": [" ".join(f"{e:x}" for e in row) for row in self.rows],
        }
        return (json.dumps(content, sort_keys=True, separators=(",", ":")) + "\n").encode("ascii")

    def content_sha256(self) -> str:
        """SHA-256 of `canonical_bytes`, in hexadecimal: equal for equal points, whatever file they came from."""
        digest = hashlib.sha256(f'{{"denominator":"{self.denominator:x}","rows":['.encode("ascii"))
        for number, row in enumerate(self.rows):
            text = " ".join([f"{entry:x}" for entry in row])
            digest.update(f'{"," if number else ""}"{text}"'.encode("ascii"))
        digest.update(b"]}\n")
        return digest.hexdigest()

    def _matrix(self) -> fmpz_mat:
        from flint import fmpz_mat

        return fmpz_mat(self.n, self.columns, [entry for row in self.rows for entry in row])


@dataclass(frozen=True)
class Distinct:
    """What `Points.drop_duplicates` found.

    The points that remain and their indices among the original ones (from 0), a pair (first, repeat) of original
    indices for every point that equals an earlier one, and how many were left out.
    """

    points: Points
    kept: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    dropped: int


def _content(rows: Sequence[Row], denominator: int) -> int:
    common = denominator
    for row in rows:
        if common == 1:
            break
        common = math.gcd(common, *row)
    return common
