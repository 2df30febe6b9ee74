"""Proofs about finite networks: their empirical tangent kernel, and what they can memorise."""

from certify.empirical.architecture import Architecture, parse_finite
from certify.empirical.network import FiniteNetwork
from certify.finite.bounds import centred_gram, schur_lower
from certify.finite.descent import DescentProof, prove_descent
from certify.finite.promises import Promise, promise
from certify.finite.proving import memorise, prove_finite

__all__ = [
    "Architecture",
    "DescentProof",
    "FiniteNetwork",
    "Promise",
    "centred_gram",
    "memorise",
    "parse_finite",
    "promise",
    "prove_descent",
    "prove_finite",
    "schur_lower",
]
