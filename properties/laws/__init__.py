"""Laws that every NTK obeys, by theme: each a small function with a claim, a citation and a strategy of cases.

    from properties.laws import LAWS, EVERYTHING, examine
    from properties.subjects import LibrarySubject

    law = LAWS["ntk-dominates-nngp"]
    law.claim, law.citation
    examine(law, LibrarySubject(), case).verdict          # for a case drawn from law.cases(EVERYTHING)

A subject is this library or somebody else's kernel function, see `properties.subjects`.
"""

from properties.laws import (
    arithmetic,
    calculus,
    certificates,
    finite_kernels,
    finite_width,
    invariance,
    networks,
    order,
    polynomials,
    positivity,
    shaped,
    singularity,
    spectra,
)
from properties.laws.base import EVERYTHING, LAWS, Domain, Law, Outcome, Verdict
from properties.laws.cases import decode, encode
from properties.laws.examining import examine

__all__ = [
    "EVERYTHING",
    "LAWS",
    "Domain",
    "Law",
    "Outcome",
    "Verdict",
    "arithmetic",
    "calculus",
    "certificates",
    "decode",
    "encode",
    "examine",
    "finite_kernels",
    "finite_width",
    "invariance",
    "networks",
    "order",
    "polynomials",
    "positivity",
    "shaped",
    "singularity",
    "spectra",
]
