"""Duals against second derivations: Price's theorem, Hermite series, the formulas of the books."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certify.activations import Activation, Pair
from certify.arithmetic.arb_balls import ArbArithmetic
from properties.laws.base import Domain, Outcome, holds, law, undecided, violated
from properties.laws.cases import DualCase, NetworkCase
from properties.laws.hypotheses import gram_cases, hidden
from properties.oracles.hermite import JUMPS, SMOOTHED, series_dual
from properties.oracles.plane import plane_dual
from properties.oracles.textbook import interval_of_ball, textbook_kernel
from properties.strategies import FAMILIES, Kind, Separation, activations, networks, numerical_activations
from properties.subjects import Scope, Subject

_BITS = 200
_SERIES_BITS = 160
_STEP = Fraction(1, 2**60)
_PLANE_BITS = 60
_TEXTBOOK_BITS, _MOST_BITS = 256, 16384


def _deviations() -> SearchStrategy[Fraction]:
    sizes = [Fraction(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (1, 3), (5, 2), (1, 10), (3, 4), (4, 1))]
    return st.sampled_from(sizes)


def _correlations(largest: Fraction) -> SearchStrategy[Fraction]:
    return st.builds(lambda k, q: largest * Fraction(k, q), st.integers(-60, 60), st.sampled_from((60, 61, 77)))


def _price_cases(domain: Domain) -> SearchStrategy[DualCase] | None:
    chosen = activations(Kind.PRICE)
    return st.builds(DualCase, chosen, _deviations(), _deviations(), _correlations(Fraction(99, 100)))


def _dual(activation: Activation, number: ArbArithmetic, case: DualCase, r: Any) -> tuple[Any, Any]:
    q1, q2 = number.exact(case.s1**2), number.exact(case.s2**2)
    return activation.duals(number)(Pair(number, q1, q2, r))


@law(citation="Price 1958: d/dr E[s(u)s(v)] = E[s'(u)s'(v)]", cases=_price_cases, scope=Scope.LIBRARY)
def derivative_duals_are_slopes_of_duals(subject: Subject, case: DualCase) -> Outcome:
    """The derivative dual of a function without jumps is the slope of its dual in the covariance: a difference quotient
    lies among its values between the two places (mean value theorem)."""
    number = ArbArithmetic(_BITS)
    with number.active():
        r = case.rho * case.s1 * case.s2
        low, high = (number.exact(r + sign * _STEP * case.s1 * case.s2) for sign in (-1, 1))
        rise = _dual(case.activation, number, case, high)[0] - _dual(case.activation, number, case, low)[0]
        quotient = interval_of_ball(rise / (high - low))
        slope = interval_of_ball(_dual(case.activation, number, case, low.union(high))[1])
    if not quotient.meets(slope):
        return violated(f"the slope of the dual lies in {quotient}, the derivative dual in {slope}")
    size = max(abs(slope.low), abs(slope.high), Fraction(1, 2**20))
    if slope.width > size / 2**30 or quotient.width > size / 2**30:
        return undecided("the bounds on slope and quotient are too wide")
    return holds()


def _series_cases(domain: Domain) -> SearchStrategy[DualCase] | None:
    names = [name for name in FAMILIES if name.split("(")[0] in SMOOTHED]
    chosen = st.one_of([FAMILIES[name] for name in names])
    return st.builds(DualCase, chosen, _deviations(), _deviations(), _correlations(Fraction(3, 4)))


@law(citation="Hermite expansion of a function of a Gaussian", cases=_series_cases, scope=Scope.LIBRARY)
def duals_are_sums_of_their_hermite_series(subject: Subject, case: DualCase) -> Outcome:
    """Dual and derivative dual meet sum_k a_k(s1) a_k(s2) rho^k and its derivative, a_k the Hermite coefficients of the
    activation, tails included."""
    number = ArbArithmetic(_SERIES_BITS)
    with number.active():
        r = number.exact(case.rho * case.s1 * case.s2)
        closed = _dual(case.activation, number, case, r)
        terms = _terms(case.rho)
        series = series_dual(case.activation, case.s1, case.s2, case.rho, terms)
        jump = type(case.activation).__name__ in JUMPS or getattr(case.activation, "degree", 1) == 0
        kinds = ("dual",) if jump else ("dual", "derivative dual")
        for what, one, other in zip(kinds, closed, series, strict=False):
            found, expected = interval_of_ball(one), interval_of_ball(other)
            if not found.meets(expected):
                return violated(f"the {what} lies in {found}, its Hermite series in {expected}")
            if max(found.width, expected.width) > max(abs(expected.high), Fraction(1, 2**20)) / 2**40:
                return undecided(f"the bounds on the {what} are too wide")
    return holds()


def _plane_cases(domain: Domain) -> SearchStrategy[DualCase] | None:
    sizes = st.sampled_from([Fraction(p, q) for p, q in ((1, 1), (1, 2), (1, 3), (3, 4), (1, 5))])
    return st.builds(DualCase, numerical_activations(), sizes, sizes, _correlations(Fraction(9, 10)))


@law(citation="The definition of the dual, by quadrature", cases=_plane_cases, scope=Scope.LIBRARY)
def duals_without_closed_forms_are_integrals_over_the_plane(subject: Subject, case: DualCase) -> Outcome:
    """Dual and derivative dual of activations that take a series or Owen's function meet a quadrature of their
    definition over the plane."""
    number = ArbArithmetic(_PLANE_BITS)
    with number.active():
        r = case.rho * case.s1 * case.s2
        found = [interval_of_ball(value) for value in _dual(case.activation, number, case, number.exact(r))]
    rough = plane_dual(case.activation, float(case.s1**2), float(case.s2**2), float(r))
    for what, bounds, (value, error) in zip(("dual", "derivative dual"), found, rough, strict=True):
        if error > 1e-6 * (1 + abs(value)):
            return undecided(f"the quadrature of the {what} is too rough")
        if not (bounds.low <= Fraction(value + error) and Fraction(value - error) <= bounds.high):
            return violated(f"the {what} lies in {bounds}, by quadrature at {value} up to {error:.1e}")
    return holds()


def _terms(rho: Fraction) -> int:
    """Terms that leave a tail of about 2**-80."""
    if not rho:
        return 4
    return max(4, math.ceil(90 / -math.log2(abs(float(rho)))), math.ceil(1 / (1 - abs(float(rho)))) + 1)


def _textbook_cases(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(ends_in_dense=None), separation=Separation.NONZERO, max_size=3)


@law(citation="Jacot, Gabriel and Hongler 2018, Theorem 1, with the duals as printed", cases=_textbook_cases)
def entries_meet_the_textbook(subject: Subject, case: NetworkCase) -> Outcome:
    """Every entry meets the layer recursion evaluated with the printed formulas at high precision."""
    found = subject.enclose(case.network, case.points, kernel=case.kernel, normalize=case.normalize)
    book = None
    # The formulas lose half their digits near correlation 1 at every layer.
    enough = min(_TEXTBOOK_BITS << len(hidden(case.network)), _MOST_BITS)
    for bits in (enough, _MOST_BITS):
        try:
            book = textbook_kernel(case.network, case.points, case.kernel, case.normalize, bits)
            break
        except ArithmeticError:
            continue
    if book is None:
        return undecided(f"a textbook formula has no value at {_MOST_BITS} bits")
    for i, j in found.strangers(book):
        return violated(f"entry ({i}, {j}) lies in {found[i, j]}, by the textbook in {book[i, j]}")
    sizes = [max(abs(entry.low), abs(entry.high)) for entry in book.diagonal]
    for i in range(case.points.n):
        for j in range(case.points.n):
            if book[i, j].width ** 2 > sizes[i] * sizes[j] / 2**90:
                return undecided(f"the textbook formula at entry ({i}, {j}) is too wide")
    return holds()
