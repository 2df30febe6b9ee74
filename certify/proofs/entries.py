"""Certificates about networks with a function that the checker has no dual of: from enclosed entries, which it does not
recompute."""

from __future__ import annotations

from functools import partial
from typing import Any

from flint import fmpz_mat

from certify.activations import Elementwise
from certify.certificate import Certificate, hexadecimal, integers, sealed_document
from certify.errors import InputError
from certify.kernels import arithmetic_named
from certify.proofs.gram import Progress
from certify.proofs.program_gram import gram_balls, is_chain
from certify.proofs.request import Request
from certify.proofs.witness import bounds_field, residual_field
from certify.spectrum import FixedPointBall, enclose_smallest_eigenvalue
from certify.stax import Network

ROUNDS = 3


def user_functions(network: Network) -> tuple[Elementwise, ...]:
    """The layers that are a user's own functions."""
    return tuple(layer for layer in network.layers if isinstance(layer, Elementwise))


def prove_entries(request: Request, progress: Progress | None) -> Certificate:
    """A certificate about the enclosed Gram matrix of a network with a function that the checker has no dual of.

    Strip and growth of a user's function are proved here (or stated by the user) and not by the checker, so the claim
    is about the matrix and its radii, and `certify check` names the entries as an assumption; network and data are
    labels.
    """
    if not is_chain(request.network):
        raise InputError("Elementwise is proved in chains of Dense layers and activations only: use a serial network.")
    make = arithmetic_named("arb" if request.arithmetic in ("float", "auto") else request.arithmetic)[1]
    balls = gram_balls(request.network, request.points, request.normalize, request.kernel, make, progress)
    n, width = request.points.n, request.rel_width
    found = enclose_smallest_eigenvalue(balls, n, rel_width=width, max_bits=request.max_bits)
    for round_ in range(ROUNDS):
        bits = min(found.bits + (16 << round_), request.max_bits)
        fixed, radius = _one_radius(balls(bits))
        again = enclose_smallest_eigenvalue(
            partial(_same, fixed), n, rel_width=width, max_bits=request.max_bits, reserve=False
        )
        if again.verdict == found.verdict:
            break
    gram = {
        "exponent": fixed.exponent,
        "midpoints": [integers(int(fixed.mid[i, j]) for j in range(i + 1)) for i in range(n)],
        "radii": hexadecimal(radius),
    }
    claim: dict[str, Any] = {
        "gram": gram,
        "lambda_min": bounds_field(again, request.digits),
        "verdict": again.verdict,
    }
    assumed = [text for layer in user_functions(request.network) if (text := layer.assumption) is not None]
    labels = {
        **request.labels("dense", "arb", "shifted factor and residual of the entries enclosed for a user's function"),
        **({"assumed": "; ".join(assumed)} if assumed else {}),
        "kernel": request.kernel,
        "network": repr(request.network),
        "normalize": request.normalize,
    }
    undecided = again.verdict == "undecided"
    proof = {"bits": again.bits, "kind": "none"} if undecided else residual_field(again, n)
    return Certificate(sealed_document(claim, proof, labels))


def _same(ball: FixedPointBall, bits: int) -> FixedPointBall:
    """The one ball, at whatever precision."""
    return ball


def _one_radius(ball: FixedPointBall) -> tuple[FixedPointBall, int]:
    """A ball around the same midpoints with one radius for every entry, no smaller than any row's sum of radii."""
    radius = max(ball.radius_row_sums)
    return FixedPointBall(fmpz_mat(ball.mid), ball.exponent, (radius * ball.n,) * ball.n), radius
