"""The exponent of a power law, with its confidence interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


class Slope(NamedTuple):
    """y ~ x^exponent by least squares in logarithms; low <= exponent <= high at 95 per cent (Student's t)."""

    exponent: float
    low: float
    high: float
    factor: float


def log_log_slope(x: Sequence[float], y: Sequence[float]) -> Slope:
    """The slope of log y against log x, for at least three points."""
    fit = stats.linregress(np.log(x), np.log(y))
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(x) - 2)) * float(fit.stderr)
    exponent = float(fit.slope)
    return Slope(exponent, exponent - reach, exponent + reach, float(np.exp(fit.intercept)))
