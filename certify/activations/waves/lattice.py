"""The lattice of frequencies on which the waves of a pair stand.

Both points of a pair have w_k sqrt(q) = kappa k, k odd: half periods L = pi sqrt(q) / kappa. Then E cos(w_j u)
cos(w'_k v) and E sin(w_j u) sin(w'_k v) depend on the correlation alone. With l = y / sqrt(q) the error of the waves is
D = exp(-y pi / kappa + y^2 / 2), for 2/L <= l <= decay, decay L >= 4: both follow from y <= decay sqrt(q) and 3 y >= 4
kappa.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from certify.arithmetic.protocol import Arithmetic

_CLASSES = 4


def spacing(nats: float, decay: float, root: float) -> Fraction:
    """A kappa at which D is about exp(-nats) for every standard deviation from `root` on: one of few, a guess."""
    widest = math.pi / math.sqrt(2 * nats)
    y = min(decay * root, math.sqrt(2 * nats))
    ratio = widest * (nats + y * y / 2) / (math.pi * y)
    places = math.ceil(_CLASSES * math.log2(ratio) - 1e-6)
    halvings, part = divmod(places, _CLASSES)
    return Fraction(math.floor(widest * 2.0 ** (16 - part / _CLASSES)), 2 ** (16 + halvings))


def leakage(number: Arithmetic, kappa: Fraction, decay: Fraction, root: Any, guess: float) -> Any:
    """D at a standard deviation `root`, of which `guess` is about the value. Call inside `number.active()`.

    Raises ArithmeticError where the hypotheses do not hold.
    """
    y = min(decay * Fraction(guess) * (1 - Fraction(1, 2**20)), Fraction(math.pi / float(kappa)))
    if 3 * y < 4 * kappa or not number.is_positive(number.exact(decay) * root - number.exact(y)):
        raise ArithmeticError("a lattice of waves is too coarse for the variance")
    return number.exp(number.exact(y * y / 2) - number.exact(y / kappa) * number.pi)
