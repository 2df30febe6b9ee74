"""Certificates by the positivity theorem: no matrix, no lower bound."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from certify.activations import Activation
from certify.certificate import Certificate, decimal_above, hexadecimal, sealed_document
from certify.kernels import arithmetic_named
from certify.proofs.program_gram import gram_balls, is_chain
from certify.proofs.request import Request
from certify.spectrum.fixed_point import scaled
from certify.theory import Positivity, decide_positivity
from certify.theory.positivity_theorem import difference_of

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
    proof: dict[str, Any] = {"activation": decided.activation, "bits": BITS, "kind": "theorem", "row": row}
    differences = list(_differences(request, decided.activation))
    if differences:
        proof["differences"] = differences
    claim = request.claim(decided.verdict, {"lower": None, "upper": upper})
    return Certificate(sealed_document(claim, proof, request.labels("theorem", "exact", decided.reason)))


def _differences(request: Request, chosen: int) -> Iterator[dict[str, Any]]:
    """The evidence for users' functions: of order N - 1 for the activation that is no polynomial, of order 1 for the
    others, which are not constant."""
    activations = [layer for layer in request.layers if isinstance(layer, Activation)]
    for index, activation in enumerate(activations):
        order = max(request.points.n - 1, 1) if index == chosen else 1
        found = difference_of(activation, order)
        if found is not None:
            yield {
                "activation": index,
                "bits": found.bits,
                "exponent": found.exponent,
                "order": found.order,
                "start": hexadecimal(found.start),
                "step": hexadecimal(found.step),
            }


def _diagonal_upper(request: Request, row: int) -> Fraction:
    """An upper bound on one diagonal entry, with room for the checker's own enclosure."""
    alone = request.points.take([row])
    ball = gram_balls(request.network, alone, request.normalize, request.kernel, arithmetic_named("arb")[1])(BITS)
    return (scaled(int(ball.mid[0, 0]), ball.exponent) + ball.max_radius) * (1 + Fraction(1, 2 ** (BITS - 4)))
