"""A user's matrix is taken as it is, or refused with one sentence that says where and why."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.errors import InputError
from certify.spectrum.symmetric_input import read_symmetric_ball

nan, inf = float("nan"), float("inf")
values = st.floats(-1e308, 1e308)
radii = st.floats(0.0, 1e308)


@pytest.mark.parametrize(
    ("mid", "rad", "parts"),
    [
        ([[1.0, 2.0]], 0.0, ["1 x 2", "square"]),
        ([1.0, 2.0], 0.0, ["1 dimension"]),
        (3.0, 0.0, ["0 dimension"]),
        (np.zeros((0, 0)), 0.0, ["no entries"]),
        ([[1.0, nan], [0.0, 1.0]], 0.0, ["nan", "row 0, column 1"]),
        ([[1.0, 0.0], [inf, 1.0]], 0.0, ["inf", "row 1, column 0"]),
        ([[1.0]], -1.0, ["-1.0", "radius"]),
        ([[1.0]], nan, ["nan", "radius"]),
        ([[1.0, 0.0], [0.0, 1.0]], [[0.0, -2.0], [0.0, 0.0]], ["-2.0", "row 0, column 1"]),
        ([[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [inf, 0.0]], ["inf", "row 1, column 0"]),
        ([[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0], ["(2,)", "(2, 2)"]),
        ([[1.0, 2.0], [2.5, 1.0]], 0.0, ["2.5", "row 1, column 0", "symmetric"]),
        ([[1.0, 2.0], [2.5, 1.0]], 0.2, ["2.5", "row 1, column 0", "symmetric"]),
        ([[1.0], [1.0, 2.0]], 0.0, ["rectangular"]),
        ([["a"]], 0.0, ["matrix", "type"]),
        ([[1j]], 0.0, ["complex"]),
        ([[True]], 0.0, ["bool"]),
        ([[2**53 + 1]], 0.0, [str(2**53 + 1)]),
        ([[2**70]], 0.0, [str(2**70)]),
        ([[1.0, 1.75e308], [1.7e308, 1.0]], 1e308, ["row 0, column 1", "overflows"]),
    ],
)
def test_bad_input_is_refused_by_name_and_place(mid: Any, rad: Any, parts: list[str], refused: Any) -> None:
    with refused(*parts):
        read_symmetric_ball(mid, rad)


def test_integers_and_short_floats_are_taken_exactly() -> None:
    for mid in ([[3, 1], [1, 2]], np.array([[3, 1], [1, 2]], dtype=np.float32), np.array([[3, 1], [1, 2]], dtype="u1")):
        middle, radius = read_symmetric_ball(mid, 0)
        assert middle.dtype == np.float64
        assert middle.tolist() == [[3.0, 1.0], [1.0, 2.0]]
        assert not radius.any()


def test_the_smaller_radius_of_a_pair_holds_for_both() -> None:
    for last in (7.0, 7.5):
        _, radius = read_symmetric_ball(
            [[1.0, 2.0, 7.0], [2.0, 1.0, 0.0], [last, 0.0, 1.0]], [[0, 3, 1], [2, 0, 5], [1, 4, 0]]
        )
        assert radius[0, 1] == radius[1, 0] == 2.0
        assert radius[1, 2] == radius[2, 1] == 4.0


def test_the_caller_keeps_the_array() -> None:
    given_array = np.eye(2)
    middle, _ = read_symmetric_ball(given_array, 0.0)
    middle[0, 0] = 5.0
    assert given_array[0, 0] == 1.0


def read_or_refuse(mid: np.ndarray, rad: Any) -> tuple[np.ndarray, np.ndarray] | str:
    try:
        return read_symmetric_ball(mid, rad)
    except InputError as error:
        return str(error)


@given(values, values, radii, radii)
def test_every_value_common_to_a_pair_survives(a: float, b: float, ra: float, rb: float) -> None:
    low = max(Fraction(a) - Fraction(ra), Fraction(b) - Fraction(rb))
    high = min(Fraction(a) + Fraction(ra), Fraction(b) + Fraction(rb))
    found = read_or_refuse(np.array([[1.0, a], [b, 1.0]]), np.array([[0.0, ra], [rb, 0.0]]))
    if isinstance(found, str):
        assert "not symmetric" in found if low > high else "overflows" in found
        return
    middle, radius = found
    assert low <= high
    assert middle[0, 1] == middle[1, 0]
    assert radius[0, 1] == radius[1, 0]
    assert radius[0, 0] == radius[1, 1] == 0.0
    centre, reach = Fraction(float(middle[0, 1])), Fraction(float(radius[0, 1]))
    assert centre - reach <= low <= high <= centre + reach


@given(st.floats(-1e300, 1e300), st.floats(0.0, 1e300), st.integers(0, 3))
def test_touching_intervals_are_not_called_disjoint(a: float, r: float, steps: int) -> None:
    b = float(Fraction(a) + 2 * Fraction(r))
    for _ in range(steps):
        b = float(np.nextafter(b, a))
    found = read_or_refuse(np.array([[1.0, a], [b, 1.0]]), r)
    assert isinstance(found, str) == (abs(Fraction(b) - Fraction(a)) > 2 * Fraction(r))
