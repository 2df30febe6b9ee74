"""The experiments of Jacot, Gabriel and Hongler (2018), section 6, and the speed of convergence, as runs of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb_mat

from certify import load_points, stax, train
from certify.points.values import Points
from certify.spectrum.fixed_point import scaled
from certify.training.eigenbasis import prove_eigenbasis
from certify.training.problem import Problem
from reports.experiments.wide_networks import LIMIT, FloatArray, WideNetwork, circle

ANGLES = 33
TRAINING_POINTS = 64
CIRCLE_TARGETS = (1.0, -0.5, 0.25, -1.0)
GRID = 48
BAND = 1.2815515655446004
"""The 90th percentile of the standard normal distribution."""

EIGEN_BITS = 96


def half_circle() -> FloatArray:
    """(cos g, sin g) for g from 0 to pi."""
    angles = np.linspace(0.0, np.pi, ANGLES)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def limit_row() -> dict[str, Any]:
    """Figure 1's limit: bounds of T(x_0, (cos g, sin g)), x_0 = (1, 0), proved."""
    kernel: Any = stax.parse(LIMIT).kernel([[1.0, 0.0]], half_circle())
    return {"lower": kernel.lower[0].tolist(), "upper": kernel.upper[0].tolist()}


def kernel_rows(width: int, seed: int, steps: int) -> dict[str, Any]:
    """Figure 1: the empirical T(x_0, .) of one network, at the start and after `steps` steps (0: not trained)."""
    x = half_circle()
    network = WideNetwork(2, width, (1, width, seed))
    start = network.kernel(x)[0]
    if not steps:
        return {"start": start.tolist(), "end": None}
    inputs = np.random.default_rng([7, seed]).standard_normal((TRAINING_POINTS, 2))
    network.train(inputs, inputs[:, 0] * inputs[:, 1], steps)
    return {"start": start.tolist(), "end": network.kernel(x)[0].tolist()}


def predicted_band(steps: int) -> dict[str, Any]:
    """Figure 2's prediction: mean and standard deviation after so many steps of descent, enclosed."""
    rows = [[*map(float, p), t] for p, t in zip(circle(4, start=0.3), CIRCLE_TARGETS, strict=True)]
    grid = [[*map(float, p), 0.0] for p in circle(GRID)]
    moment = train(LIMIT, rows, 2, [steps], holdout=grid, descent=1, initial="gaussian").moments[0]
    assert moment.held_out is not None
    assert moment.held_out_deviation is not None
    return {
        "mean": moment.held_out.mid[0].tolist(),
        "deviation": moment.held_out_deviation.upper[0].tolist(),
        "radius": float(max(moment.held_out.rad.max(), moment.held_out_deviation.rad.max())),
    }


def trained_function(width: int, seed: int, steps: int) -> list[float]:
    """Figure 2: one network after training on four points of the circle, on the grid."""
    network = WideNetwork(2, width, (2, width, seed))
    network.train(circle(4, start=0.3), np.array(CIRCLE_TARGETS), steps)
    values: list[float] = network(circle(GRID)).tolist()
    return values


def digits(count: int) -> Points:
    """The first digits, pixels between 0 and 1."""
    points = load_points("digits", rows=count)
    return Points.reduced(points.rows, 16 * points.denominator, name="digits")


def second_component(count: int) -> dict[str, Any]:
    """Figure 3's limit: the three largest rates of the digits' kernel, enclosed, and the second eigenvector."""
    points = digits(count)
    problem = Problem(stax.parse(LIMIT), "ntk", "none", points, (), None, (), 0)
    basis = prove_eigenbasis(problem.gram(EIGEN_BITS))
    if basis is None:
        raise ArithmeticError("no eigenbasis of the digits' kernel was found")
    rates = [[float(b / count) for b in basis.eigenvalue(count - k)] for k in (1, 2, 3)]
    column = arb_mat(basis.vectors).tolist()
    vector = [float(row[count - 2]) * float(scaled(1, -basis.bits)) for row in column]
    return {"rates": rates, "vector": vector}


def along_second(width: int, seed: int, count: int, vector: Sequence[float], times: Sequence[int]) -> dict[str, Any]:
    """Figure 3: |g_t| along the second component and |h_t| across it, for the target f_0 + f^(2) / 2."""
    points = digits(count)
    x = np.array(points.rows, dtype=np.float64) / points.denominator
    direction = np.array(vector) * np.sqrt(count)
    network = WideNetwork(x.shape[1], width, (3, width, seed))
    target = network(x) + direction / 2
    along, across = [], []

    def watch(step: int) -> None:
        if step in times:
            missing = network(x) - target
            part = float(missing @ direction) / count
            along.append(abs(part))
            across.append(float(np.sqrt(np.mean((missing - part * direction) ** 2))))

    network.train(x, target, max(times) + 1, 1.0, watch)
    return {"along": along, "across": across}


def limit_kernel() -> list[list[float]]:
    """The limit on eight points of the circle, to float64."""
    kernel: Any = stax.parse(LIMIT).kernel(circle(8))
    entries: list[list[float]] = kernel.mid.tolist()
    return entries


def deviation(width: int, seed: int, limit: Sequence[Sequence[float]]) -> float:
    """|empirical kernel - limit| / |limit| in the Frobenius norm, on eight points of the circle."""
    empirical = WideNetwork(2, width, (4, width, seed)).kernel(circle(8))
    return float(np.linalg.norm(empirical - np.array(limit)) / np.linalg.norm(limit))


def movement(width: int, seed: int, steps: int) -> dict[str, float]:
    """What training on four points of the circle changes on eight points of it, relative to what was there.

    units: the activations of the last hidden layer; kernel: the empirical tangent kernel in the Frobenius norm. A unit
    moves by the order of 1 / sqrt(width) (section 4 of the paper), and the kernel by no more.
    """
    x = circle(8)
    network = WideNetwork(2, width, (5, width, seed))
    units, kernel = network.forward(x)[1][-1], network.kernel(x)
    network.train(circle(4, start=0.3), np.array(CIRCLE_TARGETS), steps)
    return {
        "units": float(np.linalg.norm(network.forward(x)[1][-1] - units) / np.linalg.norm(units)),
        "kernel": float(np.linalg.norm(network.kernel(x) - kernel) / np.linalg.norm(kernel)),
    }
