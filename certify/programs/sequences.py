"""Whole networks for sequences, as in Tensor Programs II: a recurrent network and a transformer, readout included."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certify.activations import Activation, Erf, Relu
from certify.activations.base import spell
from certify.activations.parameters import keyword
from certify.errors import InputError
from certify.programs.layers import variance, weight_variance

MAX_DEPTH = 100


def _activation(value: object, layer: str) -> Activation:
    if not isinstance(value, Activation):
        raise InputError(f"the activation of {layer} is {value!r}: give one such as Relu().")
    return value


@dataclass(frozen=True, repr=False)
class RNN:
    """h^t = U x^t + W s(h^(t-1)) + b, read out by v from the mean over time of s(h^t) ("average") or from the last.

    The whole network, one output. U_var, W_var, v_var, b_var are the variances of its weights; sequences may differ in
    length between the two sets of points. Source: Yang (2020), arXiv 2006.14548, Appendix E.2.
    """

    readout: str
    activation: Activation
    W_var: Fraction
    U_var: Fraction
    b_var: Fraction
    v_var: Fraction

    def __init__(
        self,
        readout: object = "average",
        activation: object = None,
        W_var: object = 1,
        U_var: object = 1,
        b_var: object = 0,
        v_var: object = 1,
    ) -> None:
        if readout not in ("average", "last"):
            raise InputError(f"readout={readout!r} of RNN is unknown: use 'average' or 'last'.")
        object.__setattr__(self, "readout", readout)
        chosen = Erf() if activation is None else activation
        object.__setattr__(self, "activation", _activation(chosen, "RNN"))
        for name, value in (("W", W_var), ("U", U_var), ("v", v_var)):
            object.__setattr__(self, f"{name}_var", weight_variance(name, None, value, "RNN"))
        object.__setattr__(self, "b_var", variance("b", None, b_var, "RNN", Fraction(0)))

    def __repr__(self) -> str:
        return spell(
            "RNN",
            "" if self.readout == "average" else f'readout="{self.readout}"',
            "" if self.activation == Erf() else f"activation={self.activation}",
            keyword("W_var", self.W_var, 1),
            keyword("U_var", self.U_var, 1),
            keyword("b_var", self.b_var, 0),
            keyword("v_var", self.v_var, 1),
        )


@dataclass(frozen=True, repr=False)
class Transformer:
    """Blocks k = U x, z = LN(Attn(k, k, k) + k), x = LN(W2 s(W1 z) + z), read out by v from the mean over tokens.

    Attention is softmax of k_i . k_j / width; layer norm has eps = 0. U_var is the variance of U, W_var that of W1 and
    W2, v_var that of v. The whole network, one output. Source: Yang (2020), arXiv 2006.14548, Appendix E.5.
    """

    depth: int
    activation: Activation
    U_var: Fraction
    W_var: Fraction
    v_var: Fraction

    def __init__(
        self, depth: object = 1, activation: object = None, U_var: object = 1, W_var: object = 1, v_var: object = 1
    ) -> None:
        if isinstance(depth, bool) or not isinstance(depth, int) or not 1 <= depth <= MAX_DEPTH:
            raise InputError(f"depth={depth!r} of Transformer: give a whole number from 1 to {MAX_DEPTH}.")
        object.__setattr__(self, "depth", depth)
        chosen = Relu() if activation is None else activation
        object.__setattr__(self, "activation", _activation(chosen, "Transformer"))
        for name, value in (("U", U_var), ("W", W_var), ("v", v_var)):
            object.__setattr__(self, f"{name}_var", weight_variance(name, None, value, "Transformer"))

    def __repr__(self) -> str:
        return spell(
            "Transformer",
            "" if self.depth == 1 else f"depth={self.depth}",
            "" if self.activation == Relu() else f"activation={self.activation}",
            keyword("U_var", self.U_var, 1),
            keyword("W_var", self.W_var, 1),
            keyword("v_var", self.v_var, 1),
        )
