"""Enclosures as such: two number systems agree, precision narrows, floats round outward, functions invert."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from certify import stax
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic
from certify.arithmetic.protocol import Arithmetic
from certify.kernels import Enclosure
from properties.intervals import Bounds, Interval
from properties.laws.base import Domain, Outcome, holds, law, violated
from properties.laws.cases import NetworkCase, NumberCase
from properties.laws.hypotheses import gram_cases
from properties.laws.invariance import enclose, same
from properties.laws.proving import decimal_log
from properties.strategies import Separation, networks, points, rationals
from properties.subjects import LibrarySubject, Scope, Subject, bounds_of_enclosure

_SYSTEMS: tuple[Callable[[int], Arithmetic], ...] = (ArbArithmetic, MpmathArithmetic)


def _small_gram(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(ends_in_dense=None), separation=Separation.NONE, max_size=3)


@law(citation="two implementations of one formula", cases=_small_gram, scope=Scope.LIBRARY)
def mpmath_meets_arb(subject: Subject, case: NetworkCase) -> Outcome:
    """The enclosures of an entry on Arb's balls and on mpmath's directed rounding have a number in common."""
    return same(enclose(subject, case), enclose(LibrarySubject("mpmath"), case), "by mpmath")


def _gram(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(ends_in_dense=None), separation=Separation.NONE, max_size=4)


@law(citation="Network.kernel: radius <= 2**-bits sqrt(K_ii K_jj)", cases=_gram, scope=Scope.LIBRARY)
def enclosures_narrow_with_precision(subject: Subject, case: NetworkCase) -> Outcome:
    """Enclosures at 20, 53 and 150 bits overlap, and no radius exceeds 2**-bits sqrt(K_ii K_jj)."""
    coarse, middle, fine = ((bits, enclose(LibrarySubject(bits=bits), case)) for bits in (20, 53, 150))
    for bits, found in (coarse, middle, fine):
        outcome = same(found, fine[1], "at 150 bits")
        if outcome.detail:
            return outcome
        for i in range(case.points.n):
            for j in range(case.points.n):
                promised = fine[1][i, i].high * fine[1][j, j].high / 4**bits
                if (found[i, j].width / 2) ** 2 > promised:
                    return violated(f"the radius at entry ({i}, {j}) exceeds what {bits} bits promise")
    return holds(widening=_widening(middle[1], 53))


def _widening(found: Bounds, bits: int) -> float:
    """log10 of the largest radius relative to what was promised for the largest entry."""
    size = found.scale
    return decimal_log(found.width / 2 / size * 2**bits) if found.width and size else -20.0


def _dyadic_cases(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    """Networks whose entries are binary fractions, and sums of binary fractions in Mehler's formula too: activations of
    degree one and two, d a power of two, dyadic points and parameters."""
    values = st.sampled_from([Fraction(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (5, 4))])
    nothing = st.just(Fraction(0))

    @st.composite
    def build(draw: DrawFn) -> NetworkCase:
        layers: list[Any] = []
        for _ in range(draw(st.integers(1, 2))):
            head = draw(st.lists(rationals(3, dyadic=True), min_size=1, max_size=2))
            layers += [stax.Dense(W_var=draw(values), b_var=draw(values | nothing)), stax.Polynomial([*head, 1])]
        layers.append(stax.Dense(W_var=draw(values), b_var=draw(values | nothing)))
        columns = draw(st.sampled_from((1, 2, 4)))
        shapes = ("grid", "near", "clustered", "parallel")
        found = draw(points(max_size=3, columns=columns, doubles=True, shapes=shapes, separation=Separation.NONE))
        return NetworkCase(stax.serial(*layers), found, draw(st.sampled_from(("ntk", "nngp"))))

    return build()


@law(citation="sums and products of binary fractions are binary fractions", cases=_dyadic_cases, scope=Scope.LIBRARY)
def binary_fractions_become_exact(subject: Subject, case: NetworkCase) -> Outcome:
    """Where every entry is a binary fraction, enough precision makes every enclosure a single number."""
    found = enclose(LibrarySubject(bits=6000), case)
    if found.width:
        return violated(f"at 6000 bits an entry still has width {float(found.width)}")
    return holds()


@law(citation="Enclosure: float64, rounded outward", cases=_gram, scope=Scope.LIBRARY)
def float_bounds_round_outward(subject: Subject, case: NetworkCase) -> Outcome:
    """The float64 bounds `lower` and `upper` are the numbers next to the exact bounds, on the outer side, and [mid -
    rad, mid + rad] holds the exact bounds."""
    found = case.network.kernel(case.points, get=case.kernel, normalize=case.normalize)
    assert isinstance(found, Enclosure)
    bounds = bounds_of_enclosure(found)
    for i, j in np.ndindex(found.shape):
        exact = bounds[i, j]
        low, high, mid, rad = (float(side[i, j]) for side in (found.lower, found.upper, found.mid, found.rad))
        outside = Fraction(low) <= exact.low and exact.high <= Fraction(high)
        tight = math.nextafter(low, math.inf) > exact.low and math.nextafter(high, -math.inf) < exact.high
        centred = Fraction(mid) - Fraction(rad) <= exact.low and exact.high <= Fraction(mid) + Fraction(rad)
        if not (outside and tight and centred):
            return violated(f"entry ({i}, {j}) in {exact} has float bounds {low!r}, {high!r} and {mid!r} +- {rad!r}")
    return holds()


def _arguments() -> SearchStrategy[Fraction]:
    """Rationals, squares, and numbers near 1 and near 0, where naive series and iterations go wrong."""
    near_one = st.builds(lambda s, k: 1 + s * Fraction(1, 2**k), st.sampled_from((1, -1)), st.integers(2, 120))
    small = st.builds(lambda p, k: Fraction(p, 2**k), st.integers(1, 9), st.integers(0, 100))
    plain = st.builds(Fraction, st.integers(1, 1000), st.sampled_from((1, 2, 3, 7, 100)))
    return st.one_of(plain, plain.map(lambda x: x * x), near_one, small)


def _number_cases(functions: tuple[str, ...]) -> Callable[[Domain], SearchStrategy[NumberCase] | None]:
    precisions = st.sampled_from((53, 64, 100, 113, 200))
    return lambda domain: st.builds(NumberCase, st.sampled_from(functions), _arguments(), precisions)


def _evaluate(system: Callable[[int], Arithmetic], case: NumberCase, inverse: bool = False) -> Interval:
    """The function at the argument; with `inverse`, the square of a square root."""
    number = system(case.bits)
    with number.active():
        x = number.exact(case.argument)
        functions: dict[str, Callable[[Any], Any]] = {
            "sqrt": number.sqrt,
            "exp": lambda value: number.exp(-value),
            "cos": number.cos,
            "atan": number.atan,
            "pi": lambda value: number.pi,
        }
        value = functions[case.function](x)
        low, high, exponent = number.endpoints(value * value if inverse else value)
    scale = Fraction(2) ** exponent
    return Interval(low * scale, high * scale)


@law(citation="sqrt(x)^2 = x", cases=_number_cases(("sqrt",)), scope=Scope.LIBRARY)
def square_roots_square_back(subject: Subject, case: NumberCase) -> Outcome:
    """In both number systems the square of the enclosed square root holds the argument, near 1 and everywhere."""
    for system in _SYSTEMS:
        square = _evaluate(system, case, inverse=True)
        if not square.holds(case.argument):
            return violated(f"{system.__name__}: sqrt({case.argument})^2 lies in {square}")
        if square.width > case.argument * Fraction(2) ** (4 - case.bits):
            return violated(f"{system.__name__}: sqrt({case.argument}) is wider than {case.bits} bits promise")
    return holds()


@law(citation="two implementations", cases=_number_cases(("exp", "cos", "atan", "pi", "sqrt")), scope=Scope.LIBRARY)
def elementary_functions_agree(subject: Subject, case: NumberCase) -> Outcome:
    """Arb's and mpmath's enclosures of exp(-x), cos, atan, sqrt and pi have a number in common, at the same and at
    other precisions."""
    balls = _evaluate(ArbArithmetic, replace(case, bits=case.bits + 70))
    for found in (_evaluate(ArbArithmetic, case), _evaluate(MpmathArithmetic, case)):
        if not found.meets(balls):
            return violated(f"{case.function}({case.argument}) lies in {found} and in {balls}")
    return holds()
