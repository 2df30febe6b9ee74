"""A Gaussian start: the trained ensemble's mean and spread.

f_0 is a centred Gaussian process with the NNGP kernel S. With A = K / N and m_x = g(A) k_x / N (see `decay`),
f_t(x) = f_0(x) + m_x'(y - f_0(X)): the mean is that of f_0 = 0, the variance S(x, x) - 2 m_x' S_Xx + m_x' S_XX m_x
(Jacot, Gabriel and Hongler 2018, section 5), and on the training points f_t(X) - y = p(A)(f_0(X) - y).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat

from certify.kernels import EntryEvaluator, arithmetic_named, check_inputs
from certify.training.crossing import crossing_time
from certify.training.decay import Time
from certify.training.problem import Problem
from certify.training.trajectory import Trajectory, Vector, norm, root, widened


@dataclass(frozen=True)
class GaussianStart:
    """rotated: Q'S Q. trace: an upper bound of tr S, and so of |S|. crossed: rows Q'S_Xx of the other points. own:
    S(x, x) of the other points; initial_deviations: sqrt S(x, x) of the training points."""

    rotated: list[list[Any]]
    trace: arb
    crossed: list[Vector]
    crossed_norms: Vector
    own: Vector
    initial_deviations: Vector

    @classmethod
    def of(cls, problem: Problem, trajectory: Trajectory, bits: int) -> GaussianStart:
        """The NNGP kernel in the eigenbasis of the trajectory, at the precision in force."""
        make = arithmetic_named("arb")[1]
        inputs = check_inputs(problem.points, None, problem.normalize)
        evaluator = EntryEvaluator(problem.network.layers, inputs, ("nngp",), bits, make)
        lower = [[entry[0] for entry in row] for row in evaluator.rows()]
        n = len(lower)
        covariance = arb_mat([[lower[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)])
        trace = sum((arb(lower[i][i].abs_upper()) for i in range(n)), arb(0))
        form = (trajectory.transposed * covariance * trajectory.vectors).tolist()
        # Q'SQ = (I + H) V'SV (I + H), |V'SV| <= (1 + defect) tr S.
        h = trajectory.defect
        radius = (2 * h + h * h) * (1 + h) * trace
        rotated = [[widened(entry, radius) for entry in row] for row in form]
        cross = problem.cross(bits, "nngp")
        own: Vector = []
        if problem.others is not None:
            others = check_inputs(problem.others, None, problem.normalize)
            diagonal = EntryEvaluator(problem.network.layers, others, ("nngp",), bits, make)
            own = [entry[0] for entry in diagonal.diagonal(others.norms1)]
        return cls(
            rotated,
            trace,
            [trajectory.rotated(row) for row in cross],
            [norm(row) for row in cross],
            own,
            [root(lower[i][i]) for i in range(n)],
        )

    def expected_loss(self, trajectory: Trajectory, time: Time) -> arb:
        """E |f_t(X) - y|^2 / (2 N) = (|p(A) y|^2 + tr p(A) S p(A)) / (2 N)."""
        if time is None:
            return arb(0)
        remainders = trajectory.remainders(time)
        total = sum((p * p * row[i] for i, (p, row) in enumerate(zip(remainders, self.rotated, strict=True))), arb(0))
        return trajectory.loss(time) + widened(total, self._trace_error(trajectory, time)) / (2 * trajectory.n)

    def _trace_error(self, trajectory: Trajectory, time: Time) -> arb:
        """|tr p S p - tr p~ S p~| <= |p - p~| (|p| + |p~|) tr S."""
        error = trajectory.dynamics.remainder_error(trajectory.spectrum, time)
        size = max((arb(p.abs_upper()) for p in trajectory.remainders(time)), default=arb(0))
        return error * (2 * size + error) * self.trace

    def time_to_loss(self, trajectory: Trajectory, level: Fraction) -> tuple[Fraction, Fraction] | None:
        """As `crossing.time_to_loss`, for the expected loss."""
        return crossing_time(trajectory, level, lambda time: self.expected_loss(trajectory, time))

    def deviations(self, trajectory: Trajectory, time: Time) -> Vector:
        """Standard deviations on the training points: the diagonal of p(A) S p(A)."""
        if time is None:
            return [arb(0)] * trajectory.n
        n, h = trajectory.n, trajectory.defect
        remainders = trajectory.remainders(time)
        inner = arb_mat(
            [
                [p * entry * q for entry, q in zip(row, remainders, strict=True)]
                for p, row in zip(remainders, self.rotated, strict=True)
            ]
        )
        size = max(arb(p.abs_upper()) for p in remainders)
        spread = (trajectory.vectors * inner).tolist()
        vectors = trajectory.vectors.tolist()
        radius = (2 * h + h * h) * (1 + h) * size * size * self.trace * (1 + h) ** 2 + self._trace_error(
            trajectory, time
        )
        return [
            root(widened(sum((a * b for a, b in zip(spread[i], vectors[i], strict=True)), arb(0)), radius))
            for i in range(n)
        ]

    def held_out_deviations(self, trajectory: Trajectory, time: Time) -> Vector:
        """Standard deviations on the other points."""
        if not self.crossed:
            return []
        gains = [trajectory.dynamics.gain(mode, time) / trajectory.n for mode in trajectory.modes]
        rows = [[k * g for k, g in zip(row, gains, strict=True)] for row in trajectory.cross]
        images = (arb_mat(rows) * arb_mat(self.rotated)).tolist()
        moved = trajectory.dynamics.gain_error(trajectory.spectrum, time) / trajectory.n
        result = []
        for k, (m, image) in enumerate(zip(rows, images, strict=True)):
            variance = self.own[k] - 2 * _dot(m, self.crossed[k]) + _dot(m, image)
            error = moved * trajectory.cross_norms[k]
            radius = 2 * error * self.crossed_norms[k] + self.trace * error * (2 * norm(m) + error)
            result.append(root(widened(variance, radius)))
        return result


def _dot(left: Sequence[arb], right: Sequence[arb]) -> arb:
    return sum((a * b for a, b in zip(left, right, strict=True)), arb(0))
