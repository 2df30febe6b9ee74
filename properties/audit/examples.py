"""Points at which kernels are asked: every shape in which they are known to fail, and rows of real data."""

from __future__ import annotations

import math
from functools import lru_cache

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certify.activations import CATALOGUE, Activation
from certify.points import Points
from certify.stax import Network
from properties.audit.comparison import nearest_float
from properties.audit.examination import Rows
from properties.strategies import SHAPES, Separation, as_float64, points

LARGEST_COORDINATE = 16.0
LARGEST_EXPONENTIAL = 1.0
LEAST_ROW = 1 / 16
SCALES = (1e80, 1e-80, 2.0**40, 2.0**-40)
ORDINARY = tuple(shape for shape in SHAPES if shape != "extreme")

_EXPONENTIAL = tuple(CATALOGUE[name] for name in ("Cos", "Exp", "Gabor", "Gaussian", "Rbf", "Sin"))
_STEEP = 4
"""From this total degree on, powers of large coordinates leave every format."""


def is_exponential(network: Network) -> bool:
    """Whether entries grow or vanish exponentially with the points: their relative error grows with |x|^2 whatever one
    does, so that they are asked at small points only."""
    return any(isinstance(layer, _EXPONENTIAL) for layer in network.layers)


def growth(network: Network) -> int:
    """The product of the degrees of homogeneity and of polynomials, at least 1."""
    degree = 1
    for layer in network.layers:
        if isinstance(layer, Activation):
            polynomial = layer.polynomial
            degree *= max(layer.homogeneity or 1, len(polynomial) - 1 if polynomial else 1)
    return degree


def ordinary_rows(network: Network, columns: tuple[int, int], max_rows: int) -> SearchStrategy[Rows]:
    """Distinct, equal, near-equal, parallel, antipodal, clustered, degenerate and zero rows of ordinary size; shrinks
    to few rows of small integers."""
    largest = LARGEST_EXPONENTIAL if is_exponential(network) else LARGEST_COORDINATE
    return _drawn(columns, max_rows, ORDINARY, LEAST_ROW, largest)


def scaled_rows(network: Network, columns: tuple[int, int]) -> SearchStrategy[Rows]:
    """Few simple rows, times 1e80, 1e-80, 2**40 or 2**-40, or each with a scale of its own; small scales only where
    the entries grow or vanish too fast for large ones."""
    scales = scales_for(network)
    small_only = max(scales) < 1
    simple = _drawn(columns, 2, ("grid",), separation=Separation.NONZERO)
    scaled = st.builds(_times, simple, st.sampled_from(scales))
    if small_only:
        return scaled
    mixed = _drawn(columns, 2, ("extreme",), separation=Separation.NONZERO)
    return st.one_of(scaled, mixed.filter(is_extreme))


def is_extreme(rows: Rows) -> bool:
    """Whether a row is larger than 2**20 or smaller than 2**-20 in its largest coordinate, zero rows aside."""
    sizes = [max(map(abs, row)) for row in rows]
    return any(size > 2.0**20 or 0 < size < 2.0**-20 for size in sizes)


def classics(columns: tuple[int, int]) -> tuple[Rows, ...]:
    """What every audit looks at: a zero row, parallel, opposite, equal and nearly equal ones, and an ordinary pair."""
    rows: tuple[Rows, ...] = (
        ((0.0, 0.0), (1.0, 0.0)),
        ((1.0, 1.0), (3.0, 3.0)),
        ((1.0, 2.0), (-1.0, -2.0)),
        ((1.0, 1.0), (1.0, 1.0)),
        ((1.0, 1.0), (1.0 + 2.0**-52, 1.0), (1.0 - 2.0**-53, 1.0)),
        ((1.0, 2.0), (2.0, -1.0), (1.0, 1.0)),
    )
    width = min(max(2, columns[0]), columns[1])
    return tuple(tuple((*row, *[0.0] * (width - 2))[:width] for row in one) for one in rows)


def scaled_classics(network: Network, columns: tuple[int, int]) -> tuple[Rows, ...]:
    """An ordinary pair of points at every scale that `scaled_rows` draws."""
    pair = classics(columns)[-1][:2]
    return tuple(_times(pair, scale) for scale in scales_for(network))


def scales_for(network: Network) -> tuple[float, ...]:
    """The scales at which a network is asked; the large ones only where its entries grow slowly."""
    steep = is_exponential(network) or growth(network) >= _STEEP
    return tuple(scale for scale in SCALES if scale < 1 or not steep)


def data_rows(data: Rows, max_rows: int) -> SearchStrategy[Rows]:
    """A few rows of the data; shrinks to its first ones."""
    return st.lists(st.sampled_from(data), min_size=1, max_size=max_rows).map(tuple)


def rows_of_points(found: Points) -> Rows:
    """The points with each coordinate rounded to a double: from here on the points are these doubles."""
    return tuple(tuple(nearest_float(value) for value in row) for row in found.as_fractions())


def unit_rows(rows: Rows) -> Rows:
    """x/|x| in float64, zero rows left out: points near the sphere, as doubles."""
    normed = [(row, math.sqrt(math.fsum(value * value for value in row))) for row in rows]
    return tuple(tuple(value / norm for value in row) for row, norm in normed if norm)


@lru_cache(maxsize=64)
def _drawn(
    columns: tuple[int, int],
    max_rows: int,
    shapes: tuple[str, ...],
    least: float = 0.0,
    largest: float = math.inf,
    separation: Separation = Separation.NONE,
) -> SearchStrategy[Rows]:
    drawn = points(max_size=max_rows, columns=columns, separation=separation, shapes=shapes, doubles=True)
    return drawn.map(lambda found: _tamed(as_float64(found).tolist(), least, largest))


def _tamed(rows: list[list[float]], least: float, largest: float) -> Rows:
    """The rows times a power of two, exactly, so that no coordinate exceeds the largest allowed and no row but zero is
    all below the least."""
    sizes = [size for size in (max(map(abs, row)) for row in rows) if size]
    factor = 1.0
    while sizes and max(sizes) * factor > largest:
        factor /= 2
    while sizes and min(sizes) * factor < least:
        factor *= 2
    assume(not sizes or max(sizes) * factor <= largest)
    return _times(tuple(map(tuple, rows)), factor)


def _times(rows: Rows, factor: float) -> Rows:
    # + 0.0 turns -0.0 into 0.0, which reads better.
    return tuple(tuple(value * factor + 0.0 for value in row) for row in rows)
