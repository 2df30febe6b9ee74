"""Which float64 path serves a network and its points."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import mul
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from certify.activations import ANGLES, Activation
from certify.arithmetic.float_balls import FloatBall
from certify.errors import InputError
from certify.kernels.float64.approximants import NoApproximant
from certify.kernels.float64.composite import CompositeKernel
from certify.kernels.float64.directions import MOST_COLUMNS, Directions, directions
from certify.kernels.float64.gram import CompositeGram, approximant_of
from certify.kernels.float64.layered import CLOSED_FORMS, LayeredKernel, Points64
from certify.kernels.float64.layered_gram import LayeredGram
from certify.kernels.float64.polynomials import UNIT, UPWARD, FloatArray
from certify.kernels.float64.profile import Profile, homogeneity
from certify.kernels.float64.remainders import Remainder
from certify.kernels.float64.tiled import FLINT, TiledKernel
from certify.points import Points
from certify.programs import Dense, Identity, Layer

Indices = NDArray[np.intp]

_LARGEST_EXPONENT = 900
_LARGEST_WEIGHT = 400
_KEPT: dict[int, tuple[weakref.ref[Points], Directions]] = {}


def float_gram(layers: Sequence[Layer], x1: Points, x2: Points | None, kernel: str, normalize: str) -> TiledKernel:
    """The kernel "nngp" or "ntk" of checked points, ready to be made in float64.

    At one norm, and at any norms under a homogeneous network, one approximant of the whole network; else layer by
    layer. Raises NoApproximant where float64 is of no use: values beyond its range, a profile too rough near
    correlation +-1 for a polynomial, duals that arrays cannot go through.
    """
    if not all(isinstance(layer, (Dense, Identity, Activation)) for layer in layers):
        raise NoApproximant("a network that is no sequence of dense layers and activations")
    if any(isinstance(layer, tuple(ANGLES.values())) for layer in layers):
        raise NoApproximant("an activation whose dual is an integral: too slow at the bits of a profile")
    if x1.columns > MOST_COLUMNS:
        raise NoApproximant(f"points of more than {MOST_COLUMNS} columns")
    sets = (x1,) if x2 is None else (x1, x2)
    if normalize == "unit":
        if not all(any(row) for points in sets for row in points.rows):
            raise InputError("a point is zero and has no direction: remove it or use normalize='none'.")
        return _composite(layers, sets, kernel, Fraction(1), None)
    squares = [_squares(points) for points in sets]
    distinct = set().union(*squares)
    degree = homogeneity(layers)
    if len(distinct) == 1 and 0 not in distinct:
        return _composite(layers, sets, kernel, next(iter(distinct)), None)
    if degree is not None and not (degree == 0 and 0 in distinct):
        return _composite(layers, sets, kernel, Fraction(1), [_weights(part, degree) for part in squares])
    return _layered(layers, sets, kernel, squares)


def _composite(
    layers: Sequence[Layer],
    sets: Sequence[Points],
    kernel: str,
    square: Fraction,
    weights: Sequence[FloatArray] | None,
) -> CompositeGram:
    profile = Profile(tuple(layers), sets[0].columns, square, kernel)
    approximant = approximant_of(profile)
    if abs(approximant.exponent) > _LARGEST_EXPONENT:
        raise NoApproximant("values beyond the range of float64")
    ways = [directions_of(points) for points in sets]
    composite = CompositeKernel(approximant, ways[0], ways[-1])
    factors = None if weights is None else (weights[0], weights[-1])
    return CompositeGram(profile, approximant, composite, (sets[0], sets[-1]), factors, len(sets) == 1)


def common_profile(layers: Sequence[Layer], points: Points, kernel: str, normalize: str) -> Profile:
    """The kernel as a function of the correlation. Raises NoApproximant where the norms differ or are zero, or where
    the network is none of dense layers and activations."""
    if not all(isinstance(layer, (Dense, Identity, Activation)) for layer in layers):
        raise NoApproximant("a network that is no sequence of dense layers and activations")
    if any(isinstance(layer, tuple(ANGLES.values())) for layer in layers):
        raise NoApproximant("an activation whose dual is an integral: too slow at the bits of a profile")
    if points.columns > MOST_COLUMNS:
        raise NoApproximant(f"points of more than {MOST_COLUMNS} columns")
    norms = {Fraction(1)} if normalize == "unit" else set(_squares(points))
    if len(norms) > 1 or 0 in norms:
        raise NoApproximant("points that are not all of one positive norm")
    return Profile(tuple(layers), points.columns, next(iter(norms)), kernel)


def profile_gram(
    profile: Profile | Remainder, points: Points, ways: Directions, chosen: Sequence[int] | None = None
) -> CompositeGram:
    """A profile at the correlations of all pairs of points, whose directions were found before; or of some points,
    `chosen`, with all.

    Raises NoApproximant where it cannot be approximated.
    """
    approximant = approximant_of(profile)
    if abs(approximant.exponent) > _LARGEST_EXPONENT:
        raise NoApproximant("values beyond the range of float64")
    if chosen is None:
        composite = CompositeKernel(approximant, ways, ways)
        return CompositeGram(profile, approximant, composite, (points, points), None, symmetric=True)
    composite = CompositeKernel(approximant, Directions(ways.high[chosen], ways.low[chosen]), ways)
    return CompositeGram(profile, approximant, composite, (points.take(chosen), points), None, symmetric=False)


def block_grams(
    profile: Profile | Remainder, points: Points, ways: Directions, sets: Sequence[Indices]
) -> Callable[[int, int], CompositeGram]:
    """A profile at the correlations of the points of two of these sets, given by their numbers; products are probed.

    Raises as `profile_gram` does.
    """
    approximant = approximant_of(profile)
    if abs(approximant.exponent) > _LARGEST_EXPONENT:
        raise NoApproximant("values beyond the range of float64")
    taken = [points.take(chosen.tolist()) for chosen in sets]

    def between(first: int, second: int) -> CompositeGram:
        left, right = (Directions(ways.high[sets[k]], ways.low[sets[k]]) for k in (first, second))
        composite = CompositeKernel(approximant, left, right)
        both = taken[first], taken[second]
        return CompositeGram(profile, approximant, composite, both, None, symmetric=False).probed()

    return between


def _layered(
    layers: Sequence[Layer], sets: Sequence[Points], kernel: str, squares: Sequence[Sequence[Fraction]]
) -> LayeredGram:
    if not all(isinstance(layer, (Dense, Identity, *CLOSED_FORMS)) for layer in layers):
        raise NoApproximant("an activation whose dual has no closed form")
    # A zero point has no direction, and perhaps a variance of zero.
    dead = [np.array([not square for square in part]) for part in squares]
    points = []
    for part, zero, given in zip(squares, dead, sets, strict=True):
        positive = [square or Fraction(1) for square in part]
        norms = _weights(positive, 1)
        points.append(Points64(directions_of(given), FloatBall(norms, norms * UNIT * UPWARD), positive))
        assert len(zero) == len(norms)
    try:
        with FLINT:
            layered = LayeredKernel(layers, kernel, points[0], points[1] if len(points) > 1 else None)
    except ArithmeticError as error:
        raise NoApproximant(f"values beyond float64 ({error})") from None
    return LayeredGram(tuple(layers), layered, (sets[0], sets[-1]), (dead[0], dead[-1]), len(sets) == 1)


def directions_of(points: Points) -> Directions:
    """The directions of exact points, any where a point is zero: its weight or its entries do not come from there.

    Found once and kept as long as these points are.
    """
    kept = _KEPT.get(id(points))
    if kept is not None and kept[0]() is points:
        return kept[1]
    found = directions([row if any(row) else (1, *row[1:]) for row in points.rows])
    number = id(points)
    _KEPT[number] = weakref.ref(points, lambda _: _KEPT.pop(number, None)), found
    return found


def _squares(points: Points) -> list[Fraction]:
    unit = points.denominator**2
    return [Fraction(sum(map(mul, row, row)), unit) for row in points.rows]


def _weights(squares: Sequence[Fraction], degree: int) -> FloatArray:
    """|x|^degree to nearest. Raises NoApproximant beyond 2**+-_LARGEST_WEIGHT."""
    result: list[float] = []
    with FLINT:
        before = ctx.prec
        ctx.prec = 128 + 64
        try:
            for square in squares:
                value = arb(fmpq(square.numerator, square.denominator)).sqrt() ** degree
                size = 0 if not square else _exponent(value)
                if abs(size) > _LARGEST_WEIGHT:
                    raise NoApproximant("norms beyond the range of float64")
                result.append(float(value.mid()))
        finally:
            ctx.prec = before
    return np.array(result)


def _exponent(value: Any) -> int:
    mantissa, exponent = value.mid().man_exp()
    return int(exponent) + int(mantissa).bit_length()
