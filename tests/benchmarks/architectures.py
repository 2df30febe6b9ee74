"""Cost of convolutional and recurrent kernels: `python tests/benchmarks/architectures.py FOLDER [--quick]`.

Processor seconds against the number of points and of pixels, in float64, with fitted powers: a table and two plots.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from plotting import log_log_plot

import certify
from certify import stax

CNN = (
    "serial(Conv(None, (3, 3), padding='SAME'), Relu(), Conv(None, (3, 3), padding='SAME'), Relu(), GlobalAvgPool(), "
    "Dense())"
)
CASES = (("two 3x3 convolutions on 8x8 digits", CNN), ("RNN() on 8 rows of 8", "RNN()"))
IMAGES = 12


def seconds(text: str, points: Any) -> float:
    """Processor seconds of one kernel matrix, over all threads."""
    net = stax.parse(text)
    start = time.process_time()
    found: Any = net.kernel(points, arithmetic="float")
    assert found.arithmetic == "float"
    return time.process_time() - start


def power(curve: list[tuple[int, float]]) -> float:
    """The slope of a line through the logarithms."""
    x, y = ([math.log(value) for value in column] for column in zip(*curve, strict=True))
    return float(np.polyfit(x, y, 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Architectures: processor seconds in float64", "", "| kernel | size | seconds |", "|---|---|---|"]
    curve: list[tuple[int, float]] = []
    for name, text in CASES:
        curve = [
            (n, seconds(text, certify.load_points("digits", rows=n)))
            for n in ((10, 20, 40) if options.quick else (25, 50, 100, 200))
        ]
        lines += [f"| {name} | {n} points | {cost:.2f} |" for n, cost in curve]
        lines.append(f"| {name} | fitted power of the points | {power(curve):.2f} |")
        target = options.folder / f"architectures-points-{text.partition('(')[0].lower()}.svg"
        target.write_text(log_log_plot(curve, power(curve), f"{name}: seconds against points"), encoding="utf-8")
    rng = np.random.default_rng(0)
    curve = [
        (side * side, seconds(CNN, rng.standard_normal((IMAGES, side, side, 1))))
        for side in ((4, 6, 8) if options.quick else (4, 6, 8, 12, 16))
    ]
    lines += [f"| two 3x3 convolutions, {IMAGES} images | {pixels} pixels | {cost:.2f} |" for pixels, cost in curve]
    lines.append(f"| two 3x3 convolutions | fitted power of the pixels | {power(curve):.2f} |")
    plot = log_log_plot(curve, power(curve), f"two 3x3 convolutions, {IMAGES} images: seconds against pixels")
    (options.folder / "architectures-pixels.svg").write_text(plot, encoding="utf-8")
    (options.folder / "architectures.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
