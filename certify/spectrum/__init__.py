"""Smallest eigenvalues, proved: bounds from factors and residuals, and exact reasons for singularity."""

from certify.spectrum.all_eigenvalues import enclose_eigenvalues
from certify.spectrum.enclosure import EigenvalueEnclosure, enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix
from certify.spectrum.given_shift import factor_for_shift
from certify.spectrum.matrix import smallest_eigenvalue
from certify.spectrum.residual import prove_lower, rayleigh_upper
from certify.spectrum.singular import NullVectorProof, RankProof, RegularProof, decide_exactly
from certify.spectrum.symmetric_input import read_symmetric_ball
from certify.spectrum.symmetries import FamilyProof

__all__ = [
    "Dyadic",
    "EigenvalueEnclosure",
    "FamilyProof",
    "FixedPointBall",
    "NullVectorProof",
    "RankProof",
    "RegularProof",
    "ScaledMatrix",
    "decide_exactly",
    "enclose_eigenvalues",
    "enclose_smallest_eigenvalue",
    "factor_for_shift",
    "prove_lower",
    "rayleigh_upper",
    "read_symmetric_ball",
    "smallest_eigenvalue",
]
