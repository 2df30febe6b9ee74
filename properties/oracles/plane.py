"""Duals by quadrature over the plane in float64, for activations without a closed form in elementary functions.

u by its density, v given u by its own, Gauss and Legendre on panels that are cut at the kinks. The error is estimated
from two resolutions and rounded up generously; it is no proof, and a dual that lies outside of it is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from certify.activations import Activation, Elementwise, ExponentialLinear, PiecewiseLinearFunction, Softsign
from certify.activations.expressions.evaluation import evaluate
from certify.activations.expressions.tree import Expression

Function = Callable[[Any], Any]
Definition = tuple[Function, Function, tuple[float, ...]]
FINE, COARSE = 14, 10
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def _mish(x: Any) -> Any:
    return x * np.tanh(np.logaddexp(0, x))


def _mish_slope(x: Any) -> Any:
    t = np.tanh(np.logaddexp(0, x))
    return t + x * (1 - t * t) * special.expit(x)


SMOOTH: dict[str, tuple[Function, Function]] = {
    "Tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "Sigmoid": (special.expit, lambda x: special.expit(x) * special.expit(-x)),
    "Softplus": (lambda x: np.logaddexp(0, x), special.expit),
    "Swish": (lambda x: x * special.expit(x), lambda x: special.expit(x) * (1 + x * special.expit(-x))),
    "Mish": (_mish, _mish_slope),
    "Arctan": (np.arctan, lambda x: 1 / (1 + x * x)),
}


def definition(activation: Activation) -> Definition:
    """(s, s', kinks) in float64."""
    if isinstance(activation, ExponentialLinear):
        scale, alpha = map(float, activation.parameters)
        return (
            lambda x: scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
            lambda x: scale * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0))),
            (0.0,),
        )
    if isinstance(activation, PiecewiseLinearFunction):
        places, slopes, offset = activation.pieces
        knots = tuple(map(float, places))
        values = [float(activation.value(place)) for place in places]
        left, right = values[0] - float(slopes[0]), values[-1] + float(slopes[-1])
        ends = (knots[0] - 1, *knots, knots[-1] + 1)
        middle = (left, *values, right)

        def value(x: Any) -> Any:
            inside = np.interp(x, ends, middle)
            below = np.minimum(x - ends[0], 0) * float(slopes[0])
            return inside + below + np.maximum(x - ends[-1], 0) * float(slopes[-1])

        assert offset == activation.value(type(offset)(0))
        return value, lambda x: np.array([float(v) for v in slopes])[np.searchsorted(knots, x)], knots
    if isinstance(activation, Elementwise):
        tree = activation.tree
        assert tree is not None
        return *_compiled(tree), ()
    if isinstance(activation, Softsign):
        return lambda x: x / (1 + np.abs(x)), lambda x: (1 + np.abs(x)) ** -2, (0.0,)
    return *SMOOTH[type(activation).__name__], ()


class _Float64:
    """float64 arrays as an algebra for expressions."""

    def constant(self, value: Any) -> Any:
        return float(value)

    def add(self, a: Any, b: Any) -> Any:
        return a + b

    def multiply(self, a: Any, b: Any) -> Any:
        return a * b

    def divide(self, a: Any, b: Any) -> Any:
        return a / b

    def apply(self, function: str, a: Any) -> tuple[Any, Any]:
        value = getattr(np, function)(a)
        slopes: dict[str, Function] = {
            "exp": lambda x: value,
            "log": lambda x: 1 / x,
            "sqrt": lambda x: 1 / (2 * value),
            "arctan": lambda x: 1 / (1 + x * x),
            "cos": lambda x: -np.sin(x),
            "sin": np.cos,
            "tanh": lambda x: 1 - value * value,
        }
        return value, slopes[function](a)


def _compiled(tree: Expression) -> tuple[Function, Function]:
    def both(x: Any) -> tuple[Any, Any]:
        value, slope = evaluate(tree, _Float64(), x, 1.0)
        return value + 0 * x, (0.0 if slope is None else slope) + 0 * x

    return lambda x: both(x)[0], lambda x: both(x)[1]


def _line(knots: tuple[float, ...], middle: Any, scale: float, panels: int) -> tuple[Any, Any]:
    middle = np.atleast_1d(np.asarray(middle, dtype=float))
    edges = np.linspace(-9, 9, panels + 1) * scale + middle[:, None]
    cuts = np.clip(np.tile(np.asarray(knots, dtype=float), (len(middle), 1)), edges[:, :1], edges[:, -1:])
    edges = np.sort(np.concatenate([edges, cuts], axis=1), axis=1)
    half = np.diff(edges, axis=1)[:, :, None] / 2
    nodes = (edges[:, :-1, None] + half) + half * _NODES
    density = np.exp(-(((nodes - middle[:, None, None]) / scale) ** 2) / 2) / (scale * np.sqrt(2 * np.pi))
    return nodes.reshape(len(middle), -1), (half * _WEIGHTS * density).reshape(len(middle), -1)


def _mean(f: Function, knots: tuple[float, ...], q1: float, q2: float, r: float, panels: int) -> float:
    (u,), (w,) = _line(knots, 0.0, np.sqrt(q1), panels)
    v, weights = _line(knots, r / q1 * u, float(np.sqrt(q2 - r * r / q1)), panels)
    return float(w * f(u) @ (weights * f(v)).sum(axis=1))


def plane_dual(activation: Activation, q1: float, q2: float, r: float) -> list[tuple[float, float]]:
    """[(V, error), (V', error)] for |r| well below sqrt(q1 q2)."""
    value, slope, knots = definition(activation)
    found = []
    for f in (value, slope):
        fine, coarse = (_mean(f, knots, q1, q2, r, panels) for panels in (FINE, COARSE))
        found.append((fine, 10 * abs(fine - coarse) + 1e-11 * (1 + abs(fine))))
    return found
