"""Strategies for networks beyond chains of Dense layers, each with the shape of its points: images, sequences,
branches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from certify import stax
from certify.activations import Activation
from certify.programs import Layer
from certify.stax import Network

Shape = tuple[int, ...]

IMAGE: Shape = (2, 3, 1)
SEQUENCE: Shape = (3, 2)
FLAT: Shape = ()
COLUMNS = 6
"""Every shape here holds six columns; FLAT is a plain row."""

_WEIGHTS = st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 3)])
_BIASES = st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 7)])
_ACTIVATIONS: SearchStrategy[Activation] = st.sampled_from(
    [
        *(stax.Relu(), stax.Erf(), stax.Gelu(), stax.Abs(), stax.Sin(1, 1, 1), stax.Step()),
        stax.Polynomial([1, 1, 2]),
    ]
)
_PADDINGS = st.sampled_from(["SAME", "VALID", "CIRCULAR"])
_STRIDES = st.sampled_from([(1, 1), (2, 1), (2, 2)])
_WINDOWS = st.sampled_from([(1, 1), (2, 2), (1, 2)])


@dataclass(frozen=True)
class Shaped:
    """A network and the shape in which it reads the columns of a point."""

    network: Network
    shape: Shape


def tame_activations() -> SearchStrategy[Activation]:
    """Closed-form activations of every kind, none that grows exponentially."""
    return _ACTIVATIONS


def _dense() -> SearchStrategy[Layer]:
    return st.builds(lambda w, b: stax.Dense(W_var=w, b_var=b), _WEIGHTS, _BIASES)


def convolutions(padding: SearchStrategy[str] = _PADDINGS, strides: Any = _STRIDES) -> SearchStrategy[Layer]:
    """Conv layers with small windows; shrinks to one tap."""

    def build(window: Any, stride: Any, pad: str, weight: Fraction, bias: Fraction) -> Layer:
        return stax.Conv(None, window, stride, pad, W_var=weight, b_var=bias)

    return st.builds(build, _WINDOWS, strides, padding, _WEIGHTS, _BIASES)


@st.composite
def trunks(draw: DrawFn, first: SearchStrategy[Layer]) -> list[Any]:
    """Layers that end in an activation or a product: a layer, an activation, perhaps a norm or two branches."""
    layers: list[Any] = [draw(first), draw(_ACTIVATIONS)]
    kind = draw(st.sampled_from(["plain", "sum", "product", "channels", "norm"]))
    if kind == "norm":
        layers.insert(1, stax.LayerNorm(eps=draw(st.sampled_from(["1", "1e-3"]))))
    elif kind != "plain":
        one, two = draw(_dense()), draw(_dense())
        join = {"sum": stax.FanInSum, "product": stax.FanInProd, "channels": stax.FanInConcat}[kind]
        other: Any = draw(st.sampled_from([two, None])) or stax.serial(two, draw(_ACTIVATIONS), draw(_dense()))
        layers += [stax.FanOut(2), stax.parallel(one, other), join()]
        if kind != "product":
            layers.append(draw(_ACTIVATIONS))
    return layers


def _images(draw: DrawFn, options: dict[str, str]) -> Shaped:
    pools: list[list[Any]] = [
        [],
        [stax.AvgPool((2, 1), padding="SAME")],
        [stax.SumPool((1, 2), padding="CIRCULAR")],
    ]
    ends: list[Any] = [stax.GlobalAvgPool(), stax.GlobalSumPool(), stax.Flatten()]
    middle, end = draw(st.sampled_from(pools)), draw(st.sampled_from(ends))
    return Shaped(stax.serial(*draw(trunks(convolutions())), *middle, end, draw(_dense()), **options), IMAGE)


def _sequences(draw: DrawFn, options: dict[str, str]) -> Shaped:
    attention = stax.GlobalSelfAttention(
        linear_scaling=True, scale=draw(st.sampled_from([1, -2])), W_value_var=2, b_var=draw(_BIASES)
    )
    trunk = draw(trunks(_dense()))
    if any(isinstance(layer, stax.FanInConcat) for layer in trunk):
        trunk.append(draw(_dense()))
    layers = [*trunk, attention, stax.GlobalAvgPool(), draw(_dense())]
    return Shaped(stax.serial(*layers, **options), SEQUENCE)


def _flat(draw: DrawFn, options: dict[str, str]) -> Shaped:
    return Shaped(stax.serial(*draw(trunks(_dense())), draw(_dense()), **options), FLAT)


def _recurrent(draw: DrawFn, options: dict[str, str]) -> Shaped:
    readout = draw(st.sampled_from(["average", "last"]))
    parts = draw(_ACTIVATIONS), draw(_WEIGHTS), draw(_WEIGHTS), draw(_BIASES), draw(_WEIGHTS)
    return Shaped(stax.RNN(readout, *parts), SEQUENCE)


def _transformer(draw: DrawFn, options: dict[str, str]) -> Shaped:
    parts = draw(_ACTIVATIONS), draw(_WEIGHTS), draw(_WEIGHTS), draw(_WEIGHTS)
    return Shaped(stax.Transformer(draw(st.sampled_from([1, 2])), *parts), SEQUENCE)


_FAMILIES: dict[str, Callable[[DrawFn, dict[str, str]], Shaped]] = {
    "flat": _flat,
    "image": _images,
    "sequence": _sequences,
    "rnn": _recurrent,
    "transformer": _transformer,
}


@st.composite
def shaped_networks(draw: DrawFn, families: tuple[str, ...] = tuple(_FAMILIES)) -> Shaped:
    """Networks of these families ("flat", "image", "sequence", "rnn", "transformer") on points of six columns.

    A few have no kernel (an activation whose dual is not known between two branches, a variance of zero under a norm):
    asking for it raises InputError.
    """
    family = draw(st.sampled_from(families))
    options = draw(st.sampled_from([{}, {"parametrization": "s4"}]))
    return _FAMILIES[family](draw, options)


def shaped_rows(max_size: int = 3) -> SearchStrategy[list[tuple[int, ...]]]:
    """A few nonzero rows of small integers, six columns each, blank positions and repeated rows among them."""
    cells = st.lists(st.integers(-2, 2), min_size=COLUMNS, max_size=COLUMNS).map(tuple)
    return st.lists(cells.filter(any), min_size=1, max_size=max_size)
