"""Entries of NNGP and NTK hold the truth and are as narrow as asked, where naive arithmetic loses its digits."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify import InputError, stax
from certify.kernels import Enclosure
from certify.spectrum.rational_gram import rational_kernel

both_systems = pytest.mark.parametrize("arithmetic", ["arb", "mpmath"])
both_normalisations = pytest.mark.parametrize("normalize", ["none", "unit"])

ACTIVATIONS: list[Any] = [
    *(stax.Relu(), stax.LeakyRelu("1/5"), stax.ABRelu(2, -3), stax.Abs(), stax.Sign(), stax.Step()),
    *(stax.Erf(), stax.Erf(2, "1/2", 1), stax.Gelu(), stax.Sin(), stax.Sin(1, 2, "1/3"), stax.Cos(), stax.Cos(c=1)),
    *(stax.Rbf("1/3"), stax.Gaussian(2, "-1/3"), stax.Gabor(), stax.Sigmoid_like()),
    *(stax.Monomial(3), stax.Polynomial([1, 2, "1/3"]), stax.Hermite(7)),
    *map(stax.RectifiedMonomial, (0, 1, 2, 5)),
]
EXPONENTIAL = stax.Exp("1/2", "3/10")

BASE = [0.346, 0.822, 0.33]
SETS: dict[str, list[list[float]]] = {
    "one ulp": [BASE, [0.346, 0.822, float(np.nextafter(0.33, 1))], [-0.346, -0.822, -float(np.nextafter(0.33, 0))]],
    "near, opposite, parallel, zero": [
        *(BASE, [0.346 + 1e-9, 0.822, 0.33], [-v for v in BASE], [2 * v for v in BASE]),
        *([0.0, 0.0, 0.0], [-3 * v for v in BASE], [-0.822, 0.346, 0.0]),
    ],
    "large": [[v * 1e150 for v in BASE], [-v * 1e150 for v in BASE], [1e150, 2e150, -1e150], [1e150, 2e150, -1.1e150]],
    "small": [[v * 1e-150 for v in BASE], [-v * 1e-150 for v in BASE], [1e-150, 2e-150, -1e-150]],
    "mixed": [[v * 1e150 for v in BASE], [v * 1e-150 for v in BASE], BASE, [0.0, 0.0, 0.0], [1e-150, 1e150, 0.0]],
    "one point": [BASE],
    "one zero": [[0.0, 0.0, 0.0]],
}


def network(activation: Any, depth: int = 2, bias: str | int = 0) -> Any:
    dense = stax.Dense(W_var="3/2", b_var=bias)
    return stax.serial(dense, *[activation, dense] * depth)


def usable(rows: list[list[float]], normalize: str) -> list[list[float]]:
    return [row for row in rows if normalize == "none" or any(row)]


def both(net: Any, rows: Any, other: Any = None, **options: Any) -> list[Enclosure]:
    found: Any = net.kernel(rows, other, get=("nngp", "ntk"), **options)
    return [found.nngp, found.ntk]


def disjoint(first: Enclosure, second: Enclosure) -> list[Any]:
    apart = (first.upper_exact < second.lower_exact) | (second.upper_exact < first.lower_exact)
    return np.argwhere(apart).tolist()


def assert_narrow(enclosure: Enclosure, bits: int) -> None:
    """upper - lower <= 2 * 2**-bits sqrt(K_ii K_jj) for every entry; where K_ii = 0 the row is exactly 0."""
    low, high = enclosure.lower_exact, enclosure.upper_exact
    for i, j in np.ndindex(enclosure.shape):
        width = high[i, j] - low[i, j]
        assert width >= 0
        if width:
            assert width * width * 4 ** (bits - 1) <= high[i, i] * high[j, j]


@both_normalisations
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_hard_points_give_narrow_enclosures_that_agree_at_any_precision(
    activation: Any, name: str, normalize: str
) -> None:
    rows = usable(SETS[name], normalize)
    if not rows:
        return
    for bias in (0, "1/100"):
        net = network(activation, 2, bias)
        found = both(net, rows, normalize=normalize, bits=96)
        finer = both(net, rows, normalize=normalize, bits=4 * 96)
        other = both(net, rows, normalize=normalize, bits=96, arithmetic="mpmath")
        for mine, fine, second in zip(found, finer, other, strict=True):
            assert_narrow(mine, 96)
            assert_narrow(fine, 4 * 96)
            assert_narrow(second, 96)
            assert disjoint(mine, fine) == disjoint(mine, second) == disjoint(second, fine) == []


@both_normalisations
@pytest.mark.parametrize("name", ["one ulp", "near, opposite, parallel, zero", "small", "one point", "one zero"])
def test_the_exponential_where_it_is_finite(name: str, normalize: str) -> None:
    rows = usable(SETS[name], normalize)
    for arithmetic in ("arb", "mpmath") if rows else ():
        for mine in both(network(EXPONENTIAL), rows, normalize=normalize, bits=128, arithmetic=arithmetic):
            assert_narrow(mine, 128)


@both_systems
@pytest.mark.parametrize("name", ["large", "mixed"])
def test_the_exponential_of_a_large_variance_is_refused(name: str, arithmetic: str) -> None:
    with pytest.raises(InputError, match=r"scale the points"):
        network(EXPONENTIAL).kernel(SETS[name], arithmetic=arithmetic)


DEEP: list[tuple[Any, int]] = [
    *((activation, 30) for activation in (stax.Relu(), stax.Erf(), stax.Abs(), stax.Sign(), stax.Step(), stax.Gelu())),
    *((stax.Sin(), 30), (stax.Gabor(), 30), (stax.Cos(), 12), (stax.RectifiedMonomial(2), 6), (stax.Hermite(3), 4)),
]


@both_systems
@both_normalisations
@pytest.mark.parametrize(("activation", "depth"), DEEP, ids=repr)
def test_correlation_survives_deep_networks(activation: Any, depth: int, normalize: str, arithmetic: str) -> None:
    rows = usable([*SETS["one ulp"], [2 * v for v in BASE], [-v for v in BASE], [0.0, 0.0, 0.0]], normalize)
    for bias in (0, "1/100"):
        net = network(activation, depth, bias)
        found = both(net, rows, normalize=normalize, bits=128, arithmetic=arithmetic)
        finer = both(net, rows, normalize=normalize, bits=512, arithmetic=arithmetic)
        for mine, fine in zip(found, finer, strict=True):
            assert_narrow(mine, 128)
            assert disjoint(mine, fine) == []


def close(value: Any, other: Any, scale: Any) -> bool:
    return bool(abs(value - other) <= scale * Fraction(1, 2**120))


@both_normalisations
@pytest.mark.parametrize("depth", [1, 30])
def test_symmetries_of_the_function_are_symmetries_of_its_kernel(depth: int, normalize: str) -> None:
    rows = [BASE, [-v for v in BASE], [2 * v for v in BASE], [1.0, -2.0, 0.5]]
    signs = {stax.Erf(): -1, stax.Sin(): -1, stax.Gabor(): -1, stax.Sign(): -1, stax.Abs(): 1, stax.Cos(): 1}
    for activation, sign in signs.items():
        for mine in both(network(activation, depth), rows, normalize=normalize, bits=128):
            k = mine.lower_exact
            assert all(close(k[1, j], sign * k[0, j], k[0, 0] + k[j, j]) for j in (0, 1, 3))
    for mine in both(network(stax.Relu(), depth), rows, normalize=normalize, bits=128):
        k, factor = mine.lower_exact, 1 if normalize == "unit" else 2
        assert all(close(k[2, j], factor * k[0, j], k[2, 2] + k[j, j]) for j in (0, 1, 3))


@both_systems
@both_normalisations
@pytest.mark.parametrize("activation", [*ACTIVATIONS, EXPONENTIAL], ids=repr)
def test_two_sets_give_the_block_of_the_kernel_of_their_union(activation: Any, normalize: str, arithmetic: str) -> None:
    rows = usable(SETS["near, opposite, parallel, zero"], normalize)
    first, second = rows[:4], rows[3:]
    options: dict[str, Any] = {"normalize": normalize, "bits": 100, "arithmetic": arithmetic}
    for bias in (0, "1/100"):
        net = network(activation, 1, bias)
        for whole, block in zip(both(net, rows, **options), both(net, first, second, **options), strict=True):
            assert block.shape == (len(first), len(second))
            part = Enclosure(tuple(row[3:] for row in whole.rows[:4]), whole.bits, whole.arithmetic)
            assert disjoint(part, block) == []


# Polynomial networks, exactly.


@lru_cache(maxsize=4096)
def moment(a: int, b: int, q1: Fraction, q2: Fraction, r: Fraction) -> Fraction:
    """E[u^a v^b] for variances q1, q2 and covariance r, by Isserlis' recursion."""
    if a == 0:
        return moment(b, 0, q2, q1, r) if b else Fraction(1)
    lower = (a - 1) * q1 * moment(a - 2, b, q1, q2, r) if a > 1 else Fraction(0)
    return lower + (b * r * moment(a - 1, b - 1, q1, q2, r) if b else 0)


def mean(c: tuple[Fraction, ...], q1: Fraction, q2: Fraction, r: Fraction) -> Fraction:
    terms = [(i, j, a * b) for i, a in enumerate(c) if a for j, b in enumerate(c) if b]
    return sum((weight * moment(i, j, q1, q2, r) for i, j, weight in terms), Fraction(0))


def exact_entry(net: Any, x: list[Fraction], y: list[Fraction]) -> tuple[Fraction, Fraction]:
    """(NNGP, NTK) by the recursion of the infinitely wide network on Gaussian moments."""

    def inner(u: list[Fraction], v: list[Fraction]) -> Fraction:
        return sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0)) / len(u)

    q1, q2, s, t = inner(x, x), inner(y, y), inner(x, y), Fraction(0)
    for layer in net.layers:
        if isinstance(layer, stax.Dense):
            q1, q2, s = (layer.W_var * value + layer.b_var for value in (q1, q2, s))
            t = layer.W_var * t + s
        elif not isinstance(layer, stax.Identity):
            c = layer.coefficients
            slopes = tuple(k * value for k, value in enumerate(c))[1:]
            t *= layer.scale * mean(slopes, q1, q2, s)
            q1, q2, s = (layer.scale * mean(c, *pair) for pair in ((q1, q1, q1), (q2, q2, q2), (q1, q2, s)))
    return s, t


variances = st.builds(Fraction, st.integers(1, 6), st.integers(1, 4))
dense = st.builds(lambda w, b: stax.Dense(W_var=w, b_var=b), variances, st.one_of(st.just(0), variances))
numbers = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 4))
polynomial = st.one_of(
    st.builds(stax.Monomial, st.integers(0, 4)),
    st.builds(stax.Hermite, st.integers(0, 4)),
    st.builds(stax.Polynomial, st.lists(numbers, max_size=4)),
)
blocks = st.one_of(
    st.tuples(polynomial, dense), st.tuples(dense), st.tuples(stax_identity := st.just(stax.Identity()), dense)
)
polynomial_networks = st.builds(
    lambda first, hidden, last: stax.serial(first, *[layer for block in hidden for layer in block], *last),
    dense,
    st.lists(blocks, max_size=2),
    st.one_of(st.just(()), st.tuples(polynomial), st.tuples(polynomial, stax_identity)),
)
rational_points = st.lists(st.lists(numbers, min_size=2, max_size=2), min_size=1, max_size=3)


@settings(deadline=None, max_examples=60)
@given(polynomial_networks, rational_points, st.integers(10, 200))
def test_polynomial_networks_enclose_their_exact_rational_entries(
    net: Any, rows: list[list[Fraction]], bits: int
) -> None:
    exact = [[exact_entry(net, x, y) for y in rows] for x in rows]
    for arithmetic in ("arb", "mpmath"):
        for position, mine in enumerate(both(net, rows, bits=bits, arithmetic=arithmetic)):
            assert mine.contains([[entry[position] for entry in row] for row in exact]).all()
            assert_narrow(mine, bits)


@settings(deadline=None, max_examples=60)
@given(polynomial_networks, rational_points)
def test_the_rational_kernel_is_the_exact_recursion(net: Any, rows: list[list[Fraction]]) -> None:
    for position, kernel in enumerate(("nngp", "ntk")):
        entry = rational_kernel(net.layers, len(rows[0]), kernel, Fraction)
        for x in rows:
            for y in rows:
                products = (sum(a * b for a, b in zip(u, v, strict=True)) for u, v in ((x, x), (y, y), (x, y)))
                assert entry(*products) == exact_entry(net, x, y)[position]


# Any network, any points.

parameters = st.builds(Fraction, st.integers(-8, 8), st.sampled_from([3, 4, 5]))
activations = st.one_of(
    st.sampled_from([activation for activation in ACTIVATIONS if not isinstance(activation, stax.Hermite)]),
    st.builds(stax.ABRelu, parameters, parameters),
    st.builds(stax.Erf, parameters, parameters, parameters),
    st.builds(stax.Sin, parameters, parameters, parameters),
    st.builds(stax.Cos, parameters, parameters, parameters),
    st.builds(stax.RectifiedMonomial, st.integers(0, 6)),
)
general = st.builds(
    lambda first, hidden, last: stax.serial(first, *[layer for block in hidden for layer in block], *last),
    dense,
    st.lists(st.one_of(st.tuples(activations, dense), st.tuples(dense)), max_size=3),
    st.one_of(st.just(()), st.tuples(activations)),
)
coordinate = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(-4, 4),
    st.sampled_from([1e-9, 1.0 + 2**-52, -1.0, 1e-30, 1e12]),
)


@settings(deadline=None, max_examples=60)
@given(general, st.lists(st.lists(coordinate, min_size=2, max_size=2), min_size=1, max_size=4), st.integers(16, 120))
def test_enclosures_of_one_network_meet_and_are_narrow(net: Any, rows: list[list[float]], bits: int) -> None:
    for normalize in ("none", "unit"):
        kept = usable(rows, normalize)
        if not kept:
            continue
        found = both(net, kept, bits=bits, normalize=normalize)
        finer = both(net, kept, bits=4 * bits, normalize=normalize)
        other = both(net, kept, bits=bits, normalize=normalize, arithmetic="mpmath")
        for mine, fine, second in zip(found, finer, other, strict=True):
            assert_narrow(mine, bits)
            assert_narrow(second, bits)
            assert disjoint(mine, fine) == disjoint(second, fine) == []


@settings(deadline=None, max_examples=40)
@given(general, st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=2, max_size=3))
def test_a_last_dense_adds_the_nngp_of_the_activations_to_their_ntk(net: Any, rows: list[list[int]]) -> None:
    nngp, ntk = both(net, rows, bits=128)
    longer = stax.serial(net, stax.Dense(W_var=3, b_var="1/2"))
    _, extended = both(longer, rows, bits=128)
    low = 3 * (ntk.lower_exact + nngp.lower_exact) + Fraction(1, 2)
    high = 3 * (ntk.upper_exact + nngp.upper_exact) + Fraction(1, 2)
    assert ((low <= extended.upper_exact) & (extended.lower_exact <= high)).all()
