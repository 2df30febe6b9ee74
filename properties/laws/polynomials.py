"""Polynomial activations: the rank of a Gram matrix is that of the monomials its features are made of."""

from __future__ import annotations

import math

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from certify import stax
from certify.stax import Network
from properties.laws.base import Domain, Outcome, holds, law, undecided, violated
from properties.laws.cases import NetworkCase
from properties.laws.hypotheses import gram_cases, hidden
from properties.laws.proving import positive_outcome, singular_outcome
from properties.oracles.monomials import monomial_rank, occurring_degrees
from properties.oracles.wick import coefficients, exact_kernel
from properties.strategies import Separation, non_proportional_points, points, polynomial_networks
from properties.subjects import Scope, Subject

_MOST_POINTS = 12


def _polynomial_cases(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    @st.composite
    def build(draw: DrawFn) -> NetworkCase:
        network = draw(polynomial_networks())
        columns = draw(st.integers(1, 3))
        normalize = draw(st.sampled_from(("none", "unit"))) if columns > 1 else "none"
        degrees = occurring_degrees(network) or set()
        dimension = sum(math.comb(columns + k - 1, k) for k in degrees)
        sizes = [n for n in (dimension, dimension + 1, dimension - 1, 2) if 1 <= n <= _MOST_POINTS]
        n = draw(st.sampled_from(sizes or [3]))
        found = draw(
            points(
                min_size=1,
                max_size=n,
                columns=columns,
                separation=Separation.RAYS if normalize == "unit" else Separation.DISTINCT,
                # Points of norm 1 are their own normalisation, so the monomials can be counted on the rows.
                shapes=("sphere",) if normalize == "unit" else ("grid", "sphere", "subspace", "antipodal", "doubles"),
            )
        )
        return NetworkCase(network, found, draw(st.sampled_from(("ntk", "nngp"))), normalize)

    return build()


@law(citation="Carvalho et al. 2025; features of Gaussian polynomials", cases=_polynomial_cases, scope=Scope.LIBRARY)
def polynomial_grams_are_singular_exactly_where_monomials_are_dependent(subject: Subject, case: NetworkCase) -> Outcome:
    """The Gram matrix of a network of polynomial activations that ends in a Dense is singular if the monomials of the
    occurring degrees are dependent on the points, and positive definite if they are not."""
    degrees = occurring_degrees(case.network)
    assert degrees is not None
    rank = monomial_rank(case.points, degrees)
    return singular_outcome(case) if rank < case.points.n else positive_outcome(case)


def _sharp_cases(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    @st.composite
    def build(draw: DrawFn) -> NetworkCase:
        degree = draw(st.integers(1, 5))
        n = degree + draw(st.integers(1, 2))
        with_bias = draw(st.booleans())
        if with_bias:
            # (1 + x)^p and a bias: every degree up to p occurs, and z = (x, 1) is not proportional for distinct x.
            activation = stax.Polynomial([math.comb(degree, k) for k in range(degree + 1)])
            found = draw(points(min_size=n, max_size=n, columns=1, shapes=("grid", "clustered", "doubles")))
            network = stax.serial(stax.Dense(b_var=1), activation, stax.Dense())
        else:
            network = stax.serial(stax.Dense(), stax.Monomial(degree), stax.Dense())
            found = draw(non_proportional_points(min_size=n, max_size=n, columns=2, shapes=("grid", "doubles", "near")))
        return NetworkCase(network, found, draw(st.sampled_from(("ntk", "nngp"))))

    return build()


@law(citation="Carvalho et al. 2025, characterisation of polynomials", cases=_sharp_cases, scope=Scope.LIBRARY)
def degree_n_minus_2_is_sharp(subject: Subject, case: NetworkCase) -> Outcome:
    """In the plane, x^p and a bias-free hidden layer make p + 2 non-proportional points dependent and p + 1
    independent; so do all polynomials of degree p on the line with a bias for distinct points."""
    degree = len(hidden(case.network)[0].polynomial or ()) - 1
    return singular_outcome(case) if case.points.n == degree + 2 else positive_outcome(case)


def _is_polynomial(network: Network) -> bool:
    return all(coefficients(activation) is not None for activation in hidden(network))


def _rational_cases(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(
        domain,
        polynomial_networks(degree=4),
        _is_polynomial,
        separation=Separation.NONE,
        normalizations=("none",),
        max_size=3,
    )


@law(citation="Stein 1972: moments of Gaussian pairs", cases=_rational_cases)
def polynomial_entries_hold_their_rational_value(subject: Subject, case: NetworkCase) -> Outcome:
    """The bounds on every entry of a network with polynomial activations hold its exact rational value."""
    exact = exact_kernel(case.network, case.points, case.kernel)
    if exact is None:
        return undecided("a layer is no polynomial")
    found = subject.enclose(case.network, case.points, kernel=case.kernel)
    for i, row in enumerate(exact):
        for j, value in enumerate(row):
            if not found[i, j].holds(value):
                return violated(f"entry ({i}, {j}) in {found[i, j]} is exactly {value}")
    return holds()
