"""Different networks with one kernel: factors that move between points, variances and activations, and synonyms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from certify import stax
from certify.activations import Activation
from certify.programs import Dense, Layer
from certify.stax import Network
from properties.laws.base import Domain, Outcome, law
from properties.laws.cases import NetworkCase, PairCase
from properties.laws.hypotheses import gram_cases
from properties.laws.invariance import enclose, same
from properties.strategies import Kind, Separation, networks, positive_rationals, stack
from properties.strategies.numbers import gentle_rationals
from properties.strategies.transforms import padded, stretched
from properties.subjects import Scope, Subject


def related(subject: Subject, pair: PairCase, what: str) -> Outcome:
    """The first kernel is `ratio` times the second."""
    return same(enclose(subject, pair.first), enclose(subject, pair.second).times(lambda i, j: pair.ratio), what)


def with_dense(layers: Sequence[Layer], position: int, weight: Fraction, bias: Fraction = Fraction(1)) -> Network:
    """The network with the variances of one Dense multiplied."""
    dense = layers[position]
    assert isinstance(dense, Dense)
    changed = stax.Dense(W_var=dense.W_var * weight, b_var=dense.b_var * bias)
    return stax.serial(*layers[:position], changed, *layers[position + 1 :])


def _pairs(
    domain: Domain, nets: SearchStrategy[Network], change: Callable[[DrawFn, NetworkCase], PairCase]
) -> SearchStrategy[PairCase] | None:
    """Pairs that `change` makes of Gram matrices; no law here can be asked of one fixed network."""
    if domain.network is not None:
        return None
    grams = gram_cases(domain, nets, separation=Separation.NONE, max_size=4)
    if grams is None:
        return None

    @st.composite
    def build(draw: DrawFn) -> PairCase:
        return change(draw, draw(grams))

    return build()


def _padded_cases(domain: Domain) -> SearchStrategy[PairCase] | None:
    def change(draw: DrawFn, case: NetworkCase) -> PairCase:
        d, more = case.points.columns, draw(st.integers(1, 2))
        wider = with_dense(case.network.layers, 0, Fraction(d + more, d))
        return PairCase(case, replace(case, network=wider, points=padded(case.points, more)))

    return _pairs(domain, networks(ends_in_dense=None), change)


@law(citation="'ntk' parametrisation: W_var <x, x'> / d", cases=_padded_cases, scope=Scope.NETWORKS)
def zero_columns_change_only_the_dimension(subject: Subject, pair: PairCase) -> Outcome:
    """Adding k zero columns changes the kernel as W_var d / (d + k) in the first Dense does."""
    return related(subject, pair, "with zero columns and W_var to match")


def _first_variance_cases(domain: Domain) -> SearchStrategy[PairCase] | None:
    def change(draw: DrawFn, case: NetworkCase) -> PairCase:
        c = Fraction(2) if domain.doubles else draw(positive_rationals())
        rows = stretched(case.points, [c] * case.points.n)
        return PairCase(replace(case, points=rows), replace(case, network=with_dense(case.network.layers, 0, c * c)))

    if "none" not in domain.normalizations:
        return None
    return _pairs(replace(domain, normalizations=("none",)), networks(ends_in_dense=None), change)


@law(citation="W_var c^2 <x, x'> = W_var <c x, c x'>", cases=_first_variance_cases, scope=Scope.NETWORKS)
def lengths_move_into_the_first_variance(subject: Subject, pair: PairCase) -> Outcome:
    """Points multiplied by c give the kernel of the first W_var multiplied by c^2."""
    return related(subject, pair, "with the first W_var scaled instead of the points")


def _last_variance_cases(domain: Domain) -> SearchStrategy[PairCase] | None:
    def change(draw: DrawFn, case: NetworkCase) -> PairCase:
        c = draw(positive_rationals())
        last = len(case.network.layers) - 1
        return PairCase(replace(case, network=with_dense(case.network.layers, last, c, c)), case, c)

    return _pairs(domain, networks(), change)


@law(citation="S = W V + b, T = W T V' + S", cases=_last_variance_cases, scope=Scope.NETWORKS)
def the_last_dense_scales_the_kernel(subject: Subject, pair: PairCase) -> Outcome:
    """Multiplying W_var and b_var of the last Dense by c multiplies NNGP and NTK by c."""
    return related(subject, pair, "with the last variances scaled")


Amplified = Callable[[Fraction, Fraction], Activation]
_AMPLIFIED: tuple[Amplified, ...] = (
    lambda a, b: stax.Erf(a, b),
    lambda a, b: stax.Sin(a, b),
    lambda a, b: stax.Cos(a, b),
    lambda a, b: stax.Gaussian(a, -b * b),
    lambda a, b: stax.Exp(a, b / 4),
    lambda a, b: stax.ABRelu(-a * b, 2 * a * b),
    lambda a, b: stax.Polynomial([0, a * b, 0, a * b**3]),
)
"""a s(b x) for the functions s = erf, sin, cos, exp(-x^2), exp(x/4), 2 max(x, 0) - min(x, 0) and x + x^3."""


def _amplitude_cases(domain: Domain) -> SearchStrategy[PairCase] | None:
    def change(draw: DrawFn, case: NetworkCase) -> PairCase:
        first, _, last = case.network.layers
        assert isinstance(first, Dense)
        assert isinstance(last, Dense)
        maker = draw(st.sampled_from(_AMPLIFIED))
        a, b = draw(gentle_rationals()), abs(draw(gentle_rationals()))
        inner = stax.Dense(W_var=first.W_var * b * b, b_var=first.b_var * b * b)
        outer = stax.Dense(W_var=last.W_var * a * a, b_var=last.b_var)
        one = Fraction(1)
        return PairCase(
            replace(case, network=stax.serial(first, maker(a, b), last)),
            replace(case, network=stax.serial(inner, maker(one, one), outer)),
        )

    # The activation is replaced, so the points must suit the most delicate of them.
    return _pairs(domain, stack([st.just(stax.Exp())]), change)


@law(citation="a s(b x): a^2 is a weight variance after, b^2 one before", cases=_amplitude_cases, scope=Scope.NETWORKS)
def amplitudes_and_rates_move_into_variances(subject: Subject, pair: PairCase) -> Outcome:
    """An amplitude a of an activation is a factor a^2 of the next W_var, a rate b a factor b^2 of the variances
    before."""
    return related(subject, pair, "with amplitude and rate moved into the variances")


def _binomial(degree: int) -> list[Fraction]:
    return [Fraction(0)] * degree + [Fraction(1)]


_SYNONYMS: tuple[tuple[Activation, Activation], ...] = (
    (stax.Relu(), stax.ABRelu(0, 1)),
    (stax.Abs(), stax.ABRelu(-1, 1)),
    (stax.LeakyRelu("1/10"), stax.ABRelu("1/10", 1)),
    (stax.LeakyRelu(-3), stax.ABRelu(-3, 1)),
    (stax.Relu(), stax.RectifiedMonomial(1)),
    (stax.ABRelu(2, 2), stax.Polynomial([0, 2])),
    (stax.Monomial(3), stax.Polynomial(_binomial(3))),
    (stax.Hermite(1), stax.Monomial(1)),
    (stax.Sigmoid_like(), stax.Erf("1/2", 1 / Fraction("2.4020563531719796"), "1/2")),
    (stax.Cos(1, 0), stax.Polynomial([1])),
    (stax.Gaussian(2, 0), stax.Polynomial([2])),
    (stax.Erf(-1, 1), stax.Erf(1, -1)),
    (stax.Sin(1, -1, 1), stax.Sin(-1, 1, -1)),
    (stax.Cos(1, 1, 1), stax.Cos(1, -1, -1)),
)
"""Pairs of spellings of one function, up to a sign that no kernel sees."""


def _synonym_cases(domain: Domain) -> SearchStrategy[PairCase] | None:
    def change(draw: DrawFn, case: NetworkCase) -> PairCase:
        first, _, *rest = case.network.layers
        one, other = draw(st.sampled_from(_SYNONYMS))
        spelled = stax.serial(first, stax.serial(stax.Identity(), other), *rest)
        return PairCase(replace(case, network=stax.serial(first, one, *rest)), replace(case, network=spelled))

    return _pairs(domain, networks(Kind.BOUNDED, depth=(1, 2)), change)


@law(citation="equal functions have equal kernels", cases=_synonym_cases, scope=Scope.NETWORKS)
def synonyms_have_one_kernel(subject: Subject, pair: PairCase) -> Outcome:
    """Two spellings of one activation, and layers that change nothing, give one kernel."""
    return related(subject, pair, "in another spelling of the network")
