"""Programs are immutable values, written in a few lines and printed line by line."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from certify import programs as tp
from certify import stax
from certify.activations import Erf, Monomial, Relu
from certify.programs.language import Input, Linear, MatMul, Matrix, Nonlin, Program


def network() -> Program:
    first, second, readout = tp.matrix("W1", 2), tp.matrix("W2"), tp.matrix("v")
    hidden = tp.apply(Relu(), tp.matmul(first, tp.vector_input()) + tp.noise("b", "1/100"))
    return tp.program(tp.matmul(readout, tp.apply(Erf(), tp.matmul(second, hidden))))


def test_a_program_is_printed_one_line_a_vector() -> None:
    assert str(network()).splitlines() == [
        "x0 = input",
        "g1 = W1 x0, variance 2",
        "b2 = noise b, variance 1/100",
        "z3 = g1 + b2",
        "z4 = Relu() of z3",
        "g5 = W2 z4, variance 1",
        "z6 = Erf() of g5",
        "g7 = v z6, variance 1",
        "output g7, parametrization ntk",
    ]


def test_equal_programs_are_equal_values_and_cannot_be_changed() -> None:
    assert network() == network()
    assert hash(network()) == hash(network())
    with pytest.raises(dataclasses.FrozenInstanceError):
        network().output = 0  # type: ignore[misc]


def test_a_vector_that_is_read_twice_is_made_once() -> None:
    x = tp.matmul(tp.matrix("W"), tp.vector_input())
    doubled = tp.program(x + x)
    assert [type(i) for i in doubled.instructions] == [Input, MatMul, Linear]


def test_the_transpose_of_the_transpose_is_the_matrix() -> None:
    W = tp.matrix("W", 3)
    assert W.T.T == W
    assert str(W.T) == "W^T"
    assert W.T != W


def test_a_network_of_stax_is_a_program() -> None:
    net = stax.serial(stax.Dense(), stax.Relu(), stax.Dense(b_var=1))
    text = str(tp.program_of(net.layers, (), "ntk"))
    assert "Relu() of g1" in text
    assert text.endswith("output z5, parametrization ntk")
    rnn = tp.program_of(stax.RNN().layers, (4,), "s4")
    assert sum(isinstance(i, MatMul) and i.matrix.name == "W" for i in rnn.instructions) == 3
    assert sum(isinstance(i, MatMul) and i.matrix.name == "U" for i in rnn.instructions) == 4


def test_the_gradient_is_a_program_with_transposes() -> None:
    backward = tp.gradient(network())
    assert backward is not None
    text = str(backward)
    assert "W2^T" in text
    assert "Relu()' of z3" in text
    assert "W1^T" not in text  # nothing is asked of the data


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (lambda: Program((), 0), ("output 0",)),
        (lambda: Program((Input(),), 1), ("output 1",)),
        (lambda: Program((Input(), Nonlin(Relu(), 1)), 1), ("instruction 1", "not made before it")),
        (lambda: Program((Input(),), 0, "mup"), ("'mup'", "'ntk' or 's4'")),
        (
            lambda: Program((Input(2), MatMul(Matrix("W"), 0), MatMul(Matrix("W"), 0, ((0, 1),))), 2),
            ("matrix W", "two shapes or variances"),
        ),
        (
            lambda: Program((Input(2), Input(3), Linear((1, 1), (0, 1))), 2),  # type: ignore[arg-type]
            ("2 and 3 positions",),
        ),
        (lambda: tp.matrix("W", 0), ("variance of W", "positive")),
        (lambda: tp.noise("b", -1), ("variance of b", "negative")),
        (lambda: tp.normalise(tp.vector_input(), -1), ("eps",)),
    ],
)
def test_what_is_no_program_is_refused(make: Any, parts: tuple[str, ...], refused: Any) -> None:
    with refused(*parts):
        make()


def test_scalars_and_vectors_combine() -> None:
    x = tp.vector_input()
    text = str(tp.program(2 * x - x * x + 1))
    assert "2 x0" in text
    assert "x0 * x0" in text
    assert "constant 1" in text
    assert isinstance(tp.apply(Monomial(2), x), tp.Vector)
