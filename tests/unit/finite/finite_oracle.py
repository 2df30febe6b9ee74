"""Finite networks at 60 digits by mpmath: outputs, and gradients by central differences in every single weight."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

DIGITS = 120
FUNCTIONS = {
    "Tanh()": mp.tanh,
    "Sigmoid()": lambda x: 1 / (1 + mp.exp(-x)),
    "Relu()": lambda x: max(x, mpf(0)),
    "Abs()": abs,
}


def real(value: Any) -> Any:
    exact = Fraction(value)
    return mpf(exact.numerator) / exact.denominator


def output(activation: str, layers: Sequence[Any], bias: bool, x: Sequence[Any]) -> Any:
    """f(x) for layers of lists of mpf."""
    current = list(x)
    for k, layer in enumerate(layers):
        inputs = [*current, mpf(1)] if bias else current
        current = [sum(w * v for w, v in zip(row, inputs, strict=True)) for row in layer]
        if k + 1 < len(layers):
            current = [FUNCTIONS[activation](v) for v in current]
    return current[0]


def gradient(activation: str, layers: Sequence[Any], bias: bool, x: Sequence[Any]) -> list[Any]:
    """The derivatives by all weights, layer by layer: differences of step 1e-40, error 1e-80."""
    step = mpf(10) ** -40
    result = []
    changed = [[list(row) for row in layer] for layer in layers]
    for layer in changed:
        for row in layer:
            for j, value in enumerate(row):
                row[j] = value + step
                above = output(activation, changed, bias, x)
                row[j] = value - step
                below = output(activation, changed, bias, x)
                row[j] = value
                result.append((above - below) / (2 * step))
    return result


def exact_layers(claim: Any) -> list[Any]:
    """The weights of a claim."""
    unit = mpf(2) ** claim["weights"]["exponent"]
    return [
        [[int(word, 16) * unit for word in row.split(" ")] for row in layer] for layer in claim["weights"]["layers"]
    ]


def jacobian(claim: Any, points: Any) -> Any:
    layers, bias = exact_layers(claim), claim["weights"]["bias"]
    rows = [[real(v) for v in row] for row in points.as_fractions()]
    return mp.matrix([gradient(claim["activation"], layers, bias, row) for row in rows])
