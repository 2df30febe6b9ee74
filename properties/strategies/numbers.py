"""Exact numbers small enough to read: rationals, positive rationals, parameters, and variances of layers."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

ALL_DENOMINATORS = (1, 2, 3, 4, 7, 10, 100)
DYADIC_DENOMINATORS = (1, 2, 4, 8, 64)


def denominators(dyadic: bool = False) -> SearchStrategy[int]:
    """Denominators, 1 being the simplest; with `dyadic` powers of two only, so that small quotients are doubles."""
    return st.sampled_from(DYADIC_DENOMINATORS if dyadic else ALL_DENOMINATORS)


def rationals(largest: int = 9, dyadic: bool = False) -> SearchStrategy[Fraction]:
    """p/q with |p| <= largest; shrinks to 0, and to integers before fractions."""
    return st.builds(Fraction, st.integers(-largest, largest), denominators(dyadic))


def positive_rationals(largest: int = 9, dyadic: bool = False) -> SearchStrategy[Fraction]:
    """p/q with 1 <= p <= largest; shrinks to 1."""
    return st.builds(Fraction, st.integers(1, largest), denominators(dyadic))


def nonzero_rationals(largest: int = 9, dyadic: bool = False) -> SearchStrategy[Fraction]:
    """p/q with 1 <= |p| <= largest; shrinks to 1."""
    return st.builds(lambda sign, value: sign * value, st.sampled_from((1, -1)), positive_rationals(largest, dyadic))


def gentle_rationals() -> SearchStrategy[Fraction]:
    """Nonzero numbers between 1/4 and 2 in absolute value, for rates and slopes that are iterated or exponentiated;
    shrinks to 1."""
    sizes = tuple(Fraction(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 2), (1, 4), (2, 3), (7, 5)))
    return st.builds(lambda sign, value: sign * value, st.sampled_from((1, -1)), st.sampled_from(sizes))


def weight_variances() -> SearchStrategy[Fraction]:
    """Variances of weights, positive; shrinks to 1, the default of Dense."""
    common = tuple(Fraction(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 2), (1, 10), (7, 3)))
    return st.sampled_from(common)


def bias_variances() -> SearchStrategy[Fraction]:
    """Variances of biases, positive; shrinks to 1."""
    return st.sampled_from(tuple(Fraction(p, q) for p, q in ((1, 1), (1, 2), (1, 100), (2, 1), (1, 10), (5, 3))))
