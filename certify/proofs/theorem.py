"""Certificates by the positivity theorem: no matrix, no lower bound."""

from __future__ import annotations

from fractions import Fraction

from certify.certificate import Certificate, decimal_above, sealed_document
from certify.kernels import arithmetic_named
from certify.proofs.program_gram import gram_balls, is_chain
from certify.proofs.request import Request
from certify.spectrum.fixed_point import scaled
from certify.theory import Positivity, decide_positivity

BITS = 53


def prove_by_theorem(request: Request) -> Certificate:
    """The certificate that the theorem of `certify.theory.positivity` gives: positive definite, or undecided.

    The upper bound on the smallest eigenvalue is the diagonal entry of a shortest row (the quotient of a unit vector).
    Networks beyond chains of Dense layers and activations in the 'ntk' parametrisation remain undecided.
    """
    if is_chain(request.network):
        decided = decide_positivity(request.layers, request.points, request.normalize)
    else:
        decided = Positivity("undecided", "the theorem speaks of chains of Dense layers and activations only", (), None)
    row = min(range(request.points.n), key=lambda i: sum(value * value for value in request.points.rows[i]))
    upper = decimal_above(_diagonal_upper(request, row), request.digits)
    if decided.activation is None:
        claim = request.claim("undecided", {"lower": "0", "upper": upper})
        labels = request.labels("theorem", "exact", decided.reason)
        return Certificate(sealed_document(claim, {"bits": BITS, "kind": "none"}, labels))
    proof = {"activation": decided.activation, "bits": BITS, "kind": "theorem", "row": row}
    claim = request.claim(decided.verdict, {"lower": None, "upper": upper})
    return Certificate(sealed_document(claim, proof, request.labels("theorem", "exact", decided.reason)))


def _diagonal_upper(request: Request, row: int) -> Fraction:
    """An upper bound on one diagonal entry, with room for the checker's own enclosure."""
    alone = request.points.take([row])
    ball = gram_balls(request.network, alone, request.normalize, request.kernel, arithmetic_named("arb")[1])(BITS)
    return (scaled(int(ball.mid[0, 0]), ball.exponent) + ball.max_radius) * (1 + Fraction(1, 2 ** (BITS - 4)))
