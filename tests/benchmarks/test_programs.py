"""Cost of programs: dense networks through the engine beside the dense recursion, and against pixels and points."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from measuring import in_turns

from certify import stax
from certify.kernels import EntryEvaluator, arithmetic_named, check_inputs
from certify.kernels.program_facade import network_evaluator
from certify.points import load_points

DENSE = [
    "serial(Dense(W_var=2, b_var='1/100'), Erf(), Dense(W_var=2, b_var='1/100'))",
    "serial(Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense())",
    "serial(Dense(b_var=1), Gelu(), Dense(b_var=1), Gelu(), Dense(b_var=1))",
]
CNN = (
    "serial(Conv(None, (3, 3), padding='SAME'), Relu(), Conv(None, (3, 3), padding='SAME'), Relu(), GlobalAvgPool(), "
    "Dense())"
)


@pytest.mark.slow
@pytest.mark.parametrize("text", DENSE)
def test_dense_networks_are_no_slower_as_programs(text: str) -> None:
    net, points, make = stax.parse(text), load_points("iris"), arithmetic_named("arb")[1]
    inputs = check_inputs(points, None, "none")

    def recursion() -> None:
        for _ in EntryEvaluator(net.layers, inputs, ("ntk",), 53, make).rows():
            pass

    def engine() -> None:
        for _ in network_evaluator(net.layers, "ntk", points, None, "none", ("ntk",), 53, make).rows():
            pass

    ours, other = in_turns(engine, recursion, 7, time.process_time)
    assert ours <= 1.3 * other


@pytest.mark.slow
def test_float64_is_quicker_than_arb_on_images() -> None:
    net, points = stax.parse(CNN), load_points("digits", rows=6)

    def kernel(arithmetic: str) -> Any:
        return lambda: net.kernel(points, arithmetic=arithmetic)

    ours, other = in_turns(kernel("float"), kernel("arb"), 1, time.process_time)
    assert ours <= other
    assert np.allclose(kernel("float")().mid, kernel("arb")().mid)
