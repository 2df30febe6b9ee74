"""The papers' theorems as executable statements, one a file, each with its citation."""

from certify.theory.polynomial_identities import VanishingIdentity, vanishing_identity
from certify.theory.positivity_theorem import Hypothesis, Positivity, decide_positivity, positivity, why_no_polynomial

__all__ = [
    "Hypothesis",
    "Positivity",
    "VanishingIdentity",
    "decide_positivity",
    "positivity",
    "vanishing_identity",
    "why_no_polynomial",
]
