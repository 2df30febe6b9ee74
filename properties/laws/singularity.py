"""Exact null vectors: on some families of points the kernel is singular, and every correct kernel knows it.

Sources: the failures of the hypotheses of Carvalho, Costa, Mourao and Oliveira (2025); positive homogeneity and parity.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.kernels import check_inputs
from certify.proofs.gram import GramBalls
from certify.spectrum import enclose_smallest_eigenvalue
from properties.laws import families
from properties.laws.base import Domain, Outcome, holds, law, undecided, violated
from properties.laws.cases import NetworkCase, NullCase
from properties.laws.hypotheses import gram_cases
from properties.laws.proving import prove, singular_outcome
from properties.strategies import Kind, Separation, networks, polynomial_networks
from properties.subjects import Scope, Subject

_WIDEST = Fraction(1, 2**20)
_MOST_BITS = 512


def _annihilated(subject: Subject, case: NullCase) -> Outcome:
    """Does the quadratic form of the vector hold zero, in bounds narrow enough to say something?"""
    gram = case.case
    found = subject.enclose(gram.network, gram.points, kernel=gram.kernel, normalize=gram.normalize)
    form = found.quadratic_form(case.vector)
    if not form.holds(0):
        return violated(f"v'Kv lies in {form} for the null vector v = ({', '.join(map(str, case.vector))})")
    scale = found.scale * max(v * v for v in case.vector)
    if form.width > _WIDEST * scale:
        return undecided("the bounds on v'Kv are too wide")
    return holds()


@law(citation="positive homogeneity", cases=families.parallel_rows)
def parallel_rows_are_dependent(subject: Subject, case: NullCase) -> Outcome:
    """Under a positively homogeneous network without any bias, c^k e_x - e_cx is a null vector for the rows x and c x,
    c > 0."""
    return _annihilated(subject, case)


@law(citation="positive homogeneity of degree zero", cases=families.parallel_rows_of_degree_zero)
def sign_and_step_forget_lengths(subject: Subject, case: NullCase) -> Outcome:
    """Behind a sign or a step without a bias before it, the rows x and c x, c > 0, are equal points, whatever comes
    later."""
    return _annihilated(subject, case)


@law(citation="parity of the network function", cases=families.opposite_rows)
def opposite_rows_are_dependent(subject: Subject, case: NullCase) -> Outcome:
    """The rows x and -x are dependent where the first activation is even without a bias before it, and where all
    activations are odd without any bias."""
    return _annihilated(subject, case)


@law(citation="homogeneous functions and a constant", cases=families.three_parallel_rows)
def three_parallel_rows_are_dependent(subject: Subject, case: NullCase) -> Outcome:
    """Three parallel rows are dependent under a positively homogeneous network whose only bias is that of the
    output."""
    return _annihilated(subject, case)


@law(citation="odd part of a rectifier", cases=families.antipodal_pairs)
def antipodal_pairs_are_dependent(subject: Subject, case: NullCase) -> Outcome:
    """Antipodal pairs with linearly dependent representatives are dependent under one hidden layer of rectifiers
    without a first bias."""
    return _annihilated(subject, case)


@law(citation="functions that vanish at the origin", cases=families.zero_row)
def the_origin_is_a_null_point(subject: Subject, case: NullCase) -> Outcome:
    """The kernel vanishes at the point 0 where no layer has a bias and every activation vanishes at 0."""
    return _annihilated(subject, case)


def _any_family(domain: Domain) -> SearchStrategy[NullCase] | None:
    found = [cases for family in families.FAMILY_CASES if (cases := family(domain)) is not None]
    return st.one_of(found) if found else None


@law(citation="certify.prove: singular is proved, never measured", cases=_any_family, scope=Scope.LIBRARY)
def singular_families_are_recognised(subject: Subject, case: NullCase) -> Outcome:
    """A Gram matrix with a known null vector from a symmetry of the network is proved singular."""
    return singular_outcome(case.case)


def _delicate(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    """Points in the positions that symmetries speak of, networks that have these symmetries and networks that almost
    do."""
    nets = st.one_of(
        networks(Kind.HOMOGENEOUS, ends_in_dense=None),
        networks(Kind.EVEN),
        networks(Kind.ODD),
        networks(ends_in_dense=None),
        polynomial_networks(),
    )
    shapes = ("parallel", "antipodal", "subspace", "grid", "sphere", "near")
    return gram_cases(domain, nets, separation=Separation.NONE, min_size=2, shapes=shapes)


@law(citation="certify.prove: singular is proved, never measured", cases=_delicate, scope=Scope.LIBRARY)
def singular_verdicts_survive_the_numbers(subject: Subject, case: NetworkCase) -> Outcome:
    """Where an exact reason proves a Gram matrix singular, enclosures at any precision cannot prove it positive
    definite."""
    if prove(case).verdict != "singular":
        return holds()
    inputs = check_inputs(case.points, None, case.normalize)
    balls = GramBalls(case.network.layers, inputs, case.kernel, ArbArithmetic)
    found = enclose_smallest_eigenvalue(balls, case.points.n, rel_width=Fraction(1, 2), max_bits=_MOST_BITS)
    if found.lower > 0:
        return violated(f"called singular, but lambda_min >= {float(found.lower)} by the numbers")
    return holds()
