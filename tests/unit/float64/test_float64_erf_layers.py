"""Tiles with one radius: error functions at points of different norms, against Arb at 128 bits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from certify import stax
from certify.kernels.float64 import float_gram
from certify.kernels.float64.erf_layers import erf_stages
from certify.kernels.float64.layered_gram import LayeredGram
from certify.points import Points, load_points

NETWORKS = [
    "serial(Dense(W_var=2, b_var='1/100'), Erf(), Dense(W_var=2, b_var='1/100'), Erf(), Dense(W_var=2))",
    "serial(Dense(), Erf(2, '1/3', 1), Dense(W_var=2), Sigmoid_like(), Dense(b_var=1), Erf(), Dense(W_var=2))",
    "serial(Dense(W_var=3), Erf(), Dense(), Erf())",
    "serial(Dense(W_var='1/7', b_var=2), Identity(), Sigmoid_like())",
]


def different_norms(count: int, spread: float, seed: int = 0, columns: int = 5) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, columns)) * rng.uniform(1, spread, (count, 1))
    rows[1] = rows[0] * (1 + 1e-9)
    rows[2] = -rows[3]
    return np.asarray(rows)


def uniform_tile(gram: LayeredGram, n: int) -> tuple[np.ndarray[Any, Any], float]:
    everything = slice(0, n)
    kernel = gram.kernel
    assert kernel.erf is not None
    high, low = kernel._products(everything, everything)
    found = kernel.erf.tile(high + low, kernel._correction_error, everything, everything)
    assert found is not None
    return found


@pytest.mark.parametrize("text", NETWORKS)
@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
@pytest.mark.parametrize("scale", [0.01, 1.0, 20.0])
def test_the_radius_of_a_tile_holds_every_entry(text: str, kernel: str, scale: float) -> None:
    net, points = stax.parse(text), load_points(different_norms(24, 3.0) * scale)
    gram = float_gram(net.layers, points, None, kernel, "none")
    assert isinstance(gram, LayeredGram)
    mid, rad = uniform_tile(gram, points.n)
    exact = net.kernel(points, arithmetic="arb", bits=128, get=kernel)
    error = np.array(
        [
            [
                float(max(high - value, value - low))
                for low, high, value in zip(lows, highs, map(Fraction, row), strict=True)
            ]
            for lows, highs, row in zip(exact.lower_exact, exact.upper_exact, mid.tolist(), strict=True)
        ]
    )
    assert (error <= rad).all()
    # The bound is one of worst cases in a row: within three digits of what happens.
    assert error.max() >= rad / 1000


def test_moderate_norms_take_one_radius_a_tile_and_wide_ones_do_not() -> None:
    net = stax.parse(NETWORKS[0])
    narrow = net.kernel(different_norms(300, 3.0, columns=40), arithmetic="float")
    rows = different_norms(300, 3.0, columns=40)
    wide = net.kernel(rows * 10.0 ** (-(np.arange(300) % 5))[:, None], arithmetic="float")
    assert len(np.unique(narrow.rad[:128, 128:256])) == 1
    assert len(np.unique(wide.rad[:128, 128:256])) > 1
    assert np.array_equal(narrow.mid, narrow.mid.T)
    scale = np.sqrt(np.outer(np.diagonal(narrow.mid), np.diagonal(narrow.mid)))
    assert float((narrow.rad / scale).max()) < 2.0**-43
    assert float(np.median(narrow.rad / scale)) < 1e-14


def test_two_sets_of_points() -> None:
    net = stax.parse(NETWORKS[1])
    first, second = load_points(different_norms(9, 2.0)), load_points(different_norms(14, 2.0, seed=5))
    found = net.kernel(first, second, arithmetic="float")
    exact = net.kernel(first, second, arithmetic="arb", bits=128)
    assert ((found.lower_exact <= exact.lower_exact) & (exact.upper_exact <= found.upper_exact)).all()


@pytest.mark.parametrize(
    "text",
    [
        "serial(Dense(), Relu(), Dense())",
        "serial(Dense(), Dense(), Erf(), Dense())",
        "serial(Dense(), Erf(), Dense(), Dense())",
        "serial(Dense(), Erf(0), Dense())",
        "Dense()",
    ],
)
def test_other_networks_go_another_way(text: str) -> None:
    assert erf_stages(stax.parse(text).layers) is None


def test_points_too_close_for_their_variances_go_another_way() -> None:
    net = stax.parse(NETWORKS[0])
    rows = different_norms(20, 2.0) * 1e6
    gram = float_gram(net.layers, Points.reduced([tuple(map(int, row)) for row in rows], 1), None, "ntk", "none")
    assert isinstance(gram, LayeredGram)
    assert gram.kernel.erf is not None
    everything = slice(0, 20)
    high, low = gram.kernel._products(everything, everything)
    assert gram.kernel.erf.tile(high + low, gram.kernel._correction_error, everything, everything) is None
