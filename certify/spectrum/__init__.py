"""Smallest eigenvalues, proved: bounds from factors and residuals, and exact reasons for singularity."""

from certify.spectrum.enclosure import EigenvalueEnclosure, enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import FixedPointBall
from certify.spectrum.matrix import smallest_eigenvalue
from certify.spectrum.singular import NullVectorProof, RankProof, RegularProof, decide_exactly
from certify.spectrum.symmetric_input import read_symmetric_ball
from certify.spectrum.symmetries import FamilyProof

__all__ = [
    "EigenvalueEnclosure",
    "FamilyProof",
    "FixedPointBall",
    "NullVectorProof",
    "RankProof",
    "RegularProof",
    "decide_exactly",
    "enclose_smallest_eigenvalue",
    "read_symmetric_ball",
    "smallest_eigenvalue",
]
