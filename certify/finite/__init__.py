"""Finite networks, exactly: their empirical tangent kernel, and what they can memorise."""

from certify.finite.architecture import Architecture, parse_finite
from certify.finite.network import FiniteNetwork
from certify.finite.proving import memorise, prove_finite

__all__ = ["Architecture", "FiniteNetwork", "memorise", "parse_finite", "prove_finite"]
