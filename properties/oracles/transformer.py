"""The transformer recursion of Tensor Programs II, Appendix E.5, in plain float64, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np


def relu_duals(c: Any) -> tuple[Any, Any]:
    q = np.sqrt(np.outer(c.diagonal(), c.diagonal()))
    rho = np.clip(c / q, -1, 1)
    slope = (np.pi - np.arccos(rho)) / (2 * np.pi)
    return q * np.sqrt(1 - rho**2) / (2 * np.pi) + c * slope, slope


def transformer_ntk(sequences: Any, depth: int, vu: float, vw: float, power: int = 1) -> Any:
    """NTK of sequences (n, T, d); `power` is the exponent of vu in the backward pass, 1 in the paper and 2 in the
    public code."""
    n, length, d = sequences.shape
    flat = sequences.reshape(n * length, d)
    cx = flat @ flat.T / d
    kept: list[Any] = []
    for _ in range(depth):
        ck = vu * cx
        mix = np.eye(n * length)
        for a in range(n):
            part = slice(a * length, (a + 1) * length)
            weights = np.exp(ck[part, part] - ck[part, part].max(axis=1, keepdims=True))
            mix[part, part] += weights / weights.sum(axis=1, keepdims=True)
        cy = mix @ ck @ mix.T
        dz = cy.diagonal() ** -0.5
        cz = cy * np.outer(dz, dz)
        value, slope = relu_duals(vw * cz)
        ch = vw * value
        dx = (ch + cz).diagonal() ** -0.5
        kept.append((cx, mix, dz, cz, value, slope, dx))
        cx = (ch + cz) * np.outer(dx, dx)
    grad = np.full_like(cx, 1 / length**2)
    total = grad * cx
    for below, mix, dz, cz, value, slope, dx in reversed(kept):
        dh = grad * np.outer(dx, dx)
        dg = vw * dh * slope
        dk = mix.T @ ((vw * dg + dh) * np.outer(dz, dz)) @ mix
        total = total + dk * below + dg * cz + dh * value
        grad = vu**power * dk
    return total.reshape(n, length, n, length).sum(axis=(1, 3))
