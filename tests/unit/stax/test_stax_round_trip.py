"""A network is a value with one spelling, which `parse` reads back, whatever way it was written."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify import stax
from certify.activations import CATALOGUE

rationals = st.one_of(
    st.integers(-5, 5).map(Fraction),
    st.fractions(max_denominator=10**6),
    st.floats(allow_nan=False, allow_infinity=False).map(Fraction),
    st.decimals(allow_nan=False, allow_infinity=False, places=30).map(Fraction),
)
positive = rationals.map(abs).filter(bool)
degrees = st.one_of(st.integers(0, 9), st.integers(0, 1000))
activations = st.one_of(
    st.sampled_from(
        [*(stax.Relu(), stax.Abs(), stax.Gelu(), stax.Gabor(), stax.Sign(), stax.Step(), stax.Sigmoid_like())]
    ),
    st.builds(stax.LeakyRelu, rationals),
    st.builds(stax.ABRelu, rationals, rationals),
    st.builds(stax.Monomial, degrees),
    st.builds(stax.RectifiedMonomial, degrees),
    st.builds(stax.Hermite, degrees),
    st.builds(stax.Polynomial, st.lists(rationals, max_size=5)),
    st.builds(stax.Erf, rationals, rationals, rationals),
    st.builds(stax.Sin, rationals, rationals, rationals),
    st.builds(stax.Cos, rationals, rationals, rationals),
    st.builds(stax.Rbf, positive),
    st.builds(stax.Gaussian, rationals, positive.map(lambda b: -b)),
    st.builds(stax.Exp, rationals, rationals),
)
dense = st.builds(lambda w, b: stax.Dense(W_var=w, b_var=b), positive, st.one_of(st.just(0), positive))
networks = st.builds(
    lambda first, blocks: stax.serial(first, *[layer for block in blocks for layer in block]),
    dense,
    st.lists(
        st.one_of(st.tuples(activations, dense), st.tuples(dense), st.tuples(st.just(stax.Identity()), dense)),
        max_size=5,
    ),
)


def test_every_activation_of_the_catalogue_is_a_name_of_the_module() -> None:
    assert {*CATALOGUE, "Dense", "Identity", "Network", "Silu", "serial", "parse"} == set(stax.__all__)


@settings(deadline=None, max_examples=150)
@given(networks)
def test_the_spelling_is_read_back_and_is_one_line_of_ascii(net: Any) -> None:
    text = repr(net)
    assert stax.parse(text) == net
    assert repr(stax.parse(text)) == text
    assert hash(stax.parse(text)) == hash(net)
    assert text.isascii()
    assert text.isprintable()


@settings(deadline=None, max_examples=60)
@given(networks)
def test_the_spelling_is_python_in_the_names_of_the_module(net: Any) -> None:
    assert eval(repr(net), {"__builtins__": {}}, vars(stax)) == net


@settings(deadline=None, max_examples=60)
@given(networks, st.data())
def test_nesting_prefixes_and_blanks_change_nothing(net: Any, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(net.layers)))
    first, second = stax.serial(*net.layers[:cut]), stax.serial(*net.layers[cut:])
    assert stax.serial(first, second) == net
    assert stax.serial(*net.layers) == stax.serial(net) == net
    text = f" stax.serial(\n {first!r},{second!r} , ) ".replace("serial(Dense", "stax.serial( stax.Dense")
    assert stax.parse(text) == net


CANONICAL = [
    ("Dense()", "serial(Dense())"),
    ("Dense(W_var=1, b_var=0)", "serial(Dense())"),
    ("serial(Dense(512, 1.5, 0.5), Relu(), Dense(1))", 'serial(Dense(W_var="9/4", b_var="1/4"), Relu(), Dense())'),
    ("Dense(W_std='0.1')", 'serial(Dense(W_var="1/100"))'),
    ("Dense(W_var='0.1')", 'serial(Dense(W_var="1/10"))'),
    ("Dense(W_var=0.1)", 'serial(Dense(W_var="3602879701896397/36028797018963968"))'),
    ("Dense(W_var='2/4', b_var='1e-2')", 'serial(Dense(W_var="1/2", b_var="1/100"))'),
    ("Dense(None, None, None, W_var=+2, b_var=3.0)", "serial(Dense(W_var=2, b_var=3))"),
    ("Dense(out_dim=10, W_std=-1)", "serial(Dense())"),
    ("serial(serial(Dense()), serial(serial(Relu()), Dense()))", "serial(Dense(), Relu(), Dense())"),
    ("serial([Dense(), Relu()], Dense())", "serial(Dense(), Relu(), Dense())"),
    ("stax.serial(stax.Dense(), stax.Identity(), stax.Relu())", "serial(Dense(), Identity(), Relu())"),
    ("serial(Dense(), Erf(1, 1, 0))", "serial(Dense(), Erf())"),
    ("serial(Dense(), Erf(a=2, c='1/3'))", 'serial(Dense(), Erf(a=2, c="1/3"))'),
    ("serial(Dense(), Sin(1, 2))", "serial(Dense(), Sin(b=2))"),
    ("serial(Dense(), Cos(c=-1))", "serial(Dense(), Cos(c=-1))"),
    ("serial(Dense(), Rbf(gamma=1))", "serial(Dense(), Rbf())"),
    ("serial(Dense(), Rbf(0.5))", 'serial(Dense(), Rbf(gamma="1/2"))'),
    ("serial(Dense(), Gaussian(1, -1))", "serial(Dense(), Gaussian())"),
    ("serial(Dense(), Gaussian(b=0))", "serial(Dense(), Gaussian(b=0))"),
    ("serial(Dense(), Exp(0.5, '3/10'))", 'serial(Dense(), Exp(a="1/2", b="3/10"))'),
    ("serial(Dense(), LeakyRelu(alpha='.2'))", 'serial(Dense(), LeakyRelu("1/5"))'),
    ("serial(Dense(), ABRelu(b=2, a=-1))", "serial(Dense(), ABRelu(-1, 2))"),
    ("serial(Dense(), Monomial(degree=3))", "serial(Dense(), Monomial(3))"),
    ("serial(Dense(), Polynomial((0, '1/2', 0.25, 0, 0.0)))", 'serial(Dense(), Polynomial([0, "1/2", "1/4"]))'),
    ("serial(Dense(), Polynomial(coef=[0, 0]))", "serial(Dense(), Polynomial([0]))"),
    ("serial(Dense(), Polynomial([]))", "serial(Dense(), Polynomial([0]))"),
    ("serial(Dense(), Gelu(approximate=False))", "serial(Dense(), Gelu())"),
    ("serial(Dense(), Sigmoid_like())", "serial(Dense(), Sigmoid_like())"),
    ("serial(Dense(W_var=0x10, b_var=1_000))", "serial(Dense(W_var=16, b_var=1000))"),
    ("serial(Dense(W_var=2), # weights\n Relu())", "serial(Dense(W_var=2), Relu())"),
]


@pytest.mark.parametrize(("written", "canonical"), CANONICAL)
def test_what_a_user_writes_has_this_canonical_spelling(written: str, canonical: str) -> None:
    assert repr(stax.parse(written)) == canonical
    assert repr(stax.parse(canonical)) == canonical


@settings(deadline=None, max_examples=60)
@given(st.floats(1e-150, 1e150), st.floats(-1e150, 1e150))
def test_floats_are_the_doubles_that_they_are(w: float, b: float) -> None:
    net = stax.serial(stax.Dense(7, w, b))
    assert net == stax.parse(f"Dense(7, {w!r}, {b!r})") == stax.serial(stax.Dense(W_std=np.float64(w), b_std=b))
    assert net.layers == (stax.Dense(W_var=Fraction(w) ** 2, b_var=Fraction(b) ** 2),)
    assert stax.serial(stax.Dense(W_var=np.float32(0.1))) == stax.serial(stax.Dense(W_var=float(np.float32(0.1))))


def test_a_network_is_immutable() -> None:
    net = stax.serial(stax.Dense(), stax.Erf())
    with pytest.raises(dataclasses.FrozenInstanceError):
        net.layers = ()  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        net.layers[1].a = 2  # type: ignore[union-attr]


def test_different_networks_differ() -> None:
    texts = [canonical for _, canonical in CANONICAL]
    distinct = dict.fromkeys(texts)
    assert len({stax.parse(text) for text in distinct}) == len(distinct)


def test_a_thousand_layers_and_fifty_levels_are_read() -> None:
    assert len(stax.parse(f"serial({', '.join(['Dense()'] * 1000)})").layers) == 1000
    assert stax.parse("serial(" * 48 + "Dense()" + ")" * 48) == stax.serial(stax.Dense())
