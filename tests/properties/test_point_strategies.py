"""Points: every shape keeps its promise, separations are what they say, failures shrink to what people write."""

from __future__ import annotations

import statistics
import time
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shrinking import simplest

from certify.points import Points
from certify.stax import Network
from properties.laws.hypotheses import hidden
from properties.strategies import (
    SHAPES,
    TAME,
    Separation,
    as_float64,
    distinct_points,
    networks,
    non_proportional_points,
    points,
)

QUICK = settings(max_examples=60, deadline=None, database=None, derandomize=True)


def proportional(x: tuple[Fraction, ...], y: tuple[Fraction, ...]) -> bool:
    return all(a * d == b * c for (a, b), (c, d) in combinations(list(zip(x, y, strict=True)), 2)) or not (
        any(x) and any(y)
    )


@QUICK
@given(distinct_points(min_size=2))
def test_distinct_points_differ(found: Points) -> None:
    rows = found.as_fractions()
    assert len(set(rows)) == len(rows) >= 2


@QUICK
@given(non_proportional_points(min_size=3, columns=(2, 4)))
def test_non_proportional_points_span_planes(found: Points) -> None:
    rows = found.as_fractions()
    assert len(rows) >= 3
    assert not any(proportional(x, y) for x, y in combinations(rows, 2))


@QUICK
@given(points(min_size=2, separation=Separation.RAYS, columns=(1, 2), max_size=4))
def test_rays_are_distinct_after_normalisation(found: Points) -> None:
    assert found.drop_duplicates("unit").dropped == 0
    assert all(map(any, found.rows))


@pytest.mark.parametrize("separation", Separation)
@QUICK
@given(data=st.data())
def test_sizes_and_columns_are_kept(separation: Separation, data: st.DataObject) -> None:
    found = data.draw(points(min_size=3, max_size=5, columns=(2, 3), separation=separation))
    assert 3 <= found.n <= 5
    assert 2 <= found.columns <= 3


@pytest.mark.parametrize("shape", SHAPES)
@QUICK
@given(data=st.data())
def test_every_shape_gives_doubles_where_they_are_asked_for(shape: str, data: st.DataObject) -> None:
    found = data.draw(points(shapes=(shape,), doubles=True, columns=(2, 4)))
    array = as_float64(found)
    assert [tuple(map(Fraction, map(float, row))) for row in array] == list(found.as_fractions())


@QUICK
@given(points(shapes=("sphere",), columns=(2, 4), min_size=5, separation=Separation.LINES))
def test_the_sphere_is_exact(found: Points) -> None:
    assert all(sum(value * value for value in row) == 1 for row in found.as_fractions())


def test_points_that_are_no_doubles_are_refused() -> None:
    with pytest.raises(ValueError, match="doubles=True"):
        as_float64(Points.reduced([(1,)], 3))


def test_the_sphere_of_the_line_has_too_few_points() -> None:
    with pytest.raises(ValueError, match="at least two columns"):
        points(shapes=("sphere",), columns=1)


@pytest.mark.parametrize(
    ("where", "shape"),
    [
        ("nearly equal", lambda p: _closest(p) < Fraction(1, 10**9)),
        ("parallel", lambda p: _any_pair(p, lambda x, y: x != y and proportional(x, y) and _inner(x, y) > 0)),
        ("antipodal", lambda p: _any_pair(p, lambda x, y: x == tuple(-value for value in y) and any(x))),
        ("on the sphere", lambda p: all(_inner(row, row) == 1 for row in p.as_fractions())),
        (
            "far apart in scale",
            lambda p: max(map(_size, p.as_fractions())) > 10**10 * min(map(_size, p.as_fractions())) > 0,
        ),
    ],
)
def test_delicate_positions_are_found(where: str, shape: object) -> None:
    assert callable(shape)
    found = simplest(points(min_size=2, columns=2), shape)
    assert found.n == 2, where


def _inner(x: tuple[Fraction, ...], y: tuple[Fraction, ...]) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def _size(x: tuple[Fraction, ...]) -> Fraction:
    return max(map(abs, x))


def _any_pair(found: Points, condition: object) -> bool:
    assert callable(condition)
    return any(condition(x, y) for x, y in combinations(found.as_fractions(), 2))


def _closest(found: Points) -> Fraction:
    return min(
        (_size(tuple(a - b for a, b in zip(x, y, strict=True))) for x, y in combinations(found.as_fractions(), 2)),
        default=Fraction(1),
    )


def test_points_shrink_to_small_integers() -> None:
    line = simplest(points(min_size=3))
    assert (line.rows, line.denominator) == (((0,), (1,), (2,)), 1)
    plane = simplest(non_proportional_points(min_size=2, columns=2))
    assert plane.denominator == 1
    assert max(abs(value) for row in plane.rows for value in row) <= 2


def test_a_planted_bug_is_shrunk_to_the_pair_that_shows_it() -> None:
    def kernel_is_fooled(found: Points) -> bool:
        # A kernel that rounds to float32 takes these two for one.
        rows = found.as_fractions()
        return any(
            x != y and all(abs(a - b) < Fraction(1, 2**24) for a, b in zip(x, y, strict=True))
            for x, y in combinations(rows, 2)
        )

    found = simplest(points(), kernel_is_fooled)
    assert found.n == 2


def test_tame_shapes_stay_near_the_origin() -> None:
    @QUICK
    @given(points(shapes=TAME))
    def check(found: Points) -> None:
        assert all(_size(row) <= 100 for row in found.as_fractions())

    check()


@pytest.mark.slow
def test_a_draw_of_eight_points_and_a_network_is_quick() -> None:
    seconds = []

    @settings(max_examples=150, deadline=None, database=None, phases=[Phase.generate], derandomize=True)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        started = time.process_time()
        data.draw(st.tuples(points(min_size=8, max_size=8, columns=4), networks()))
        seconds.append(time.process_time() - started)

    draw()
    assert statistics.median(seconds) <= 0.005


@settings(max_examples=20, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.from_type(Points), st.from_type(Network))
def test_types_resolve_where_the_package_is_registered(found: Points, net: Network) -> None:
    assert found.n >= 1
    assert hidden(net)
