"""NNGP and NTK by the textbook recursion at 400 digits: no exact relations, no enclosures, no care but the digits.

Every collapse near correlation +-1 or at variance 0 costs at most half of the digits per layer, so that some fifty are
left after three layers with jumps. Formulas as in Cho and Saul (2009), Williams (1997) and Tsuchida et al. (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
from mpmath import mp, mpf

from certify import stax

DIGITS = 400


def real(value: Fraction) -> Any:
    return mpf(value.numerator) / value.denominator


def duals(activation: Any, q1: Any, q2: Any, r: Any) -> tuple[Any, Any]:
    """(V, V') for variances q1, q2 and covariance r."""
    sine = mpmath.sqrt(max(q1 * q2 - r * r, mpf(0)))
    theta = mpmath.atan2(sine, r)
    degenerate = not q1 or not q2
    match activation:
        case stax.Relu():
            return slopes(mpf(0), mpf(1), r, sine, theta)
        case stax.Abs():
            return slopes(mpf(-1), mpf(1), r, sine, theta)
        case stax.ABRelu(a=a, b=b):
            return slopes(real(a), real(b), r, sine, theta)
        case stax.Sign():
            return mpf(0) if degenerate else 1 - 2 * theta / mp.pi, mpf(0)
        case stax.Step():
            return mpf(1) / 4 if degenerate else (mp.pi - theta) / (2 * mp.pi), mpf(0)
        case stax.RectifiedMonomial(degree=0):
            whole = mpf(1) if not q1 and not q2 else mpf(1) / 2
            return whole if degenerate else (mp.pi - theta) / (2 * mp.pi), mpf(0)
        case stax.RectifiedMonomial(degree=2):
            rest = mp.pi - theta
            first = (sine + r * rest) / (2 * mp.pi)
            return (3 * r * sine + rest * (q1 * q2 + 2 * r * r)) / (2 * mp.pi), 4 * first
        case stax.Erf(a=a, b=b, c=c):
            a, rate, c = real(a), 2 * real(b) ** 2, real(c)
            product = (1 + rate * q1) * (1 + rate * q2)
            value = 2 * a**2 / mp.pi * mpmath.asin(rate * r / mpmath.sqrt(product)) + c**2
            return value, 2 * a**2 * rate / (mp.pi * mpmath.sqrt(product - (rate * r) ** 2))
        case stax.Cos(a=a, b=b, c=c):
            return sinusoid(real(a), real(b), real(c) + mp.pi / 2, q1 + q2, r)
        case stax.Sin(a=a, b=b, c=c):
            return sinusoid(real(a), real(b), real(c), q1 + q2, r)
        case stax.Gelu():
            both = (1 + q1) * (1 + q2)
            square = both - r * r
            root = mpmath.sqrt(square)
            angle = mpmath.atan2(r, root)
            value = r / 4 + ((r * r + q1 * q2 * square) / (both * root) + r * angle) / (2 * mp.pi)
            slope = mpf(1) / 4 + angle / (2 * mp.pi)
            return value, slope + r / (2 * mp.pi * root) * (1 / square + (1 - q1 * q2) / both + 1)
        case stax.Gaussian(a=a, b=b):
            a, rate = real(a), -2 * real(b)
            square = (1 + rate * q1) * (1 + rate * q2) - (rate * r) ** 2
            return a**2 / mpmath.sqrt(square), a**2 * rate**2 * r / mpmath.sqrt(square) ** 3
    raise AssertionError(f"no plain dual of {activation!r}")


def slopes(a: Any, b: Any, r: Any, sine: Any, theta: Any) -> tuple[Any, Any]:
    factor = (a - b) ** 2 / (2 * mp.pi)
    slope = (a * a + b * b) / 2 - factor * theta
    return factor * sine + r * slope, slope


def sinusoid(a: Any, b: Any, c: Any, total: Any, r: Any) -> tuple[Any, Any]:
    near = mpmath.exp(-b * b * (total - 2 * r) / 2)
    far = mpmath.cos(2 * c) * mpmath.exp(-b * b * (total + 2 * r) / 2)
    return a * a * (near - far) / 2, a * a * b * b * (near + far) / 2


def entry(net: Any, x: Sequence[Fraction], y: Sequence[Fraction], unit: bool) -> tuple[Any, Any]:
    """(NNGP, NTK) of two points, with S' = W S + b, T' = W T + S' at a Dense and S' = V, T' = T V' at an activation."""

    def inner(u: Sequence[Fraction], v: Sequence[Fraction]) -> Any:
        return real(sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0)))

    q1, q2, s, t = inner(x, x), inner(y, y), inner(x, y), mpf(0)
    if unit:
        q1, q2, s = mpf(1), mpf(1), s / mpmath.sqrt(q1 * q2)
    q1, q2, s = q1 / len(x), q2 / len(x), s / len(x)
    for layer in net.layers:
        if isinstance(layer, stax.Dense):
            w, b = real(layer.W_var), real(layer.b_var)
            q1, q2, s = w * q1 + b, w * q2 + b, w * s + b
            t = w * t + s
        elif not isinstance(layer, stax.Identity):
            value, slope = duals(layer, q1, q2, s)
            q1, q2, s, t = duals(layer, q1, q1, q1)[0], duals(layer, q2, q2, q2)[0], value, t * slope
    return s, t
