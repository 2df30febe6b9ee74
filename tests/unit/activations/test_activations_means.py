"""Every dual and derivative dual is the Gaussian mean that it claims to be, derived again without closed forms."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import gaussian_means as means
import mpmath
import pytest
from activation_definitions import angular, definition, polynomials, smooth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mpmath import mpf

from certify import stax
from certify.activations import Pair, PolynomialActivation, Relation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic

SYSTEMS = [ArbArithmetic, MpmathArithmetic]
BITS = 160

# Squares, so that sqrt(q1 q2) rho is rational.
roots = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3, 4), Fraction(4, 3), Fraction(1, 10)])
cosines = st.sampled_from([Fraction(k, 20) for k in (-12, -10, -7, -1, 0, 1, 3, 10, 12)])


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(means.DIGITS):
        yield


def evaluate(
    system: Any,
    activation: Any,
    q1: Fraction,
    q2: Fraction,
    r: Fraction,
    relation: Relation = Relation.GENERIC,
    *zeros: bool,
) -> list[tuple[Fraction, Fraction]]:
    """[(lower, upper) of V, (lower, upper) of V']."""
    number = system(BITS)
    with number.active():
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r), relation, *zeros)
        results = []
        for value in activation.duals(number)(pair):
            low, high, exponent = number.endpoints(value)
            results.append((low * Fraction(2) ** exponent, high * Fraction(2) ** exponent))
    return results


def assert_holds(bounds: tuple[Fraction, Fraction], value: Any, error: Any, most: float = 1e-12) -> None:
    """The enclosure meets [value - error, value + error], an interval narrow enough to tell a wrong formula."""
    assert error < most * (1 + abs(value)), "the second derivation is too inaccurate to test anything"
    low, high = means.exact(value - error), means.exact(value + error)
    assert bounds[0] <= high
    assert low <= bounds[1]
    assert bounds[1] - bounds[0] <= Fraction(1, 2**100) * (1 + abs(bounds[1]))


@settings(deadline=None, max_examples=40)
@given(angular, roots, roots, st.one_of(cosines, st.sampled_from([Fraction(1), Fraction(-1), Fraction(99, 100)])))
def test_homogeneous_activations_against_polar_coordinates(
    activation: Any, a: Fraction, b: Fraction, rho: Fraction
) -> None:
    value, slope = definition(activation)
    q1, q2, degree = a * a, b * b, activation.homogeneity
    expected = means.polar(value, degree, q1, q2, rho)
    expected_slope = means.polar(slope, degree - 1, q1, q2, rho) if degree else (mpf(0), mpf(10) ** -25)
    related = {1: Relation.PARALLEL, -1: Relation.ANTIPARALLEL}.get(rho, Relation.GENERIC)  # type: ignore[call-overload]
    for system in SYSTEMS:
        found = evaluate(system, activation, q1, q2, a * b * rho, related)
        assert_holds(found[0], *expected)
        assert_holds(found[1], *expected_slope)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(smooth, roots, roots, cosines)
def test_smooth_activations_against_their_hermite_series(
    activation: Any, a: Fraction, b: Fraction, rho: Fraction
) -> None:
    found = [evaluate(system, activation, a * a, b * b, a * b * rho) for system in SYSTEMS]
    for position, function in enumerate(definition(activation)):
        value, error = means.mehler(function, a * a, b * b, rho)
        for bounds in found:
            assert_holds(bounds[position], value, error)


@settings(deadline=None, max_examples=30)
@given(smooth, roots, roots, st.sampled_from([1, -1]))
def test_smooth_activations_at_correlations_of_one_and_minus_one(
    activation: Any, a: Fraction, b: Fraction, sign: int
) -> None:
    relation = {
        (1, True): Relation.EQUAL,
        (1, False): Relation.PARALLEL,
        (-1, True): Relation.OPPOSITE,
        (-1, False): Relation.ANTIPARALLEL,
    }[sign, a == b]
    for system in SYSTEMS:
        for known in (relation, Relation.GENERIC):
            found = evaluate(system, activation, a * a, b * b, sign * a * b, known)
            for bounds, function in zip(found, definition(activation), strict=True):
                assert_holds(bounds, *means.line(function, function, a * a, b * b, sign))


@settings(deadline=None, max_examples=60)
@given(polynomials, st.fractions(0, 3, max_denominator=50), st.fractions(0, 3, max_denominator=50), st.fractions(-1, 1))
def test_polynomials_against_exact_gaussian_moments(
    activation: Any, q1: Fraction, q2: Fraction, part: Fraction
) -> None:
    r = part * min(q1, q2)
    c = activation.coefficients
    slopes = [k * value for k, value in enumerate(c)][1:]
    for system in SYSTEMS:
        found = evaluate(system, activation, q1, q2, r)
        for (low, high), coefficients in zip(found, (c, slopes), strict=True):
            assert low <= activation.scale * means.polynomial_mean(coefficients, q1, q2, r) <= high


@given(st.integers(0, 9))
@settings(deadline=None, max_examples=10)
def test_hermite_coefficients_are_those_of_the_normalised_polynomial(k: int) -> None:
    activation = stax.Hermite(k)
    value, _ = definition(activation)
    assert isinstance(activation, PolynomialActivation)
    for x in (mpf(0), mpf(1) / 3, mpf(-2)):
        exact = sum(c * means.exact(x) ** j for j, c in enumerate(activation.coefficients))
        root = mpmath.sqrt(mpf(activation.scale.numerator) / activation.scale.denominator)
        assert mpmath.almosteq(value(x), root * mpf(exact.numerator) / exact.denominator, 1e-30, 1e-30)


@settings(deadline=None, max_examples=60)
@given(st.one_of(angular, smooth, polynomials), roots)
def test_a_vanishing_variance_makes_one_factor_constant(activation: Any, b: Fraction) -> None:
    function, _ = definition(activation)
    origin, one_sided = function(mpf(0)), activation.homogeneity is not None and not hasattr(activation, "coefficients")
    if one_sided:
        degree = activation.homogeneity
        radius = mpmath.quad(lambda t: t**degree * mpmath.npdf(t), [0, 4, 15])
        scale = (mpf(b.numerator) / b.denominator) ** degree
        mean = scale * radius * (function(mpf(1)) + function(mpf(-1)))
        mean, error = origin * mean, mpf(10) ** -25
    else:
        mean, error = means.line(lambda x: origin, function, Fraction(0), b * b)
    for system in SYSTEMS:
        (low, high), _ = evaluate(system, activation, Fraction(0), b * b, Fraction(0), Relation.GENERIC, True, False)
        assert_holds((low, high), mean, error)
        mirrored, _ = evaluate(system, activation, b * b, Fraction(0), Fraction(0), Relation.GENERIC, False, True)
        assert_holds(mirrored, mean, error)
        both, _ = evaluate(system, activation, Fraction(0), Fraction(0), Fraction(0), Relation.EQUAL, True, True)
        assert_holds(both, origin * origin, mpf(10) ** -30)


def test_the_second_derivation_refuses_a_planted_error() -> None:
    value, error = means.mehler(definition(stax.Erf())[0], Fraction(1), Fraction(9, 16), Fraction(1, 2))
    found = evaluate(ArbArithmetic, stax.Erf(), Fraction(1), Fraction(9, 16), Fraction(3, 8))
    assert_holds(found[0], value, error)
    with pytest.raises(AssertionError):
        assert_holds(found[0], value * (1 + mpf(10) ** -12), error)
    with pytest.raises(AssertionError, match="too inaccurate"):
        assert_holds(found[0], value, mpf(1))
