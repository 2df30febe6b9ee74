"""Entries of networks with positions and branches: the prover goes back through a program, the checker forward through
the layers; both enclosures of every entry meet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from certify import stax
from certify.checker.answers import Unsupported
from certify.checker.budget import Budget
from certify.checker.gram import GramEnclosure
from certify.checker.interval import to_fractions
from certify.checker.networks import read_network
from certify.checker.points import Points as CheckerPoints
from certify.errors import InputError
from certify.kernels import arithmetic_named
from certify.kernels.program_facade import network_evaluator
from certify.points import Points
from properties.strategies.shaped import Shaped, shaped_networks, shaped_rows


@settings(deadline=None, max_examples=120)
@given(shaped_networks(), shaped_rows(), st.sampled_from(["ntk", "nngp"]), st.booleans(), st.sampled_from([8, 40, 90]))
def test_two_derivations_meet(built: Shaped, rows: Any, kernel: str, unit: bool, bits: int) -> None:
    net, shape = built.network, built.shape or None
    points = Points.reduced(tuple(rows), 1, shape=shape)
    make, normalize = arithmetic_named("arb")[1], "unit" if unit else "none"
    try:
        evaluator = network_evaluator(net.layers, net.parametrization, points, None, normalize, (kernel,), bits, make)
        proved = [[evaluator.endpoints(entry[0]) for entry in row] for row in evaluator.rows()]
    except InputError as error:
        event(str(error))
        assume(False)
    network = read_network(repr(net))
    held = CheckerPoints(points.rows, points.denominator, points.columns, "")
    try:
        read = GramEnclosure(network, kernel == "ntk", unit, held, bits, Budget(None), shape)
    except Unsupported as limit:
        # The scores of attention can exceed the exponents that the checker takes.
        event(str(limit))
        assume(False)
    for i, row in enumerate(proved):
        for j, found in enumerate(row):
            low, high = to_fractions(found)
            other_low, other_high = to_fractions(read.diagonal[i] if i == j else read.entry(i, j))
            assert low <= other_high
            assert other_low <= high


@pytest.mark.parametrize("text", ["RNN()", "Transformer(depth=2)"])
def test_a_planted_fault_of_the_checker_is_seen(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one factor wrong the two derivations part."""
    from certify.checker import pair_kernels

    honest = pair_kernels.PairWalker._weighted
    monkeypatch.setattr(pair_kernels.PairWalker, "_weighted", lambda self, s, t, w, b: honest(self, s, t, 2 * w, b))
    with pytest.raises(AssertionError):
        test_two_derivations_meet.hypothesis.inner_test(  # type: ignore[attr-defined]
            Shaped(stax.parse(text), (3, 2)), [(1, 2, 0, 1, -1, 2), (0, 1, 1, 1, 2, -1)], "ntk", False, 40
        )
