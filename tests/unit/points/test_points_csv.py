"""A CSV file is its decimals, and what is wrong with one is said with line and column."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.points import load_points
from certify.points.csv_files import points_of_csv

Refused = Callable[..., AbstractContextManager[None]]

Write = Callable[[str | bytes], str]
F = Fraction


def test_cells_are_exact_rationals(write: Write) -> None:
    points = load_points(write("a,b\n0.1,1/3\n-2,1.5e-3\n"))
    assert points.as_fractions() == ((F(1, 10), F(1, 3)), (F(-2), F(3, 2000)))
    assert points.column_names == ("a", "b")
    assert points.name == "table.csv"


def test_digest_is_that_of_the_bytes_of_the_file(write: Write) -> None:
    path = write(b"1,2\r\n3,4\r\n")
    assert load_points(path, rows=1).source_sha256 == hashlib.sha256(b"1,2\r\n3,4\r\n").hexdigest()


def test_first_line_of_numbers_is_a_row(write: Write) -> None:
    points = load_points(write("1,2\n3,4\n"))
    assert points.rows == ((1, 2), (3, 4))
    assert points.column_names is None


def test_one_heading_that_is_no_number_makes_a_heading(write: Write) -> None:
    assert load_points(write("2020,width\n3,4\n")).rows == ((3, 4),)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf1,2\n3,4\n",
        b"1,2\r\n3,4\r\n",
        b"1,2\r3,4",
        b"1, 2 \n\n 3,4\n\n\n",
        b'"1","2"\n3, "4"\n',
        "\u00a01,2\n3,4".encode(),
    ],
)
def test_byte_order_mark_line_ends_blanks_and_quotes_do_not_matter(write: Write, content: bytes) -> None:
    assert load_points(write(content)).rows == ((1, 2), (3, 4))


def test_byte_order_mark_is_no_part_of_the_first_heading(write: Write) -> None:
    assert load_points(write(b"\xef\xbb\xbfa,b\n3,4\n")).column_names == ("a", "b")


def test_quoted_headings_may_hold_commas_and_newlines(write: Write) -> None:
    points = load_points(write('"width, in\ncm",b\n3,4\n'))
    assert points.column_names == ("width, in\ncm", "b")


def test_rows_are_taken_before_anything_else_is_looked_at(write: Write) -> None:
    path = write("a,b\n1,2\n3,4\noops,5,6\n")
    assert load_points(path, rows=2).rows == ((1, 2), (3, 4))
    assert load_points(write("1,2\n3,4\n"), rows=9).n == 2


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("a,b\n1,2\n3,x\n", ("table.csv, line 3, column 2 ('b')", "'x' is no number")),
        ("1,2\nx,3\n", ("line 2, column 1:", "'x' is no number")),
        ("a,b\n1,2\n\n3,\n", ("line 4, column 2 ('b')", "empty")),
        (",2\n3,4\n", ("line 1, column 1", "empty")),
        ("a,b\n1,2\n3,nan\n", ("line 3, column 2 ('b')", "not finite")),
        ("1,NaN\n3,4\n", ("line 1, column 2", "not finite")),
        ("a,b\n-inf,2\n", ("line 2, column 1 ('a')", "not finite")),
        ("a,b\n1,1/0\n", ("line 2, column 2 ('b')", "divides by zero")),
        ("a,b\n1,1e30000000\n", ("line 2, column 2 ('b')", "exponent beyond 5000")),
        ("1e30000000,1\n", ("line 1, column 1", "exponent beyond 5000")),
        ("a,b\n1," + "7" * 5001 + "\n", ("line 2, column 2 ('b')", "5001 characters")),
        ("a,b\n1," + "7" * 200_000 + "\n", ("line 2", "cells")),
        ("a,b\n1,2,3\n", ("line 2 has 3 cells", "first line has 2")),
        ("a,b\n1,2\n1\n", ("line 3 has 1 cell where", "first line has 2")),
        ('a,b\n"1,2\n', ("quotes",)),
        ('a,b\n"1"2,2\n', ("line 2", "quotes")),
        ("", ("no rows",)),
        ("\n\n", ("no rows",)),
        (b"\xef\xbb\xbf", ("no rows",)),
        ("a,b\n", ("heading but no rows",)),
        (b"a,b\n1,\xff\n", ("not UTF-8", "byte 7")),
        ("a,b\n1,2\n".encode("utf-16"), ("not UTF-8",)),
        ("a;b\n1;2\n", ("line 2", "'1;2' is no number")),
        ("1e5000,1e-5000\n", ("row 1", "20000 bits")),
        ("1e-5000," + "1/" + "3" * 4990 + "\n", ("common denominator", "20000 bits")),
        ("1," * 100_000 + "1\n", ("100001 columns", "100000")),
    ],
)
def test_bad_content_is_refused_with_its_place(
    write: Write, refused: Refused, content: str | bytes, parts: tuple[str, ...]
) -> None:
    with refused(*parts):
        load_points(write(content))


def test_control_characters_of_a_file_name_do_not_reach_the_message(tmp_path: Path, refused: Refused) -> None:
    path = tmp_path / "\x1b[31m.csv"
    path.write_text("1,x\n1,x\n")
    with refused("?[31m.csv, line 2"):
        load_points(str(path))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch, write: Write, refused: Refused) -> None:
    monkeypatch.setattr("certify.points.limits.MAX_ROWS", 3)
    path = write("1\n2\n3\n4\n")
    with refused("more than 3 rows", "--rows"):
        load_points(path)
    assert load_points(path, rows=3).n == 3


@given(st.lists(st.lists(st.fractions(), min_size=2, max_size=2), min_size=1, max_size=5))
def test_written_ratios_come_back(rows: list[list[Fraction]]) -> None:
    content = "\n".join(",".join(map(str, row)) for row in rows).encode()
    points = points_of_csv(content, rows=None, name="rows", source_sha256="")
    assert points.as_fractions() == tuple(map(tuple, rows))
