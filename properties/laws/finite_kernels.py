"""Tangent kernels of finite networks with exact weights: what Schur's product theorem and centring demand."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import certify.finite.bounds as bounds
from certify import stax
from certify.empirical.network import EmpiricalBalls
from certify.finite import FiniteNetwork, parse_finite
from certify.spectrum import enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import scaled
from properties.intervals import Bounds, Interval
from properties.laws.base import Domain, Outcome, holds, law, violated
from properties.laws.cases import NetworkCase
from properties.laws.hypotheses import gram_cases
from properties.laws.order import semidefinite
from properties.strategies import Separation
from properties.subjects import Scope, Subject

_NETWORK = "serial(Dense(6, b_var=1), Tanh(), Dense(6, b_var=1), Tanh(), Dense(1, b_var=1))"
_LIMIT = stax.serial(stax.Dense(b_var=1), stax.Erf(), stax.Dense())
_BITS = 64


def _cases(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(
        domain,
        st.just(_LIMIT),
        separation=Separation.DISTINCT,
        max_size=4,
        columns=(1, 3),
        shapes=("sphere", "grid", "antipodal"),
        normalizations=("none",),
        kernels=("ntk",),
    )


def _network(case: NetworkCase) -> FiniteNetwork:
    architecture = parse_finite(_NETWORK)
    return FiniteNetwork.of_floats(architecture, architecture.start(case.points.columns, case.points.n))


@law(citation="Schur's product theorem; Bombari, Amani and Mondelli 2022", cases=_cases, scope=Scope.LIBRARY)
def finite_kernels_dominate_their_layers(subject: Subject, case: NetworkCase) -> Outcome:
    """The empirical tangent kernel of a finite network obeys lambda_min(K) >= sum_k lambda_min(F_k F_k') min_i |b_k|^2,
    features F_k and derivatives b_k of every layer enclosed."""
    network = _network(case)
    balls = EmpiricalBalls(network, case.points)
    found = enclose_smallest_eigenvalue(balls, case.points.n, rel_width=Fraction(1, 100), max_bits=_BITS, reserve=False)
    lower = bounds.schur_lower(network, case.points, _BITS)
    if lower > found.upper:
        return violated(f"lambda_min(K) <= {float(found.upper)} is below the sum over layers {float(lower)}")
    return holds()


@law(
    citation="Nguyen, Mondelli and Montufar 2021, centring of features; proved in certify.finite.bounds",
    cases=_cases,
    scope=Scope.LIBRARY,
)
def centred_features_lower_the_gram_matrix(subject: Subject, case: NetworkCase) -> Outcome:
    """F F' - F~ (I - mu mu'/|mu|^2) F~' and the difference of their Hadamard squares are positive semidefinite, F the
    features of a finite network and mu their mean."""
    passes = _network(case).evaluate(case.points, _BITS)
    features = [[scaled(int(v), -passes.bits) for v in row] for row in passes.features[1][0].table()]
    mean = [sum(column, Fraction(0)) / len(features) for column in zip(*features, strict=True)]
    gram = [[sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0)) for v in features] for u in features]
    centred = bounds.centred_gram(features, mean)
    for power in (1, 2):
        rows = tuple(
            tuple(Interval(entry := a**power - b**power, entry) for a, b in zip(left, right, strict=True))
            for left, right in zip(gram, centred, strict=True)
        )
        scale = max(abs(a) ** power for row in gram for a in row)
        outcome = semidefinite(Bounds(rows), scale)
        if outcome.detail:
            return outcome
    return holds()
