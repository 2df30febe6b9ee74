"""The layer recursion with closed forms as the papers print them, in Arb balls at a precision that forgives them.

Slow and wasteful on purpose: angles by Kahan's half-angle formula, erf by asin, one pass for every entry, the diagonal
like any other. Sources: Cho and Saul 2009 (rectified monomials, J_0 to J_3), Williams 1997 (erf), Tsuchida et al. 2021
(gelu), Han et al. 2022, arXiv 2209.04121 (sinusoids, gabor), Jacot, Gabriel and Hongler 2018 (the recursion).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from certify.activations import Activation
from certify.points import Points
from certify.programs import Dense
from certify.stax import Network
from properties.intervals import Bounds, Interval
from properties.oracles.wick import coefficients, inner, polynomial_dual

Dual = Callable[[Any, Any, Any, Any], tuple[Any, Any]]


def ball(value: Fraction | int) -> arb:
    value = Fraction(value)
    return arb(fmpq(value.numerator, value.denominator))


def root(x: arb) -> arb:
    """Square root of a number known to be >= 0."""
    # The union comes last: a ball around [0, y] may reach below zero, where a root has no value.
    return x.sqrt() if x >= 0 else arb(0).union(abs(x).upper().sqrt())


def angle_and_sine(q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    """(theta, sqrt(q1 q2 - r^2)): theta = 2 atan(sqrt((p - r)/(p + r))), p = sqrt(q1 q2), or its complement."""
    p = (q1 * q2).sqrt()
    near, far = root(p - r), root(p + r)
    theta = 2 * (near / far).atan() if r >= 0 else arb.pi() - 2 * (far / near).atan()
    return theta, near * far


def _rectifier(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    # E[s(u)s(v)] = (a^2 + b^2) R(r) - 2 a b R(-r) with R the dual of max(x, 0).
    a, b = (ball(slope) for slope in s.slopes)
    theta, sine = angle_and_sine(q1, q2, r)
    pi = arb.pi()
    same, cross = (sine + (pi - theta) * r) / (2 * pi), (sine - theta * r) / (2 * pi)
    same_slope, cross_slope = (pi - theta) / (2 * pi), -theta / (2 * pi)
    mixed = a * a + b * b
    return mixed * same - 2 * a * b * cross, mixed * same_slope - 2 * a * b * cross_slope


def _moment(order: int, q1: arb, q2: arb, r: arb) -> arb:
    """(q1 q2)^(k/2) J_k(theta) / (2 pi), E[u+^k v+^k]."""
    theta, sine = angle_and_sine(q1, q2, r)
    p = (q1 * q2).sqrt()
    sin, cos, rest = sine / p, r / p, arb.pi() - theta
    # Not cos**2: the power of a ball around zero has no value in python-flint.
    square = cos * cos
    j = {
        0: rest,
        1: sin + rest * cos,
        2: 3 * sin * cos + rest * (1 + 2 * square),
        3: 4 * sin * sin * sin + 15 * sin * square + rest * (9 * cos + 6 * cos * square),
    }[order]
    return p**order * j / (2 * arb.pi())


def _rectified_monomial(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    k = s.degree
    return _moment(k, q1, q2, r), (k * k * _moment(k - 1, q1, q2, r) if k else arb(0))


def _sign(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    return 1 - 2 * angle_and_sine(q1, q2, r)[0] / arb.pi(), arb(0)


def _step(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    return (1 - angle_and_sine(q1, q2, r)[0] / arb.pi()) / 2, arb(0)


def scaled_erf(a: Fraction, b: Fraction, c: Fraction, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    """a erf(b x) + c: the arc-sine kernel of b^2 times the covariance."""
    q1, q2, r = (ball(b * b) * value for value in (q1, q2, r))
    product = (1 + 2 * q1) * (1 + 2 * q2)
    amplitude = ball(a * a)
    value = amplitude * 2 / arb.pi() * (2 * r / product.sqrt()).asin() + ball(c * c)
    return value, amplitude * ball(b * b) * 4 / (arb.pi() * (product - 4 * r * r).sqrt())


def _erf(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    return scaled_erf(s.a, s.b, s.c, q1, q2, r)


def _sigmoid_like(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    return scaled_erf(Fraction(1, 2), 1 / Fraction("2.4020563531719796"), Fraction(1, 2), q1, q2, r)


def _gelu(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    both = (1 + q1) * (1 + q2)
    d2 = both - r * r
    d = d2.sqrt()
    angle = arb.atan2(r, d)
    value = r / 4 + ((r * r + q1 * q2 * d2) / (both * d) + r * angle) / (2 * arb.pi())
    slope = angle / (2 * arb.pi()) + r / (2 * arb.pi() * d) * (1 / d2 + (1 - q1 * q2) / both + 1)
    return value, slope + ball(Fraction(1, 4))


def sinusoid(a: Fraction, b: Fraction, cosine: arb, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    """a sin(b x + c) with cos(2 c) given."""
    rate = ball(b * b)
    e = (-rate * (q1 + q2) / 2).exp()
    up, down = (rate * r).exp(), (-rate * r).exp()
    amplitude = ball(a * a)
    return amplitude * e / 2 * (up - cosine * down), amplitude * rate * e / 2 * (up + cosine * down)


def _sin(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    return sinusoid(s.a, s.b, ball(2 * s.c).cos(), q1, q2, r)


def _cos(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    # cos(x) = sin(x + pi/2), so the phase 2 c gains pi.
    return sinusoid(s.a, s.b, (ball(2 * s.c) + arb.pi()).cos(), q1, q2, r)


def _rbf(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    value = (-ball(s.gamma) * (q1 + q2 - 2 * r)).exp()
    return value, 2 * ball(s.gamma) * value


def _exp(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    value = ball(s.a) ** 2 * (ball(s.b) ** 2 * ((q1 + q2) / 2 + r)).exp()
    return value, ball(s.b) ** 2 * value


def _gaussian(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    # a exp(-beta x^2) is a exp(-x^2) at beta times the covariance: 1/E and 4 r/E^3.
    beta = ball(-s.b)
    q1, q2, r = beta * q1, beta * q2, beta * r
    e = ((1 + 2 * q1) * (1 + 2 * q2) - 4 * r * r).sqrt()
    return ball(s.a) ** 2 / e, ball(s.a) ** 2 * beta * 4 * r / e**3


def _gaussian_mixture(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    # det(I + 2 D Sigma)^(-1/2) for every pair of terms, D the diagonal matrix of their rates.
    value = slope = arb(0)
    for a, b in zip(s.a, s.b, strict=True):
        for c, d in zip(s.a, s.b, strict=True):
            determinant = (1 - 2 * ball(b) * q1) * (1 - 2 * ball(d) * q2) - 4 * ball(b * d) * r * r
            part = ball(a * c) / determinant.sqrt()
            value, slope = value + part, slope + 4 * ball(b * d) * r * part / determinant
    return value, slope


def _sine_mixture(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    # The real part of E exp(i (b u - d v)) exp(i (c - f)) / 2, less the same with the other sign.
    value = slope = arb(0)
    terms = list(zip(s.a, s.b, s.c, strict=True))
    for a, b, c in terms:
        for other, d, f in terms:
            level = (-(ball(b) ** 2 * q1 + ball(d) ** 2 * q2) / 2).exp() * ball(a * other) / 2
            up, down = (ball(b * d) * r).exp(), (-ball(b * d) * r).exp()
            near, far = ball(c - f).cos() * up, ball(c + f).cos() * down
            value, slope = value + level * (near - far), slope + ball(b * d) * level * (near + far)
    return value, slope


def _gabor(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    df, sm = 4 * (q1 * q2 - r * r), q1 + q2
    den = 2 * sm + df + 1
    el, er = (-(sm + df + 2 * r) / (2 * den)).exp(), (2 * r / den).exp()
    sh, dt = 1 + 2 * sm + 4 * (r * r + q1 * q2), 4 * r * (df + 3 * sm + 2)
    return el * (er - 1) / (2 * den.sqrt()), el * ((sh - dt) + er * (sh + dt)) / (2 * den.sqrt() * den**2)


def _polynomial(s: Any, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    table = coefficients(s)
    assert table is not None
    return polynomial_dual([ball(c) for c in table[0]], ball(table[1]), q1, q2, r)  # type: ignore[misc]


DUALS: dict[str, Dual] = {
    **dict.fromkeys(("Relu", "Abs", "LeakyRelu", "ABRelu"), _rectifier),
    **dict.fromkeys(("Monomial", "Polynomial", "Hermite"), _polynomial),
    "RectifiedMonomial": _rectified_monomial,
    "Sign": _sign,
    "Step": _step,
    "Erf": _erf,
    "Gelu": _gelu,
    "Sigmoid_like": _sigmoid_like,
    "Sin": _sin,
    "Cos": _cos,
    "Rbf": _rbf,
    "Exp": _exp,
    "Gaussian": _gaussian,
    "Gabor": _gabor,
    "GaussianMixture": _gaussian_mixture,
    "SineMixture": _sine_mixture,
}


def textbook_entry(network: Network, q1: arb, q2: arb, s: arb, kernel: str) -> arb:
    """The kernel at <x, x>/d, <y, y>/d, <x, y>/d."""
    t = arb(0)
    for layer in network.layers:
        if isinstance(layer, Dense):
            w, b = ball(layer.W_var), ball(layer.b_var)
            q1, q2, s = w * q1 + b, w * q2 + b, w * s + b
            t = w * t + s
        elif isinstance(layer, Activation):
            dual = DUALS[type(layer).__name__]
            value, slope = dual(layer, q1, q2, s)
            q1, q2, s, t = dual(layer, q1, q1, q1)[0], dual(layer, q2, q2, q2)[0], value, t * slope
    return t if kernel == "ntk" else s


def textbook_slopes(network: Network, point: Sequence[Fraction], normalize: str, bits: int) -> list[Fraction]:
    """A lower bound on Sd(x, x) = W_var E[s'(u)^2] for every Dense behind an activation, first to last."""
    before = ctx.prec
    ctx.prec = bits
    try:
        square = Fraction(1) if normalize == "unit" else inner(point, point)
        q, slope, slopes = ball(square / len(point)), arb(1), []
        for layer in network.layers:
            if isinstance(layer, Dense):
                w = ball(layer.W_var)
                slopes.append(max(Fraction(0), interval_of_ball(w * slope).low))
                q, slope = w * q + ball(layer.b_var), arb(1)
            elif isinstance(layer, Activation):
                q, slope = DUALS[type(layer).__name__](layer, q, q, q)
        return slopes[1:]
    finally:
        ctx.prec = before


def textbook_kernel(network: Network, points: Points, kernel: str, normalize: str, bits: int) -> Bounds:
    """Bounds on the kernel matrix from the formulas in the books; points without zero rows."""
    rows = points.as_fractions()
    products = [[inner(x, y) for y in rows] for x in rows]
    before = ctx.prec
    ctx.prec = bits
    try:
        d = points.columns
        n = points.n
        lengths = [ball(products[i][i]).sqrt() for i in range(n)]

        def entry(i: int, j: int) -> Interval:
            if normalize == "unit":
                one = ball(Fraction(1, d))
                s = ball(products[i][j]) / (lengths[i] * lengths[j]) / d if i != j else one
                return interval_of_ball(textbook_entry(network, one, one, s, kernel))
            q1, q2, s = (ball(value / d) for value in (products[i][i], products[j][j], products[i][j]))
            return interval_of_ball(textbook_entry(network, q1, q2, s, kernel))

        return Bounds(tuple(tuple(entry(i, j) for j in range(n)) for i in range(n)))
    finally:
        ctx.prec = before


def interval_of_ball(x: arb) -> Interval:
    """The exact end points of a finite ball. Raises ArithmeticError for any other."""
    if not x.is_finite():
        raise ArithmeticError(f"the textbook formula gives {x.str(10)}")
    middle, radius = _exact(x.mid()), _exact(x.rad())
    return Interval(middle - radius, middle + radius)


def _exact(x: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in x.man_exp())
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)
