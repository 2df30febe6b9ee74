"""Activations of finite networks: float64 for training, Arb for proofs, and exact bounds on their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray

from certify.activations import Rectifier
from certify.errors import InputError
from certify.stax import parse

FloatArray = NDArray[np.float64]


class Kink(ArithmeticError):
    """A preactivation's ball contains the kink of a piecewise linear activation: its derivative is not known."""


@dataclass(frozen=True)
class FiniteActivation:
    """s with |s| <= bound (None: unbounded), |s'| <= slope, |s''| <= bend away from kinks, and s(0) = at_zero.

    values: (s, s') of float64 arrays, a guess. enclose: (s, s') of a ball; raises Kink. slopes: below and above zero,
    where there are two and nothing else.
    """

    text: str
    smooth: bool
    bound: Fraction | None
    slope: Fraction
    bend: Fraction
    at_zero: Fraction
    values: Callable[[FloatArray], tuple[FloatArray, FloatArray]]
    enclose: Callable[[arb], tuple[arb, arb]]
    slopes: tuple[Fraction, Fraction] | None = None


def _tanh(a: FloatArray) -> tuple[FloatArray, FloatArray]:
    value = np.tanh(a)
    return value, 1 - value * value


def _tanh_ball(a: arb) -> tuple[arb, arb]:
    value = a.tanh()
    return value, 1 - value * value


def _sigmoid(a: FloatArray) -> tuple[FloatArray, FloatArray]:
    value = (1 + np.tanh(a / 2)) / 2
    return value, value * (1 - value)


def _sigmoid_ball(a: arb) -> tuple[arb, arb]:
    value = (1 + (a / 2).tanh()) / 2
    return value, value * (1 - value)


# |tanh''| <= 4 / (3 sqrt 3) < 77/100; the logistic function is (1 + tanh(x/2)) / 2.
TANH = FiniteActivation("Tanh()", True, Fraction(1), Fraction(1), Fraction(77, 100), Fraction(0), _tanh, _tanh_ball)
SIGMOID = FiniteActivation(
    *("Sigmoid()", True, Fraction(1), Fraction(1, 4), Fraction(97, 1000), Fraction(1, 2)), _sigmoid, _sigmoid_ball
)
SMOOTH = {"Tanh()": TANH, "Sigmoid()": SIGMOID}


def finite_activation(text: str) -> FiniteActivation:
    """The activation of this spelling. Raises InputError where it has no finite form here."""
    if text in SMOOTH:
        return SMOOTH[text]
    layers = parse(f"serial(Dense(), {text}, Dense())").layers
    layer = layers[1] if len(layers) == 3 else None
    if isinstance(layer, Rectifier):
        return _two_slopes(repr(layer), *layer.slopes)
    raise InputError(f"{text} has no finite form here: use Tanh(), Sigmoid(), Relu(), LeakyRelu(a) or Abs().")


def _two_slopes(text: str, negative: Fraction, positive: Fraction) -> FiniteActivation:
    low, high = float(negative), float(positive)

    def values(a: FloatArray) -> tuple[FloatArray, FloatArray]:
        slope = np.where(a > 0, high, low)
        return slope * a, slope

    def enclose(a: arb) -> tuple[arb, arb]:
        if a > 0 or positive == negative:
            slope = positive
        elif a < 0:
            slope = negative
        else:
            raise Kink(f"a preactivation {a.str(5)} cannot be told from the kink of {text}")
        exact = arb(slope.numerator) / slope.denominator
        return exact * a, exact

    return FiniteActivation(
        *(text, False, None, max(abs(negative), abs(positive)), Fraction(0), Fraction(0), values, enclose),
        slopes=(negative, positive),
    )
