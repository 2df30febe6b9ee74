"""No verdict is false: against exact ranks for polynomial networks, against 60-digit eigenvalues for all others."""

from __future__ import annotations

from typing import Any

import flint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spectra import SINGULAR, ZERO, assert_proof_is_true, decide, smallest

from certify import stax
from certify.points import load_points
from certify.spectrum.rational_gram import rational_kernel
from certify.spectrum.singular import RegularProof

polynomials = [
    *(stax.Monomial(1), stax.Monomial(2), stax.Monomial(3), stax.Polynomial([1, 2]), stax.Polynomial([1, 0, 1])),
    *(stax.Polynomial([0, 1, 0, 1]), stax.Polynomial([3]), stax.Hermite(2), stax.Hermite(3), stax.ABRelu(2, 2)),
]
others = [
    *(stax.Relu(), stax.LeakyRelu("1/5"), stax.ABRelu(2, -3), stax.Abs(), stax.Sign(), stax.Step(), stax.Erf()),
    *(stax.Erf(2, "1/2", 1), stax.Erf(0, 1, 1), stax.Gelu(), stax.Sin(), stax.Sin(c=1), stax.Cos(), stax.Gaussian()),
    *(stax.Gabor(), stax.Sigmoid_like(), stax.Rbf("1/3"), *map(stax.RectifiedMonomial, range(4))),
]
dense = st.builds(stax.Dense, st.none(), st.sampled_from([1, 2]), st.sampled_from([0, 0, 0, 1]))


def networks(activations: list[Any], ends: bool = False) -> st.SearchStrategy[Any]:
    """One or two hidden layers; with `ends` the network may end in an activation."""
    activation = st.sampled_from(activations)
    block = st.one_of(*[st.tuples(activation, dense)] * 5, st.tuples(st.just(stax.Identity()), dense))
    last = st.one_of(st.just(()), st.tuples(activation)) if ends else st.just(())
    return st.builds(
        lambda first, hidden, end: stax.serial(first, *[layer for part in hidden for layer in part], *end),
        dense,
        st.lists(block, min_size=1, max_size=2),
        last,
    )


@st.composite
def related_rows(draw: Any) -> list[list[int]]:
    """Rows among which equal, parallel, opposite and zero ones are common."""
    columns = draw(st.integers(1, 3))
    base = draw(st.lists(st.lists(st.integers(-2, 2), min_size=columns, max_size=columns), min_size=1, max_size=3))
    picks = draw(
        st.lists(
            st.tuples(st.integers(0, len(base) - 1), st.sampled_from([1, 1, -1, -1, 2, 3, -3, 0])),
            min_size=1,
            max_size=6,
        )
    )
    return [[factor * value for value in base[k]] for k, factor in picks]


def kept(rows: list[list[int]], normalize: str, policy: str) -> Any:
    """The points of the rows without zero rows under "unit", equal points dropped or kept; None if nothing remains."""
    rows = [row for row in rows if normalize == "none" or any(row)]
    return load_points(rows).drop_duplicates(normalize, policy).points if rows else None  # type: ignore[arg-type]


policies = st.sampled_from(["drop", "drop", "keep"])


@settings(deadline=None, max_examples=150)
@given(networks(polynomials, ends=True), related_rows(), st.sampled_from(["ntk", "nngp"]), policies)
def test_polynomial_networks_are_decided_as_their_exact_rank_says(
    net: Any, rows: list[list[int]], kernel: str, policy: str
) -> None:
    points = kept(rows, "none", policy)
    entry = rational_kernel(net.layers, points.columns, kernel, lambda v: flint.fmpq(v.numerator, v.denominator))
    products = [[flint.fmpq(sum(a * b for a, b in zip(x, y, strict=True))) for y in points.rows] for x in points.rows]
    n = points.n
    gram = [[entry(products[i][i], products[j][j], products[i][j]) for j in range(n)] for i in range(n)]
    rank = flint.fmpq_mat(gram).numer_denom()[0].rank()
    proof = decide(net, points, kernel, "none")
    assert isinstance(proof, SINGULAR) == (rank < n)
    assert isinstance(proof, RegularProof) == (rank == n)
    if hasattr(proof, "entries"):
        image = flint.fmpq_mat(gram) * flint.fmpq_mat(
            [[dict(zip(proof.rows, proof.entries, strict=True)).get(i, 0)] for i in range(n)]
        )
        assert all(value == 0 for value in image.entries())


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    networks(others + polynomials, ends=True),
    related_rows(),
    st.sampled_from(["none", "unit"]),
    st.sampled_from(["ntk", "nngp"]),
    policies,
)
def test_no_verdict_is_false(net: Any, rows: list[list[int]], normalize: str, kernel: str, policy: str) -> None:
    points = kept(rows, normalize, policy)
    if points is not None:
        assert_proof_is_true(net, points, kernel, normalize, decide(net, points, kernel, normalize))


@settings(deadline=None, max_examples=60)
@given(networks(others), related_rows(), st.sampled_from(["none", "unit"]), st.sampled_from(["ntk", "nngp"]))
def test_pairs_of_points_are_singular_only_with_a_reason(
    net: Any, rows: list[list[int]], normalize: str, kernel: str
) -> None:
    """For two points the families are all there is: undecided means regular."""
    points = kept(rows[:2], normalize, "drop")
    if points is not None and decide(net, points, kernel, normalize) is None:
        assert smallest(net, points, kernel, normalize) > ZERO
