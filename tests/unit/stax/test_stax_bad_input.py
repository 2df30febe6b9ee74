"""Bad networks are refused in one sentence that names the value, the place and the remedy, and nothing is evaluated."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify import InputError, stax

REFUSED: list[tuple[str, tuple[str, ...]]] = [
    ("serial(Dense(), Rellu())", ("'Rellu'", "did you mean Relu")),
    ("serial(Dense(), relu())", ("'relu'", "did you mean Relu")),
    ("serial(dense())", ("'dense'", "did you mean Dense")),
    ("serial(Dense(), Sigmoidlike())", ("did you mean Sigmoid_like",)),
    ("serial(Dense(), Zzyzx())", ("'Zzyzx'", "known are")),
    ("serial(Dense(), stax.Reul())", ("did you mean Relu",)),
    ("Dense(W_vra=2)", ("Dense", "'W_vra'", "did you mean W_var")),
    ("Dense(w_std=2)", ("did you mean W_std",)),
    ("serial(Dense(), Erf(gamma=2))", ("Erf", "'gamma'", "known are a, b, c")),
    ("serial(Dense(), Relu(alpha=2))", ("Relu", "'alpha'", "no arguments")),
    ("serial(Dense(), Relu(1))", ("Relu", "too many positional arguments")),
    ("serial(Dense(), Monomial())", ("Monomial", "'degree'")),
    ("serial(Dense(), ABRelu(1))", ("ABRelu", "'b'")),
    ("Dense(1, 2, 3, 4)", ("Dense", "too many positional", "W_var=None")),
    ("Dense(W_var=1, W_var=2)", ("Dense", "'W_var' twice")),
    ("Dense(2, W_std=1, W_var=1)", ("W_std=1", "W_var=1", "one of them")),
    ("Dense(b_std=1, b_var=1)", ("b_std=1", "b_var=1")),
    ("Dense(W_var=-1)", ("W_var of Dense", "-1", "negative")),
    ("Dense(b_var='-1/2')", ("b_var of Dense", "-1/2", "negative")),
    ("Dense(W_var=0)", ("W_var of Dense", "positive")),
    ("Dense(W_std=0.0)", ("W_var of Dense", "positive")),
    ("Dense(W_var=1e400)", ("W_var of Dense", "inf")),
    ("Dense(W_var=-1e400)", ("W_var of Dense", "inf")),
    ("Dense(W_var='nan')", ("W_var of Dense", "nan")),
    ("Dense(W_var='1e30000000')", ("W_var of Dense", "exponent")),
    ("Dense(W_var='1e-30000000')", ("W_var of Dense", "exponent")),
    ("Dense(W_var='1/0')", ("W_var of Dense", "zero")),
    ("Dense(W_var='2 apples')", ("W_var of Dense", "'2 apples'")),
    ("Dense(W_var='')", ("W_var of Dense",)),
    ("Dense(W_var='1_0')", ("W_var of Dense",)),
    ("Dense(W_var=True)", ("W_var of Dense", "True")),
    ("Dense(W_var=[1])", ("W_var of Dense", "list")),
    ("Dense(W_var=Relu())", ("'Relu()'",)),
    ("serial(Dense(), Monomial(-1))", ("Monomial", "-1", "1000")),
    ("serial(Dense(), Monomial(1001))", ("Monomial", "1001", "1000")),
    ("serial(Dense(), Monomial(2.0))", ("Monomial", "2.0")),
    ("serial(Dense(), Monomial(True))", ("Monomial", "True")),
    ("serial(Dense(), Hermite('2'))", ("Hermite", "'2'")),
    ("serial(Dense(), Polynomial(3))", ("Polynomial", "3", "list")),
    ("serial(Dense(), Polynomial('12'))", ("Polynomial", "'12'", "list")),
    ("serial(Dense(), Polynomial([1, 'x']))", ("coefficient 1 of Polynomial", "'x'")),
    ("serial(Dense(), Polynomial([[1]]))", ("coefficient 0 of Polynomial",)),
    (f"serial(Dense(), Polynomial([{'1,' * 1002}]))", ("Polynomial", "1001", "1000")),
    ("serial(Dense(), Gaussian(b=1))", ("b of Gaussian", "1", "positive")),
    ("serial(Dense(), Rbf(-1))", ("gamma of Rbf", "-1", "negative")),
    ("serial(Dense(), Gelu(True))", ("Gelu", "exact Gelu()")),
    ("serial(Dense(), LeakyRelu(None))", ("alpha of LeakyRelu",)),
    ("serial(Dense(), Relu(), Erf())", ("Erf() follows Relu()", "Dense()")),
    ("serial(Dense(), Relu(), Identity(), Relu())", ("Relu() follows Relu()",)),
    ("serial(serial(Dense(), Relu()), serial(Abs()))", ("Abs() follows Relu()",)),
    (f"serial({'Dense(),' * 1001})", ("1001 layers", "1000")),
    ("serial(x=Dense())", ("serial", "'x'", "takes layers")),
    ("serial(Dense(), 5)", ("serial got 5",)),
    ("serial(Dense(), [5], Relu())", ("serial got 5",)),
    ("serial(Dense(), None)", ("serial got None",)),
    ("serial(Dense(), 'Relu()')", ("serial got 'Relu()'",)),
    ("serial(Dense(), [[Relu()]])", ("serial got [Relu()]",)),
    ("5", ("serial got 5",)),
    ("'Dense()'", ("serial got 'Dense()'",)),
    ("", ("''", "write for example")),
    ("serial(Dense()", ("not readable", "column 7")),
    ("Dense() Dense()", ("not readable",)),
    ("Dense(); Dense()", ("not readable",)),
    ("x = Dense()", ("not readable",)),
    ("Dense", ("column 1", "Dense", "write Dense()")),
    ("serial(Dense(), Relu)", ("column 17", "write Relu()")),
    ("serial(Dense(), stax.Relu)", ("write Relu()",)),
    ("Dense()()", ("column 1", "no layer")),
    ("Dense(*[1])", ("Dense", "* or **")),
    ("Dense(**{'W_var': 1})", ("Dense", "* or **")),
    ("Dense(W_var=1j)", ("column 13", "'1j'")),
    ("Dense(W_var=b'1')", ("column 13",)),
    ("Dense(W_var=...)", ("column 13",)),
    ("Dense(W_var=-'1')", ("column 13",)),
    ("Dense(W_var=1+1)", ("column 13", "'1 + 1'")),
    ("Dense(W_var=2**999999999)", ("column 13",)),
    ("Dense(W_var=f'{1}')", ("column 13",)),
    ("Dense(W_var=[x for x in (1,)])", ("column 13",)),
    ("Dense(W_var=(lambda: 1)())", ("column 13",)),
    ("Dense(W_var=(1).real)", ("column 13",)),
    ("Dense(W_var=1 if 1 else 2)", ("column 13",)),
    ("Dense(x := 1)", ("column 7",)),
    ("Dense(W_var=not 1)", ("column 13",)),
    ("Dense(W_var={'a': 1})", ("column 13",)),
    ("Dense(W_var=__import__('os').getpid())", ("column 13",)),
    ("__import__('os').system('true')", ("no layer",)),
    ("open('/etc/passwd')", ("'open'",)),
    ("().__class__", ("column 1",)),
    ("Dense.__init__()", ("no layer",)),
    ("stax.parse('Dense()')", ("'parse'",)),
    ("Dense(W_var='\\d')", ("W_var of Dense",)),
    ("Dеnse()", ("Dеnse", "did you mean Dense")),
    ("\ud800Dense()", ("not readable",)),
    ("Dense('\0')", ("not readable",)),
]

BOMBS = [
    "(" * 100_000,
    "(" * 5000 + ")" * 5000,
    "[" * 60 + "]" * 60,
    "serial(" * 51 + ")" * 51,
    "Dense(" + "-" * 100_000 + "1)",
    "Dense(" + "- " * 5000 + "1)",
    "Dense(" + "-+" * 5000 + "1)",
    "Dense(" + "~-" * 60 + "1)",
    "Dense(" + "not " * 3000 + "1)",
    "Dense(" + "not " * 40_000 + "1)",
    "Dense(" + "lambda: " * 2000 + "1)",
    "Dense(1" + "+1" * 60_000 + ")",
    "Dense(1" + "+1" * 900 + ")",
    "Dense(1" + "**1" * 3000 + ")",
    "Dense(1" + " if 1 else 1" * 3000 + ")",
    "Dense(a" + ".b" * 60_000 + ")",
    "Dense(a" + ".b" * 900 + ")",
    "Dense(a" + "[0]" * 40_000 + ")",
    "Dense" + "()" * 60_000,
    "Dense(W_var=" + "9" * 100_000 + ")",
    "Dense(W_var=0x" + "f" * 100_000 + ")",
    "Dense(W_var=0x" + "f" * 100_000 + "+1)",
    "Dense(W_var='" + "9" * 100_000 + "')",
    "Dense(W_var='" + "9" * 4900 + "')",
    "Dense(W_var='1e4999')",
    "Dense(W_var='1/" + "9" * 4900 + "')",
    "Dense(W_std=1e308, b_std='1e-2500')",
    "Dense(W_var='" + "9" * 4000 + "e-4000')",
    "A" * 150_000 + "()",
    "Dense(" + "A" * 150_000 + "=1)",
    "serial(" + "A" * 100_000 + "=1)",
    "Dense(" + "1," * 90_000 + ")",
    "Dense(W_var=[" + "1," * 90_000 + "])",
    "f'" + "{1}" * 5000 + "'",
    "'" + "a" * 150_000 + "'",
    "Dense(W_var=" + "'a' " * 40_000 + ")",
    "x" * 300_000,
    "\n" * 100_000 + "Dense(",
    "#" * 150_000,
    "serial(" + "serial()," * 20_000 + "1)",
]


@pytest.mark.parametrize(("text", "parts"), REFUSED, ids=lambda v: ascii(v)[:60])
def test_a_bad_expression_gets_one_clear_sentence(text: str, parts: tuple[str, ...], refused: Any) -> None:
    with refused(*parts):
        stax.parse(text)


@pytest.mark.parametrize("text", BOMBS, ids=lambda v: f"{v[:20]!a}-{len(v)}")
def test_a_bomb_is_refused_quickly_in_one_sentence(text: str, refused: Any) -> None:
    start = time.process_time()
    with refused():
        stax.parse(text)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("value", [None, 5, b"Dense()", ["Dense()"], stax.Dense(), bytearray(b"x")], ids=repr)
def test_what_is_no_text_is_refused(value: Any, refused: Any) -> None:
    with refused(type(value).__name__):
        stax.parse(value)


@pytest.mark.parametrize(
    "layers",
    [(5,), (None,), ("Dense()",), (b"ab",), ([stax.Dense(), 5],), ([[stax.Dense()]],), (stax.Dense,), ({1: 2},)],
    ids=repr,
)
def test_what_is_no_layer_is_refused_by_serial(layers: Any, refused: Any) -> None:
    with refused("serial got"):
        stax.serial(*layers)


def test_an_array_is_no_layer(refused: Any) -> None:
    with refused("serial got", "..."):
        stax.serial(np.zeros((40, 40)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("layers", "part"),
    [
        ((), "no Dense"),
        ((stax.Identity(),), "no Dense"),
        ((stax.Relu(), stax.Dense()), "begins with Relu()"),
        ((stax.Identity(), stax.Erf()), "begins with Erf()"),
    ],
)
def test_a_network_begins_with_dense(layers: Any, part: str, refused: Any) -> None:
    net = stax.serial(*layers)
    with refused(part):
        net.kernel([[1, 2]])


def outcome(text: str) -> Any:
    """The network, or the message of the one error that is allowed."""
    try:
        return stax.parse(text)
    except InputError as error:
        return str(error)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="serial(Dense,Relu)=_W[]'\"12.-+*/ \n\\{}:", max_size=40))
def test_any_text_is_a_network_or_one_line_of_refusal(text: str) -> None:
    found = outcome(text)
    if isinstance(found, str):
        assert "\n" not in found
    else:
        assert stax.parse(repr(found)) == found


@settings(deadline=None, max_examples=100)
@given(
    st.text(max_size=30),
    st.sampled_from(["{}", "Dense({})", "Dense(W_var={})", "serial(Dense(), {}())", "Dense('{}')"]),
)
def test_any_text_in_any_place_is_a_network_or_one_line_of_refusal(text: str, frame: str) -> None:
    assert "\n" not in str(outcome(frame.replace("{}", text)))


def test_a_network_that_could_not_be_read_back_is_not_made(refused: Any) -> None:
    long = stax.Dense(W_var="1e-1500")
    with refused("200000 that are read back", "fewer layers or shorter numbers"):
        stax.serial(*(200 * (long, stax.Relu())))
