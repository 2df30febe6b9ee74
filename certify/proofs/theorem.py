"""Certificates by the positivity theorem: no matrix, no lower bound."""

from __future__ import annotations

from fractions import Fraction

from certify.arithmetic.rationals import abbreviate
from certify.certificate import Certificate, decimal_above, sealed_document
from certify.errors import InputError
from certify.kernels import EntryEvaluator, arithmetic_named, check_inputs
from certify.points import Points
from certify.proofs.program_gram import is_chain
from certify.proofs.request import Request
from certify.theory import decide_positivity

BITS = 53


def prove_by_theorem(request: Request) -> Certificate:
    """The certificate that the theorem of `certify.theory.positivity` gives: positive definite, or undecided.

    The upper bound on the smallest eigenvalue is the diagonal entry of a shortest row (the quotient of a unit vector).
    """
    if not is_chain(request.network):
        raise InputError(
            f"method='theorem' speaks of chains of Dense layers and activations in the 'ntk' parametrisation, and "
            f"{abbreviate(repr(request.network))} is none: use method='dense'."
        )
    decided = decide_positivity(request.layers, request.points, request.normalize)
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
    alone = Points.reduced([request.points.rows[row]], request.points.denominator)
    inputs = check_inputs(alone, None, request.normalize)
    evaluator = EntryEvaluator(request.layers, inputs, (request.kernel,), BITS, arithmetic_named("arb")[1])
    (entry,) = evaluator.diagonal(inputs.norms1)[0]
    _, high, exponent = evaluator.level(0).number.endpoints(entry)
    return high * Fraction(2) ** exponent * (1 + Fraction(1, 2 ** (BITS - 4)))
