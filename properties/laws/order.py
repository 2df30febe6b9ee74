"""Order between matrices: what positive semidefiniteness, Schur's product theorem and Cauchy's interlacing demand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis.strategies import SearchStrategy

from certify import stax
from certify.programs import Dense
from properties.intervals import Bounds, Interval, smallest_eigenvalue
from properties.laws.base import RESOLUTION, VANISHING, Domain, Outcome, holds, law, undecided, violated
from properties.laws.cases import NetworkCase
from properties.laws.hypotheses import ends_in_dense, gram_cases
from properties.laws.proving import decimal_log, prove
from properties.oracles.textbook import textbook_slopes
from properties.strategies import Separation, networks
from properties.subjects import Scope, Subject

_TEXTBOOK_BITS = 512


def semidefinite(bounds: Bounds, scale: Fraction) -> Outcome:
    """Violated where every matrix within the bounds has a negative eigenvalue; holds where none has one below the
    resolution, a 2**-30th of the scale."""
    found, _ = smallest_eigenvalue(bounds)
    if found.high < 0:
        return violated(f"lambda_min lies in {found}, the largest entry is {float(scale)}")
    if found.low < -max(RESOLUTION * scale, VANISHING):
        return undecided("the bounds on the entries are too wide for the sign of lambda_min")
    width = bounds.width
    return holds(widening=decimal_log(width / scale)) if width and scale else holds()


def _any_gram(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(ends_in_dense=None), separation=Separation.NONE)


def _any_dense_gram(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    if set(domain.kernels) != {"ntk", "nngp"}:
        return None
    return gram_cases(domain, networks(), ends_in_dense, separation=Separation.NONE)


@law(citation="a covariance, and an expected inner product of gradients", cases=_any_gram)
def gram_matrices_are_positive_semidefinite(subject: Subject, case: NetworkCase) -> Outcome:
    """NNGP and NTK Gram matrices are positive semidefinite on any points."""
    bounds = subject.enclose(case.network, case.points, kernel=case.kernel, normalize=case.normalize)
    return semidefinite(bounds, bounds.scale)


@law(citation="Jacot, Gabriel and Hongler 2018, Theorem 1: T' = W T o S' + S", cases=_any_dense_gram)
def ntk_dominates_nngp(subject: Subject, case: NetworkCase) -> Outcome:
    """NTK - NNGP is positive semidefinite for a network that ends in a Dense."""
    ntk, nngp = (
        subject.enclose(case.network, case.points, kernel=kernel, normalize=case.normalize)
        for kernel in ("ntk", "nngp")
    )
    return semidefinite(ntk.combined(nngp, Interval.minus), ntk.scale)


def _layered_gram(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(), ends_in_dense, separation=Separation.NONZERO, kernels=("ntk",))


@law(citation="Schur's product theorem, layer by layer", cases=_layered_gram, scope=Scope.NETWORKS)
def layers_add_their_smallest_eigenvalues(subject: Subject, case: NetworkCase) -> Outcome:
    """The NTK T obeys lambda_min(T) >= sum_l lambda_min(S_l) prod_(m > l) min_i Sd_m(x_i, x_i), S_l the covariance of
    layer l and Sd_m the derivative covariance of layer m, from the textbook."""
    per_point = [
        textbook_slopes(case.network, row, case.normalize, _TEXTBOOK_BITS) for row in case.points.as_fractions()
    ]
    slopes = [min(values) for values in zip(*per_point, strict=True)]
    total, factor = Fraction(0), Fraction(1)
    ends = [k for k, layer in enumerate(case.network.layers) if isinstance(layer, Dense)]
    for position in reversed(range(len(ends))):
        prefix = stax.serial(*case.network.layers[: ends[position] + 1])
        covariance = subject.enclose(prefix, case.points, kernel="nngp", normalize=case.normalize)
        total += factor * max(Fraction(0), smallest_eigenvalue(covariance)[0].low)
        factor *= slopes[position - 1] if position else 1
    found, _ = smallest_eigenvalue(subject.enclose(case.network, case.points, normalize=case.normalize))
    if total > found.high:
        return violated(f"lambda_min(NTK) <= {float(found.high)} is below the sum over layers {float(total)}")
    return holds()


def _distinct_gram(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(ends_in_dense=None), separation=Separation.DISTINCT, min_size=2)


@law(citation="Cauchy's interlacing theorem", cases=_distinct_gram, scope=Scope.LIBRARY)
def a_further_point_lowers_the_smallest_eigenvalue(subject: Subject, case: NetworkCase) -> Outcome:
    """The proved lower bound with a further point is at most the proved upper bound without it."""
    fewer = replace(case, points=case.points.take(range(case.points.n - 1)))
    lower, upper = prove(case).lambda_min.lower, prove(fewer).lambda_min.upper
    if lower is not None and lower > upper:
        return violated(f"lambda_min >= {float(lower)} on all points, but <= {float(upper)} without the last one")
    return holds()


@law(citation="Rayleigh quotients of e_i and e_i - e_j", cases=_distinct_gram, scope=Scope.LIBRARY)
def entries_bound_the_smallest_eigenvalue(subject: Subject, case: NetworkCase) -> Outcome:
    """The proved lower bound is at most every K_ii and every (K_ii + K_jj)/2 - |K_ij|."""
    certificate = prove(case)
    lower = certificate.lambda_min.lower
    if lower is None:
        return holds()
    gram = subject.enclose(case.network, case.points, kernel=case.kernel, normalize=case.normalize)
    for i in range(case.points.n):
        for j in range(i + 1):
            size = Fraction(0) if i == j else max(gram[i, j].low, -gram[i, j].high, Fraction(0))
            if lower > (gram[i, i].high + gram[j, j].high) / 2 - size:
                return violated(f"lambda_min >= {float(lower)} is above what entries ({i}, {j}) allow")
    return holds(certificate if certificate.verdict == "positive definite" else None)
