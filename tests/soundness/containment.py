"""Random and adversarial float64 entries against Arb at 128 bits: `python tests/soundness/containment.py --entries N`.

Prints the number of entries, how many lie outside their ball (there must be none), and the quantiles of error over
radius, apart for entries from float64 operations and for those that Arb answered and that were rounded to nearest. Exit
code 1 for an entry outside, or where no error of the former comes near its radius: a radius that hides errors is none.

The work is cut into units, a network each, on all cores; `--state FILE` keeps what is done, and a run that was
interrupted goes on from there.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from test_float_entries import ACTIVATIONS, adversaries
from tqdm import tqdm

import certify
from certify import stax

QUANTILES = (0.5, 0.9, 0.99, 0.999, 1.0)
BITS = 128
BINS = 2000
COPIES = 6
"""How many sets of adversaries make the points of a unit: 24 points each."""
LEAST_WORST = 0.05

Array = np.ndarray[Any, Any]


@dataclass
class Tally:
    """Errors over radii of some entries, as numbers of entries in `BINS` equal parts of [0, 1], and outside."""

    counts: Array
    outside: int = 0

    @classmethod
    def empty(cls) -> Tally:
        return cls(np.zeros(BINS, dtype=np.int64))

    def add(self, quotients: Array) -> None:
        inside = quotients[quotients <= 1]
        self.outside += quotients.size - inside.size
        places = np.minimum((inside * BINS).astype(np.int64), BINS - 1)
        self.counts += np.bincount(places, minlength=BINS)

    def merge(self, other: Tally) -> None:
        self.counts, self.outside = self.counts + other.counts, self.outside + other.outside

    @property
    def total(self) -> int:
        return int(self.counts.sum()) + self.outside

    def quantile(self, q: float) -> float:
        """From below, to one part in BINS."""
        if self.outside:
            return math.inf if q == 1 else self._inside(q)
        return self._inside(q)

    def _inside(self, q: float) -> float:
        reached = np.cumsum(self.counts) >= q * self.counts.sum()
        return int(np.argmax(reached)) / BINS


@dataclass
class Answer:
    """What a unit found: tallies of entries from float64 operations and of rounded ones, and the misses by name."""

    float64: Tally
    rounded: Tally
    misses: list[str]


def unit(number: int, copies: int = COPIES) -> Answer:
    """One activation, one to three layers of it, both kernels, rows of one norm and of different ones."""
    answer = Answer(Tally.empty(), Tally.empty(), [])
    for net, points, normalize in subjects(number, copies):
        for kernel in ("ntk", "nngp"):
            found = quotients(net, points, normalize, kernel)
            if found is None:
                continue
            values, nearest = found
            answer.float64.add(values[~nearest])
            answer.rounded.add(values[nearest])
            if (values > 1).any():
                answer.misses.append(f"{kernel} of {net!r}, unit {number}, normalize {normalize}")
    return answer


def subjects(number: int, copies: int) -> Iterator[tuple[Any, Any, str]]:
    activation = ACTIVATIONS[number % len(ACTIVATIONS)]
    rng = np.random.default_rng(number)
    layers, columns = int(rng.integers(1, 4)), int(rng.integers(1, 9))
    weight, bias = rng.choice(["2", "1/2", "1"]), rng.choice(["0", "1/10", "1"])
    dense = f"Dense(W_var='{weight}', b_var='{bias}')"
    net = stax.parse(f"serial({f'{dense}, {activation}, ' * layers}{dense})")
    rows = np.concatenate([adversaries(int(rng.integers(2**31)), columns)[:-2] for _ in range(copies)])
    yield net, certify.load_points(rows), "unit"
    yield net, certify.load_points(rows * rng.uniform(0.2, 2, (len(rows), 1))), "none"


def quotients(net: Any, points: Any, normalize: str, kernel: str) -> tuple[Array, Array] | None:
    """|mid - K| / rad for the lower triangle, above 1 only where the ball misses the enclosure of Arb, and where the
    ball is that of a number rounded to nearest. None where float64 is of no use."""
    try:
        found = net.kernel(points, arithmetic="float", normalize=normalize, get=kernel)
        exact = net.kernel(points, arithmetic="arb", bits=BITS, normalize=normalize, get=kernel)
    except certify.InputError:
        return None
    if found.arithmetic != "float":
        return None
    lower = np.tril_indices(points.n)
    mid, rad = found.mid[lower], found.rad[lower]
    rows = exact.rows
    distances = np.array([distance(*rows[i][j], m) for i, j, m in zip(*lower, mid.tolist(), strict=True)])
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(rad > 0, distances / rad, np.where(distances > 0, np.inf, 0.0))
    # Upward where a difference was rounded: what is just beyond 1 is looked at exactly.
    for k in np.flatnonzero(np.abs(values - 1) < 1e-9):
        values[k] = 2.0 if beyond(*rows[lower[0][k]][lower[1][k]], float(mid[k]), float(rad[k])) else 1.0
    return values, rad <= 2.0**-53 * np.abs(mid) * (1 + 2.0**-20)


def distance(low: int, high: int, exponent: int, mid: float) -> float:
    """How far the nearest number of the enclosure [low, high] * 2**exponent is from mid, to nearest."""
    part, unit_exponent = math.frexp(mid)
    whole, unit_exponent = int(part * 2**53), unit_exponent - 53
    common = min(exponent, unit_exponent)
    low, high, whole = low << (exponent - common), high << (exponent - common), whole << (unit_exponent - common)
    gap = max(low - whole, whole - high, 0)
    excess = max(gap.bit_length() - 64, 0)
    return math.ldexp(float(gap >> excess), common + excess)


def beyond(low: int, high: int, exponent: int, mid: float, rad: float) -> bool:
    """Whether the ball misses the enclosure, exactly."""
    from fractions import Fraction

    scale = Fraction(2) ** exponent
    return low * scale > Fraction(mid) + Fraction(rad) or high * scale < Fraction(mid) - Fraction(rad)


class State:
    """Answers of units done, one JSON line each, so that an interruption loses the units under way only."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.done: dict[int, Answer] = {}
        if path is not None and path.exists():
            for line in path.read_text(encoding="ascii").splitlines():
                try:
                    content = json.loads(line)
                    tallies = [Tally(np.array(c, dtype=np.int64), int(o)) for c, o in content["tallies"]]
                    self.done[int(content["unit"])] = Answer(*tallies, content["misses"])
                except (ValueError, KeyError, TypeError):
                    continue  # the line that was being written

    def add(self, number: int, answer: Answer) -> None:
        self.done[number] = answer
        if self.path is not None:
            tallies = [(t.counts.tolist(), t.outside) for t in (answer.float64, answer.rounded)]
            line = json.dumps({"unit": number, "tallies": tallies, "misses": answer.misses})
            with self.path.open("a", encoding="ascii") as stream:
                stream.write(line + "\n")


def _numbered(number: int) -> tuple[int, Answer]:
    return number, unit(number)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="the first unit")
    parser.add_argument("--state", type=Path, default=None)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    state = State(options.state)
    float64, rounded = Tally.empty(), Tally.empty()

    def take(answer: Answer) -> int:
        before = float64.total + rounded.total
        float64.merge(answer.float64)
        rounded.merge(answer.rounded)
        for miss in answer.misses:
            print(f"outside: {miss}", flush=True)
        return float64.total + rounded.total - before

    waiting = (k for k in range(options.seed, options.seed + 2**31) if k not in state.done)
    with (
        tqdm(total=options.entries, unit="entry", unit_scale=True, disable=None) as bar,
        multiprocessing.get_context("spawn").Pool(options.processes) as pool,
    ):
        for number in sorted(state.done):
            bar.update(take(state.done[number]))
        # A few units at a time, so that the pool does not run ahead of what is asked for.
        while float64.total + rounded.total < options.entries:
            batch = [next(waiting) for _ in range(4 * options.processes)]
            for number, answer in pool.imap_unordered(_numbered, batch):
                state.add(number, answer)
                bar.update(take(answer))
    outside = float64.outside + rounded.outside
    print(f"{float64.total + rounded.total} entries, {outside} outside their ball")
    for name, tally in (("float64 operations", float64), ("rounded from Arb", rounded)):
        found = ", ".join(f"{q}: {tally.quantile(q):.4f}" for q in QUANTILES)
        print(f"{tally.total} by {name}; quantiles of error / radius {found}")
    return int(outside > 0 or float64.quantile(1.0) < LEAST_WORST)


if __name__ == "__main__":
    sys.exit(main())
