"""Approximants of kernel profiles: their proven error, and what they refuse."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx

from certify import stax
from certify.kernels.float64 import approximants
from certify.kernels.float64.approximants import MIDDLE, Approximant, NoApproximant, build_approximant
from certify.kernels.float64.profile import Profile, homogeneity


def profile(text: str, kernel: str = "ntk") -> Profile:
    return Profile(stax.parse(text).layers, 3, Fraction(1), kernel)


def worst(part: Approximant, f: Profile, exponent: int, places: list[Fraction]) -> float:
    """The largest |computed - F| / bound over correlations, those as v of the part in float64."""
    quotients = []
    before = ctx.prec
    ctx.prec = f.bits
    try:
        for rho in places:
            v = float(1 - part.sign * rho if part.sign else rho)
            moved = Fraction(v) if not part.sign else part.sign * (1 - Fraction(v))
            for _ in range(part.roots):
                v = float(np.sqrt(v))
            computed = part.polynomial.evaluate(np.array([v]), np.empty(1))[0]
            error = abs(arb(float(computed)) - f(moved) * arb(2) ** -exponent)
            # The float64 root is off by its last place.
            allowed = part.error + part.slope * v * 2.0**-52
            quotients.append(float(error.upper().mid()) / allowed)
    finally:
        ctx.prec = before
    return max(quotients)


NETWORKS = [
    "serial(Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense())",
    "serial(Dense(W_var=2, b_var='1/10'), Abs(), Dense(b_var=1))",
    "serial(Dense(W_var=2), Gelu(), Dense(W_var=2), Erf(), Dense())",
    "serial(Dense(), Sign(), Dense(), Sign(), Dense())",
    "serial(Dense(), RectifiedMonomial(2), Dense(W_var=3))",
    "serial(Dense(W_var=3), Gabor(), Dense(), Relu(), Dense())",
    "serial(Dense(), Monomial(60), Dense(), Relu(), Dense())",
]


@pytest.mark.parametrize("text", NETWORKS)
@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
def test_every_part_keeps_its_error(text: str, kernel: str) -> None:
    f = profile(text, kernel)
    found = build_approximant(f, f.bits)
    rng = np.random.default_rng(3)
    middle = [Fraction(x) for x in rng.uniform(-float(MIDDLE), float(MIDDLE), 40)]
    gaps = [Fraction(2.0**-x) for x in rng.uniform(1, 61, 40)]
    parts: list[tuple[Approximant | None, list[Fraction]]] = [
        (found.whole, middle + [1 - gap for gap in gaps] + [gap - 1 for gap in gaps]),
        (found.middle, middle),
    ]
    for part in (*found.positive, *found.negative):
        low, high = max(part.gaps[0], 2.0**-61), min(part.gaps[1], 0.54)
        inside = [Fraction(low * (high / low) ** x) for x in rng.uniform(0, 1, 40)]
        parts.append((part, [part.sign * (1 - gap) for gap in inside]))
    quotients = [worst(part, f, found.exponent, places) for part, places in parts if part is not None]
    assert max(quotients) <= 1
    assert max(quotients) > 0.05, "bounds so wide hide errors"


def test_a_planted_error_in_a_coefficient_is_seen() -> None:
    f = profile(NETWORKS[0])
    found = build_approximant(f, f.bits).positive[-1]
    spoiled = list(found.polynomial.coefficients)
    spoiled[3] += 1e-14
    polynomial = approximants.FloatPolynomial(tuple(spoiled), found.polynomial.centre, found.polynomial.reach)
    planted = Approximant(polynomial, found.sign, found.roots, found.error)
    assert worst(planted, f, build_approximant(f, f.bits).exponent, [Fraction(1, 2), Fraction(3, 4)]) > 1


@pytest.mark.parametrize(
    "text", ["serial(" + "Dense(), Sign(), " * 9 + "Dense())", "serial(Dense(), Polynomial([0]), Dense())"]
)
def test_a_profile_that_does_not_fit_is_refused(text: str) -> None:
    f = profile(text)
    with pytest.raises(NoApproximant):
        build_approximant(f, f.bits)


def test_homogeneity_is_that_of_the_kernel() -> None:
    for text, degree in (
        ("serial(Dense(), Relu(), Dense())", 1),
        ("serial(Dense(), Monomial(3), Dense(), Abs(), Dense())", 3),
        ("serial(Dense(), Relu(), Dense(b_var=1))", None),
        ("serial(Dense(), Sign(), Dense(b_var=1), Erf(), Dense())", 0),
        ("serial(Dense(b_var=1), Sign(), Dense())", None),
        ("serial(Dense(), Erf(), Dense())", None),
    ):
        assert homogeneity(stax.parse(text).layers) == degree
