"""Convolutions and pools on images, and what joins or norms their channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.base import spell
from certify.activations.parameters import keyword
from certify.arithmetic.rationals import exact_parameter
from certify.errors import InputError
from certify.programs.layers import variance, weight_variance

PADDINGS = ("SAME", "VALID", "CIRCULAR")
MAX_SIZE = 1000
DEFAULT_EPS = Fraction(1, 10**12)

Size = tuple[int, int]


def _pair(value: object, what: str, layer: str, default: Size | None = None) -> Size:
    if value is None and default is not None:
        return default
    sizes = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
    if len(sizes) != 2 or any(isinstance(v, bool) or not isinstance(v, int) or not 1 <= v <= MAX_SIZE for v in sizes):
        raise InputError(
            f"the {what} of {layer} is {value!r}: give two whole numbers from 1 to {MAX_SIZE}, such as (3, 3)."
        )
    return sizes


def _padding(value: object, layer: str) -> str:
    if value not in PADDINGS:
        raise InputError(f"padding={value!r} of {layer} is unknown: use {', '.join(PADDINGS)}.")
    return str(value)


def _window(strides: Size, padding: str) -> tuple[str, str]:
    return (
        "" if strides == (1, 1) else f"strides={strides}",
        "" if padding == "VALID" else f'padding="{padding}"',
    )


@dataclass(frozen=True, repr=False)
class Conv:
    """Convolution with filters of shape filter_shape: weights of variance W_var / (inputs * taps), biases b_var.

    `out_chan`, the width, is accepted and ignored. Padding "SAME" fills with zeros and still divides by all taps,
    "CIRCULAR" wraps around. As in neural-tangents.
    """

    filter_shape: Size
    strides: Size
    padding: str
    W_var: Fraction
    b_var: Fraction

    def __init__(
        self,
        out_chan: object = None,
        filter_shape: Any = None,
        strides: Any = None,
        padding: object = "VALID",
        W_std: object = None,
        b_std: object = None,
        *,
        W_var: object = None,
        b_var: object = None,
    ) -> None:
        object.__setattr__(self, "filter_shape", _pair(filter_shape, "filter_shape", "Conv"))
        object.__setattr__(self, "strides", _pair(strides, "strides", "Conv", (1, 1)))
        object.__setattr__(self, "padding", _padding(padding, "Conv"))
        object.__setattr__(self, "W_var", weight_variance("W", W_std, W_var, "Conv"))
        object.__setattr__(self, "b_var", variance("b", b_std, b_var, "Conv", Fraction(0)))

    def __repr__(self) -> str:
        return spell(
            "Conv",
            f"filter_shape={self.filter_shape}",
            *_window(self.strides, self.padding),
            keyword("W_var", self.W_var, 1),
            keyword("b_var", self.b_var, 0),
        )


@dataclass(frozen=True, repr=False, init=False)
class Pool:
    """What AvgPool and SumPool share."""

    window_shape: Size
    strides: Size
    padding: str

    def __init__(self, window_shape: Any, strides: Any = None, padding: object = "VALID") -> None:
        name = type(self).__name__
        object.__setattr__(self, "window_shape", _pair(window_shape, "window_shape", name))
        object.__setattr__(self, "strides", _pair(strides, "strides", name, (1, 1)))
        object.__setattr__(self, "padding", _padding(padding, name))

    @property
    def averages(self) -> bool:
        """Whether the sum is divided by the size of the window, also at the edges."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return spell(type(self).__name__, str(self.window_shape), *_window(self.strides, self.padding))


class AvgPool(Pool):
    """The mean over windows, divided by the size of the window at the edges too."""

    @property
    def averages(self) -> bool:
        return True


class SumPool(Pool):
    """The sum over windows."""

    @property
    def averages(self) -> bool:
        return False


@dataclass(frozen=True, repr=False)
class GlobalAvgPool:
    """The mean over all positions."""

    def __repr__(self) -> str:
        return "GlobalAvgPool()"


@dataclass(frozen=True, repr=False)
class GlobalSumPool:
    """The sum over all positions."""

    def __repr__(self) -> str:
        return "GlobalSumPool()"


@dataclass(frozen=True, repr=False)
class Flatten:
    """All positions joined into one vector."""

    def __repr__(self) -> str:
        return "Flatten()"


@dataclass(frozen=True, repr=False)
class LayerNorm:
    """Division by sqrt(mean square + eps) over the channels of each position; eps is 10^-12 unless given.

    The mean over the channels is zero in the limit where the layer stands behind a Dense or Conv, as it must.
    """

    eps: Fraction

    def __init__(self, axis: object = -1, eps: object = DEFAULT_EPS) -> None:
        if axis != -1 or isinstance(axis, bool):
            raise InputError(f"LayerNorm got axis={axis!r}: it norms over the channels, axis=-1.")
        value = exact_parameter(eps, "eps of LayerNorm")
        if value < 0:
            raise InputError(f"eps of LayerNorm is {value}: it must not be negative.")
        object.__setattr__(self, "eps", value)

    def __repr__(self) -> str:
        return spell("LayerNorm", "" if self.eps == DEFAULT_EPS else keyword("eps", self.eps, -1))


@dataclass(frozen=True, repr=False)
class GlobalSelfAttention:
    """Softmax attention over all positions with tied keys and queries and scores divided by their width.

    Output: W_out sum_q A_pq W_value x_q + b with A = softmax of scale x_p . x_q / width, scale = W_key_std W_query_std.
    Scores divided by the square root of the width have random limits, for which no kernel is known: refused. Source:
    Hron, Bahri, Sohl-Dickstein, Novak (2020), arXiv 2006.10540; widths and number of heads are accepted and ignored.
    """

    scale: Fraction
    value_var: Fraction
    out_var: Fraction
    b_var: Fraction

    def __init__(
        self,
        n_chan_out: object = None,
        n_chan_key: object = None,
        n_chan_val: object = None,
        n_heads: object = None,
        linear_scaling: object = True,
        W_key_std: object = 1,
        W_value_std: object = None,
        W_query_std: object = 1,
        W_out_std: object = None,
        b_std: object = None,
        *,
        scale: object = None,
        W_value_var: object = None,
        W_out_var: object = None,
        b_var: object = None,
    ) -> None:
        name = "GlobalSelfAttention"
        if linear_scaling is not True:
            raise InputError(
                f"GlobalSelfAttention got linear_scaling={linear_scaling!r}: only scores divided by the width have a "
                "limit that is known, use linear_scaling=True."
            )
        if scale is None:
            product = exact_parameter(W_key_std, f"W_key_std of {name}")
            product *= exact_parameter(W_query_std, f"W_query_std of {name}")
        else:
            product = exact_parameter(scale, f"scale of {name}")
        object.__setattr__(self, "scale", product)
        object.__setattr__(self, "value_var", weight_variance("W_value", W_value_std, W_value_var, name))
        object.__setattr__(self, "out_var", weight_variance("W_out", W_out_std, W_out_var, name))
        object.__setattr__(self, "b_var", variance("b", b_std, b_var, name, Fraction(0)))

    def __repr__(self) -> str:
        return spell(
            "GlobalSelfAttention",
            keyword("scale", self.scale, 1),
            keyword("W_value_var", self.value_var, 1),
            keyword("W_out_var", self.out_var, 1),
            keyword("b_var", self.b_var, 0),
        )
