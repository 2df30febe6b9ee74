"""Sequences of different lengths: blocks of one matrix, and widths that must agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from certify import programs as tp
from certify import stax

LONG: Any = [[1, 0], ["1/2", 1], [0, -1]]
SHORT: Any = [[2, 1]]
OTHER: Any = [[0, 1], [1, 1], [-1, "0.5"]]


@pytest.mark.parametrize("text", ["RNN(b_var=1)", "RNN(readout='last', activation=Relu())", "Transformer()"])
def test_a_ragged_set_is_put_together_from_its_blocks(text: str) -> None:
    net = stax.parse(text)
    whole: Any = net.kernel([LONG, SHORT, OTHER], get=("nngp", "ntk"))
    blocks: dict[tuple[int, ...], Any] = {
        (0, 2): net.kernel([LONG, OTHER], get=("nngp", "ntk")),
        (1,): net.kernel([SHORT], get=("nngp", "ntk")),
    }
    between: Any = net.kernel([LONG, OTHER], [SHORT], get=("nngp", "ntk"))
    for name in ("nngp", "ntk"):
        matrix = getattr(whole, name)
        assert matrix.shape == (3, 3)
        assert (matrix.lower_exact == matrix.lower_exact.T).all()
        for places, block in blocks.items():
            assert (matrix.mid[np.ix_(places, places)] == getattr(block, name).mid).all()
        assert (matrix.mid[np.ix_((0, 2), (1,))] == getattr(between, name).mid).all()


def test_two_ragged_sets() -> None:
    net = stax.parse("RNN()")
    whole: Any = net.kernel([LONG, SHORT], [SHORT, OTHER, LONG])
    assert whole.shape == (2, 3)
    assert whole.mid[0, 2] == net.kernel([LONG], [LONG]).mid[0, 0]  # type: ignore[union-attr]


def test_finite_networks_agree() -> None:
    """The entry of two lengths is the mean of finite networks that share their weights."""
    net = stax.parse("RNN(U_var=2, activation=Relu())")
    kernel: Any = net.kernel([LONG, SHORT])
    # A sequence of one step and its extension by steps that the last-state readout never sees share the first state.
    assert kernel.mid[0, 1] == net.kernel([SHORT], [LONG]).mid[0, 0]  # type: ignore[union-attr]
    program = tp.program_of(net.layers, (1,), net.parametrization)
    found = program.simulate(np.array([[[2.0, 1.0]]]), width=256, seeds=30)
    assert abs(found.ntk[0, 0] - kernel.mid[1, 1]) <= 5 * found.ntk_error[0, 0] + 0.02 * kernel.mid[1, 1]


@pytest.mark.parametrize(
    ("points", "parts"),
    [
        ([LONG, [[1, 2, 3]]], ("sequence 2", "3 channels", "sequence 1 has 2")),
        ([LONG, [[1, 2], [3]]], ("sequence 2", "1 and 2 channels")),
        ([np.ones((2, 2)), np.ones((3, 4))], ("sequence 2", "4 channels")),
    ],
)
def test_sequences_of_different_widths_are_refused(points: Any, parts: tuple[str, ...], refused: Any) -> None:
    with refused(*parts):
        stax.parse("RNN()").kernel(points)
