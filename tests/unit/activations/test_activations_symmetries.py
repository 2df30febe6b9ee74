"""What an activation says about itself is true of the function, and nothing true goes unsaid."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from activation_definitions import SPECIMENS, activations, definition
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf

from certify import stax
from certify.activations import ANGLES, CATALOGUE, ORTHANTS, SERIES, Parity, PolynomialActivation, Rectifier, Relation

POINTS = [mpf(p) / q for p, q in ((1, 3), (1, 1), (5, 2), (7, 1), (1, 8))]
FACTORS = [mpf(1) / 2, mpf(3)]
every_specimen = pytest.mark.parametrize("activation", SPECIMENS, ids=repr)


def close(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= mpf(10) ** -25 * (1 + abs(a)))


def test_the_specimens_cover_the_catalogue() -> None:
    assert {type(activation).__name__ for activation in SPECIMENS} == set(CATALOGUE) - {*SERIES, *ORTHANTS, *ANGLES}


@every_specimen
def test_parity_is_that_of_the_function(activation: Any) -> None:
    with mpmath.workdps(40):
        s, _ = definition(activation)
        even = all(close(s(-x), s(x)) for x in POINTS)
        odd = all(close(s(-x), -s(x)) for x in [*POINTS, mpf(0)])
        claimed = activation.parity
        assert claimed is not Parity.EVEN or even
        assert claimed is not Parity.ODD or odd
        assert claimed is not Parity.NONE or not (even or odd)


@every_specimen
def test_homogeneity_is_that_of_the_function(activation: Any) -> None:
    with mpmath.workdps(40):
        s, _ = definition(activation)
        both = [x for y in POINTS for x in (y, -y)]
        degrees = [k for k in range(9) if all(close(s(c * x), c**k * s(x)) for c in FACTORS for x in both)]
        if activation.homogeneity is None:
            assert not degrees or activation.is_constant
        else:
            assert activation.homogeneity in degrees


@every_specimen
def test_constancy_the_value_at_zero_and_the_polynomial_are_those_of_the_function(activation: Any) -> None:
    with mpmath.workdps(40):
        s, _ = definition(activation)
        both = [x for y in POINTS for x in (y, -y)]
        constant = all(close(s(x), s(mpf(1))) for x in both)
        assert activation.is_constant is constant
        assert activation.vanishes_at_zero is close(s(mpf(0)), mpf(0))
        c = activation.polynomial
        if c is None:
            assert not isinstance(activation, PolynomialActivation)
            assert constant or not isinstance(activation, Rectifier) or activation.slopes[0] != activation.slopes[1]
            return
        assert not c or c[-1]
        shape = [sum(mpf(v.numerator) / v.denominator * x**k for k, v in enumerate(c)) for x in both]
        ratio = s(mpf(7)) / shape[both.index(mpf(7))] if c else mpf(1)
        assert all(close(s(x), ratio * y) for x, y in zip(both, shape, strict=True))


@every_specimen
def test_what_is_odd_about_a_constant_and_what_has_no_derivative(activation: Any) -> None:
    with mpmath.workdps(40):
        s, slope = definition(activation)
        sums = [s(x) + s(-x) for x in POINTS]
        assert activation.is_odd_about_a_constant is all(close(value, sums[0]) for value in sums)
        flat = all(close(slope(x), mpf(0)) for y in POINTS for x in (y, -y))
        assert activation.has_zero_derivative_dual is flat


def related(relation: Relation, u: Any) -> Any:
    return {
        Relation.EQUAL: u,
        Relation.PARALLEL: 3 * u,
        Relation.OPPOSITE: -u,
        Relation.ANTIPARALLEL: -3 * u,
        Relation.GENERIC: u * u + 1,
    }[relation]


@settings(deadline=None, max_examples=150)
@given(activations, st.sampled_from(Relation))
def test_the_image_of_a_relation_holds_between_the_values(activation: Any, relation: Relation) -> None:
    with mpmath.workdps(40):
        s, _ = definition(activation)
        pairs = [(s(u), s(related(relation, u))) for x in POINTS for u in (x, -x)]
        image = activation.image(relation)
        if image is Relation.EQUAL:
            assert all(close(a, b) for a, b in pairs)
        elif image is Relation.OPPOSITE:
            assert all(close(a, -b) for a, b in pairs)
        elif image in (Relation.PARALLEL, Relation.ANTIPARALLEL):
            c = 3**activation.homogeneity * (1 if image is Relation.PARALLEL else -1)
            assert all(close(c * a, b) for a, b in pairs)


def test_special_activations_are_the_functions_they_abbreviate() -> None:
    assert stax.Relu().slopes == stax.ABRelu(0, 1).slopes == stax.LeakyRelu(0).slopes
    assert stax.Abs().slopes == stax.ABRelu(-1, 1).slopes
    with mpmath.workdps(40):
        for first, second in (
            (stax.Rbf("1/2"), stax.Rbf(Fraction(1, 2))),
            (stax.RectifiedMonomial(1), stax.Relu()),
            (stax.Cos(c=0), stax.Cos()),
        ):
            f, g = definition(first)[0], definition(second)[0]
            assert all(close(f(x), g(x)) for x in POINTS)
