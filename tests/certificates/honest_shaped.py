"""Small problems with true claims about networks with positions and branches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents import proved, shaped_family
from forging import Document

TOKENS: list[list[Any]] = [[1, 0, "1/2", 2], ["1/3", -1, 1, 1], [0, 0, 2, -1]]
IMAGES: list[list[Any]] = [[1, 0, 2, -1, 0, "1/2", 0, 0, 3], [0, 1, 1, 0, 2, 0, -1, 1, 0], [2, 0, 0, 1, 0, 0, 0, 0, 0]]
FLAT: list[list[Any]] = [["1/2", 1], [1, "9/4"], [3, -1]]
SEQUENCE, IMAGE = {"shape": "2x2"}, {"shape": "3x3x1"}
BRANCHES = "serial(Dense(b_var=1), FanOut(2), parallel(serial(Relu(), Dense(W_var=2)), {}), {}, Relu(), Dense())"
CNN = 'serial(Conv(filter_shape=(2, 2), padding="{}"), Relu(), {}, Dense(b_var="1/2"))'

NETWORKS: dict[str, tuple[str, list[list[Any]], dict[str, str]]] = {
    "s4-chain": ('serial(Dense(W_var=2, b_var="1/3"), Relu(), Dense(W_var=3), parametrization="s4")', FLAT, {}),
    "residual-block": (BRANCHES.format("Identity()", "FanInSum()"), FLAT, {}),
    "product-of-branches": (
        "serial(Dense(), FanOut(2), parallel(serial(Dense(), Relu()), serial(Dense(W_var=2), Erf())), FanInProd(), "
        "Dense())",
        FLAT,
        {"normalize": "unit"},
    ),
    "branches-side-by-side": (
        "serial(FanOut(2), parallel(Dense(b_var=1), serial(Dense(), Gelu(), Dense())), FanInConcat(), Relu(), Dense())",
        FLAT,
        {"kernel": "nngp"},
    ),
    "empty-branch": (
        "serial(Dense(b_var=1), FanOut(2), parallel(serial(), Dense()), FanInSum(), Erf(), Dense())",
        FLAT,
        {},
    ),
    "sum-at-the-end": ("serial(Dense(b_var=1), FanOut(2), parallel(Dense(), Identity()), FanInSum())", FLAT[:2], {}),
    "layer-norm": ("serial(Dense(b_var=1), LayerNorm(), Erf(), Dense(), LayerNorm(eps=1), Relu(), Dense())", FLAT, {}),
    "layer-norm-without-eps": ("serial(Dense(b_var=1), LayerNorm(eps=0), Erf(), Dense())", FLAT, {}),
    "rnn": ("RNN()", TOKENS, SEQUENCE),
    "rnn-last": ('RNN(readout="last", activation=Relu(), W_var=2, b_var="1/10")', TOKENS, SEQUENCE),
    "rnn-ntk": (
        'serial(RNN(U_var=2, b_var=1, v_var=3), parametrization="ntk")',
        TOKENS,
        SEQUENCE | {"normalize": "unit"},
    ),
    "transformer": ("Transformer()", TOKENS, SEQUENCE),
    "transformer-deep": ('Transformer(depth=2, activation=Erf(), U_var=2, W_var="3/2")', TOKENS, SEQUENCE),
    "attention": (
        'serial(Dense(b_var=1), Relu(), GlobalSelfAttention(scale="1/2", W_value_var=2, b_var=1), GlobalAvgPool(), '
        "Dense())",
        TOKENS,
        SEQUENCE,
    ),
    "conv-same": (CNN.format("SAME", "GlobalAvgPool()"), IMAGES, IMAGE),
    "conv-circular": (CNN.format("CIRCULAR", "Flatten()"), IMAGES, IMAGE),
    "conv-strided": (
        'serial(Conv(filter_shape=(2, 1), strides=(2, 1), padding="SAME", b_var=1), Gelu(), Conv(filter_shape=(1, 3)), '
        "Relu(), GlobalSumPool(), Dense())",
        IMAGES,
        IMAGE,
    ),
    "pools": (
        'serial(Conv(filter_shape=(1, 1)), Relu(), AvgPool((2, 2), padding="CIRCULAR"), '
        "SumPool((2, 2), strides=(1, 2)), Flatten(), Dense())",
        IMAGES,
        IMAGE,
    ),
}


def shaped() -> Iterator[tuple[str, Document]]:
    """Residual proofs for every kind of layer, and singular ones."""
    for name, (network, rows, options) in NETWORKS.items():
        yield name, proved(network, rows, **options)
    wrapped = 'serial(Conv(filter_shape=(2, 2), padding="CIRCULAR"), Relu(), GlobalAvgPool(), Dense())'
    turned = [[1, 2, 3, 4], [0, 1, 0, 0], [2, 1, 4, 3]]
    yield "equal-images-turned", shaped_family("equal points", wrapped, turned, [0, 2], [2, 2, 1])
    repeated = [[1, 2, 3, 4], [0, 1, 0, 0], [1, 2, 3, 4]]
    yield "equal-sequences", shaped_family("equal points", "RNN()", repeated, [2, 0], [2, 2])
    yield "zero-image", shaped_family("zero row", wrapped, [[1, 2, 3, 4], [0, 0, 0, 0]], [1], [2, 2, 1])
