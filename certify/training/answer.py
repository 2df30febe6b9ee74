"""What training is proved to do, as values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from certify.kernels import Enclosure
from certify.training.early_stopping import EarlyStopping
from certify.training.problem import Problem


class Interval(NamedTuple):
    """lower <= the number <= upper, exactly."""

    lower: Fraction
    upper: Fraction


@dataclass(frozen=True)
class Moment:
    """The trained function at one time; None stands for the limit.

    predictions, held_out: enclosures of shape (1, N) and (1, M). loss: |f - y|^2 / (2 N); held_out_loss likewise over
    M. With a Gaussian start the predictions are means, deviation and held_out_deviation the standard deviations of the
    Gaussian, and loss its expectation; held_out_loss remains that of the mean.
    """

    time: Fraction | None
    loss: Interval
    predictions: Enclosure
    held_out: Enclosure | None
    held_out_loss: Interval | None
    deviation: Enclosure | None = None
    held_out_deviation: Enclosure | None = None


@dataclass(frozen=True)
class Component:
    """Kernel principal components that are learned at one rate.

    rate: eigenvalues of K / N, enclosed together (inverse time); size: how many they are. share: the part of |y|^2 that
    lies along them; None where the eigenvectors are not separated from the others.
    """

    rate: Interval
    size: int
    share: Interval | None


@dataclass(frozen=True)
class Training:
    """Least squares in the kernel regime, proved.

    moments: at the times asked for; times that could not be decided are in `undecided`. components: by falling rate.
    until: (early, late) around the time at which the loss falls to `level`. largest_step: gradient descent converges on
    every component for steps below this number, enclosed. curve: times and losses (training, held out) for a plot.
    """

    problem: Problem
    initial: str
    step: Fraction | None
    bits: int
    moments: tuple[Moment, ...]
    undecided: tuple[str, ...]
    components: tuple[Component, ...]
    largest_step: Interval
    level: Fraction | None
    until: Interval | None
    early_stopping: EarlyStopping | None
    curve: tuple[tuple[Fraction, Interval, Interval | None], ...]

    @property
    def n(self) -> int:
        return self.problem.n
