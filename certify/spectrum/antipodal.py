"""Antipodal pairs under one hidden layer of an activation with a linear odd part.

Where s(t) - s(-t) = a t (rectifiers, Gelu, Softplus, Swish), f(x) - f(-x) is linear in x, and so is the difference of
the gradients with respect to the first layer. If sum_k a_k x_k = 0, the combination sum_k a_k (f(x_k) - f(-x_k))
vanishes for all parameters; a constant output bias cancels. Rectifiers are homogeneous: without an output bias y_k =
-c_k x_k with c_k > 0 will do, and f(y_k) / c_k.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import neg

import flint

from certify.activations import Activation, Rectifier
from certify.points import Points
from certify.points.duplicates import FirstRows
from certify.programs import Dense, Layer
from certify.spectrum.symmetries import FamilyProof, direction


def _hypotheses(layers: Sequence[Layer]) -> tuple[bool, bool]:
    """(network of the family, points must be exact opposites)."""
    relevant = [layer for layer in layers if isinstance(layer, (Dense, Activation))]
    fits = (
        len(relevant) in (2, 3)
        and isinstance(relevant[0], Dense)
        and not relevant[0].b_var
        and isinstance(relevant[1], Activation)
        and relevant[1].has_linear_odd_part
        and (len(relevant) == 2 or isinstance(relevant[2], Dense))
    )
    last = relevant[-1]
    output_bias = isinstance(last, Dense) and bool(last.b_var)
    return fits, fits and (output_bias or not isinstance(relevant[1], Rectifier))


def find_antipodal_singularity(layers: Sequence[Layer], points: Points, normalize: str) -> FamilyProof | None:
    """Pairs x_k, -c_k x_k with linearly dependent x_k, if the network is of the family; None decides nothing."""
    fits, opposites = _hypotheses(layers)
    if not fits:
        return None
    used: set[int] = set()
    pairs: list[tuple[int, int]] = []
    exact_needed = opposites and normalize == "none"
    known = FirstRows(points.rows.__getitem__ if exact_needed else lambda i: direction(points.rows[i]))
    for j, row in enumerate(points.rows):
        if not any(row):
            continue
        key = row if exact_needed else direction(row)
        partner = known.find(tuple(map(neg, key)))
        if partner is not None and partner not in used:
            pairs.append((partner, j))
            used |= {partner, j}
        else:
            known.add(j, key)
    if not pairs:
        return None
    chosen = pairs[: points.columns + 1]
    matrix = flint.fmpz_mat([list(points.rows[i]) for i, _ in chosen]).transpose()
    kernel, nullity = matrix.nullspace()
    if not nullity:
        return None
    vector = [int(kernel[k, 0]) for k in range(len(chosen))]
    kept = [(pair, value) for pair, value in zip(chosen, vector, strict=True) if value]
    rows = tuple(index for pair, _ in kept for index in pair)
    return FamilyProof("antipodal pairs", rows, tuple(value for _, value in kept))
