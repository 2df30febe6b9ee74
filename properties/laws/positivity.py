"""Strict positivity (Carvalho, Costa, Mourao and Oliveira, The Positivity of the Neural Tangent Kernel, 2025)."""

from __future__ import annotations

from hypothesis.strategies import SearchStrategy

from properties.laws.base import Domain, Outcome, law
from properties.laws.cases import NetworkCase
from properties.laws.hypotheses import gram_cases
from properties.laws.proving import positive_outcome
from properties.strategies import Biases, Separation, strictly_positive_networks
from properties.subjects import Scope, Subject


def _with_first_bias(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    networks = strictly_positive_networks(biases=Biases.FIRST, depth=(1, 3))
    return gram_cases(domain, networks, separation=Separation.DISTINCT, min_size=2)


def _without_first_bias(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    networks = strictly_positive_networks(biases=Biases.NOT_FIRST, depth=(1, 3))
    return gram_cases(domain, networks, separation=Separation.LINES, min_size=2, columns=(2, 4))


@law(citation="Carvalho et al. 2025, setting with biases", cases=_with_first_bias, scope=Scope.LIBRARY)
def distinct_points_with_a_first_bias_are_positive(subject: Subject, case: NetworkCase) -> Outcome:
    """NNGP and NTK of a network with a bias in its first Dense, a continuous activation that is no polynomial, and no
    constant one are strictly positive definite on distinct points, at every depth."""
    return positive_outcome(case)


@law(citation="Carvalho et al. 2025, setting without biases", cases=_without_first_bias, scope=Scope.LIBRARY)
def non_proportional_points_are_positive(subject: Subject, case: NetworkCase) -> Outcome:
    """NNGP and NTK of a network without a bias in its first Dense, with a continuous activation that is no polynomial
    and no constant one, are strictly positive definite on points no two of which are proportional, at every depth."""
    return positive_outcome(case)
