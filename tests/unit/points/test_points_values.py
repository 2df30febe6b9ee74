"""Points as values: lowest terms, exact equality before and after normalisation, exact inner products."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certify.points import Points, load_points

Refused = Callable[..., AbstractContextManager[None]]

SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=3)
ROWS = st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=7)


def same_direction(x: tuple[Fraction, ...], y: tuple[Fraction, ...]) -> bool:
    """Whether y = c x for some c > 0: the Cauchy-Schwarz equality with a positive product."""
    product = sum((a * b for a, b in zip(x, y, strict=True)), Fraction())
    return product > 0 and product**2 == sum(a * a for a in x) * sum(b * b for b in y)


def naive_pairs(
    rows: list[tuple[Fraction, ...]], equal: Callable[[tuple[Fraction, ...], tuple[Fraction, ...]], bool]
) -> tuple[tuple[int, int], ...]:
    pairs = []
    for i, row in enumerate(rows):
        earlier = [j for j in range(i) if equal(rows[j], row)]
        if earlier:
            pairs.append((earlier[0], i))
    return tuple(pairs)


@given(ROWS)
def test_equal_points_are_found_exactly(rows: list[tuple[Fraction, ...]]) -> None:
    distinct = load_points(rows).drop_duplicates("none")
    assert distinct.pairs == naive_pairs(rows, lambda x, y: x == y)
    assert distinct.points.as_fractions() == tuple(dict.fromkeys(rows))
    assert distinct.points.as_fractions() == tuple(rows[i] for i in distinct.kept)
    assert distinct.dropped == len(rows) - distinct.points.n == len(distinct.pairs)


@given(ROWS)
def test_points_of_equal_direction_are_found_exactly(rows: list[tuple[Fraction, ...]]) -> None:
    assume(all(any(row) for row in rows))
    distinct = load_points(rows).drop_duplicates("unit")
    assert distinct.pairs == naive_pairs(rows, same_direction)
    assert distinct.points.as_fractions() == tuple(rows[i] for i in distinct.kept)


@given(ROWS)
def test_keep_changes_nothing_but_reports(rows: list[tuple[Fraction, ...]]) -> None:
    points = load_points(rows)
    distinct = points.drop_duplicates("none", "keep")
    assert distinct.points is points
    assert (distinct.kept, distinct.dropped) == (tuple(range(len(rows))), 0)
    assert distinct.pairs == points.drop_duplicates("none").pairs


def test_x_and_3x_become_one_point_and_minus_x_stays() -> None:
    points = load_points([[1, 2], [3, 6], [-1, -2], ["1/7", "2/7"]])
    assert points.drop_duplicates("unit").pairs == ((0, 1), (0, 3))
    assert points.drop_duplicates("none").pairs == ()


def test_the_last_point_is_dropped_and_counted() -> None:
    distinct = load_points([[1], [2], [1]]).drop_duplicates()
    assert (distinct.points.rows, distinct.dropped) == (((1,), (2,)), 1)


@pytest.mark.parametrize("normalize", ["none", "unit"])
def test_doubles_one_ulp_apart_stay_two_points(normalize: str) -> None:
    x = np.array([[1.0, 1e150], [np.nextafter(1.0, 2.0), 1e150], [1.0, np.nextafter(1e150, 0.0)]])
    assert load_points(x).drop_duplicates(normalize).points.n == 3  # type: ignore[arg-type]


@pytest.mark.parametrize("normalize", ["none", "unit"])
def test_points_that_no_double_can_tell_apart_stay_two_points(normalize: str) -> None:
    far = 10**30
    points = load_points([[2 * far, 6], [2 * far + 2, 6], [2 * far, 6]])
    assert points.drop_duplicates(normalize).pairs == ((0, 2),)  # type: ignore[arg-type]


def test_directions_of_extreme_norms_are_compared_exactly() -> None:
    tiny, huge = 2.0**-500, 2.0**500
    points = load_points(np.array([[3 * tiny, 5 * tiny], [3 * huge, 5 * huge], [3 * huge, np.nextafter(5 * huge, 0)]]))
    assert points.drop_duplicates("unit").pairs == ((0, 1),)
    decimal = load_points([["1e-150", "3e-150"], ["1e150", "3e150"]])
    assert decimal.drop_duplicates("unit").pairs == ((0, 1),)


def test_error_names_both_rows(refused: Refused) -> None:
    with refused("rows 102 and 143", "iris", "equal points"):
        load_points("iris").drop_duplicates("none", "error")
    with refused("rows 1 and 3", "after normalisation"):
        load_points([[1, 2], [2, 1], [2, 4]]).drop_duplicates("unit", "error")
    wine = load_points("wine")
    assert wine.drop_duplicates("unit", "error").points is wine


@pytest.mark.parametrize("policy", ["drop", "keep", "error"])
def test_a_zero_row_has_no_direction(refused: Refused, policy: str) -> None:
    points = load_points([[1, 2], [0, 0]])
    with refused("row 2", "zero"):
        points.drop_duplicates("unit", policy)  # type: ignore[arg-type]
    assert points.drop_duplicates("none", policy).points is points  # type: ignore[arg-type]


def test_unknown_choices_suggest_the_nearest(refused: Refused) -> None:
    points = load_points([[1]])
    with refused("'units'", "did you mean 'unit'"):
        points.drop_duplicates("units")  # type: ignore[arg-type]
    with refused("'dropped'", "did you mean 'drop'"):
        points.drop_duplicates("none", "dropped")  # type: ignore[arg-type]
    with refused("7", "'none', 'unit'"):
        points.normalised_keys(7)  # type: ignore[arg-type]


@given(ROWS)
def test_rows_are_over_one_denominator_in_lowest_terms(rows: list[tuple[Fraction, ...]]) -> None:
    points = load_points(rows)
    assert points.as_fractions() == tuple(rows)
    assert math.gcd(points.denominator, *(entry for row in points.rows for entry in row)) == 1
    assert points.denominator == math.lcm(*(entry.denominator for row in rows for entry in row))


@given(ROWS, st.data())
def test_take_keeps_the_points_and_lowest_terms(rows: list[tuple[Fraction, ...]], data: st.DataObject) -> None:
    indices = data.draw(st.lists(st.integers(-len(rows), len(rows) - 1), min_size=1))
    assert load_points(rows).take(indices) == load_points([rows[index] for index in indices])


def test_take_refuses_unknown_rows_and_none(refused: Refused) -> None:
    points = load_points([[1], [2]])
    with refused("index 2", "0 to 1"):
        points.take([0, 2])
    with refused("no rows"):
        points.take([])


@given(ROWS, ROWS)
def test_inner_products_are_exact(first: list[tuple[Fraction, ...]], second: list[tuple[Fraction, ...]]) -> None:
    x, y = load_points(first), load_points(second)
    gram, cross = x.inner_products(), x.cross_inner_products(y)
    for i, a in enumerate(first):
        for j, b in enumerate(first):
            assert Fraction(int(gram[i, j]), x.denominator**2) == a[0] * b[0] + a[1] * b[1]
        for j, b in enumerate(second):
            assert Fraction(int(cross[i, j]), x.denominator * y.denominator) == a[0] * b[0] + a[1] * b[1]


def test_inner_products_of_extreme_norms_are_exact() -> None:
    x = [[1e150, 1.0], [1e-150, -1e150]]
    points = load_points(np.array(x))
    gram = points.inner_products()
    for i in range(2):
        for j in range(2):
            exact = sum(Fraction(a) * Fraction(b) for a, b in zip(x[i], x[j], strict=True))
            assert Fraction(int(gram[i, j]), points.denominator**2) == exact


def test_points_of_different_dimensions_have_no_inner_products(refused: Refused) -> None:
    with refused("iris has 4 columns and wine has 13"):
        load_points("iris").cross_inner_products(load_points("wine"))


def test_equality_is_that_of_the_points_and_not_of_their_labels() -> None:
    first = load_points([["1/2", 1]], name="first")
    assert first == load_points(np.array([[0.5, 1.0]]))
    assert hash(first) == hash(Points(((1, 2),), 2))
    assert first != first.with_shape((1, 2))
    assert first != load_points([["1/2", 2]])


def test_points_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_points([[1]]).denominator = 2  # type: ignore[misc]


def test_canonical_bytes_are_canonical_json() -> None:
    points = load_points([["-1/2", 255], [0, 16]])
    assert points.canonical_bytes() == b'{"denominator":"2","rows":["-1 1fe","0 20"]}\n'
    content = json.loads(points.canonical_bytes())
    assert (json.dumps(content, sort_keys=True, separators=(",", ":")) + "\n").encode() == points.canonical_bytes()


@pytest.mark.parametrize(
    ("rows", "denominator", "options", "part"),
    [
        ((), 1, {}, "no rows"),
        (((),), 1, {}, "no columns"),
        (((1, 2), (3,)), 1, {}, "row 2"),
        (((1, 2.0),), 1, {}, "integers"),
        (((1, True),), 1, {}, "integers"),
        (((1, np.int64(2)),), 1, {}, "integers"),
        (((2, 4),), 2, {}, "lowest terms"),
        (((1, 2),), 0, {}, "positive"),
        (((1, 2),), -1, {}, "positive"),
        (((1, 2),), 1.0, {}, "positive"),
        (((1, 2),), 1, {"shape": (2, 2)}, "2x2"),
        (((1, 2),), 1, {"declared_shapes": ((1, 2), (3, 1))}, "3x1"),
        (((1, 2),), 1, {"column_names": ("a",)}, "2 columns but 1 names"),
    ],
)
def test_ill_formed_points_cannot_be_made(
    refused: Refused, rows: tuple[tuple[int, ...], ...], denominator: int, options: dict[str, object], part: str
) -> None:
    with refused(part):
        Points(rows, denominator, **options)  # type: ignore[arg-type]
