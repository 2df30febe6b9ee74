"""Cost against the number of points on logarithmic axes, as a small SVG file."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 520, 360, 60


def log_log_plot(
    curve: Sequence[tuple[int, float]], exponent: float, title: str = "streaming pass: seconds against n"
) -> str:
    """Measured seconds against n, and the fitted power of n through the middle of them."""
    x = [math.log10(n) for n, _ in curve]
    y = [math.log10(seconds) for _, seconds in curve]
    shift = sum(y) / len(y) - exponent * sum(x) / len(x)
    low = (min(x) - 0.1, min(*y, exponent * min(x) + shift) - 0.1)
    high = (max(x) + 0.1, max(*y, exponent * max(x) + shift) + 0.1)

    def place(a: float, b: float) -> tuple[float, float]:
        across = MARGIN + (a - low[0]) / (high[0] - low[0]) * (WIDTH - 2 * MARGIN)
        up = HEIGHT - MARGIN - (b - low[1]) / (high[1] - low[1]) * (HEIGHT - 2 * MARGIN)
        return round(across, 1), round(up, 1)

    (x1, y1), (x2, y2) = (place(a, exponent * a + shift) for a in (min(x), max(x)))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<path d="M{MARGIN} {MARGIN / 2}V{HEIGHT - MARGIN}H{WIDTH - MARGIN / 2}" fill="none" stroke="black"/>',
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="steelblue"/>',
        f'<text x="{MARGIN}" y="20">{title}, fitted exponent {exponent:.2f}</text>',
    ]
    for (n, seconds), a, b in zip(curve, x, y, strict=True):
        cx, cy = place(a, b)
        parts.append(f'<circle cx="{cx}" cy="{cy}" r="4" fill="steelblue"/>')
        parts.append(f'<text x="{cx}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">{n}</text>')
        parts.append(f'<text x="{MARGIN - 8}" y="{cy + 4}" text-anchor="end">{seconds:.2g} s</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
