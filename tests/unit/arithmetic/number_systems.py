"""What the tests of the number systems share: exact end points, strategies, and the two systems by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import Interval, MpmathArithmetic

SYSTEMS = [ArbArithmetic, MpmathArithmetic]
both_systems = pytest.mark.parametrize("system", SYSTEMS, ids=["arb", "mpmath"])

precisions = st.integers(2, 400)
exponents = st.one_of(st.integers(-4, 4), st.integers(-600, 600))


def scaled(numerator: int, denominator: int, exponent: int) -> Fraction:
    return Fraction(numerator, denominator) * Fraction(2) ** exponent


numerators = st.one_of(st.integers(-20, 20), st.integers(-(2**200), 2**200))
denominators = st.one_of(st.just(1), st.integers(1, 20), st.integers(1, 2**200))
rationals = st.builds(scaled, numerators, denominators, exponents)
positive_rationals = rationals.map(abs).filter(lambda x: x > 0)


def ends(arithmetic: Any, x: Any) -> tuple[Fraction, Fraction]:
    low, high, exponent = arithmetic.endpoints(x)
    assert type(low) is int
    assert type(high) is int
    assert type(exponent) is int
    return low * Fraction(2) ** exponent, high * Fraction(2) ** exponent


def contains(arithmetic: Any, x: Any, value: Fraction) -> bool:
    low, high = ends(arithmetic, x)
    return low <= value <= high


def hull(arithmetic: Any, a: Fraction, b: Fraction) -> Any:
    """A number that encloses everything between a and b."""
    x, y = arithmetic.exact(min(a, b)), arithmetic.exact(max(a, b))
    return Interval(x.lo, y.hi, arithmetic.bits) if isinstance(x, Interval) else x.union(y)


def intersect(*pairs: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """The common part; empty when the first end exceeds the second."""
    return max(low for low, _ in pairs), min(high for _, high in pairs)


def overlap(*pairs: tuple[Fraction, Fraction]) -> bool:
    low, high = intersect(*pairs)
    return low <= high
