"""Shapes of point sets, each a strategy for integer rows over one denominator.

A shape takes the number of columns, the least and the largest number of rows, and whether all coordinates must be
doubles. Rows may repeat: `separate` thins them afterwards. Every shape shrinks to few rows of small integers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from properties.strategies.numbers import denominators
from properties.strategies.separation import Row

Cloud = tuple[list[Row], int]
CloudShape = Callable[[int, int, int, bool], SearchStrategy[Cloud]]

_LARGEST = 9
_DOUBLE_PLACES = 50
_SCALES = 40


@lru_cache(maxsize=64)
def small_rows(columns: int, largest: int = _LARGEST) -> SearchStrategy[Row]:
    """Rows of integers between -largest and largest."""
    return st.tuples(*[st.integers(-largest, largest)] * columns)


@lru_cache(maxsize=64)
def nonzero_rows(columns: int) -> SearchStrategy[Row]:
    """Rows of integers from 1 to 9 with signs."""
    entry = st.sampled_from([sign * size for size in range(1, _LARGEST + 1) for sign in (1, -1)])
    return st.tuples(*[entry] * columns)


def grid(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Small integers over a small denominator."""
    return st.tuples(st.lists(small_rows(columns), min_size=least, max_size=most), denominators(dyadic))


def doubles(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Doubles with full mantissas between -8 and 8, as the binary fractions that they are."""
    limit = 2**53
    rows = st.lists(st.tuples(*[st.integers(-limit, limit)] * columns), min_size=least, max_size=most)
    return st.tuples(rows, st.just(2**_DOUBLE_PLACES))


def near(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """A point and neighbours that differ from it by a few units in the last place of one coordinate."""
    moves = st.tuples(st.integers(0, columns - 1), st.integers(-3, 4))

    def build(base: Row, steps: list[tuple[int, int]]) -> Cloud:
        denominator = 2**52
        rows = []
        for column, step in steps:
            row = [value * denominator for value in base]
            row[column] += step * int(math.ulp(float(base[column])) * denominator)
            rows.append(tuple(row))
        return rows, denominator

    return st.builds(build, nonzero_rows(columns), st.lists(moves, min_size=least, max_size=most))


def parallel(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Points on few rays, at rational distances from the origin."""
    members = st.tuples(st.integers(0, 1), st.integers(1, _LARGEST))

    def build(bases: tuple[Row, Row], chosen: list[tuple[int, int]], denominator: int) -> Cloud:
        return [tuple(factor * value for value in bases[which]) for which, factor in chosen], denominator

    return st.builds(
        build,
        st.tuples(nonzero_rows(columns), nonzero_rows(columns)),
        st.lists(members, min_size=least, max_size=most),
        denominators(dyadic),
    )


def antipodal(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Points and their opposites, x and -x, some opposites stretched to -c x."""
    pairs = st.tuples(small_rows(columns), st.sampled_from((1, 1, 2, 3)))

    def build(members: list[tuple[Row, int]], denominator: int) -> Cloud:
        rows: list[Row] = []
        for row, factor in members:
            rows += [row, tuple(-factor * value for value in row)]
        return rows[:most], denominator

    return st.builds(
        build,
        st.lists(pairs, min_size=(least + 1) // 2, max_size=max((most + 1) // 2, 1)),
        denominators(dyadic),
    )


def clustered(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Points around few centres, at distances from 1/16 down to 2**-30."""
    members = st.tuples(st.integers(0, 1), small_rows(columns, 3))

    def build(centres: tuple[Row, Row], chosen: list[tuple[int, Row]], places: int) -> Cloud:
        unit = 2**places
        rows = [
            tuple(unit * value + offset for value, offset in zip(centres[which], offsets, strict=True))
            for which, offsets in chosen
        ]
        return rows, unit

    return st.builds(
        build,
        st.tuples(nonzero_rows(columns), nonzero_rows(columns)),
        st.lists(members, min_size=least, max_size=most),
        st.sampled_from((4, 10, 20, 30)),
    )


def sphere(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Points of norm exactly 1, by the rational parametrisation of the sphere (stereographic projection).

    A parameter t in Q^(d-1) gives (2 t, |t|^2 - 1) / (|t|^2 + 1). With `dyadic` only signed unit vectors and
    (3/5, 4/5)-like points scaled to norm 5 stay doubles, so the points then have norm 5 or 0 < norm <= 5 instead.
    """
    if dyadic:
        return _norm_five(columns, least, most)
    parameters = st.tuples(*[st.integers(-4, 4)] * (columns - 1), st.integers(1, 3))

    def build(chosen: list[Row]) -> Cloud:
        exact: list[tuple[Fraction, ...]] = []
        for *numerators, denominator in chosen:
            t = [Fraction(numerator, denominator) for numerator in numerators]
            square = sum((value * value for value in t), Fraction(0))
            exact.append((*(2 * value / (square + 1) for value in t), (square - 1) / (square + 1)))
        common = math.lcm(*(value.denominator for row in exact for value in row)) if exact else 1
        return [tuple(int(value * common) for value in row) for row in exact], common

    return st.builds(build, st.lists(parameters, min_size=least, max_size=most))


def _norm_five(columns: int, least: int, most: int) -> SearchStrategy[Cloud]:
    places = st.tuples(
        st.integers(0, columns - 1),
        st.integers(0, columns - 1),
        st.sampled_from(((3, 4), (4, 3), (5, 0), (0, 5))),
        st.sampled_from((1, -1)),
        st.sampled_from((1, -1)),
    )

    def build(chosen: list[tuple[int, int, tuple[int, int], int, int]]) -> Cloud:
        rows = []
        for first, second, legs, sign, other_sign in chosen:
            row = [0] * columns
            if first == second:
                row[first] = 5 * sign
            else:
                row[first], row[second] = sign * legs[0], other_sign * legs[1]
            rows.append(tuple(row))
        return rows, 1

    return st.builds(build, st.lists(places, min_size=least, max_size=most))


def subspace(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Combinations of one or two vectors: points of a line or a plane in a larger space."""
    weights = st.tuples(st.integers(-4, 4), st.integers(-4, 4))

    def build(bases: tuple[Row, Row], chosen: list[tuple[int, int]], denominator: int) -> Cloud:
        first, second = bases
        rows = [tuple(a * x + b * y for x, y in zip(first, second, strict=True)) for a, b in chosen]
        return rows, denominator

    return st.builds(
        build,
        st.tuples(small_rows(columns, 3), small_rows(columns, 3)),
        st.lists(weights, min_size=least, max_size=most),
        denominators(dyadic),
    )


def extreme(columns: int, least: int, most: int, dyadic: bool) -> SearchStrategy[Cloud]:
    """Small integers times powers of two between 2**-40 and 2**40, one for each row."""
    members = st.tuples(small_rows(columns), st.sampled_from((0, 1, -1, 10, -10, _SCALES, -_SCALES)))

    def build(chosen: list[tuple[Row, int]]) -> Cloud:
        return [tuple(value << (places + _SCALES) for value in row) for row, places in chosen], 2**_SCALES

    return st.builds(build, st.lists(members, min_size=least, max_size=most))


SHAPES: dict[str, CloudShape] = {
    "grid": grid,
    "parallel": parallel,
    "antipodal": antipodal,
    "sphere": sphere,
    "subspace": subspace,
    "clustered": clustered,
    "doubles": doubles,
    "near": near,
    "extreme": extreme,
}
"""The shapes by name, the most readable first."""

TAME = ("grid", "parallel", "antipodal", "sphere", "subspace", "clustered", "doubles", "near")
"""Shapes whose points lie within a distance of 100 of the origin."""
