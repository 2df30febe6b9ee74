"""Strategies for exact points: `Points` values of every shape in which kernels are known to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certify.points import Points
from properties.strategies.clouds import SHAPES, TAME, Cloud
from properties.strategies.separation import Row, Separation, circle, moment_curve, separate, topped_up

_MOST_READABLE = next(iter(SHAPES))


def points(
    *,
    min_size: int = 1,
    max_size: int = 8,
    columns: int | tuple[int, int] = (1, 4),
    separation: Separation = Separation.DISTINCT,
    shapes: Sequence[str] = tuple(SHAPES),
    doubles: bool = False,
) -> SearchStrategy[Points]:
    """Between `min_size` and `max_size` exact points of R^d, d = `columns` or between two numbers.

    `separation` is the hypothesis that tells the points apart; `shapes` names the clouds to draw from (see
    `properties.strategies.clouds.SHAPES`); with `doubles` every coordinate is a double, so that
    `properties.strategies.as_float64` loses nothing. Shrinks to few points with small integer coordinates.

    >>> points(min_size=2, columns=2, separation=Separation.LINES)      # non-proportional points of the plane
    """
    low, high = (columns, columns) if isinstance(columns, int) else columns
    return _points(min_size, max_size, low, high, separation, tuple(shapes), doubles)


def distinct_points(**options: object) -> SearchStrategy[Points]:
    """`points` without equal rows: the hypothesis of strict positivity with a first bias."""
    return points(**{**options, "separation": Separation.DISTINCT})  # type: ignore[arg-type]


def non_proportional_points(**options: object) -> SearchStrategy[Points]:
    """`points` without zero and proportional rows: the hypothesis of strict positivity without a first bias."""
    return points(**{**options, "separation": Separation.LINES})  # type: ignore[arg-type]


def _finisher(
    least: int, separation: Separation, further: Callable[[int], Iterator[tuple[Row, int]]], columns: int
) -> Callable[[tuple[Cloud, object]], Points]:
    """The map from a cloud, with what was drawn idly, to points."""

    def finish(pair: tuple[Cloud, object]) -> Points:
        rows, denominator = pair[0]
        return Points.reduced(*topped_up(separate(rows, separation), denominator, least, separation, further(columns)))

    return finish


@lru_cache(maxsize=256)
def _points(
    least: int, most: int, low: int, high: int, separation: Separation, shapes: tuple[str, ...], doubles: bool
) -> SearchStrategy[Points]:
    # One column has only two directions, and only one line.
    if separation in (Separation.RAYS, Separation.LINES) and least > 1:
        low = max(low, 2)
    clouds = []
    for name in shapes:
        for columns in range(low, max(low, high) + 1):
            if name == "sphere" and columns == 1 and most > 1:
                continue  # the sphere of R has two points
            cloud = SHAPES[name](columns, least, most, doubles)
            # Hypothesis takes fewer choices to be simpler. A grid makes the most of them, and is what people read.
            idle = st.tuples(*[st.booleans()] * (columns * most if name != _MOST_READABLE else 0))
            further = circle if name == "sphere" and not doubles else moment_curve
            clouds.append(st.tuples(cloud, idle).map(_finisher(least, separation, further, columns)))
    if not clouds:
        raise ValueError("no shape of points is left: the sphere needs at least two columns.")
    return st.one_of(clouds)


def tame_points(**options: object) -> SearchStrategy[Points]:
    """`points` within a distance of 100 of the origin, for activations that grow exponentially."""
    return points(**{"shapes": TAME, **options})  # type: ignore[arg-type]
