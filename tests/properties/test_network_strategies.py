"""Networks, activations and matrices: classes are what they say, everything is reached, failures shrink."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shrinking import simplest

from certify import stax
from certify.activations import ANGLES, CATALOGUE, ORTHANTS, SERIES, Activation, Parity
from certify.programs import check_network
from certify.stax import Network
from properties.laws.hypotheses import biases, ends_in_dense, has_first_bias, hidden, homogeneity, is_odd
from properties.strategies import (
    FAMILIES,
    NUMERICAL,
    BallMatrix,
    Biases,
    Kind,
    activations,
    cayley,
    householder,
    networks,
    numerical_activations,
    orthogonal_matrices,
    planted_matrices,
    polynomial_networks,
    signed_permutations,
    strictly_positive_networks,
)
from properties.strategies.activations import JUMPS
from properties.strategies.matrices import Matrix, identity, product, transpose

QUICK = settings(max_examples=80, deadline=None, database=None, derandomize=True)


@QUICK
@given(networks(ends_in_dense=None, depth=(1, 3)))
def test_networks_are_networks_and_their_spelling_is_read_back(net: Network) -> None:
    check_network(net.layers)
    assert stax.parse(repr(net)) == net
    assert not any(layer.is_constant for layer in hidden(net))


@pytest.mark.parametrize("name", sorted({*CATALOGUE} - {*SERIES, *ORTHANTS, *ANGLES}))
def test_every_activation_of_the_catalogue_is_drawn(name: str) -> None:
    simplest(activations(), lambda s: type(s).__name__ == name)


@pytest.mark.parametrize("kind", Kind)
def test_classes_are_what_they_say(kind: Kind) -> None:
    checks = {
        Kind.ANY: lambda s: not s.is_constant,
        Kind.CONTINUOUS: lambda s: (
            s.polynomial is None and type(s).__name__ not in ("Sign", "Step") and s.homogeneity != 0
        ),
        Kind.NON_POLYNOMIAL: lambda s: s.polynomial is None,
        Kind.POLYNOMIAL: lambda s: s.polynomial is not None and len(s.polynomial) >= 2,
        Kind.HOMOGENEOUS: lambda s: (s.homogeneity or 0) >= 1,
        Kind.EVEN: lambda s: s.parity is Parity.EVEN,
        Kind.ODD: lambda s: s.parity is Parity.ODD,
        Kind.PRICE: lambda s: type(s).__name__ not in ("Sign", "Step") and s.homogeneity != 0,
        Kind.BOUNDED: lambda s: s.homogeneity is None and not s.is_constant,
    }

    @QUICK
    @given(activations(kind))
    def check(s: Activation) -> None:
        assert checks[kind](s)

    check()


def test_families_with_jumps_are_named() -> None:
    assert set(JUMPS) <= set(FAMILIES)


@QUICK
@given(strictly_positive_networks(biases=Biases.FIRST), strictly_positive_networks(biases=Biases.NOT_FIRST))
def test_the_hypotheses_of_strict_positivity_are_met(with_bias: Network, without: Network) -> None:
    assert has_first_bias(with_bias)
    assert not has_first_bias(without)
    for net in (with_bias, without):
        assert ends_in_dense(net)
        assert any(s.polynomial is None for s in hidden(net))
        assert not any(s.is_constant for s in hidden(net))


@QUICK
@given(
    networks(Kind.HOMOGENEOUS, biases=Biases.NONE),
    networks(Kind.ODD, biases=Biases.NONE),
    networks(biases=Biases.OUTPUT),
)
def test_symmetric_networks_are_symmetric(homogeneous: Network, odd: Network, output: Network) -> None:
    assert homogeneity(homogeneous)
    assert is_odd(odd)
    assert biases(output) == [False] * len(hidden(output)) + [True]


def test_networks_shrink_to_one_hidden_layer_without_parameters() -> None:
    assert repr(simplest(networks())) == "serial(Dense(), Relu(), Dense())"
    deeper = simplest(networks(), lambda net: len(hidden(net)) == 2)
    assert repr(deeper) == "serial(Dense(), Relu(), Dense(), Relu(), Dense())"
    biased = simplest(networks(Kind.BOUNDED), lambda net: any(biases(net)))
    assert len(hidden(biased)) == 1
    assert repr(biased).count("b_var=1") == 1
    assert "W_var" not in repr(biased)


def test_a_polynomial_of_a_given_degree_shrinks_to_it() -> None:
    def cubic(net: Network) -> bool:
        return max(len(s.polynomial or ()) for s in hidden(net)) == 4

    assert repr(simplest(polynomial_networks(), cubic)) == "serial(Dense(), Monomial(3), Dense())"


def orthogonal(q: Matrix) -> bool:
    return product(q, transpose(q)) == identity(len(q))


@QUICK
@given(st.integers(1, 4).flatmap(lambda n: st.one_of(orthogonal_matrices(n), signed_permutations(n))))
def test_orthogonal_matrices_are_exactly_orthogonal(q: Matrix) -> None:
    assert orthogonal(q)


def test_cayley_and_householder_by_hand() -> None:
    assert cayley((1,), 2) == ((0, 1), (-1, 0))
    assert householder((1, 1)) == ((0, -1), (-1, 0))
    assert householder((0, 0)) == identity(2)


def determinant(matrix: list[list[Fraction]]) -> Fraction:
    if not matrix:
        return Fraction(1)
    total = Fraction(0)
    for j, entry in enumerate(matrix[0]):
        if entry:
            minor = [[*row[:j], *row[j + 1 :]] for row in matrix[1:]]
            total += (-1) ** j * entry * determinant(minor)
    return total


@QUICK
@given(planted_matrices(max_size=4))
def test_planted_spectra_are_spectra(found: BallMatrix) -> None:
    n = found.n
    assert sum(found.inside[i][i] for i in range(n)) == sum(found.spectrum)
    for value in found.spectrum:
        shifted = [[found.inside[i][j] - (value if i == j else 0) for j in range(n)] for i in range(n)]
        assert determinant(shifted) == 0


@QUICK
@given(planted_matrices(), planted_matrices(exact=True, singular=True))
def test_balls_hold_the_planted_matrix(rounded: BallMatrix, exact: BallMatrix) -> None:
    for found in (rounded, exact):
        for row, middles, radii in zip(found.inside, found.midpoints, found.radii, strict=True):
            for value, middle, radius in zip(row, middles, radii, strict=True):
                assert abs(value - middle) <= radius
                assert Fraction(float(middle)) == middle
    assert exact.midpoints == exact.inside
    assert exact.spectrum[0] == 0


def test_families_without_closed_forms_are_drawn_for_laws_about_single_duals() -> None:
    assert NUMERICAL.keys() == {*SERIES, *ORTHANTS, *ANGLES, "Elementwise"}
    for name in NUMERICAL:
        simplest(numerical_activations(), lambda s, name=name: type(s).__name__ == name)
