"""Architectures beyond chains of Dense layers against float64 kernels of public implementations."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify import stax
from certify.stax import Network

DATA = Path(__file__).parent / "data"
ARCH = json.loads((DATA / "arch.json").read_text())
CONV = json.loads((DATA / "conv.json").read_text())
DENSE = "Dense(None, 1.4142135623730951, 0.1)"
NETWORKS = {
    "resmlp1 Relu": f"serial({DENSE}, FanOut(2), parallel(serial(Relu(), {DENSE}, Relu(), {DENSE}), Identity()), "
    f"FanInSum(), Relu(), {DENSE})",
    "prodblock Relu": f"serial({DENSE}, FanOut(2), parallel(serial({DENSE}, Relu()), serial({DENSE}, Relu())), "
    f"FanInProd(), {DENSE})",
    "ln-mlp Erf": f"serial({DENSE}, LayerNorm(), Erf(), {DENSE}, LayerNorm(), Erf(), {DENSE})",
    "concat-dense Gelu": f"serial(FanOut(2), parallel({DENSE}, serial({DENSE}, Gelu(), {DENSE})), FanInConcat(-1), "
    f"{DENSE})",
    "selfattention linear_scaling mech=softmax fixed=True": f"serial({DENSE}, Relu(), "
    f"GlobalSelfAttention(8, 8, 8, 1, linear_scaling=True), GlobalAvgPool(), {DENSE})",
    "rnn-erf": "RNN(W_var=1, U_var=2, b_var=0.2, v_var=1)",
}
BODIES = {
    "conv1-flatten": "{conv}, {act}, Flatten(), {dense}",
    "conv-avgpool2-conv-gap": "{conv}, {act}, AvgPool((2, 2), (2, 2)), {conv}, {act}, GlobalAvgPool(), {dense}",
    "conv-stride2-gap": "{wide}, {act}, {conv}, {act}, GlobalAvgPool(), {dense}",
    "conv2-gap": "{conv}, {act}, {conv}, {act}, GlobalAvgPool(), {dense}",
    "conv-avgpool3same-flatten": "{conv}, {act}, AvgPool((3, 3), (1, 1), '{pad}'), Flatten(), {dense}",
}


def convolutional(name: str) -> str:
    """The network of a case such as "conv2-gap Erf CIRCULAR W=1.0 b=0.0"."""
    body, activation, pad, weight, bias = name.split()
    stds = f"{weight[2:]}, {None if bias == 'b=0.0' else bias[2:]}"
    return "serial({})".format(
        BODIES[body].format(
            conv=f"Conv(None, (3, 3), None, '{pad}', {stds})",
            wide=f"Conv(None, (3, 3), (2, 2), '{pad}', {stds})",
            act=f"{activation}()",
            dense=f"Dense(None, {stds})",
            pad=pad,
        )
    )


def array(stored: dict[str, Any]) -> Any:
    return np.array([float.fromhex(text) for text in stored["hex"]]).reshape(stored["shape"])


CASES = [(case, NETWORKS[case["name"]], array(ARCH["inputs"][case["inputs"]])) for case in ARCH["cases"]]
CASES += [(case, convolutional(case["name"]), array(CONV["inputs"])) for case in CONV["cases"]]


@cache
def kernels(index: int) -> Any:
    _, text, points = CASES[index]
    return stax.parse(text).kernel(points, get=("nngp", "ntk"))


@pytest.mark.parametrize("index", range(len(CASES)), ids=[case["name"] for case, _, _ in CASES])
def test_an_enclosure_meets_the_public_value_within_its_error(index: int) -> None:
    case, text, _ = CASES[index]
    for name in ("nngp", "ntk"):
        if name not in case:
            continue
        found = getattr(kernels(index), name)
        # ReLU angles of 0 come out as 1e-8 there; layer norm and attention carry an eps of their own.
        loose = name == "ntk" and "Relu" in text
        slack = 2e-8 if loose else 1e-10 if "LayerNorm" in text or "Attention" in text else 1e-11
        scale = np.sqrt(np.outer(np.diag(found.mid), np.diag(found.mid)))
        printed = np.array(case[name])
        assert (found.lower <= printed + slack * scale).all()
        assert (found.upper >= printed - slack * scale).all()
        assert (found.rad <= 1e-13 * scale).all()


@pytest.mark.parametrize("index", range(len(CASES)), ids=[case["name"] for case, _, _ in CASES])
def test_the_network_has_one_spelling_that_is_read_back(index: int) -> None:
    network = stax.parse(CASES[index][1])
    assert isinstance(network, Network)
    assert stax.parse(repr(network)) == network
    assert repr(stax.parse(repr(network))) == repr(network)


@pytest.mark.parametrize("index", [0, 1, 4, 5, 9])
def test_both_number_systems_enclose_the_same_matrix(index: int) -> None:
    _, text, points = CASES[index]
    few = points[:2]
    first: Any = stax.parse(text).kernel(few, get="ntk", bits=90)
    second: Any = stax.parse(text).kernel(few, get="ntk", bits=40, arithmetic="mpmath")
    assert not ((first.upper_exact < second.lower_exact) | (second.upper_exact < first.lower_exact)).any()
