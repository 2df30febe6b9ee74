"""What a user would otherwise run: plain numpy, as one would write it."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def unit(rows: Array) -> Array:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def relu_ntk(rows: Array, layers: int) -> Array:
    """NTK of Dense(W_var=2), Relu() layers on unit rows, up to the factor of the first Dense."""
    s = rows @ rows.T
    np.clip(s, -1, 1, out=s)
    tangent = s.copy()
    for _ in range(layers):
        angle = np.pi - np.arccos(s)
        value = (np.sqrt(1 - s * s) + angle * s) / np.pi
        tangent = value + tangent * (angle / np.pi)
        s = value
    return np.asarray(tangent)


def gelu_ntk(rows: Array, layers: int) -> Array:
    """NTK of Dense(W_var=2), Gelu() layers, by the closed form of the dual."""
    s = 2 * (rows @ rows.T) / rows.shape[1]
    tangent = s.copy()
    for _ in range(layers):
        q = np.diag(s)
        both = (1 + q)[:, None] * (1 + q)[None, :]
        square = both - s * s
        root = np.sqrt(square)
        angle = np.arctan2(s, root)
        value = s / 4 + ((s * s + np.outer(q, q) * square) / (both * root) + s * angle) / (2 * np.pi)
        slope = 0.25 + (angle + s / root * (1 / square + (1 - np.outer(q, q)) / both + 1)) / (2 * np.pi)
        s = 2 * value
        tangent = s + 2 * tangent * slope
    return np.asarray(tangent)


def erf_ntk(rows: Array, layers: int) -> Array:
    """NTK of Dense(W_var=2, b_var=1/100), Erf() layers."""
    s = 2 * (rows @ rows.T) / rows.shape[1] + 0.01
    tangent = s.copy()
    for _ in range(layers):
        d = 1 + 2 * np.diag(s)
        both = d[:, None] * d[None, :]
        value = 2 / np.pi * np.arcsin(2 * s / np.sqrt(both))
        slope = 4 / np.pi / np.sqrt(both - 4 * s * s)
        s = 2 * value + 0.01
        tangent = s + 2 * tangent * slope
    return np.asarray(tangent)
