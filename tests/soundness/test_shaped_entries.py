"""Entries of networks with positions and branches: the prover goes back through a program, the checker forward through
the layers; both enclosures of every entry meet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from certify import stax
from certify.checker.budget import Budget
from certify.checker.gram import GramEnclosure
from certify.checker.interval import to_fractions
from certify.checker.networks import read_network
from certify.checker.points import Points as CheckerPoints
from certify.errors import InputError
from certify.kernels import arithmetic_named
from certify.kernels.program_facade import network_evaluator
from certify.points import Points

VARIANCES = st.sampled_from(["1", "2", '"1/3"'])
BIASES = st.sampled_from(["0", "1", '"1/7"'])
ACTIVATIONS = st.sampled_from(["Relu()", "Erf()", "Gelu()", "Abs()", "Sin(c=1)", "Step()", "Polynomial([1, 1, 2])"])
PADDINGS = st.sampled_from(["SAME", "VALID", "CIRCULAR"])
STRIDES = st.sampled_from(["(1, 1)", "(2, 1)", "(2, 2)"])


@st.composite
def dense(draw: Any) -> str:
    return f"Dense(W_var={draw(VARIANCES)}, b_var={draw(BIASES)})"


@st.composite
def conv(draw: Any) -> str:
    window = draw(st.sampled_from(["(1, 1)", "(2, 2)", "(1, 2)"]))
    return (
        f'Conv(None, {window}, {draw(STRIDES)}, padding="{draw(PADDINGS)}", W_var={draw(VARIANCES)}, '
        f"b_var={draw(BIASES)})"
    )


@st.composite
def trunk(draw: Any, first: Any) -> str:
    """Layers that end in an activation."""
    layers = [draw(first), draw(ACTIVATIONS)]
    kind = draw(st.sampled_from(["plain", "sum", "product", "channels", "norm"]))
    if kind == "norm":
        layers.insert(1, f"LayerNorm(eps={draw(st.sampled_from(['1', '1e-3']))})")
    elif kind != "plain":
        one, two = draw(dense()), draw(dense())
        join = {"sum": "FanInSum()", "product": "FanInProd()", "channels": "FanInConcat()"}[kind]
        other = draw(st.sampled_from([f"{two}", f"serial({two}, {draw(ACTIVATIONS)}, {draw(dense())})"]))
        layers += ["FanOut(2)", f"parallel({one}, {other})", join]
        if kind != "product":
            layers.append(draw(ACTIVATIONS))
    return ", ".join(layers)


@st.composite
def networks(draw: Any) -> tuple[str, tuple[int, ...] | None]:
    family = draw(st.sampled_from(["image", "sequence", "flat", "rnn", "transformer"]))
    end = draw(st.sampled_from(["", ', parametrization="s4"']))
    if family == "flat":
        return f"serial({draw(trunk(dense()))}, {draw(dense())}{end})", None
    if family == "image":
        middle = draw(
            st.sampled_from(["", 'AvgPool((2, 1), padding="SAME"), ', 'SumPool((1, 2), padding="CIRCULAR"), '])
        )
        close = draw(st.sampled_from(["GlobalAvgPool()", "GlobalSumPool()", "Flatten()"]))
        return f"serial({draw(trunk(conv()))}, {middle}{close}, {draw(dense())}{end})", (2, 3, 1)
    if family == "sequence":
        layer = f"GlobalSelfAttention(scale={draw(st.sampled_from(['1', '-2']))}, W_value_var=2, b_var={draw(BIASES)})"
        return f"serial({draw(trunk(dense()))}, {layer}, GlobalAvgPool(), {draw(dense())}{end})", (3, 2)
    if family == "rnn":
        readout = draw(st.sampled_from(["average", "last"]))
        parts = (
            f"activation={draw(ACTIVATIONS)}, W_var={draw(VARIANCES)}, U_var={draw(VARIANCES)}, b_var={draw(BIASES)}"
        )
        return f'RNN(readout="{readout}", {parts}, v_var={draw(VARIANCES)})', (3, 2)
    parts = f"activation={draw(ACTIVATIONS)}, U_var={draw(VARIANCES)}, W_var={draw(VARIANCES)}"
    return f"Transformer(depth={draw(st.sampled_from([1, 2]))}, {parts}, v_var={draw(VARIANCES)})", (3, 2)


CELLS = st.lists(st.integers(-2, 2), min_size=6, max_size=6).map(tuple)
ROWS = st.lists(CELLS, min_size=1, max_size=3).filter(lambda rows: all(any(row) for row in rows))


@settings(deadline=None, max_examples=120)
@given(networks(), ROWS, st.sampled_from(["ntk", "nngp"]), st.booleans(), st.sampled_from([8, 40, 90]))
def test_two_derivations_meet(
    built: tuple[str, tuple[int, ...] | None], rows: Any, kernel: str, unit: bool, bits: int
) -> None:
    text, shape = built
    net, points = stax.parse(text), Points.reduced(tuple(rows), 1, shape=shape)
    make, normalize = arithmetic_named("arb")[1], "unit" if unit else "none"
    try:
        evaluator = network_evaluator(net.layers, net.parametrization, points, None, normalize, (kernel,), bits, make)
        proved = [[evaluator.endpoints(entry[0]) for entry in row] for row in evaluator.rows()]
    except InputError as error:
        event(str(error))
        assume(False)
    network = read_network(repr(net))
    held = CheckerPoints(points.rows, points.denominator, points.columns, "")
    read = GramEnclosure(network, kernel == "ntk", unit, held, bits, Budget(None), shape)
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
            (text, (3, 2)), [(1, 2, 0, 1, -1, 2), (0, 1, 1, 1, 2, -1)], "ntk", False, 40
        )
