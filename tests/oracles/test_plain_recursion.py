"""Enclosures against the plain recursion at 400 digits, on points whose relations the library treats apart."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import plain_recursion
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_recursion import DIGITS, entry

from certify import stax

ACTIVATIONS = [
    *(stax.Relu(), stax.Abs(), stax.ABRelu(2, -3), stax.Sign(), stax.Step(), stax.RectifiedMonomial(0)),
    *(stax.RectifiedMonomial(2), stax.Erf(), stax.Erf(2, "1/2", "1/3"), stax.Sin(), stax.Sin(1, 2, "1/3"), stax.Cos()),
    *(stax.Gelu(), stax.Gaussian(), stax.ABRelu(0, 0), stax.ABRelu(2, 2)),
]
# A generic pair, equal, parallel, opposite, scaled opposite and zero rows, and one at a distance of 1e-12.
ROWS: list[list[Any]] = [[1, 2], [2, 4], [-1, -2], [-3, -6], [0, 0], [2, -1], [1, Fraction(2 * 10**12 + 1, 10**12)]]
BIASES = [(0, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0), (1, 1, 1)]


def distances(net: Any, rows: list[list[Any]], normalize: str, arithmetic: str) -> list[Any]:
    """For each entry of both kernels, how far the plain value lies outside the enclosure, over the size of the entry
    of largest possible size."""
    kept = [[Fraction(v) for v in row] for row in rows if normalize == "none" or any(row)]
    found = net.kernel(kept, get=("nngp", "ntk"), bits=100, normalize=normalize, arithmetic=arithmetic)
    result = []
    with mpmath.workdps(DIGITS):
        plain = [[entry(net, x, y, normalize == "unit") for y in kept] for x in kept]
        for position, enclosure in enumerate(found):
            low, high = enclosure.lower_exact, enclosure.upper_exact
            for i in range(len(kept)):
                for j in range(len(kept)):
                    below, above = (mpmath.mpf(v.numerator) / v.denominator for v in (low[i, j], high[i, j]))
                    size = mpmath.sqrt(abs(plain[i][i][position] * plain[j][j][position])) or mpmath.mpf(1)
                    value = plain[i][j][position]
                    result.append(max(below - value, value - above, mpmath.mpf(0)) / size)
    return result


def network(activations: tuple[Any, ...], biases: tuple[int, ...]) -> Any:
    layers: list[Any] = [stax.Dense(W_var=2, b_var=biases[0])]
    for activation, bias in zip(activations, biases[1:], strict=False):
        layers += [activation, stax.Dense(W_var="3/2", b_var=bias)]
    return stax.serial(*layers)


@pytest.mark.parametrize("normalize", ["none", "unit"])
@pytest.mark.parametrize("biases", BIASES)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_two_layers_hold_the_plain_values(activation: Any, biases: tuple[int, ...], normalize: str) -> None:
    arithmetic = "mpmath" if biases[1] else "arb"
    for second in (activation, stax.Relu()):
        assert max(distances(network((activation, second), biases), ROWS, normalize, arithmetic)) < 1e-40


rows = st.lists(st.sampled_from(ROWS), min_size=1, max_size=3)
biases = st.tuples(*[st.sampled_from([0, 0, 1])] * 4)
stacks = st.lists(st.sampled_from(ACTIVATIONS), min_size=1, max_size=3).map(tuple)


@settings(deadline=None, max_examples=60)
@given(stacks, biases, rows, st.sampled_from(["none", "unit"]), st.sampled_from(["arb", "mpmath"]), st.booleans())
def test_mixed_networks_hold_the_plain_values(
    activations: Any, biases: Any, points: Any, normalize: str, arithmetic: str, ends: bool
) -> None:
    net = network(activations, biases)
    net = stax.serial(*net.layers[: len(net.layers) - ends])
    if normalize == "none" or any(any(row) for row in points):
        assert max(distances(net, points, normalize, arithmetic)) < 1e-40


def test_a_slip_of_1e_minus_25_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network((stax.Relu(), stax.Erf()), (0, 1, 0))
    assert max(distances(net, ROWS, "unit", "arb")) < 1e-40
    true = plain_recursion.slopes

    def slipped(*arguments: Any) -> tuple[Any, Any]:
        value, slope = true(*arguments)
        return value * (1 + mpmath.mpf(10) ** -25), slope

    monkeypatch.setattr(plain_recursion, "slopes", slipped)
    assert 1e-27 < max(distances(net, ROWS, "unit", "arb")) < 1e-24
