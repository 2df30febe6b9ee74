"""Dimension counts of polynomial networks: the numbers checked in the literature, attained by exact ranks."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spectra import decide

from certify import stax
from certify.points import Points, load_points
from certify.spectrum.monomials import dimension_count, feature_degrees
from certify.spectrum.rational_gram import PRIMES, exact_null_vector, gram_modulo
from certify.spectrum.singular import NullVectorProof, RankProof, RegularProof


def network(activation: Any, layers: int, bias: bool) -> Any:
    dense = stax.Dense(W_var=2, b_var="1/3" if bias else 0)
    return stax.serial(dense, *[activation, dense] * layers)


def generic(n: int, columns: int) -> Points:
    chance = random.Random(n * 100 + columns)
    return load_points([[chance.randint(1, 10**6) for _ in range(columns)] for _ in range(n)])


def on_the_sphere(n: int, columns: int) -> Points:
    """Rational points of norm one, by stereographic projection."""
    chance = random.Random(n)
    rows = []
    for _ in range(n):
        t = [Fraction(chance.randint(-999, 999), 1000) for _ in range(columns - 1)]
        square = sum(v * v for v in t)
        rows.append([*(2 * v / (1 + square) for v in t), (1 - square) / (1 + square)])
    return load_points(rows)


def rank(net: Any, points: Points, kernel: str) -> int:
    residues = gram_modulo(net.layers, points, kernel, PRIMES[0])
    return int(flint.nmod_mat(points.n, points.n, [int(v) for v in residues.ravel()], PRIMES[0]).rank())


def count(net: Any, points: Points, normalize: str = "none") -> int | None:
    degrees = feature_degrees(net.layers)
    assert degrees is not None
    return dimension_count(points, degrees, normalize)


X_PLUS_X4, X3_PLUS_X4 = stax.Polynomial([0, 1, 0, 0, 1]), stax.Polynomial([0, 0, 0, 1, 1])

# Activation, columns, hidden layers, bias, dimension in R^d.
COUNTED = [
    (X_PLUS_X4, 2, 1, False, 7),
    (X_PLUS_X4, 2, 2, False, 57),
    (X3_PLUS_X4, 2, 1, False, 9),
    (X3_PLUS_X4, 2, 2, False, 108),
    (stax.Monomial(2), 3, 2, True, 35),
    (stax.Monomial(2), 3, 2, False, 15),
    (stax.Monomial(3), 2, 2, True, 55),
    (stax.Monomial(3), 2, 2, False, 10),
    (stax.Polynomial([0, 1, 0, 1]), 2, 2, False, 30),
    (stax.Polynomial([-1, 0, 1]), 1, 1, False, 2),
    (stax.Hermite(2), 1, 1, False, 2),
    (stax.ABRelu(3, 3), 4, 2, True, 5),
    (stax.Monomial(2), 4, 1, True, 15),
]


@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
@pytest.mark.parametrize(("activation", "columns", "layers", "bias", "dimension"), COUNTED, ids=repr)
def test_the_count_is_the_rank_at_generic_points(
    activation: Any, columns: int, layers: int, bias: bool, dimension: int, kernel: str
) -> None:
    net, points = network(activation, layers, bias), generic(dimension + 3, columns)
    assert count(net, points) == dimension
    assert rank(net, points, kernel) == dimension
    assert decide(net, points, kernel, "none") == RankProof(dimension, dimension + 3)
    enough = generic(dimension, columns)
    assert count(net, enough) is None
    assert decide(net, enough, kernel, "none") == RegularProof(PRIMES[0])


@pytest.mark.parametrize(
    ("activation", "columns", "layers", "bias", "dimension"),
    [
        (stax.Monomial(2), 3, 2, True, 25),
        (stax.Monomial(2), 3, 2, False, 15),
        (stax.Monomial(3), 2, 2, True, 19),
        (stax.Monomial(3), 2, 2, False, 10),
        (X_PLUS_X4, 2, 1, False, 7),
        (stax.Polynomial([0, 1, 0, 1]), 3, 1, False, 10),
        (stax.Polynomial([1, 0, 1]), 3, 1, False, 6),
    ],
    ids=repr,
)
def test_the_count_on_the_sphere_is_the_rank_at_rational_points_of_norm_one(
    activation: Any, columns: int, layers: int, bias: bool, dimension: int
) -> None:
    net, points = network(activation, layers, bias), on_the_sphere(dimension + 3, columns)
    assert count(net, points, "unit") == dimension
    # The points have norm one, so that the rational matrix of the rows as given is that of the unit rows.
    assert rank(net, points, "ntk") == rank(net, points, "nngp") == dimension


@pytest.mark.parametrize(("name", "dimension"), [("breast_cancer", 465), ("digits", 1755)])
def test_squares_on_bundled_data(name: str, dimension: int) -> None:
    net = network(stax.Monomial(2), 1, False)
    points = load_points(name).drop_duplicates("none").points
    assert decide(net, points, "ntk", "none") == RankProof(dimension, points.n)


sparse_rows = st.lists(st.lists(st.sampled_from([0, 0, 1, 2, -3]), min_size=3, max_size=3), min_size=1, max_size=12)
exponents = st.sets(st.integers(0, 3), min_size=1, max_size=3)


@settings(deadline=None, max_examples=80)
@given(
    sparse_rows,
    st.lists(st.tuples(exponents, st.booleans()), min_size=1, max_size=2),
    st.sampled_from(["none", "unit"]),
)
def test_the_count_is_that_of_the_monomials_written_out(
    rows: list[list[int]], parts: list[tuple[set[int], bool]], normalize: str
) -> None:
    layers: list[Any] = [stax.Dense()]
    degrees = {1}
    for chosen, bias in parts:
        layers += [stax.Polynomial([int(k in chosen) for k in range(4)]), stax.Dense(b_var=int(bias))]
        sums = {sum(c) for j in chosen for c in itertools.combinations_with_replacement(sorted(degrees), j)}
        degrees = sums | ({0} if bias else set())
    found = feature_degrees(stax.serial(*layers).layers)
    assert found is not None
    assert found == frozenset(degrees)
    if normalize == "unit":
        degrees = {max(k for k in degrees if k % 2 == parity) for parity in {k % 2 for k in degrees}}
    monomials = [m for m in itertools.product(range(max(degrees) + 1), repeat=3) if sum(m) in degrees]
    alive = sum(any(all(v or not e for v, e in zip(row, m, strict=True)) for row in rows) for m in monomials)
    expected = alive if alive < len(rows) else None
    assert dimension_count(load_points(rows), found, normalize) == expected


CROSS = [[1, 0], [0, 1], [1, 1], [1, -1]]


@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
def test_the_square_has_the_null_vector_of_the_parallelogram_law(kernel: str) -> None:
    net = network(stax.Monomial(2), 1, False)
    vector = exact_null_vector(net.layers, load_points(CROSS), kernel, (0, 1, 2, 3))
    assert vector in ((2, 2, -1, -1), (-2, -2, 1, 1))
    assert decide(net, CROSS, kernel, "none") == RankProof(3, 4)
    assert decide(net, CROSS[:3], kernel, "none") == RegularProof(PRIMES[0])


@pytest.mark.parametrize("normalize", ["none", "unit"])
@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
def test_dependent_rows_among_independent_monomials_give_a_null_vector(kernel: str, normalize: str) -> None:
    rows = [[1, 1, 1], [1, 0, 0], [0, 1, 0], [1, 2, 3], [1, 1, 0], [1, -1, 0]]
    proof = decide(network(stax.Monomial(2), 1, False), rows, kernel, normalize)
    assert isinstance(proof, NullVectorProof)
    assert proof.rows == (1, 2, 4, 5)
    assert proof.entries in ((2, 2, -1, -1), (-2, -2, 1, 1))


def test_total_degrees_beyond_a_thousand_are_not_decided() -> None:
    tower: list[Any] = [stax.Monomial(2), stax.Dense()] * 10
    assert feature_degrees(stax.serial(stax.Dense(), *tower[:18]).layers) == frozenset({512})
    assert feature_degrees(stax.serial(stax.Dense(), *tower).layers) is None
    assert feature_degrees(stax.serial(stax.Dense(), stax.Relu(), stax.Dense()).layers) is None
