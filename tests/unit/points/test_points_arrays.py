"""Arrays and nested lists are the numbers that they hold, exactly."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.points import Points, load_points

Refused = Callable[..., AbstractContextManager[None]]

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
F = Fraction


@given(st.lists(st.lists(DOUBLES, min_size=3, max_size=3), min_size=1, max_size=4))
def test_doubles_are_exact_from_arrays_and_from_lists(rows: list[list[float]]) -> None:
    exact = tuple(tuple(map(Fraction, row)) for row in rows)
    array = np.array(rows)
    assert load_points(array).as_fractions() == load_points(rows).as_fractions() == exact
    assert load_points(array.astype(">f8")) == load_points(np.asfortranarray(array)) == load_points(list(array))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_floats_of_any_width_are_exact(dtype: str) -> None:
    array = (np.arange(1, 7).reshape(2, 3) / np.array(7, dtype)).astype(dtype)
    exact = tuple(tuple(F(*value.as_integer_ratio()) for value in row) for row in array)
    assert load_points(array).as_fractions() == exact


def test_norms_of_1e150_and_1e_minus_150_are_exact_side_by_side() -> None:
    points = load_points(np.array([[1e150, 3e150], [1e-150, -3e-150], [5e-324, 1.7976931348623157e308]]))
    assert points.as_fractions() == (
        (F(1e150), F(3e150)),
        (F(1e-150), F(-3e-150)),
        (F(5e-324), F(1.7976931348623157e308)),
    )


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64"])
def test_integers_are_themselves(dtype: str) -> None:
    limits = np.iinfo(dtype)
    points = load_points(np.array([[limits.min, limits.max]], dtype))
    assert (points.rows, points.denominator) == (((int(limits.min), int(limits.max)),), 1)


def test_mixed_exact_numbers() -> None:
    rows = [[1, 0.5, "0.1"], [F(1, 3), decimal.Decimal("0.25"), "1/7"]]
    exact = ((F(1), F(1, 2), F(1, 10)), (F(1, 3), F(1, 4), F(1, 7)))
    assert load_points(rows).as_fractions() == exact
    assert load_points(np.array(rows, dtype=object)).as_fractions() == exact
    assert load_points(tuple(map(tuple, rows))).as_fractions() == exact


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 5)])
def test_arrays_of_rank_3_and_4_keep_their_shape_in_c_order(shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape)
    points = load_points(np.asfortranarray(array))
    assert points.shape == shape[1:]
    assert points.rows == tuple(tuple(row) for row in array.reshape(2, -1).tolist())
    assert load_points(array.tolist()) == points


def test_rows_are_taken_before_anything_else_is_looked_at() -> None:
    assert load_points(np.array([[1.0], [np.nan]]), rows=1).rows == ((1,),)
    assert load_points([[1], ["x", "y"]], rows=1).rows == ((1,),)


def test_anything_that_converts_to_an_array_is_read() -> None:
    class Frame:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return np.array([[1.5, 2.0]])

    assert load_points(Frame()).as_fractions() == ((F(3, 2), F(2)),)


def test_equal_content_has_one_digest_whatever_the_source() -> None:
    digest = load_points(np.array([[0.5, 1.0]])).source_sha256
    assert digest == load_points([["1/2", 1]]).source_sha256 == Points(((1, 2),), 2).content_sha256()
    assert digest != load_points([["1/2", 2]]).source_sha256


MASKED = np.ma.MaskedArray([[1.0, 2.0]], mask=[[False, True]])


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        (np.array([1.0, 2.0]), ("one-dimensional",)),
        ([1.0, 2.0], ("one-dimensional",)),
        (["1", "2"], ("one-dimensional",)),
        (np.float64(3), ("rank 0",)),
        (np.ones((1, 1, 1, 1, 1)), ("rank 5",)),
        ([[[[[1]]]]], ("rank 5",)),
        (np.empty((0, 3)), ("0x3", "at least one point")),
        (np.empty((3, 0)), ("3x0",)),
        ([], ("no rows",)),
        ([[], []], ("no columns",)),
        (np.array([[1.0, 2.0], [3.0, np.nan]]), ("row 2, column 2", "nan is not finite")),
        (np.array([[np.inf, 2.0]], "float32"), ("row 1, column 1", "inf is not finite")),
        ([[1.0, 2.0], [float("nan"), 3.0]], ("row 2, column 1", "nan is not finite")),
        (np.array([[1, None]], dtype=object), ("row 1, column 2", "NoneType")),
        ([[1, "abc"]], ("row 1, column 2", "'abc' is no number")),
        ([[1, "1e30000000"]], ("row 1, column 2", "exponent")),
        ([[10**7000]], ("row 1", "20000 bits")),
        ([[True, False]], ("row 1, column 1", "truth value")),
        ([[1, 2], [3]], ("row 2", "(1,)", "(2,)")),
        ([[1, 2], 3], ("row 2",)),
        ([[[1, 2], [3]]], ("row 1", "ragged")),
        (np.array([[True]]), ("truth values", "bool")),
        (np.array([[1j]]), ("complex numbers",)),
        (np.array([["1"]]), ("text",)),
        (np.array([[b"1"]]), ("bytes",)),
        (np.array([["2020-01-01"]], "M8[D]"), ("dates",)),
        (np.zeros((1, 1), [("a", "f8")]), ("records",)),
        (MASKED, ("masked",)),
        (np.ones((1, 100_001)), ("100001 columns",)),
        ([[1] * 100_001], ("100001 columns",)),
        (None, ("NoneType",)),
        (b"iris", ("bytes",)),
        (3.0, ("float",)),
        ({"a": 1}, ("dict",)),
        ((row for row in [[1]]), ("generator",)),
    ],
)
def test_bad_points_are_refused_with_their_place(refused: Refused, source: object, parts: tuple[str, ...]) -> None:
    with refused(*parts):
        load_points(source)


def test_a_list_that_holds_itself_is_refused(refused: Refused) -> None:
    knot: list[object] = []
    knot.append(knot)
    with refused("rank"):
        load_points(knot)


def test_a_masked_array_without_masked_entries_is_an_array() -> None:
    assert load_points(np.ma.MaskedArray([[1.0, 2.0]])).rows == ((1, 2),)
