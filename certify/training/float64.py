"""What float64 answers to the same questions, as a library would compute it: for showing beside the proof.

No claim: the kernel rounded to float64, numpy's eigenvectors, numpy's exp.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.training.answer import Moment, Training

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Float64Moment:
    """float64's predictions and losses at one time (None: the limit), which may be infinite or no numbers."""

    time: Fraction | None
    loss: float
    held_out: FloatArray
    held_out_loss: float

    def correct_digits(self, moment: Moment) -> int | None:
        """Digits in which the held-out predictions agree at worst, relative to the largest; None without points."""
        if moment.held_out is None:
            return None
        truth = moment.held_out.mid[0]
        error = float(np.max(np.abs(self.held_out - truth)))
        scale = float(np.max(np.abs(truth)))
        if not np.isfinite(error) or error >= scale:
            return 0
        return 16 if error == 0 else min(16, int(-np.log10(error / scale)))


def float64_moments(training: Training) -> tuple[Float64Moment, ...]:
    """The answers at the times of the training, for f_0 = 0."""
    with np.errstate(all="ignore"):
        return _moments(training)


def _moments(training: Training) -> tuple[Float64Moment, ...]:
    problem = training.problem
    array, exponent = problem.gram(64).float64
    gram = np.ldexp(array, exponent)
    y = np.array([_nearest(value) for value in problem.targets])
    cross = np.array([[float(entry) for entry in row] for row in problem.cross(64)]).reshape(-1, len(y))
    others = np.array([_nearest(value) for value in problem.other_targets])
    try:
        values, vectors = np.linalg.eigh(gram)
    except np.linalg.LinAlgError:
        values, vectors = np.full_like(y, np.nan), np.full_like(gram, np.nan)
    rates = values / len(y)
    part = vectors.T @ y
    result = []
    for moment in training.moments:
        if moment.time is None:
            remainder = np.zeros_like(rates)
        elif training.step is None:
            remainder = np.exp(-rates * _nearest(moment.time))
        else:
            remainder = (1 - _nearest(training.step) * rates) ** _nearest(moment.time)
        held = cross @ (vectors @ ((1 - remainder) / values * part))
        residual = vectors @ (remainder * part)
        result.append(
            Float64Moment(
                moment.time,
                float(residual @ residual) / (2 * len(y)),
                held,
                float(np.mean((held - others) ** 2) / 2) if len(others) else float("nan"),
            )
        )
    return tuple(result)


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
