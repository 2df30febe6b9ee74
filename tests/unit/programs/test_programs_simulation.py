"""Finite networks run from the same program: a check that shares nothing with the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from certify import programs as tp
from certify import stax
from certify.activations import Monomial, Sign
from certify.programs import Program
from properties.oracles.transformer import transformer_ntk

NETWORKS = [
    ("serial(Dense(W_var=2, b_var=1), Relu(), Dense(W_var=2), parametrization='s4')", (3,)),
    ("RNN(U_var=2, b_var='1/5', v_var=3)", (3, 2)),
    ("RNN(readout='last', activation=Relu(), W_var=2, b_var='1/10')", (3, 2)),
    ("Transformer(depth=2, U_var=2, W_var='3/2')", (2, 3)),
    ("serial(Dense(b_var=1), Relu(), GlobalSelfAttention(scale=2, W_value_var=2), GlobalAvgPool(), Dense())", (3, 2)),
    (
        "serial(Conv(None, (2, 2), padding='SAME', W_var=2), Relu(), AvgPool((2, 2)), Flatten(), Dense(b_var=1))",
        (3, 3, 2),
    ),
    ("serial(Conv(None, (1, 2), (1, 2), padding='CIRCULAR'), Erf(), GlobalSumPool(), Dense())", (2, 3, 1)),
    ("serial(Dense(), FanOut(2), parallel(serial(Relu(), Dense()), Identity()), FanInSum(), Erf(), Dense())", (3,)),
    (
        "serial(Dense(), FanOut(2), parallel(serial(Dense(), Relu()), serial(Dense(), Erf())), FanInProd(), Dense())",
        (3,),
    ),
    ("serial(FanOut(2), parallel(Dense(), serial(Dense(), Gelu(), Dense())), FanInConcat(), Relu(), Dense())", (3,)),
    ("serial(Dense(b_var=1), LayerNorm(eps=1), Erf(), Dense(), LayerNorm(eps=0), Relu(), Dense())", (3,)),
]


def built(text: str, shape: tuple[int, ...]) -> tuple[Program, Any, Any]:
    points = np.round(np.random.default_rng(5).standard_normal((2, *shape)), 2)
    net = stax.parse(text)
    kernel: Any = net.kernel(points, get=("nngp", "ntk"))
    return tp.program_of(net.layers, shape[:-1], net.parametrization), points, kernel


@pytest.mark.parametrize(("text", "shape"), NETWORKS, ids=[text[:40] for text, _ in NETWORKS])
def test_the_limit_lies_within_the_band_of_finite_networks(text: str, shape: tuple[int, ...]) -> None:
    program, points, kernel = built(text, shape)
    found = program.simulate(points, width=192, seeds=24)
    # Five standard errors, and a bias of order 1 / width.
    scale = np.sqrt(np.outer(kernel.ntk.mid.diagonal(), kernel.ntk.mid.diagonal()))
    assert (np.abs(found.ntk - kernel.ntk.mid) <= 5 * found.ntk_error + 0.02 * scale).all()
    assert (found.ntk_error <= 0.12 * scale).all()


def test_finite_transformers_side_with_the_paper_against_the_public_code() -> None:
    """The public code multiplies the backward pass by vu**2 where the paper has vu, which shows at depth two."""
    program, points, kernel = built("Transformer(depth=2, U_var=3, W_var=2)", (2, 3))
    paper, public = (transformer_ntk(points, 2, 3.0, 2.0, power) for power in (1, 2))
    assert (kernel.ntk.lower <= paper * (1 + 1e-13)).all()
    assert (kernel.ntk.upper >= paper * (1 - 1e-13)).all()
    found = program.simulate(points, width=256, seeds=24)
    i = (0, 1), (0, 1)
    assert (np.abs(found.ntk - paper)[i] <= 5 * found.ntk_error[i] + 0.02 * paper[i]).all()
    assert (np.abs(found.ntk - public)[i] > 8 * found.ntk_error[i]).all()


def test_the_error_falls_like_one_over_the_root_of_the_width() -> None:
    program, points, kernel = built("RNN()", (3, 2))
    spreads = []
    for width in (32, 512):
        found = program.simulate(points, width, seeds=40)
        spreads.append(np.linalg.norm(found.ntk_error) / np.linalg.norm(kernel.ntk.mid))
    assert 2.2 < spreads[0] / spreads[1] < 7.5  # 4 on average


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (lambda p: p.simulate([[1, 2]], 0), ("width=0",)),
        (lambda p: p.simulate([[1, 2]], 8, 1), ("seeds=1",)),
        (
            lambda p: tp.program(
                tp.matmul(tp.matrix("W"), tp.apply(Sign(), tp.matmul(tp.matrix("U"), tp.vector_input())))
            ).simulate([[1, 2]], 8),
            ("Sign()", "not simulated"),
        ),
        (lambda p: tp.program(tp.vector_input()).simulate([[1, 2]], 8), ("does not end in one number",)),
    ],
)
def test_what_cannot_be_simulated_is_refused(call: Any, parts: tuple[str, ...], refused: Any) -> None:
    W, v = tp.matrix("W"), tp.matrix("v")
    program = tp.program(tp.matmul(v, tp.apply(Monomial(2), tp.matmul(W, tp.vector_input()))))
    with refused(*parts):
        call(program)
