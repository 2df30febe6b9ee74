"""Tiles of a kernel at points of different norms: layer by layer, in float64 balls.

The recursion is that of `kernels.recursion`, over arrays: variances are computed once a point, covariances for all
pairs of a tile at once. What is special is the input: <x, y> and the discriminant of the first preactivations come
from the directions of the points, without cancellation, and the diagonal and all pairs that stay wide are left to Arb.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, cast

import numpy as np

from certify.activations import (
    Activation,
    Erf,
    Exp,
    Gabor,
    Gaussian,
    Gelu,
    Pair,
    PolynomialActivation,
    Rbf,
    RectifiedMonomial,
    Rectifier,
    Relation,
    Sigmoid_like,
    Sign,
    Sin,
    Step,
)
from certify.arithmetic.float_balls import FloatArithmetic, FloatBall
from certify.arithmetic.protocol import Arithmetic
from certify.kernels.float64.composite import Indices, Tile
from certify.kernels.float64.directions import Directions, correlations
from certify.kernels.float64.erf_layers import ErfLayers, erf_stages, polynomials, side
from certify.kernels.float64.polynomials import FloatArray
from certify.kernels.float64.probing import CorrelationProbe
from certify.programs import Dense, Layer, input_scaling

CLOSED_FORMS = (
    *(Erf, Exp, Gabor, Gaussian, Gelu, PolynomialActivation, Rbf, RectifiedMonomial, Rectifier, Sigmoid_like),
    *(Sign, Sin, Step),
)
"""Activations whose duals were written for any arithmetic, so for arrays as well."""

SIZE = 128
"""Rows of a tile: some twenty arrays of its size are in use at a time."""
NARROW = 2.0**-45
"""One radius for a whole tile is taken up to this times the least sqrt(K_ii K_jj) in it."""
WIDEST = 2.0**-43
"""Entries with a radius above this times sqrt(K_ii K_jj) are answered by Arb."""


class Points64(NamedTuple):
    """n points with their norms as balls: float64 arrays, norms with radii; and the squares of the norms, exactly."""

    directions: Directions
    norms: FloatBall
    squares: Sequence[Fraction]


class ArrayPair(Pair):
    """A pair of preactivations for arrays of points, generic all of them, both variances positive."""

    __slots__ = ()

    def _find_angle(self) -> Any:
        """2 atan(sine / (sqrt(q1 q2) + |r|)), or pi less it where r < 0: the argument lies in [0, 1]."""
        number = self.arithmetic
        sign = np.where(self.r.mid < 0.0, -1.0, 1.0)
        towards = FloatBall(self.r.mid * sign, self.r.rad)
        half = number.atan(self.sine / (number.sqrt(self.product) + towards))
        turned = number.pi - 2 * half
        straight = 2 * half
        return FloatBall(np.where(sign > 0, straight.mid, turned.mid), np.where(sign > 0, straight.rad, turned.rad))


@dataclass(frozen=True)
class PointTrace:
    """Variances of all points at the input of every activation, and the diagonal entries, as balls."""

    variances: tuple[FloatBall, ...]
    diagonal: FloatBall


class LayeredKernel:
    """The kernel of a network on nonzero points, in float64 balls.

    Raises ArithmeticError or FloatingPointError, here and in `tile`, where float64 does not suffice.
    """

    def __init__(self, layers: Sequence[Layer], kernel: str, first: Points64, second: Points64 | None) -> None:
        # The closed forms use nothing of an arithmetic but what float64 balls have.
        self.number = number = cast(Arithmetic, FloatArithmetic())
        self.probe: CorrelationProbe | None = None
        self.layers, self.kernel = tuple(layers), kernel
        alpha, beta, leading = input_scaling(layers, first.directions.columns)
        with number.active():
            self.alpha, self.beta, self.biased = number.exact(alpha), number.exact(beta), bool(beta)
            self.inverse = number.exact(1) / first.directions.columns
            self.leading = [self._dense(layer) for layer in layers[:leading] if isinstance(layer, Dense)]
            self.steps = [
                self._dense(layer) if isinstance(layer, Dense) else layer.duals(number)
                for layer in layers[leading:]
                if isinstance(layer, (Dense, Activation))
            ]
            self.first = first
            self.second = first if second is None else second
            sets = (first,) if second is None else (first, second)
            self.traces = [self._trace(points.norms) for points in sets]
            self.erf = self._erf_layers(layers, sets)

    def __reduce__(self) -> tuple[Any, ...]:
        """What it is made from: duals are functions, which cannot be pickled."""
        second = None if self.second is self.first else self.second
        return _made, (self.layers, self.kernel, self.first, second, self.probe)

    def _erf_layers(self, layers: Sequence[Layer], sets: Sequence[Points64]) -> ErfLayers | None:
        """The quicker way, where all activations are error functions."""
        known = erf_stages(layers)
        if known is None:
            return None
        slopes, stages = known
        alpha, beta, _ = input_scaling(layers, self.first.directions.columns)
        made = [side(slopes, stages, points.squares, alpha, beta) for points in sets]
        if made[0] is None or made[-1] is None:
            return None
        return ErfLayers(stages, (made[0], made[-1]), self.kernel == "ntk", polynomials())

    def _dense(self, layer: Dense) -> tuple[FloatBall, FloatBall]:
        return self.number.exact(layer.W_var), self.number.exact(layer.b_var)

    def _leading_tangent(self, product: FloatBall, covariance: FloatBall) -> FloatBall:
        if len(self.leading) == 1:
            return covariance
        s: FloatBall = self.inverse * product
        t: FloatBall = self.number.exact(0)
        for weight, bias in self.leading:
            s = weight * s + bias
            t = weight * t + s
        return t

    def _trace(self, norms: FloatBall) -> PointTrace:
        square = norms * norms
        variance = self.alpha * square + self.beta
        tangent = self._leading_tangent(square, variance)
        variances = []
        for step in self.steps:
            if isinstance(step, tuple):
                variance = step[0] * variance + step[1]
                tangent = step[0] * tangent + variance
            else:
                variances.append(variance)
                pair = Pair(self.number, variance, variance, variance, Relation.EQUAL)
                variance, derivative = step(pair)
                tangent = tangent * derivative
        return PointTrace(tuple(variances), tangent if self.kernel == "ntk" else variance)

    def tile(self, rows: slice, columns: slice) -> Tile:
        """The pairs of these rows and columns; open are those too wide, and the equal ones certainly."""
        x, y = self.traces[0], self.traces[-1]
        products = self._products(rows, columns)
        if (quick := self._uniform(products, rows, columns)) is not None:
            return quick
        with self.number.active():
            product, discriminant = self._inputs(*products, rows, columns)
            covariance = self.alpha * product + self.beta
            tangent = self._leading_tangent(product, covariance)
            position = 0
            first_discriminant: FloatBall | None = discriminant
            for step in self.steps:
                if isinstance(step, tuple):
                    covariance = step[0] * covariance + step[1]
                    tangent = step[0] * tangent + covariance
                    continue
                q1, q2 = _column(x.variances[position], rows), _row(y.variances[position], columns)
                pair = ArrayPair(self.number, q1, q2, covariance, discriminant=first_discriminant)
                covariance, derivative = step(pair)
                tangent = tangent * derivative
                first_discriminant = None
                position += 1
            found = tangent if self.kernel == "ntk" else covariance
            scale = _column(x.diagonal, rows).mid * _row(y.diagonal, columns).mid
            scale = np.sqrt(np.maximum(scale, 0.0))
        shape = rows.stop - rows.start, columns.stop - columns.start
        mid, rad = (np.array(np.broadcast_to(a, shape)) for a in (found.mid, found.rad))
        opened: Indices = np.flatnonzero(~(rad <= WIDEST * scale) | ~np.isfinite(mid))
        return Tile(mid, rad, opened)

    @property
    def _correction_error(self) -> float:
        return max(self.first.directions.correction_error, self.second.directions.correction_error)

    def _products(self, rows: slice, columns: slice) -> tuple[FloatArray, FloatArray]:
        """The correlations in two parts: see `correlations`."""
        shape = rows.stop - rows.start, columns.stop - columns.start
        buffers = np.empty(shape), np.empty(shape)
        with np.errstate(all="ignore"):
            high, low = correlations(self.first.directions, self.second.directions, rows, columns, buffers)
            if self.probe is not None:
                self.probe.check(high, low, rows, columns)
        return high, low

    def _uniform(self, products: tuple[FloatArray, FloatArray], rows: slice, columns: slice) -> Tile | None:
        """The tile by `ErfLayers`, where that applies and its one radius is narrow for every entry of the tile."""
        if self.erf is None:
            return None
        scale = math.sqrt(_least(self.traces[0].diagonal, rows) * _least(self.traces[-1].diagonal, columns))
        try:
            with np.errstate(all="raise", under="ignore"):
                rho = products[0] + products[1]
                if self.first is self.second and rows == columns:
                    np.fill_diagonal(rho, 0.0)  # whose entries come from the traces
                found = self.erf.tile(rho, self._correction_error, rows, columns)
        except FloatingPointError:
            return None
        if found is None or not found[1] <= NARROW * scale:
            return None
        return Tile(found[0], np.full(found[0].shape, found[1]), np.empty(0, dtype=np.intp))

    def _inputs(self, high: FloatArray, low: FloatArray, rows: slice, columns: slice) -> tuple[FloatBall, FloatBall]:
        """<x, y>, and the discriminant of the first preactivations as a sum of terms >= 0."""
        n, m = _column(self.first.norms, rows), _row(self.second.norms, columns)
        error = self._correction_error
        both = n * m
        rho = FloatBall(high, 0.0) + FloatBall(low, error)
        # A multiple of 2^-52 of at most 1 has an exact complement; one just above 1 may lose a last place.
        lost = np.where(np.abs(high) > 1.0, 2.0**-51, 0.0)
        below = FloatBall(1.0 - high, lost) + FloatBall(-low, error)
        above = FloatBall(1.0 + high, lost) + FloatBall(low, error)
        for part in (below, above):
            np.maximum(part.mid, 0.0, out=part.mid)
        square = self.alpha * both
        discriminant = square * square * (below * above)
        if self.biased:
            gap = n - m
            discriminant = discriminant + self.alpha * self.beta * (gap * gap + 2 * (both * below))
        return both * rho, discriminant


def _made(layers: Sequence[Layer], kernel: str, first: Points64, second: Points64 | None, probe: Any) -> LayeredKernel:
    made = LayeredKernel(layers, kernel, first, second)
    made.probe = probe
    return made


def _least(ball: FloatBall, part: slice) -> float:
    """A lower bound of all numbers of these balls, at least zero."""
    least = np.broadcast_to(ball.mid - ball.rad, (max(part.stop, np.size(ball.mid)),))[part].min()
    return max(float(least) * (1 - 2.0**-40), 0.0)


def _column(ball: FloatBall, rows: slice) -> FloatBall:
    if np.ndim(ball.mid) == 0:
        return ball
    rad = np.broadcast_to(ball.rad, np.shape(ball.mid))
    return FloatBall(ball.mid[rows, None], rad[rows, None])


def _row(ball: FloatBall, columns: slice) -> FloatBall:
    if np.ndim(ball.mid) == 0:
        return ball
    rad = np.broadcast_to(ball.rad, np.shape(ball.mid))
    return FloatBall(ball.mid[None, columns], rad[None, columns])
