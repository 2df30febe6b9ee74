"""Planted bugs in duals, layers and points: everything up to the entries of a matrix."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from planted_catalogue import change_duals, planted, wrap

import certify.kernels.facade as facade
import certify.kernels.recursion as recursion
import certify.points.values as point_values
from certify.activations import (
    Abs,
    Erf,
    ExponentialLinear,
    Gelu,
    Hermite,
    Pair,
    Rectifier,
    Relation,
    Sigmoid_like,
    Sign,
)
from certify.activations.polynomials import PolynomialActivation
from certify.kernels.entries import _Level
from certify.kernels.inputs import InputProducts
from certify.kernels.recursion import ActivationStep, DenseStep, Recursion, Trace

MODULE = __name__


@planted("a dual off by 1e-12, its derivative with it", "duals-are-sums-of-their-hermite-series")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(s: Any, number: Any, pair: Pair, duals: tuple[Any, Any]) -> tuple[Any, Any]:
        factor = number.exact(1 + Fraction(1, 10**12))
        return duals[0] * factor, duals[1] * factor

    change_duals(patch, Erf, change)


@planted("a derivative dual off by 1e-12", "derivative-duals-are-slopes-of-duals")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(s: Any, number: Any, pair: Pair, duals: tuple[Any, Any]) -> tuple[Any, Any]:
        return duals[0], duals[1] * number.exact(1 + Fraction(1, 10**12))

    change_duals(patch, Gelu, change)


@planted("a weight of Owen's function is off", "duals-without-closed-forms-are-integrals-over-the-plane")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(s: Any, number: Any, pair: Pair, duals: tuple[Any, Any]) -> tuple[Any, Any]:
        return duals[0] * number.exact(1 + Fraction(1, 10**5)), duals[1]

    change_duals(patch, ExponentialLinear, change)


@planted("the rate is missing from the derivative dual of erf", "amplitudes-and-rates-move-into-variances")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(s: Any, number: Any, pair: Pair, duals: tuple[Any, Any]) -> tuple[Any, Any]:
        return duals[0], duals[1] * number.exact(1 / s.b**2 if s.b else Fraction(1))

    change_duals(patch, Erf, change)


@planted("the first variance stands in for the second", "kernels-are-symmetric")
def _(patch: pytest.MonkeyPatch) -> None:
    original = Rectifier.duals

    def duals(self: Any, number: Any) -> Any:
        evaluate = original(self, number)
        return lambda pair: evaluate(Pair(number, pair.q1, pair.q1, pair.r, pair.relation, pair.zero1, pair.zero2))

    patch.setattr(Rectifier, "duals", duals)


@planted("the derivative dual of |x| has the wrong sign", "ntk-dominates-nngp")
def _(patch: pytest.MonkeyPatch) -> None:
    change_duals(patch, Abs, lambda s, number, pair, duals: (duals[0], -duals[1]))


@planted("the derivative dual of the first hidden layer serves all", "entries-meet-the-textbook")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Recursion, layer: Any) -> Any:
        step = original(self, layer)
        if isinstance(step, DenseStep):
            return step
        first = self.__dict__.setdefault("first_duals", step.duals)
        own = step.duals
        return ActivationStep(lambda pair: (own(pair)[0], first(pair)[1]), step.image, step.keeps_zero, step.is_zero)

    wrap(patch, Recursion, "_step", change)


@planted("W_var is missing in front of the tangent kernel", "wide-networks-approach-the-limit")
def _(patch: pytest.MonkeyPatch) -> None:
    def apply(step: DenseStep, covariance: Any, tangent: Any) -> tuple[Any, Any]:
        covariance = step.weight * covariance + step.bias
        return covariance, tangent + covariance

    patch.setattr(Recursion, "_apply", staticmethod(apply))


@planted("W_var multiplies the tangent kernel twice", "the-last-dense-scales-the-kernel")
def _(patch: pytest.MonkeyPatch) -> None:
    def apply(step: DenseStep, covariance: Any, tangent: Any) -> tuple[Any, Any]:
        covariance = step.weight * covariance + step.bias
        return covariance, step.weight * step.weight * tangent + covariance

    patch.setattr(Recursion, "_apply", staticmethod(apply))


@planted("only the last layer is trained", "layers-add-their-smallest-eigenvalues")
def _(patch: pytest.MonkeyPatch) -> None:
    def apply(step: DenseStep, covariance: Any, tangent: Any) -> tuple[Any, Any]:
        covariance = step.weight * covariance + step.bias
        return covariance, covariance

    patch.setattr(Recursion, "_apply", staticmethod(apply))


@planted("jitter of 1e-30 on every covariance", "the-origin-is-a-null-point")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, step: DenseStep, covariance: Any, tangent: Any) -> tuple[Any, Any]:
        covariance, tangent = original(step, covariance, tangent)
        jitter = covariance * 0 + Fraction(1, 10**30).numerator * (1 / (covariance * 0 + 10**30))
        return covariance + jitter, tangent + jitter

    original = Recursion._apply
    patch.setattr(Recursion, "_apply", staticmethod(lambda *arguments: change(original, *arguments)))


@planted("an epsilon is added to the dual of rectifiers", "homogeneous-kernels-scale")
def _(patch: pytest.MonkeyPatch) -> None:
    change_duals(
        patch,
        Rectifier,
        lambda s, number, pair, duals: (duals[0] + number.exact(Fraction(1, 10**12)), duals[1]),
    )


@planted("the diagonal is rounded to 25 bits", "gram-matrices-are-positive-semidefinite")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Recursion, norm: int) -> Trace:
        trace = original(self, norm)
        factor = self.number.exact(1 - Fraction(1, 2**25))
        return replace(trace, nngp=trace.nngp * factor, ntk=trace.ntk * factor)

    wrap(patch, Recursion, "trace", change)


@planted("the output bias enters the diagonal twice", "three-parallel-rows-are-dependent")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Recursion, norm: int) -> Trace:
        trace, last = original(self, norm), self.steps[-1] if self.steps else None
        if not isinstance(last, DenseStep):
            return trace
        return replace(trace, nngp=trace.nngp + last.bias, ntk=trace.ntk + last.bias)

    wrap(patch, Recursion, "trace", change)


@planted("points are recognised by norms rounded to float16", "permuted-points-permute-the-gram")
def _(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        _Level,
        "trace",
        lambda original, self, norm: original(
            self, self.__dict__.setdefault(float(norm >> max(norm.bit_length() - 11, 0)), norm)
        ),
    )


@planted("the angle of parallel points is kept 1e-8 away from zero", "parallel-rows-are-dependent")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Pair) -> Any:
        parallel = self.relation is Relation.PARALLEL
        return self.arithmetic.exact(Fraction(1, 10**8)) if parallel else original(self)

    wrap(patch, Pair, "_find_angle", change)


@planted("acute angles are 1e-12 too large", "antipodal-pairs-are-dependent")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Pair) -> Any:
        acute = self.relation is Relation.GENERIC and self.arithmetic.is_positive(self.r)
        return original(self) + self.arithmetic.exact(Fraction(int(acute), 10**12))

    wrap(patch, Pair, "_find_angle", change)


@planted("opposite points have angle zero", "opposite-rows-are-dependent")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Relation, "aligned", property(lambda self: self is not Relation.GENERIC))


@planted("the sign is taken as a steep erf", "sign-and-step-forget-lengths")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sign, "duals", lambda self, number: Erf(1, 1000).duals(number))


@planted("1/d is forgotten", "zero-columns-change-only-the-dimension")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, layers: Any, columns: int) -> Any:
        alpha, beta, leading = original(layers, columns)
        return alpha * columns, beta, leading

    wrap(patch, recursion, "input_scaling", change)


@planted("the first W_var is taken for a standard deviation", "lengths-move-into-the-first-variance")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, layers: Any, columns: int) -> Any:
        alpha, beta, leading = original(layers, columns)
        return alpha * alpha * columns, beta, leading

    wrap(patch, recursion, "input_scaling", change)


@planted("the first column counts twice", "rotations-change-nothing")
def _(patch: pytest.MonkeyPatch) -> None:
    def doubled(points: Any) -> Any:
        return None if points is None else points.with_rows(tuple((2 * row[0], *row[1:]) for row in points.rows))

    wrap(patch, facade, "input_products", lambda original, x, y, mode: original(doubled(x), doubled(y), mode))


@planted("both points are divided by the first one's length", "normalisation-forgets-lengths")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(original: Any, self: Any, a: int, b: int, c: int, relation: Any, inverse: Any) -> Any:
        return original(self, a, b, c, relation, None if inverse is None else (inverse[0], inverse[0]))

    wrap(patch, Recursion, "_input_pair", change)


@planted("a constant is cut to five digits", "synonyms-have-one-kernel")
def _(patch: pytest.MonkeyPatch) -> None:
    rate = 1 / Fraction("2.4021")
    patch.setattr(Sigmoid_like, "duals", lambda self, number: Erf("1/2", rate, "1/2").duals(number))


@planted("a factorial is missing in Mehler's formula", "polynomial-entries-hold-their-rational-value")
def _(patch: pytest.MonkeyPatch) -> None:
    def table(self: PolynomialActivation) -> list[list[Fraction]]:
        c, p = self.coefficients, len(self.coefficients) - 1
        return [
            [c[k] * Fraction(math.factorial(k), 2 ** ((k - order) // 2)) for k in range(order, p + 1, 2)]
            for order in range(p + 1)
        ]

    patch.setattr(PolynomialActivation, "mean_derivatives", table)


@planted("Hermite polynomials are not normalised", "polynomial-entries-hold-their-rational-value")
def _(patch: pytest.MonkeyPatch) -> None:
    def change(s: Any, number: Any, pair: Pair, duals: tuple[Any, Any]) -> tuple[Any, Any]:
        factor = number.exact(math.factorial(s.degree))
        return duals[0] * factor, duals[1] * factor

    change_duals(patch, Hermite, change)


@planted("duplicates are found by rounding to twelve digits", "duplicates-are-exactly-the-equal-points")
def _(patch: pytest.MonkeyPatch) -> None:
    def keys(rows: Any, normalize: str) -> list[tuple[float, ...]]:
        lengths = [math.hypot(*map(float, row)) if normalize == "unit" else 1.0 for row in rows]
        return [
            tuple(float(f"{float(value) / length:.12g}") for value in row)
            for row, length in zip(rows, lengths, strict=True)
        ]

    patch.setattr(point_values, "normalised_keys", keys)


@planted("parallel is decided up to a tolerance of 1e-5", "entries-meet-the-textbook")
def _(patch: pytest.MonkeyPatch) -> None:
    def relation(self: InputProducts, a: int, b: int, c: int) -> Relation:
        if not c or not math.isclose(Fraction(c * c, a * b), 1, rel_tol=1e-5):
            return Relation.EQUAL if a == b == c else Relation.GENERIC
        same = self.normalised or a == b
        if c > 0:
            return Relation.EQUAL if same else Relation.PARALLEL
        return Relation.OPPOSITE if same else Relation.ANTIPARALLEL

    patch.setattr(InputProducts, "relation", relation)
