"""Rows, shapes, targets and names of what is loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction

import numpy as np
import pytest

from certify.points import load_points, load_points_and_target, parse_shape, spell_shape

Refused = Callable[..., AbstractContextManager[None]]

Write = Callable[[str | bytes], str]
TABLE = "a,b,3,b\n1,2,0.5,7\n3,4,1/3,8\n"


@pytest.mark.parametrize("target", ["3", 2, -2])
def test_a_target_is_exact_and_no_feature(write: Write, target: str | int) -> None:
    points, values = load_points_and_target(write(TABLE), target=target)
    assert values == (Fraction(1, 2), Fraction(1, 3))
    assert points.rows == ((1, 2, 7), (3, 4, 8))
    assert points.denominator == 1
    assert points.column_names == ("a", "b", "b")


def test_an_index_as_text_is_an_index_where_no_column_has_that_name(write: Write) -> None:
    assert load_points_and_target(write(TABLE), target="0")[1] == (Fraction(1), Fraction(3))
    assert load_points_and_target([[1, 2], [3, 4]], target="-1")[1] == (Fraction(2), Fraction(4))


def test_without_a_target_there_are_no_values(write: Write) -> None:
    points, values = load_points_and_target(write("a,target\n1,2\n"))
    assert values is None
    assert points.columns == 2


def test_the_target_of_a_bundled_set_is_a_target_or_nothing() -> None:
    points, values = load_points_and_target("iris", target="target")
    assert points == load_points("iris") == load_points("iris", target=4)
    assert values == tuple(Fraction(i // 50) for i in range(150))
    other, widths = load_points_and_target("iris", target="petal width (cm)")
    assert other.column_names == ("sepal length (cm)", "sepal width (cm)", "petal length (cm)")
    assert widths is not None
    assert widths[0] == Fraction(1, 5)


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("b", ("2 columns 'b'", "index")),
        ("aa", ("no column 'aa'", "did you mean 'a'")),
        ("zzz", ("no column 'zzz'", "index from 0")),
        (4, ("no column 4", "0 to 3")),
        (-5, ("no column -5",)),
        ("17", ("no column 17",)),
        (True, ("bool",)),
        (1.0, ("float",)),
    ],
)
def test_bad_targets(write: Write, refused: Refused, target: str | int, parts: tuple[str, ...]) -> None:
    with refused(*parts):
        load_points(write(TABLE), target=target)


def test_targets_need_rows_headings_or_features(refused: Refused) -> None:
    with refused("no heading"):
        load_points([[1, 2]], target="y")
    with refused("no columns beside the target"):
        load_points([[1], [2]], target=0)
    with refused("shaped points"):
        load_points(np.ones((2, 2, 2)), target=0)


def test_shapes_are_read_and_must_fit(refused: Refused) -> None:
    assert load_points("digits", shape="8x8x1").shape == (8, 8, 1)
    assert load_points("digits", shape=(8, 8), target="target").shape == (8, 8)
    assert load_points(np.ones((2, 4, 3)), shape="2x2x3").shape == (2, 2, 3)
    with refused("9x9", "holds 81 numbers", "digits has 64"):
        load_points("digits", shape="9x9")
    with refused("7x9", "holds 63 numbers", "product is 64"):
        load_points("digits", shape="7x9")


@pytest.mark.parametrize("shape", [(8, 8, 1), (1, 64)])
def test_shapes_are_spelled_as_they_are_read(shape: tuple[int, ...]) -> None:
    assert parse_shape(spell_shape(shape)) == parse_shape(list(shape)) == parse_shape(f" {spell_shape(shape).upper()} ")


@pytest.mark.parametrize(
    "shape",
    [
        *("", "8", "8x", "x8", "0x8", "-8x8", "8x8x8x8", "8,8", "8.0x8", "8x8x" + "9" * 5000),
        *((), (8,), (8, 0), (8, -8), (8, 8.0), (8, True), (1, 1, 1, 1), 64, None, {8, 9}),
    ],
)
def test_bad_shapes(refused: Refused, shape: object) -> None:
    with refused("HxWxC"):
        parse_shape(shape)  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [0, -1, True, 1.0, "5"])
def test_bad_numbers_of_rows(refused: Refused, rows: object) -> None:
    with refused("rows=", "at least 1"):
        load_points("iris", rows=rows)  # type: ignore[arg-type]


def test_points_are_returned_as_they_are() -> None:
    iris = load_points("iris")
    assert load_points(iris) is iris
    assert load_points(iris, rows=10) == load_points("iris", rows=10)
    assert load_points(iris, shape="2x2").shape == (2, 2)
    assert load_points(iris, target="sepal width (cm)").columns == 3


def test_a_name_replaces_that_of_the_source() -> None:
    assert load_points([[1]], name="mine").name == "mine"
    assert load_points("wine").name == "wine"


def test_reading_decimals_imports_no_heavy_library() -> None:
    code = (
        "import sys; from certify.points import load_points; load_points('wine').drop_duplicates('unit');"
        "print([m for m in ('numpy', 'scipy', 'flint', 'pandas', 'sklearn') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
