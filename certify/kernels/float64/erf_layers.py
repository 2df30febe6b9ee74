"""Tiles of networks of error functions at points of different norms, with one radius a tile.

With slope = 2 b^2 and e = sqrt(slope / (1 + slope q)) for a point of preactivation variance q, the correlation c = s
e_i e_j of a pair of covariance s has

    V = (2 a^2 / pi) asin c + c0^2,    V' = (2 a^2 / pi) e_i e_j / sqrt(1 - c^2)

for a erf(b x) + c0 (Williams 1997), and |c| <= slope q / (1 + slope q) < 1 keeps away from the singularity. So every
quantity of a pair is of the size of the diagonal, and one error bound serves a tile: rounding, taken at the largest
value in the tile, is carried from layer to layer in a few numbers, and the arrays hold midpoints only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx, fmpq

from certify.activations import Erf, Sigmoid_like
from certify.arithmetic.float_balls import ProvenPolynomial, arc_tangent_polynomial
from certify.kernels.float64.polynomials import UNIT, UPWARD, FloatArray
from certify.programs import Dense, Identity, Layer

_SMALL, _MEDIUM = "0.0626", "0.2502"
"""tan^2 of half the arc sine that a polynomial serves: |c| <= 0.47 and |c| <= 0.8."""
_LEAST_COMPLEMENT = 2.0**-20
_TINY = 2.0**-1000
_RANGE = 2.0**-200, 2.0**200
_BITS = 120


class Side(NamedTuple):
    """Of one set of points: e at every activation, and the factors of the first correlation g_i g_j rho + h_i h_j.

    Float64 numbers, all of them off by a factor within 1 +- error.
    """

    factors: tuple[FloatArray, ...]
    slopes: FloatArray
    offsets: FloatArray
    error: float


@dataclass(frozen=True)
class Stage:
    """An activation with the Dense after it: s' = value asin(c) + constant and t' = value t e_i e_j / sqrt(1 - c^2),
    plus s' where there is one (`dense`).

    value and constant are off by a factor within 1 +- UNIT of exact_value / pi and exact_constant.
    """

    value: float
    constant: float
    dense: bool
    exact_value: Fraction
    exact_constant: Fraction


@dataclass(frozen=True)
class ErfLayers:
    """Dense, then error functions each with a Dense after it, the last one perhaps without."""

    stages: tuple[Stage, ...]
    sides: tuple[Side, Side]
    ntk: bool
    polynomials: tuple[ProvenPolynomial, ProvenPolynomial, ProvenPolynomial]

    def tile(self, rho: FloatArray, error: float, rows: slice, columns: slice) -> tuple[FloatArray, float] | None:
        """(mid, rad) for correlations rho, which are overwritten, of the points up to `error` and a rounding; None
        where the points are too close for their variances. Use inside numpy's traps
        of overflow and invalid operations."""
        left, right = self.sides
        vague = left.error + right.error + 3 * UNIT
        c, first = _scaled(rho, left.slopes[rows], right.slopes[columns])
        unsure = first * error + _size(c) * vague + _TINY
        second = _largest(left.offsets[rows]) * _largest(right.offsets[columns])
        if second:
            c += left.offsets[rows, None] * right.offsets[None, columns]
        unsure += second * vague + UNIT * _size(c)
        tangent = c.copy() if self.ntk else None
        unsure_tangent = unsure
        buffer, root = np.empty_like(c), np.empty_like(c)
        for number, stage in enumerate(self.stages):
            np.multiply(c, c, out=root)
            np.subtract(1.0, root, out=root)
            least = float(root.min())
            low = least - 4 * UNIT - 2.1 * unsure
            if not low > _LEAST_COMPLEMENT:
                return None
            top = math.sqrt(max(1.0 - least, 0.0)) + 2.0**-26
            np.sqrt(root, out=root)
            root_error = 0.6 * UNIT / low + UNIT
            if tangent is not None:
                size_tangent = _size(tangent)
                np.divide(tangent, root, out=tangent)
                np.multiply(tangent, stage.value, out=tangent)
                near = math.sqrt(low)
                moved = unsure_tangent / near + size_tangent * (top + unsure) * unsure / (low * near)
                size_tangent = stage.value * size_tangent / near
                unsure_tangent = stage.value * moved + size_tangent * (root_error + 4 * UNIT)
            relative = self._arc_sine(c, root, buffer, least)
            size = 1.58 * top
            unsure = size * relative + unsure / math.sqrt(low)
            c *= stage.value
            c += stage.constant
            unsure = stage.value * (unsure + 2 * UNIT * size) + UNIT * stage.constant
            unsure += UNIT * _size(c)
            if tangent is not None and stage.dense:
                tangent += c
                unsure_tangent += unsure + UNIT * _size(tangent)
            if number + 1 < len(self.stages):
                e, f = left.factors[number + 1][rows], right.factors[number + 1][columns]
                c, most = _scaled(c, e, f)
                unsure = (unsure * most + _size(c) * vague) * UPWARD + _TINY
                if tangent is not None:
                    _scaled(tangent, e, f)
                    unsure_tangent = (unsure_tangent * most + _size(tangent) * vague) * UPWARD + _TINY
        if tangent is not None:
            return tangent, unsure_tangent * UPWARD + _TINY
        return c, unsure * UPWARD + _TINY

    def _arc_sine(self, c: FloatArray, root: FloatArray, buffer: FloatArray, least: float) -> float:
        """c becomes asin(c), up to the relative error that is returned; root = sqrt(1 - c^2), which is lost.

        asin c = 2 atan(c / (1 + root)); where that tangent may exceed 1/2 its angle is halved once more.
        """
        small, medium, large = self.polynomials
        np.add(root, 1.0, out=root)
        np.divide(c, root, out=c)
        np.multiply(c, c, out=root)
        # The root's error counts half, root / (1 + root); the quotient and the sum round.
        relative = (0.6 * UNIT / (least - 4 * UNIT) + UNIT) / 2 + 2 * UNIT
        polynomial, turns = (small, 2.0) if least >= 0.7812 else (medium, 2.0)
        if least < 0.3601:
            np.add(root, 1.0, out=root)
            np.sqrt(root, out=root)
            np.add(root, 1.0, out=root)
            np.divide(c, root, out=c)
            np.multiply(c, c, out=root)
            relative += 4 * UNIT
            polynomial, turns = large, 4.0
        np.multiply(root, polynomial.coefficients[-1], out=buffer)
        for coefficient in polynomial.coefficients[-2:0:-1]:
            buffer += coefficient
            buffer *= root
        buffer += polynomial.coefficients[0]
        c *= buffer
        c *= turns
        # atan x and x (atan x / x) are no more sensitive than x itself.
        return (relative + polynomial.error + 4 * UNIT) * UPWARD


def _scaled(values: FloatArray, left: FloatArray, right: FloatArray) -> tuple[FloatArray, float]:
    """values_ij left_i right_j, in place, and a bound on the factors."""
    values *= left[:, None]
    values *= right[None, :]
    return values, _largest(left) * _largest(right) * UPWARD


def _size(values: FloatArray) -> float:
    return max(float(values.max()), -float(values.min()))


def _largest(values: FloatArray) -> float:
    return float(values.max())


def erf_stages(layers: Sequence[Layer]) -> tuple[list[Fraction], tuple[Stage, ...]] | None:
    """(slope of every activation, stages) of a network of one Dense and then such activations, else None."""
    layers = [layer for layer in layers if not isinstance(layer, Identity)]
    if len(layers) < 2 or not isinstance(layers[0], Dense):
        return None
    found: list[Fraction] = []
    stages: list[Stage] = []
    rest = list(layers[1:])
    before, ctx.prec = ctx.prec, _BITS
    try:
        while rest:
            parameters = _parameters(rest.pop(0))
            if parameters is None:
                return None
            a, b, c = parameters
            weight, bias, dense = Fraction(1), Fraction(0), None
            if rest:
                dense = rest.pop(0)
                if not isinstance(dense, Dense):
                    return None
                weight, bias = dense.W_var, dense.b_var
            exact = 2 * a * a * weight, weight * c * c + bias
            value, constant = float((_ball(exact[0]) / arb.pi()).mid()), float(_ball(exact[1]).mid())
            if not all(number == 0 or _RANGE[0] < number < _RANGE[1] for number in (value, constant)):
                return None
            found.append(2 * b * b)
            stages.append(Stage(value, constant, dense is not None, *exact))
    finally:
        ctx.prec = before
    return found, tuple(stages)


def _parameters(layer: Any) -> tuple[Fraction, Fraction, Fraction] | None:
    if isinstance(layer, Sigmoid_like):
        return Fraction(1, 2), 1 / Fraction("2.4020563531719796"), Fraction(1, 2)
    if isinstance(layer, Erf) and layer.a and layer.b:
        return layer.a, layer.b, layer.c
    return None


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def side(
    slopes: Sequence[Fraction], stages: Sequence[Stage], squares: Sequence[Fraction], alpha: Fraction, beta: Fraction
) -> Side | None:
    """The factors of points with these |x|^2 > 0, each to nearest; alpha |x|^2 + beta is the first variance.

    By Arb, point by point: what is lost here would be lost for all pairs. None beyond the range of float64.
    """
    n, before = len(squares), ctx.prec
    table = np.empty((len(slopes) + 2, n))
    ctx.prec = _BITS
    try:
        exact = [_ball(slope) for slope in slopes]
        maps = [(_ball(stage.exact_value) / arb.pi(), _ball(stage.exact_constant)) for stage in stages]
        first, second = _ball(alpha), _ball(beta)
        for i, square in enumerate(squares):
            scaled = first * _ball(square)
            q = scaled + second
            for k, (slope, (value, constant)) in enumerate(zip(exact, maps, strict=True)):
                share = slope / (1 + slope * q)
                factor = share.sqrt()
                table[k, i] = float(factor.mid())
                if not k:
                    table[-2, i] = float((scaled.sqrt() * factor).mid())
                    table[-1, i] = float((second.sqrt() * factor).mid())
                q = value * (share * q).asin() + constant
            if q.rel_accuracy_bits() < _BITS // 2:
                return None
    finally:
        ctx.prec = before
    known = table[:-1] if not beta else table
    if not ((known > _RANGE[0]) & (known < _RANGE[1])).all():
        return None
    return Side(tuple(table[:-2]), table[-2], table[-1], UNIT * UPWARD)


def polynomials() -> tuple[ProvenPolynomial, ProvenPolynomial, ProvenPolynomial]:
    return arc_tangent_polynomial(_SMALL), arc_tangent_polynomial(_MEDIUM), arc_tangent_polynomial()
