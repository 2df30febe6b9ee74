"""Planted bugs in number systems, singularity, eigenvalue bounds, certificates and the checker."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np
import pytest
from planted_catalogue import planted, wrap

import certify.checker.engine as checker
import certify.finite.bounds as finite_bounds
import certify.kernels.enclosure as enclosures
import certify.proofs.proving as proving
import certify.proofs.request as request
import certify.spectrum.bracket as bracket
import certify.spectrum.fixed_point as fixed_point
import certify.spectrum.matrix as matrix
import certify.spectrum.singular as singular
import certify.spectrum.symmetries as symmetries
from certify.activations import Activation, Relation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic
from certify.empirical.network import EmpiricalBalls
from certify.spectrum import EigenvalueEnclosure


@planted("radii are rounded down to zero", "enclosures-narrow-with-precision")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Any, x: Any) -> tuple[int, int, int]:
        low, high, exponent = original(self, x)
        return low + high, low + high, exponent - 1

    wrap(patch, ArbArithmetic, "endpoints", change)


@planted("exact numbers get a radius", "binary-fractions-become-exact")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Any, x: Any) -> tuple[int, int, int]:
        low, high, exponent = original(self, x)
        return low - 1, high + 1, exponent

    wrap(patch, ArbArithmetic, "endpoints", change)


@planted("float64 bounds are rounded to nearest", "float-bounds-round-outward")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(enclosures, "float_below", lambda mantissa, exponent: float(enclosures.dyadic(mantissa, exponent)))


@planted("the square root near 1 is its first-order series", "square-roots-square-back")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Any, x: Any) -> Any:
        return (1 + x) / 2 if abs(x - 1) < 1e-9 else original(self, x)

    wrap(patch, ArbArithmetic, "sqrt", change)


@planted("mpmath's exponential is good to 50 bits", "elementary-functions-agree")
def _(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        MpmathArithmetic,
        "exp",
        lambda original, self, x: original(self, x) * self.exact(1 + Fraction(1, 2**50)),
    )


@planted("mpmath's arc tangent is good to 60 bits", "mpmath-meets-arb")
def _(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        MpmathArithmetic,
        "atan",
        lambda original, self, x: original(self, x) * self.exact(1 + Fraction(1, 2**60)),
    )


@planted("the rank bound is off by one", "polynomial-grams-are-singular-exactly-where-monomials-are-dependent")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, points: Any, degrees: Any, normalize: str) -> Any:
        return original(points.with_rows((*points.rows, points.rows[-1])), degrees, normalize)

    wrap(patch, singular, "dimension_count", change)


@planted("monomials of the largest degree are forgotten", "degree-n-minus-2-is-sharp")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, layers: Any) -> Any:
        degrees = original(layers)
        return degrees if degrees is None or len(degrees) < 2 else degrees - {max(degrees)}

    wrap(patch, singular, "feature_degrees", change)


@planted("a bias does not break a relation", "distinct-points-with-a-first-bias-are-positive")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Relation, "after_bias", lambda self: self)


@planted("directions are compared after rounding", "non-proportional-points-are-positive")
def _(patch: pytest.MonkeyPatch) -> None:
    def direction(row: Any) -> tuple[float, ...]:
        length = float(max(map(abs, row)))
        return tuple(round(value / length, 8) for value in row)

    patch.setattr(symmetries, "direction", direction)


@planted("related rows are not looked for", "singular-families-are-recognised", examples=40)
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(symmetries, "related_pairs", lambda points, normalize: iter(()))


@planted("three parallel rows are called dependent in spite of biases", "singular-verdicts-survive-the-numbers")
def _(patch: pytest.MonkeyPatch) -> None:
    def homogeneous(layers: Any) -> bool:
        return all(layer.homogeneity is not None for layer in layers if isinstance(layer, Activation))

    patch.setattr(symmetries, "homogeneous_up_to_output_bias", homogeneous)


@planted("the bounds are an exponent off", "entries-bound-the-smallest-eigenvalue")
def _(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, proving, "enclose_smallest_eigenvalue", lambda original, *a, **k: _scaled(original(*a, **k), 2))


@planted("eigenvalues of the Gram matrix are multiplied by n", "a-further-point-lowers-the-smallest-eigenvalue")
def _(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch, proving, "enclose_smallest_eigenvalue", lambda original, ball, n, **k: _scaled(original(ball, n, **k), n)
    )


def _scaled(found: EigenvalueEnclosure, factor: int) -> EigenvalueEnclosure:
    return replace(found, lower=found.lower * factor, upper=found.upper * factor)


@planted("the Rayleigh quotient counts the last coordinate twice", "upper-bounds-are-at-least-lower-bounds")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, ball: Any, vector: Any) -> Fraction:
        square = sum(value * value for value in vector)
        result: Fraction = original(ball, vector) * Fraction(square, square + vector[-1] ** 2)
        return result

    wrap(patch, bracket, "rayleigh_upper", change)


@planted("the saved witness is the vector in reverse", "proofs-pass-the-checker")
def _(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        proving,
        "residual_field",
        lambda original, found, n: original(replace(found, vector=found.vector[::-1]), n),
    )


@planted("the digits of the bounds depend on what went before", "proofs-are-reproducible")
def _(patch: pytest.MonkeyPatch) -> None:
    calls = count()
    wrap(patch, request, "significant_digits", lambda original, width: original(width) + next(calls) % 2)


@planted("the checker compares nothing", "false-claims-are-refused")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checker, "compare_bounds", lambda bounds, proved: None)


@planted("matrices are read in float32", "planted-eigenvalues-are-enclosed")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, mid: Any, rad: Any) -> Any:
        middle, radius = original(mid, rad)
        return middle.astype(np.float32).astype(np.float64), radius

    wrap(patch, matrix, "read_symmetric_ball", change)


@planted("the radii of a given matrix are overlooked", "bounds-hold-for-every-matrix-in-the-ball")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fixed_point, "_radius_sums", lambda radii, unit: [0] * len(radii))


@planted("the finite kernel is normalised by its width", "finite-kernels-dominate-their-layers")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Any, bits: int) -> Any:
        ball = original(self, bits)
        return replace(ball, exponent=ball.exponent - 8)

    wrap(patch, EmpiricalBalls, "__call__", change)


@planted("centred features are not projected", "centred-features-lower-the-gram-matrix")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, features: Any, mu: Any) -> Any:
        centred = [[value - m for value, m in zip(row, mu, strict=True)] for row in features]
        return [[sum(a * b for a, b in zip(u, v, strict=True)) for v in centred] for u in centred]

    wrap(patch, finite_bounds, "centred_gram", change)
