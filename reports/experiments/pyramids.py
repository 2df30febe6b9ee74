"""Minimum over-parameterisation (Bombari, Amani and Mondelli 2022), certified: lambda_min of the empirical tangent
kernels of pyramidal networks with about as many parameters as points.

Two hidden layers of widths n1 >= n2, n1 n2 = ratio N; points are N(0, 1) vectors of dimension n1, hidden weights
N(0, 1 / fan-in), output weights N(0, 1). The theorem's order is lambda_min ~ n1 n2 for smooth activations; its
constants are not explicit, so every number here is measured, and each measurement is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil, sqrt
from typing import Any

import numpy as np

from certify.finite import prove_finite
from reports.experiments.store import Store

SIZES = (50, 100, 200, 400, 800, 1600)
RATIOS = (1, 2, 4)
ACTIVATIONS = ("Tanh()", "Relu()")
SEEDS = 3
COLLAPSE_POINTS = 100
COLLAPSE_DIMENSION = 8
REL_WIDTH = "1/20"
MAX_BITS = 256
Report = Callable[[str], None]


@dataclass(frozen=True)
class Pyramid:
    """One network on one set of points."""

    points: int
    dimension: int
    widths: tuple[int, int]
    activation: str
    seed: int

    @property
    def parameters(self) -> int:
        first, second = self.widths
        return self.dimension * first + first * second + second

    @property
    def key(self) -> str:
        first, second = self.widths
        return f"N={self.points} {self.dimension}-{first}-{second}-1 {self.activation} seed {self.seed}"


@dataclass(frozen=True)
class Proved:
    """Proved bounds of lambda_min, which is not negative; both 0 where it is singular for an exact reason (too few
    parameters, or units of a ReLU network that are dead on too many points), lower 0 where it stayed undecided (a unit
    exactly at its kink)."""

    pyramid: Pyramid
    verdict: str
    lower: float
    upper: float


def pyramids(sizes: Sequence[int] = SIZES, seeds: int = SEEDS) -> list[Pyramid]:
    """The sweep over N, ratio, activation and seed."""
    result = []
    for n in sizes:
        for ratio in RATIOS:
            second = ceil(sqrt(n * ratio / 2))
            first = ceil(n * ratio / second)
            for activation in ACTIVATIONS:
                result += [Pyramid(n, first, (first, second), activation, seed) for seed in range(seeds)]
    return result


def collapse(points: int = COLLAPSE_POINTS) -> list[Pyramid]:
    """Growing widths at a fixed number of points: from fewer parameters than points to more."""
    top = ceil(sqrt(points)) + 2
    return [
        Pyramid(points, COLLAPSE_DIMENSION, (k, k), activation, 0) for activation in ACTIVATIONS for k in range(2, top)
    ]


def prove(pyramid: Pyramid) -> dict[str, Any]:
    """The certified smallest eigenvalue, as the store holds it."""
    draw = np.random.default_rng([pyramid.seed, pyramid.points])
    rows = draw.standard_normal((pyramid.points, pyramid.dimension))
    first, second = pyramid.widths
    network = (
        f"serial(Dense({first}), {pyramid.activation}, Dense({second}), {pyramid.activation}, Dense(1, W_var={second}))"
    )
    certificate = prove_finite(network, rows, seed=pyramid.seed, rel_width=REL_WIDTH, max_bits=MAX_BITS)
    bounds = certificate.lambda_min
    return {
        "verdict": certificate.verdict,
        "lower": 0.0 if bounds.lower is None else max(float(bounds.lower), 0.0),
        "upper": float(bounds.upper),
    }


def run(store: Store, wanted: Sequence[Pyramid], report: Report) -> list[Proved]:
    """All of them, those that the store knows without work."""
    result = []
    for number, pyramid in enumerate(wanted, 1):
        found = store.get(pyramid.key, partial(prove, pyramid))
        report(f"{number}/{len(wanted)} {pyramid.key}: {found['verdict']}")
        result.append(Proved(pyramid, found["verdict"], found["lower"], found["upper"]))
    return result


def least_share(results: Sequence[Proved], activation: str, ratio: int) -> Fraction | None:
    """The smallest proved lambda_min / (n1 n2) of a family: the lower edge of its band."""
    shares = [
        Fraction(r.lower) / (r.pyramid.widths[0] * r.pyramid.widths[1])
        for r in results
        if r.pyramid.activation == activation and ratio_of(r.pyramid) == ratio
    ]
    return min(shares, default=None)


def ratio_of(pyramid: Pyramid) -> int:
    """n1 n2 / N, as it was asked for."""
    return min(RATIOS, key=lambda ratio: abs(pyramid.widths[0] * pyramid.widths[1] - ratio * pyramid.points))
