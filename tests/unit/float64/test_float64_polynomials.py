"""Float64 polynomials: the bound on their rounding, against exact rationals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from certify.kernels.float64.polynomials import FloatPolynomial

coefficients = st.lists(st.floats(-4, 4, allow_subnormal=False), min_size=1, max_size=30)


def exactly(polynomial: FloatPolynomial, x: float) -> Fraction:
    y = Fraction(x) - Fraction(polynomial.centre)
    return sum((Fraction(c) * y**k for k, c in enumerate(polynomial.coefficients)), Fraction(0))


@settings(deadline=None, max_examples=60)
@given(coefficients, st.floats(0, 2), st.floats(0.01, 1), st.lists(st.floats(-1, 1), min_size=1, max_size=5))
def test_the_rounding_of_horners_rule_is_bounded(
    values: list[float], centre: float, reach: float, places: list[float]
) -> None:
    polynomial = FloatPolynomial(tuple(values), centre, reach)
    x = np.array([centre + reach * place for place in places])
    x = np.clip(x, centre - reach * (1 - 1e-9), centre + reach * (1 - 1e-9))
    found = polynomial.evaluate(x.copy(), np.empty_like(x))
    for place, value in zip(x.tolist(), found.tolist(), strict=True):
        assert abs(Fraction(value) - exactly(polynomial, place)) <= Fraction(polynomial.rounding)


@settings(deadline=None, max_examples=60)
@given(coefficients, st.floats(-1, 1), st.floats(-1, 1))
def test_the_slope_bounds_every_difference(values: list[float], x: float, y: float) -> None:
    polynomial = FloatPolynomial(tuple(values), 0.0, 1.0)
    rise = abs(exactly(polynomial, x) - exactly(polynomial, y))
    assert rise <= Fraction(polynomial.slope) * abs(Fraction(x) - Fraction(y))
