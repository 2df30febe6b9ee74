"""What a kernel of a dense network must not depend on: order, orientation, and lengths where they cancel."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from properties.intervals import Bounds
from properties.laws.base import Domain, Outcome, holds, law, violated
from properties.laws.cases import CrossCase, NetworkCase, OrderCase, PairCase, ScaledCase
from properties.laws.hypotheses import gram_cases, homogeneity
from properties.strategies import (
    Biases,
    Kind,
    Separation,
    networks,
    points,
    positive_rationals,
    rotations,
    signed_permutations,
)
from properties.strategies.transforms import moved, stretched
from properties.subjects import Scope, Subject


def enclose(subject: Subject, case: NetworkCase) -> Bounds:
    return subject.enclose(case.network, case.points, kernel=case.kernel, normalize=case.normalize)


def same(first: Bounds, second: Bounds, what: str) -> Outcome:
    """Two bounds on one matrix must have a number in common at every entry."""
    for i, j in first.strangers(second):
        return violated(f"entry ({i}, {j}) lies in {first[i, j]} and, {what}, in {second[i, j]}")
    return holds()


def _any_gram(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(ends_in_dense=None), separation=Separation.NONE)


def _cross_cases(domain: Domain) -> SearchStrategy[CrossCase] | None:
    grams = _any_gram(domain)

    @st.composite
    def build(draw: DrawFn) -> CrossCase:
        assert grams is not None
        case = draw(grams)
        others = draw(
            points(
                max_size=3,
                columns=case.points.columns,
                separation=Separation.NONZERO,
                shapes=("grid", "doubles", "antipodal"),
                doubles=domain.doubles,
            )
        )
        return CrossCase(case, others)

    return None if grams is None else build()


@law(citation="a kernel is a symmetric function", cases=_cross_cases)
def kernels_are_symmetric(subject: Subject, cross: CrossCase) -> Outcome:
    """K(x, y) = K(y, x), and the Gram matrix of x is the kernel of x with a copy of x."""
    case = cross.case
    options = {"kernel": case.kernel, "normalize": case.normalize}
    forth = subject.enclose(case.network, case.points, cross.others, **options)
    back = subject.enclose(case.network, cross.others, case.points, **options)
    found = same(forth, back.transposed(), "with the arguments exchanged")
    if found.detail:
        return found
    copied = subject.enclose(case.network, case.points, case.points, **options)
    return same(enclose(subject, case), copied, "against a copy of the points")


def _order_cases(domain: Domain) -> SearchStrategy[OrderCase] | None:
    grams = gram_cases(domain, networks(ends_in_dense=None), separation=Separation.NONE, min_size=2)
    if grams is None:
        return None
    return grams.flatmap(
        lambda case: st.permutations(range(case.points.n)).map(lambda order: OrderCase(case, tuple(order)))
    )


@law(citation="a kernel sees two points at a time", cases=_order_cases)
def permuted_points_permute_the_gram(subject: Subject, ordered: OrderCase) -> Outcome:
    """Points in another order give the same entries in that order."""
    case, order = ordered.case, ordered.order
    permuted = replace(case, points=case.points.take(order))
    return same(enclose(subject, case).take(order, order), enclose(subject, permuted), "after a permutation")


def _rotated_cases(domain: Domain) -> SearchStrategy[PairCase] | None:
    grams = _any_gram(domain)
    if grams is None:
        return None

    @st.composite
    def build(draw: DrawFn) -> PairCase:
        case = draw(grams)
        maps = signed_permutations if domain.doubles else rotations
        matrix = draw(maps(case.points.columns))
        return PairCase(case, replace(case, points=moved(case.points, matrix)))

    return build()


@law(citation="Gaussian weights are rotation invariant", cases=_rotated_cases)
def rotations_change_nothing(subject: Subject, pair: PairCase) -> Outcome:
    """The kernel of a network of Dense layers is the same after an orthogonal map of the points."""
    return same(enclose(subject, pair.first), enclose(subject, pair.second), "after a rotation")


def _homogeneous_cases(domain: Domain) -> SearchStrategy[ScaledCase] | None:
    grams = gram_cases(
        domain,
        networks(Kind.HOMOGENEOUS, biases=Biases.NONE, ends_in_dense=None),
        lambda net: homogeneity(net) is not None,
        separation=Separation.NONE,
        normalizations=("none",),
    )
    if grams is None:
        return None
    sizes = st.sampled_from([Fraction(1), *(Fraction(2) ** k for k in (1, -1, 7, -20))])
    factors = sizes if domain.doubles else st.one_of(sizes, positive_rationals())

    @st.composite
    def build(draw: DrawFn) -> ScaledCase:
        case = draw(grams)
        chosen = draw(st.tuples(*[factors] * case.points.n))
        return ScaledCase(case, chosen, homogeneity(case.network) or 1)

    return build()


@law(citation="positive homogeneity", cases=_homogeneous_cases)
def homogeneous_kernels_scale(subject: Subject, scaled: ScaledCase) -> Outcome:
    """K(a x, b y) = a^k b^k K(x, y), a, b > 0, for a network of positively homogeneous activations without bias, k the
    product of their degrees."""
    case, powers = scaled.case, [factor**scaled.degree for factor in scaled.factors]
    expected = enclose(subject, case).times(lambda i, j: powers[i] * powers[j])
    found = enclose(subject, replace(case, points=stretched(case.points, scaled.factors)))
    return same(found, expected, "scaled from the points as they were")


def _normalised_cases(domain: Domain) -> SearchStrategy[PairCase] | None:
    if "unit" not in domain.normalizations:
        return None
    nets = networks(ends_in_dense=None)
    general = gram_cases(domain, nets, separation=Separation.NONZERO, normalizations=("unit",))
    spherical = gram_cases(domain, nets, separation=Separation.NONZERO, normalizations=("unit",), shapes=("sphere",))
    assert general is not None
    assert spherical is not None

    @st.composite
    def build(draw: DrawFn) -> PairCase:
        case = draw(general)
        factors = draw(st.tuples(*[positive_rationals()] * case.points.n))
        return PairCase(case, replace(case, points=stretched(case.points, factors)))

    return st.one_of(build(), spherical.map(lambda case: PairCase(case, replace(case, normalize="none"))))


@law(citation="x/|x| = (c x)/|c x|", cases=_normalised_cases, scope=Scope.LIBRARY)
def normalisation_forgets_lengths(subject: Subject, pair: PairCase) -> Outcome:
    """Under unit normalisation positive multiples are the same point, and points of norm 1 are their own."""
    return same(enclose(subject, pair.first), enclose(subject, pair.second), "for points of other lengths")
