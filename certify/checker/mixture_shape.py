"""Mixtures from their arguments: what makes their spelling canonical."""

from fractions import Fraction
from itertools import pairwise

from .activations import GaussianSum, SineSum
from .answers import Malformed


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
