"""Cost against the number of points: entries and proofs beside what a user would otherwise run, on one plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from competitors import relu_ntk, unit
from measuring import in_turns
from proof_rows import COLUMNS, THREE_RELU
from scipy.linalg import cholesky

import certify
from certify.spectrum.float_bounds import FloatMatrix
from certify.spectrum.float_dense import enclose_in_float

WIDTH, HEIGHT, MARGIN, LEGEND = 640, 400, 60, 250
COLOURS = ("steelblue", "darkorange", "seagreen", "firebrick", "slategray")
Curve = list[tuple[int, float]]


def measured(sizes: Sequence[int], clock: Callable[[], float]) -> dict[str, Curve]:
    """Seconds for each n of three ReLU layers on unit rows, NTK: entries and the smallest eigenvalue."""
    names = ("enclosed entries", "plain numpy entries", "proved lambda_min", "numpy eigvalsh", "scipy cholesky")
    found: dict[str, Curve] = {name: [] for name in names}
    for n in sizes:
        rows = unit(np.random.default_rng(n).standard_normal((n, COLUMNS)))
        points = certify.load_points(rows)
        gram = FloatMatrix(np.array(_entries(points).mid), np.zeros(n))
        first = in_turns(lambda points=points: _entries(points), lambda rows=rows: relu_ntk(rows, 3), 3, clock)  # type: ignore[misc]
        second = in_turns(
            lambda gram=gram: enclose_in_float(gram, Fraction(1, 10**6)),  # type: ignore[misc]
            lambda gram=gram: np.linalg.eigvalsh(gram.mid),  # type: ignore[misc]
            1,
            clock,
        )
        third, _ = in_turns(lambda gram=gram: cholesky(gram.mid, lower=True), lambda: None, 3, clock)  # type: ignore[misc]
        for name, seconds in zip(names, (*first, *second, third), strict=True):
            found[name].append((n, seconds))
    return found


def _entries(points: Any) -> Any:
    return THREE_RELU.kernel(points, arithmetic="float", normalize="unit")


def exponent(curve: Curve) -> float:
    """The power of n that fits best."""
    return float(np.polyfit([math.log(n) for n, _ in curve], [math.log(s) for _, s in curve], 1)[0])


def plot(curves: Mapping[str, Curve]) -> str:
    """An SVG file with logarithmic axes, the fitted power of n beside every name."""
    x = [math.log10(n) for curve in curves.values() for n, _ in curve]
    y = [math.log10(max(s, 1e-6)) for curve in curves.values() for _, s in curve]
    low, high = (min(x) - 0.05, min(y) - 0.2), (max(x) + 0.05, max(y) + 0.2)

    def place(n: int, seconds: float) -> tuple[float, float]:
        a, b = math.log10(n), math.log10(max(seconds, 1e-6))
        across = MARGIN + (a - low[0]) / (high[0] - low[0]) * (WIDTH - MARGIN - LEGEND)
        up = HEIGHT - MARGIN - (b - low[1]) / (high[1] - low[1]) * (HEIGHT - 2 * MARGIN)
        return round(across, 1), round(up, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<path d="M{MARGIN} {MARGIN / 2}V{HEIGHT - MARGIN}H{WIDTH - LEGEND}" fill="none" stroke="black"/>',
        f'<text x="{MARGIN}" y="20">seconds against the number of points</text>',
    ]
    for colour, (name, curve), line in zip(COLOURS, curves.items(), range(len(curves)), strict=False):
        points = [place(n, seconds) for n, seconds in curve]
        path = " ".join(f"{a},{b}" for a, b in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a}" cy="{b}" r="3" fill="{colour}"/>' for a, b in points]
        label = f"{name}: n^{exponent(curve):.2f}"
        parts.append(f'<text x="{WIDTH - LEGEND + 20}" y="{60 + 20 * line}" fill="{colour}">{label}</text>')
    for n in sorted({n for curve in curves.values() for n, _ in curve}):
        parts.append(f'<text x="{place(n, 1.0)[0]}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">{n}</text>')
    for power in range(math.ceil(low[1]), math.floor(high[1]) + 1):
        height = place(10, 10.0**power)[1] + 4
        parts.append(f'<text x="{MARGIN - 8}" y="{height}" text-anchor="end">{10.0**power:g} s</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
