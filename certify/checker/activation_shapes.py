"""Activations from their arguments: what makes their spelling canonical."""

from fractions import Fraction
from itertools import pairwise

from .activations import ExponentialLinear, GaussianSum, PiecewiseLinear, SineSum
from .answers import Malformed
from .expressions import Node
from .user_functions import read_function


def _require_mixture(weights: tuple[Fraction, ...], rates: tuple[Fraction, ...]) -> None:
    if len(weights) != len(rates) or not all(weights):
        raise Malformed("a mixture needs as many weights as rates, none of them zero")
    if any(after <= before for before, after in pairwise(rates)):
        raise Malformed("the rates of a mixture do not increase")


def gaussian_sum(weights: tuple[Fraction, ...], rates: tuple[Fraction, ...]) -> GaussianSum:
    """GaussianMixture; Malformed unless canonical."""
    _require_mixture(weights, rates)
    if rates[-1] > 0:
        raise Malformed("GaussianMixture needs rates that are not positive")
    return GaussianSum(weights, rates)


def sine_sum(weights: tuple[Fraction, ...], rates: tuple[Fraction, ...], phases: tuple[Fraction, ...]) -> SineSum:
    """SineMixture; Malformed unless canonical."""
    _require_mixture(weights, rates)
    if rates[0] <= 0 or len(phases) != len(weights):
        raise Malformed("SineMixture needs positive frequencies and as many phases")
    return SineSum(weights, rates, phases)


def elu(alpha: Fraction) -> ExponentialLinear:
    """Elu; Malformed unless alpha is positive."""
    if alpha <= 0:
        raise Malformed("Elu needs alpha > 0")
    return ExponentialLinear(Fraction(1), alpha)


def piecewise(breakpoints: tuple[Fraction, ...], slopes: tuple[Fraction, ...], offset: Fraction) -> PiecewiseLinear:
    """PiecewiseLinear; Malformed unless canonical."""
    if len(slopes) != len(breakpoints) + 1:
        raise Malformed("PiecewiseLinear needs one slope more than breakpoints")
    if any(after <= before for before, after in pairwise(breakpoints)):
        raise Malformed("the breakpoints of PiecewiseLinear do not increase")
    if any(after == before for before, after in pairwise(slopes)):
        raise Malformed("PiecewiseLinear has a breakpoint that is no kink")
    return PiecewiseLinear(breakpoints, slopes, offset)


def user_function(node: Node, where: str) -> str:
    """The text of a user's function, read once; Malformed where it is none."""
    if not isinstance(node, str):
        raise Malformed(f"{where} is not a function in double quotes")
    read_function(node)
    return node
