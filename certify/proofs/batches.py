"""Certificates about networks with batch normalisation: from enclosed entries, which the checker does not recompute."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from certify.certificate import Certificate, sealed_document
from certify.kernels import Enclosure
from certify.points import Points
from certify.proofs.given_matrix import prove_matrix
from certify.proofs.gram import Progress
from certify.stax import Network


def prove_batch(
    network: Network,
    points: Points,
    kernel: str,
    normalize: str,
    rel_width: Fraction,
    max_bits: int,
    data: Mapping[str, Any],
    progress: Progress | None,
) -> Certificate:
    """A certificate about the enclosed Gram matrix of one batch.

    The integrals of the paper are proved here and not by the checker, so the claim is about the matrix and its radii,
    and `certify check` names the entries as an assumption; network and data are labels. Raises InputError where the
    batch has no kernel.
    """
    enclosure = network.kernel(points, get=kernel, normalize=normalize)
    assert isinstance(enclosure, Enclosure)
    found = prove_matrix(enclosure.mid, enclosure.rad, rel_width=rel_width, max_bits=max_bits, progress=progress)
    labels = {
        **found.labels,
        "arithmetic": "arb",
        "data": dict(data),
        "network": repr(network),
        "reason": "shifted factor and residual of the entries enclosed for the network with BatchNorm",
    }
    return Certificate(sealed_document(found.claim, found.document["proof"], labels))
