"""Every dual and derivative dual is the Gaussian mean that it claims to be, derived again without closed forms."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import gaussian_means as means
import mpmath
import pytest
from activation_definitions import SPECIMENS, angular, definition, polynomials, smooth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mpmath import mpf

from certify import stax
from certify.activations import Pair, PolynomialActivation, RectifiedMonomial, Rectifier, Relation, Sign, Step
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic

SYSTEMS = [ArbArithmetic, MpmathArithmetic]
BITS = 160
ANGULAR = (Rectifier, Sign, Step, RectifiedMonomial)
RELATIONS = {
    (Fraction(1), True): (Relation.EQUAL, Relation.GENERIC),
    (Fraction(1), False): (Relation.PARALLEL, Relation.GENERIC),
    (Fraction(-1), True): (Relation.OPPOSITE, Relation.GENERIC),
    (Fraction(-1), False): (Relation.ANTIPARALLEL, Relation.GENERIC),
}
"""What may be known of a pair at correlation +-1, or not be known: with exact variances the duals are the same."""

# Squares, so that sqrt(q1 q2) rho is rational.
roots = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3, 4), Fraction(2, 3), Fraction(1, 10)])
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


def assert_holds(bounds: tuple[Fraction, Fraction], value: Any, error: Any, width: int = 100) -> None:
    """The enclosure meets [value - error, value + error], and both are narrow enough to tell a wrong formula."""
    assert error < 1e-12 * (1 + abs(value)), "the second derivation is too inaccurate to test anything"
    low, high = means.exact(value - error), means.exact(value + error)
    assert bounds[0] <= high
    assert low <= bounds[1]
    assert bounds[1] - bounds[0] <= Fraction(1, 2**width) * (1 + abs(bounds[1]))


def assert_is_mean(activation: Any, a: Fraction, b: Fraction, rho: Fraction) -> None:
    """V and V' for variances a^2, b^2 and correlation rho, in both number systems, by the derivation that fits."""
    q1, q2, r = a * a, b * b, a * b * rho
    functions = definition(activation)
    if isinstance(activation, PolynomialActivation):
        c = activation.coefficients
        for coefficients, bounds in zip(
            (c, [k * v for k, v in enumerate(c)][1:]), both(activation, q1, q2, r), strict=True
        ):
            exact = activation.scale * means.polynomial_mean(coefficients, q1, q2, r)
            assert all(low <= exact <= high for low, high in bounds)
        return
    if isinstance(activation, ANGULAR):
        degree = activation.homogeneity
        expected = [means.polar(functions[0], degree, q1, q2, rho), (mpf(0), mpf(10) ** -25)]
        if degree:
            expected[1] = means.polar(functions[1], degree - 1, q1, q2, rho)
    elif abs(rho) == 1:
        expected = [means.line(function, function, q1, q2, int(rho)) for function in functions]
    else:
        expected = [means.mehler(function, q1, q2, rho) for function in functions]
    for relation in RELATIONS[rho, a == b] if abs(rho) == 1 else (Relation.GENERIC,):
        # Half the digits go where an angle of 0 or pi is not known to be one.
        width = 50 if abs(rho) == 1 and relation is Relation.GENERIC else 100
        for (value, error), bounds in zip(expected, both(activation, q1, q2, r, relation), strict=True):
            for each in bounds:
                assert_holds(each, value, error, width)


def both(activation: Any, *pair: Any) -> list[list[tuple[Fraction, Fraction]]]:
    """[bounds on V in each number system, bounds on V' in each]."""
    found = [evaluate(system, activation, *pair) for system in SYSTEMS]
    return [[value, other] for value, other in zip(*found, strict=True)]


CASES = [
    *((Fraction(1), Fraction(1), Fraction(1, 2)), (Fraction(3, 4), Fraction(4, 3), Fraction(-3, 5))),
    *((Fraction(1), Fraction(1), Fraction(1)), (Fraction(1, 2), Fraction(4, 3), Fraction(1))),
    *((Fraction(1), Fraction(1), Fraction(-1)), (Fraction(1, 2), Fraction(4, 3), Fraction(-1))),
]


@pytest.mark.parametrize("activation", SPECIMENS, ids=repr)
def test_every_specimen_has_the_mean_for_its_dual(activation: Any) -> None:
    for case in CASES:
        assert_is_mean(activation, *case)


@settings(deadline=None, max_examples=40)
@given(angular, roots, roots, st.one_of(cosines, st.sampled_from([Fraction(1), Fraction(-1), Fraction(99, 100)])))
def test_homogeneous_activations_against_polar_coordinates(
    activation: Any, a: Fraction, b: Fraction, rho: Fraction
) -> None:
    assert_is_mean(activation, a, b, rho)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(smooth, roots, roots, cosines)
def test_smooth_activations_against_their_hermite_series(
    activation: Any, a: Fraction, b: Fraction, rho: Fraction
) -> None:
    assert_is_mean(activation, a, b, rho)


@settings(deadline=None, max_examples=20)
@given(smooth, roots, roots, st.sampled_from([Fraction(1), Fraction(-1)]))
def test_smooth_activations_at_correlations_of_one_and_minus_one(
    activation: Any, a: Fraction, b: Fraction, sign: Fraction
) -> None:
    assert_is_mean(activation, a, b, sign)


@settings(deadline=None, max_examples=60)
@given(polynomials, roots, roots, st.fractions(-1, 1))
def test_polynomials_against_exact_gaussian_moments(activation: Any, a: Fraction, b: Fraction, rho: Fraction) -> None:
    assert_is_mean(activation, a, b, rho)


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


@pytest.mark.parametrize("activation", SPECIMENS, ids=repr)
def test_a_vanishing_variance_makes_one_factor_constant(activation: Any) -> None:
    function, _ = definition(activation)
    origin, b = function(mpf(0)), Fraction(3, 4)
    if isinstance(activation, ANGULAR):
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
