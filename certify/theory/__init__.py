"""The papers' theorems as executable statements, one a file, each with its citation."""

from certify.theory.cumulative_shares import cumulative_shares, table_one
from certify.theory.effective_rank import effective_rank
from certify.theory.low_rank_spectrum import eigenvalue_upper
from certify.theory.polynomial_identities import VanishingIdentity, vanishing_identity
from certify.theory.positivity_theorem import Hypothesis, Positivity, decide_positivity, positivity, why_no_polynomial
from certify.theory.power_series import PowerSeries, power_series, printed_value
from certify.theory.sphere import relu_sphere_eigenvalue, sphere_eigenvalues

__all__ = [
    "Hypothesis",
    "Positivity",
    "PowerSeries",
    "VanishingIdentity",
    "cumulative_shares",
    "decide_positivity",
    "effective_rank",
    "eigenvalue_upper",
    "positivity",
    "power_series",
    "printed_value",
    "relu_sphere_eigenvalue",
    "sphere_eigenvalues",
    "table_one",
    "vanishing_identity",
    "why_no_polynomial",
]
