"""Two rows that a network keeps proportional, decided as `coq/Singular.v` decides it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from certify.activations import (
    Activation,
    Cos,
    Erf,
    Gabor,
    Gaussian,
    PolynomialActivation,
    RectifiedMonomial,
    Rectifier,
    Sign,
    Sin,
    Step,
)
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
            "proportional values through Dense, homogeneous, odd and even activations without bias."
        )
    return first, second, rational(ratio)


def stays_proportional(layers: Layers, ratio: Fraction) -> bool:
    """Whether values in this ratio stay proportional to the end, by the rules of `ratio_through`."""
    known = True
    for layer in layers:
        if ratio == 1:
            return True
        if isinstance(layer, Dense):
            if layer.b_var:
                return False
            continue
        image = _image(layer, ratio, known)
        if image is None:
            return False
        ratio, known = image
    return True


def _image(layer: Activation, ratio: Fraction, known: bool) -> tuple[Fraction, bool] | None:
    """The ratio after an activation, and whether the first variance is known to be positive: `image` of Singular.v."""
    match layer:
        case Rectifier() if layer.slopes[0] != layer.slopes[1]:
            odd_out = -ratio if layer.slopes[0] == -layer.slopes[1] else None
            image = ratio if ratio > 0 else odd_out
            return None if image is None or not known else (image, True)
        case Rectifier():
            return ratio, False
        case Sign() | Step():
            if not known or (ratio < 0 and isinstance(layer, Step)):
                return None
            return Fraction(1 if ratio > 0 else -1), False
        case RectifiedMonomial():
            return (ratio**layer.degree, False) if known and ratio > 0 else None
        case PolynomialActivation():
            return _power(layer.exponents, ratio)
    if ratio != -1:
        return None
    match layer:
        case Erf() if not layer.c:
            return ratio, known and bool(layer.a and layer.b)
        case Cos() if not layer.c:
            return Fraction(1), False
        case Gaussian():
            return Fraction(1), False
        case Sin() if not layer.c and not isinstance(layer, Cos):
            return ratio, False
        case Gabor():
            return ratio, False
    return None


def _power(exponents: Sequence[int], ratio: Fraction) -> tuple[Fraction, bool] | None:
    """s(ratio t) = image s(t) for a polynomial of these exponents."""
    images = {ratio**k for k in exponents}
    if len(images) > 1:
        return None
    return (images.pop() if images else Fraction(1)), False
