"""Kernels of programs in float64: every ball meets the enclosure of Arb, on points and networks that try to break
it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from certify import stax
from certify.errors import InputError
from certify.kernels.float64 import NoApproximant
from certify.kernels.float64.facade import enclose_tiles
from certify.kernels.program64 import PROGRAM_BITS, engine, program_gram, sparse
from certify.kernels.program64 import gram as tiles
from certify.kernels.program_facade import network_programs, program_inputs
from certify.points import Points, load_points
from certify.stax import Network
from properties.strategies.shaped import Shaped, shaped_networks, shaped_rows

CNN = (
    "serial(Conv(None, (3, 3), padding='SAME'), Relu(), Conv(None, (3, 3), padding='SAME', b_var=1), Relu(), "
    "GlobalAvgPool(), Dense())"
)
NETWORKS = [
    ("RNN()", (4, 2)),
    ("RNN(readout='last', activation=ABRelu(2, '-1/2'), b_var='1/10')", (4, 2)),
    ("Transformer(depth=2, U_var=2)", (4, 2)),
    ("Transformer(activation=Gelu())", (4, 2)),
    (CNN, (2, 4, 1)),
    ("serial(Conv(None, (2, 2), None, 'CIRCULAR'), Abs(), AvgPool((2, 2)), Flatten(), Dense(b_var=1))", (2, 4, 1)),
]


def both(net: Network, points: Points, normalize: str, kernel: str, others: Points | None = None) -> tuple[Any, Any]:
    """The float64 enclosure and Arb's. Raises InputError where there is no kernel, NoApproximant beyond float64."""
    exact = net.kernel(points, others, get=kernel, arithmetic="arb", bits=100, normalize=normalize)
    programs = network_programs(net.layers, net.parametrization, points, others)
    found = enclose_tiles(program_gram(programs, program_inputs(programs, points, others, normalize), kernel))
    return found, exact


def misses(found: Any, exact: Any) -> list[Any]:
    low, high = found.lower_exact, found.upper_exact
    return np.argwhere((low > exact.upper_exact) | (high < exact.lower_exact)).tolist()


def adversaries(seed: int) -> np.ndarray[Any, Any]:
    """Points in general position; copies an ulp away, opposite, stretched, with blank parts; a cluster."""
    rng = np.random.default_rng(seed)
    rows = list(rng.standard_normal((3, 8)))
    rows += [np.nextafter(rows[0], 9.0), -rows[1], 2 * rows[2], rows[0] * [1, 1, 0, 0, 1, 1, 0, 0]]
    rows += [rows[0] + 10.0**-k * rng.standard_normal(8) for k in (3, 8, 14)]
    rows += [np.tile(rows[2][:2], 4), np.eye(8)[3]]
    return np.array(rows)


@settings(deadline=None, max_examples=80)
@given(shaped_networks(), shaped_rows(), st.sampled_from(["ntk", "nngp"]), st.booleans())
def test_every_architecture(built: Shaped, rows: Any, kernel: str, unit: bool) -> None:
    points = Points.reduced(tuple(rows), 1, shape=built.shape or None)
    try:
        found, exact = both(built.network, points, "unit" if unit else "none", kernel)
    except (InputError, NoApproximant) as error:
        event(str(error)[:60])
        assume(False)
    assert misses(found, exact) == []
    top = np.sqrt([float(exact.upper_exact[i, i]) for i in range(points.n)])
    assert (found.rad <= 2.0 ** (1 - PROGRAM_BITS) * np.outer(top, top) + 1e-300).all()


@pytest.mark.parametrize(("text", "shape"), NETWORKS)
@pytest.mark.parametrize("normalize", ["none", "unit"])
def test_points_that_try_to_break_it(text: str, shape: tuple[int, ...], normalize: str) -> None:
    net, rows, spelled = stax.parse(text), adversaries(len(text)), "x".join(map(str, shape))
    points, others = load_points(rows, shape=spelled), load_points(rows[::-3], shape=spelled)
    assert misses(*both(net, points, normalize, "ntk")) == []
    assert misses(*both(net, points, normalize, "nngp", others)) == []


@pytest.mark.parametrize("scale", [1e150, 1e-150])
def test_scales_beyond_float64_are_left_to_arb(scale: float) -> None:
    net, points = stax.parse(CNN), load_points(adversaries(2)[:3] * scale, shape="2x4x1")
    found: Any = net.kernel(points, arithmetic="float")
    assert found.arithmetic == "arb"
    assert misses(found, net.kernel(points, arithmetic="arb", bits=100)) == []


def test_nothing_is_left_to_arb_on_ordinary_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles.ProgramGram, "_settle", lambda *_: pytest.fail("an entry was left to Arb"))
    net, points = stax.parse(CNN), load_points("digits", rows=4)
    programs = network_programs(net.layers, net.parametrization, points, None)
    found = enclose_tiles(program_gram(programs, program_inputs(programs, points, None, "none"), "ntk"))
    assert float((found.rad / found.mid).max()) < 1e-12


def test_large_matrices_take_this_path_by_themselves() -> None:
    net, points = stax.parse("RNN()"), load_points("digits", rows=110)
    found: Any = net.kernel(points)
    assert found.arithmetic == "float"
    assert net.kernel(points.take(range(5))).arithmetic == "arb"  # type: ignore[union-attr]


@pytest.mark.parametrize("fault", ["dual", "convolution"])
def test_a_planted_fault_is_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A midpoint off by 2^-40 lies outside of its ball."""
    if fault == "dual":
        honest = engine.rectifier_duals

        def biased(*arguments: Any) -> Any:
            evaluate = honest(*arguments)

            def wrong(pair: Any) -> Any:
                value, slope = evaluate(pair)
                value.mid *= 1 + 2.0**-40
                return value, slope

            return wrong

        monkeypatch.setattr(engine, "rectifier_duals", biased)
    else:
        honest_apply = sparse.SparseMap.apply

        def shifted(self: Any, ball: Any) -> Any:
            found = honest_apply(self, ball)
            found.mid *= 1 + 2.0**-40
            return found

        monkeypatch.setattr(sparse.SparseMap, "apply", shifted)
    points = load_points(np.random.default_rng(3).standard_normal((6, 8)), shape="2x4x1")
    assert misses(*both(stax.parse(CNN), points, "none", "ntk"))
