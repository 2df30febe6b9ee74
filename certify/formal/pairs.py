"""Two rows that a network keeps proportional, decided as `coq/Singular.v` decides it."""

from __future__ import annotations

from fractions import Fraction

from certify.activations import Erf, Rectifier
from certify.certificate import Certificate
from certify.errors import InputError
from certify.formal.spelling import rational
from certify.formal.terms import Layers
from certify.points import Points
from certify.programs import Dense


def proportional_rows(certificate: Certificate, layers: Layers, points: Points) -> tuple[int, int, str]:
    """The two rows of a singular certificate, and what the first is multiplied by to give the
    second, as a term of type Q.

    Raises InputError where the theorem of the Coq library does not apply to them.
    """
    first, second = certificate.document["proof"]["rows"]
    x, y = points.rows[first], points.rows[second]
    ratio = next((Fraction(b, a) for a, b in zip(x, y, strict=True) if a), Fraction(0))
    if not ratio:
        raise InputError(f"row {first} or {second} of the points is zero, about which the Coq library has no theorem.")
    meant = Fraction(1 if ratio > 0 else -1) if certificate.normalize == "unit" else ratio
    if not stays_proportional(layers, meant):
        raise InputError(
            f"why rows {first} and {second} make the matrix singular is beyond the Coq library: it follows "
            "proportional values through Dense, Relu and the like, and odd Erf."
        )
    return first, second, rational(ratio)


def stays_proportional(layers: Layers, ratio: Fraction) -> bool:
    """Whether values in this ratio stay proportional to the end, by the rules of `ratio_through`."""
    for layer in layers:
        if ratio == 1:
            return True
        if isinstance(layer, Dense):
            if layer.b_var:
                return False
        elif isinstance(layer, Rectifier):
            a, b = layer.slopes
            if not a and not b:
                return False
            if ratio < 0 and a != b:
                if a != -b:
                    return False
                ratio = -ratio
        elif not (isinstance(layer, Erf) and ratio == -1 and not layer.c and layer.a and layer.b):
            return False
    return True
