"""Random and adversarial float64 entries against Arb at 128 bits: `python tests/soundness/containment.py --entries N`.

Prints the number of entries, how many lie outside their ball (there must be none), and the quantiles of error over
radius. Exit code 1 for an entry outside, or where no error comes near its radius: a radius that hides errors is none.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

import flint
import numpy as np
from test_float_entries import ACTIVATIONS, adversaries

import certify
from certify import stax

QUANTILES = (0.5, 0.9, 0.99, 0.999, 1.0)
BITS = 128


def subjects(seed: int) -> Iterator[tuple[Any, Any, str]]:
    """(network, points, normalisation) over all closed-form activations, one to three layers, equal and other norms."""
    rng = np.random.default_rng(seed)
    for activation in ACTIVATIONS:
        layers, columns = int(rng.integers(1, 4)), int(rng.integers(1, 9))
        weight, bias = rng.choice(["2", "1/2", "1"]), rng.choice(["0", "1/10", "1"])
        dense = f"Dense(W_var='{weight}', b_var='{bias}')"
        net = stax.parse(f"serial({f'{dense}, {activation}, ' * layers}{dense})")
        rows = adversaries(int(rng.integers(2**31)), columns)[:-2]
        yield net, certify.load_points(rows), "unit"
        yield net, certify.load_points(rows * rng.uniform(0.2, 2, (len(rows), 1))), "none"


def quotients(net: Any, points: Any, normalize: str, kernel: str) -> np.ndarray[Any, Any] | None:
    """|mid - K| / rad for the lower triangle, above 1 only where the ball misses the enclosure of Arb."""
    try:
        found = net.kernel(points, arithmetic="float", normalize=normalize, get=kernel)
        exact = net.kernel(points, arithmetic="arb", bits=BITS, normalize=normalize, get=kernel)
    except certify.InputError:
        return None
    if found.arithmetic != "float":
        return None
    result = []
    before, flint.ctx.prec = flint.ctx.prec, 2 * BITS
    try:
        for i in range(points.n):
            for j in range(i + 1):
                low, high, exponent = exact.rows[i][j]
                scale = flint.arb(2) ** exponent
                mid = flint.arb(float(found.mid[i, j]))
                nearest = max(flint.arb(low) * scale - mid, mid - flint.arb(high) * scale, key=lambda x: float(x.mid()))
                rad = float(found.rad[i, j])
                distance = max(float(nearest.mid()), 0.0)
                result.append(distance / rad if rad else float(distance > 0) * np.inf)
    finally:
        flint.ctx.prec = before
    return np.array(result)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    parts: list[np.ndarray[Any, Any]] = []
    total, seed = 0, options.seed
    while total < options.entries:
        for net, points, normalize in subjects(seed):
            for kernel in ("ntk", "nngp"):
                part = quotients(net, points, normalize, kernel)
                if part is None:
                    continue
                parts.append(part)
                total += part.size
                if (part > 1).any():
                    print(f"outside: {kernel} of {net!r}, seed {seed}, normalize {normalize}")
        seed += 1
    values = np.concatenate(parts)
    outside = int((values > 1).sum())
    print(f"{total} entries, {outside} outside their ball")
    for q in QUANTILES:
        print(f"quantile {q}: error / radius {np.quantile(values, q):.4f}")
    return int(outside > 0 or values.max() < 0.05)


if __name__ == "__main__":
    sys.exit(main())
