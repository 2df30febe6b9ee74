"""Finite networks with exact weights, and enclosures of their outputs and of their empirical tangent kernels."""

from certify.empirical.architecture import Architecture, parse_finite
from certify.empirical.network import FiniteNetwork

__all__ = ["Architecture", "FiniteNetwork", "parse_finite"]
