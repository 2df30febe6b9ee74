"""Networks and points that do not fit: one sentence each, naming the layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import certify
from certify import stax
from certify.kernels import EntryEvaluator, arithmetic_named, check_inputs
from certify.points import load_points

FLAT = [[1, 2, 0, 1], [0, 1, 1, 1]]
SEQUENCES = np.array(FLAT, dtype=float).reshape(2, 2, 2)
IMAGES = np.array(FLAT, dtype=float).reshape(2, 2, 2, 1)
FORK = "serial(Dense(), FanOut(2), parallel({}), {}, Dense())"


@pytest.mark.parametrize(
    ("text", "points", "parts"),
    [
        ("serial(Conv(None, (3, 3)), Relu(), Flatten(), Dense())", IMAGES, ("Conv", "window of 3", "axis of 2")),
        ("serial(Conv(None, (1, 1)), AvgPool((3, 1)), Flatten(), Dense())", IMAGES, ("AvgPool((3, 1))", "axis of 2")),
        ("serial(Conv(None, (1, 1)), Flatten(), Dense())", SEQUENCES, ("Conv", "HxWxC", "2x2")),
        ("serial(Conv(None, (1, 1)), Flatten(), Dense())", FLAT, ("Conv", "plain rows", "--shape")),
        ("RNN()", FLAT, ("RNN()", "TxC", "--shape")),
        ("RNN()", IMAGES, ("RNN()", "TxC")),
        ("serial(Dense(), RNN())", SEQUENCES, ("RNN is a whole network",)),
        ("serial(Transformer(), Dense())", SEQUENCES, ("Transformer() is a whole network",)),
        ("serial(Dense(), GlobalAvgPool())", FLAT, ("GlobalAvgPool()", "plain rows")),
        ("serial(Dense(), Relu(), LayerNorm(), Dense())", FLAT, ("LayerNorm", "may have a mean")),
        ("serial(Dense(), LayerNorm(eps=0), Relu(), Dense())", [[0, 0], [1, 2]], ("LayerNorm", "variance of zero")),
        ("serial(Dense(), GlobalSelfAttention(linear_scaling=False), Dense())", SEQUENCES, ("linear_scaling=True",)),
        ("serial(Conv(None, (1, 1)), Relu(), Dense())", IMAGES, ("leaves 4 positions", "GlobalAvgPool() or Flatten()")),
        ("serial(Relu(), GlobalAvgPool(), Dense())", SEQUENCES, ("Relu() of x0", "put a Dense() or Conv() before it")),
        ("serial(Dense(), Relu(), GlobalAvgPool(), Relu())", SEQUENCES, ("Relu()", "Dense() or Conv() before it")),
        ("serial(Dense(), parallel(Dense(), Dense()), FanInSum())", FLAT, ("parallel has 2 branches", "FanOut(2)")),
        ("serial(Dense(), FanOut(2), parallel(Dense(), Dense()))", FLAT, ("ends with 2 branches", "FanInSum()")),
        ("serial(Dense(), FanOut(2), parallel(Dense(), Dense()), Relu())", FLAT, ("Relu() gets 2 inputs",)),
        ("serial(FanOut(2), parallel(Dense(), Identity()), FanInConcat(), Dense())", FLAT, ("data themselves",)),
        ("serial(FanOut(2), parallel(Dense(), Identity()), FanInSum(), Dense())", FLAT, ("data themselves",)),
        ("serial(Dense(), FanInSum(), Relu())", FLAT, ("FanInSum() has nothing to join",)),
        (FORK.format("Relu(), Identity()", "FanInSum()"), FLAT, ("end each branch of a sum with a Dense()",)),
        (FORK.format("Relu(), Erf()", "FanInSum()"), FLAT, ("no closed form", "Dense()")),
        (FORK.format("Relu(), Relu()", "FanInProd()"), FLAT, ("share weights", "Dense() of its own")),
        (FORK.format("Dense(), GlobalAvgPool()", "FanInSum()"), SEQUENCES, ("different shapes",)),
        ("serial(Dense(), Flatten(), LayerNorm(), Dense())", SEQUENCES, ("LayerNorm follows Flatten",)),
    ],
)
def test_a_network_that_does_not_fit_is_refused(text: str, points: Any, parts: tuple[str, ...], refused: Any) -> None:
    with refused(*parts):
        stax.parse(text).kernel(points)
    with refused():
        certify.prove(text, points)


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (lambda: stax.Conv(), ("filter_shape of Conv", "(3, 3)")),
        (lambda: stax.Conv(None, (3, 0)), ("filter_shape of Conv", "(3, 0)")),
        (lambda: stax.Conv(None, (3, 3), padding="FULL"), ("'FULL'", "SAME, VALID, CIRCULAR")),
        (lambda: stax.Conv(None, (3, 3), strides=2), ("strides of Conv", "2")),
        (lambda: stax.Conv(None, (3, 3), W_std=1, W_var=1), ("both W_std", "W_var")),
        (lambda: stax.AvgPool("22"), ("window_shape of AvgPool",)),
        (lambda: stax.FanOut(1), ("FanOut", "1")),
        (lambda: stax.FanInConcat(0), ("axis=0", "axis=-1")),
        (lambda: stax.LayerNorm(axis=1), ("axis=1",)),
        (lambda: stax.LayerNorm(eps=-1), ("eps of LayerNorm", "-1")),
        (lambda: stax.RNN("first"), ("'first'", "'average' or 'last'")),
        (lambda: stax.RNN(activation="Relu"), ("activation of RNN", "'Relu'")),  # type: ignore[arg-type]
        (lambda: stax.RNN(W_var=0), ("W_var of RNN", "positive")),
        (lambda: stax.Transformer(0), ("depth=0",)),
        (lambda: stax.serial(stax.Dense(), parametrization="mup"), ("'mup'", "'ntk' or 's4'")),
        (
            lambda: stax.serial(stax.serial(stax.Dense(), parametrization="s4"), stax.Relu()),
            ("parametrization='s4'", "outermost"),
        ),
    ],
)
def test_a_bad_layer_is_refused(make: Any, parts: tuple[str, ...], refused: Any) -> None:
    with refused(*parts):
        make()


def test_two_sets_of_different_channels_are_refused(refused: Any) -> None:
    with refused("2 and 1 channels"):
        stax.RNN().kernel(SEQUENCES, SEQUENCES[:, :, :1])


def test_flatten_needs_one_shape(refused: Any) -> None:
    with refused("4 and 2 positions"):
        stax.parse("serial(Dense(), Flatten(), Dense())").kernel(IMAGES, IMAGES[:, :1])


@pytest.mark.parametrize("text", ["RNN()", "serial(Dense(), Relu(), Dense(), parametrization='s4')"])
def test_what_takes_chains_only_says_so(text: str, refused: Any) -> None:
    net = stax.parse(text)
    inputs = check_inputs(load_points(FLAT), None, "none")
    with refused("takes chains of Dense layers"):
        list(EntryEvaluator(net.layers, inputs, ("ntk",), 53, arithmetic_named("arb")[1]).rows())


def test_a_zero_sequence_has_no_direction(refused: Any) -> None:
    with refused("row 0 of x1 is zero"):
        stax.RNN().kernel(np.zeros((1, 2, 2)), normalize="unit")
