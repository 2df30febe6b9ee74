"""Duals as Hermite series: E[s(u) s(v)] = sum_k a_k(s1) a_k(s2) rho^k with a bound on what is left out.

a_k(s) = E[s(s Z) h_k(Z)], h_k the normalised probabilists' Hermite polynomials, is s^k / sqrt(k!) times the k-th
derivative at 0 of the smoothed function g(m) = E[s(s Z + m)]; so all a_k come from one Taylor series of a function that
is elementary for the whole catalogue. The tail is at most |rho|^K C1 C2 for any C_i >= sqrt(E s(s_i Z)^2)
(Cauchy-Schwarz), and that of V' = sum_k k a_k(s1) a_k(s2) rho^(k-1) / (s1 s2) at most K |rho|^(K-1) C1 C2 / (s1 s2)
once K >= 1 / (1 - |rho|), since k |rho|^(k-1) falls from there on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx

from certify.activations import Activation
from properties.oracles.textbook import ball

Smoothed = Callable[[Any, Any, Any], tuple[Any, Any]]
"""(activation, q, m as a power series) -> (g as a power series, a bound on E s^2)."""


def _phi(x: Any) -> Any:
    """Standard normal density of a power series."""
    return (-(x * x) / 2).exp() / (2 * arb.pi()).sqrt()


def _cumulative(x: Any) -> Any:
    return (1 + (x / arb(2).sqrt()).erf()) / 2


def _relu(q: Any, m: Any) -> Any:
    s = q.sqrt()
    return m * _cumulative(m / s) + s * _phi(m / s)


def _rectifier(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    a, b = (ball(slope) for slope in s.slopes)
    return a * m + (b - a) * _relu(q, m), (abs(a) + abs(b)) ** 2 * q


def _erf(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    a, b, c = ball(s.a), ball(s.b), ball(s.c)
    return a * (b * m / (1 + 2 * b * b * q).sqrt()).erf() + c, (abs(a) + abs(c)) ** 2


def _sigmoid_like(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    b = 1 / ball(Fraction("2.4020563531719796"))
    return ((b * m / (1 + 2 * b * b * q).sqrt()).erf() + 1) / 2, arb(1)


def _gelu(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    root = (1 + q).sqrt()
    return m * _cumulative(m / root) + q / root * _phi(m / root), q


def _sin(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    a, b, c = ball(s.a), ball(s.b), ball(s.c)
    return a * (-b * b * q / 2).exp() * (b * m + c).sin(), a * a


def _cos(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    a, b, c = ball(s.a), ball(s.b), ball(s.c)
    return a * (-b * b * q / 2).exp() * (b * m + c).cos(), a * a


def _rbf(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    b = (2 * ball(s.gamma)).sqrt()
    return arb(2).sqrt() * (-b * b * q / 2).exp() * (b * m + arb.pi() / 4).sin(), arb(2)


def _exp(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    a, b = ball(s.a), ball(s.b)
    return a * (b * b * q / 2).exp() * (b * m).exp(), a * a * (2 * b * b * q).exp()


def _gaussian(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    a, b = ball(s.a), ball(s.b)
    spread = 1 - 2 * b * q
    return a / spread.sqrt() * (b / spread * m * m).exp(), a * a


def _gaussian_mixture(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    total, size = m * 0, arb(0)
    for a, b in zip(s.a, s.b, strict=True):
        spread = 1 - 2 * ball(b) * q
        total, size = total + ball(a) / spread.sqrt() * (ball(b) / spread * m * m).exp(), size + abs(ball(a))
    return total, size**2


def _sine_mixture(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    total, size = m * 0, arb(0)
    for a, b, c in zip(s.a, s.b, s.c, strict=True):
        damped = ball(a) * (-(ball(b) ** 2) * q / 2).exp()
        total, size = total + damped * (ball(b) * m + ball(c)).sin(), size + abs(ball(a))
    return total, size**2


def _gabor(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    spread = 1 + 2 * q
    return (-(m * m + q / 2) / spread).exp() * (m / spread).sin() / spread.sqrt(), arb(1)


def _sign(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    return (m / (2 * q).sqrt()).erf(), arb(1)


def _step(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    return _cumulative(m / q.sqrt()), arb(1)


def _rectified_monomial(s: Any, q: Any, m: Any) -> tuple[Any, Any]:
    # E[X+^k] = m E[X+^(k-1)] + (k-1) q E[X+^(k-2)] for X ~ N(m, q), by parts.
    older, newer = _cumulative(m / q.sqrt()), _relu(q, m)
    for k in range(2, s.degree + 1):
        older, newer = newer, m * newer + (k - 1) * q * older
    bound = q**s.degree * math.prod(range(1, 2 * s.degree, 2))
    return (newer if s.degree else older), bound


SMOOTHED: dict[str, Smoothed] = {
    **dict.fromkeys(("Relu", "Abs", "LeakyRelu", "ABRelu"), _rectifier),
    "Erf": _erf,
    "Sigmoid_like": _sigmoid_like,
    "Gelu": _gelu,
    "Sin": _sin,
    "Cos": _cos,
    "Rbf": _rbf,
    "Exp": _exp,
    "Gaussian": _gaussian,
    "Gabor": _gabor,
    "GaussianMixture": _gaussian_mixture,
    "SineMixture": _sine_mixture,
    "Sign": _sign,
    "Step": _step,
    "RectifiedMonomial": _rectified_monomial,
}
JUMPS = ("Sign", "Step")


def hermite_coefficients(activation: Activation, deviation: Fraction, terms: int) -> tuple[list[Any], Any]:
    """(a_0, ..., a_(terms-1)) of s(deviation * Z) and a bound on E s(deviation Z)^2, at flint's precision in force."""
    before = ctx.cap
    ctx.cap = terms
    try:
        q = ball(deviation * deviation)
        smoothed, bound = SMOOTHED[type(activation).__name__](activation, q, arb_series([0, 1]))
        taylor = [smoothed[k] for k in range(terms)]
    finally:
        ctx.cap = before
    # a_k = s^k k! g_k / sqrt(k!) = g_k sqrt(k! s^2k).
    weight = arb(1)
    result = []
    for k, g in enumerate(taylor):
        if k:
            weight = weight * k * q
        result.append(g * weight.sqrt())
    return result, bound


def series_dual(activation: Activation, s1: Fraction, s2: Fraction, rho: Fraction, terms: int) -> tuple[Any, Any]:
    """(V, V') at variances s1^2, s2^2 and covariance rho s1 s2, |rho| < 1, tails included; V' of a function with a jump
    is that of its smoothings and so no use."""
    first, bound1 = hermite_coefficients(activation, s1, terms)
    second, bound2 = hermite_coefficients(activation, s2, terms)
    r = ball(rho)
    value = slope = arb(0)
    power = arb(1)
    for k, (a, b) in enumerate(zip(first, second, strict=True)):
        if k:
            slope = slope + k * a * b * power
            power = power * r
        value = value + a * b * power
    size = (bound1 * bound2).sqrt()
    product = ball(s1 * s2)
    tail = abs(r) ** terms * size
    slope_tail = terms * abs(r) ** (terms - 1) * size / product
    if terms * (1 - abs(rho)) < 1:
        raise ValueError("the tail of the derivative is bounded from 1 / (1 - |rho|) terms on")
    return value + arb(0, 1) * tail, slope / product + arb(0, 1) * slope_tail
