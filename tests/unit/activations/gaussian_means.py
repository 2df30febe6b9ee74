"""Second derivations of E[f(u) g(v)] for centred Gaussian pairs, none of them through the closed forms of the library.

Smooth f: Mehler's series sum_k a_k(q1) a_k(q2) rho^k with Hermite coefficients by the trapezoidal rule, which
converges geometrically in 1/step for functions analytic in a strip (Trefethen and Weideman 2014). Homogeneous piecewise
f: polar coordinates, where the radius integrates to a factorial and the angle to a short trigonometric integral.
Polynomials: the Gaussian moments themselves, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import mpmath
from mpmath import mp, mpf

Function = Callable[[Any], Any]

DIGITS = 40
REACH = 14
STEPS = 12
ORDER = 60


def exact(value: Any) -> Fraction:
    """The rational number that an mpf is."""
    sign, mantissa, exponent, _ = mpf(value)._mpf_
    size = Fraction(mantissa) * Fraction(2) ** exponent
    return Fraction(-size if sign else size)


@lru_cache(maxsize=1)
def grid() -> tuple[list[Any], list[Any], list[list[Any]]]:
    """Nodes, Gaussian weights of the trapezoidal rule with step 1/STEPS, and h_k = He_k / sqrt(k!) at the nodes."""
    nodes = [mpf(j) / STEPS for j in range(-REACH * STEPS, REACH * STEPS + 1)]
    weights = [mpmath.exp(-z * z / 2) / (STEPS * mpmath.sqrt(2 * mp.pi)) for z in nodes]
    table = [[mpf(1)] * len(nodes), nodes]
    for k in range(1, ORDER):
        below, root, above = table[-2], mpmath.sqrt(k), mpmath.sqrt(k + 1)
        table.append([(z * h - root * b) / above for z, h, b in zip(nodes, table[-1], below, strict=True)])
    return nodes, weights, table


def coefficients(f: Function, q: Fraction) -> tuple[list[Any], list[Any], Any]:
    """Hermite coefficients of f(sqrt(q) z), the same with every other node, and E f^2."""
    nodes, weights, table = grid()
    root = mpmath.sqrt(mpf(q.numerator) / q.denominator)
    values = [w * f(root * z) for z, w in zip(nodes, weights, strict=True)]
    fine = [mpmath.fdot(values, row) for row in table]
    coarse = [2 * mpmath.fdot(values[::2], row[::2]) for row in table]
    square = mpmath.fsum(v * v / w for v, w in zip(values, weights, strict=True))
    return fine, coarse, square


def mehler(f: Function, q1: Fraction, q2: Fraction, rho: Fraction) -> tuple[Any, Any]:
    """(E f(u) f(v), bound on its error) for |rho| < 1: change of step, plus Cauchy-Schwarz on the omitted terms."""
    first, second = coefficients(f, q1), coefficients(f, q2)
    r = mpf(rho.numerator) / rho.denominator
    value = mpmath.fsum(a * b * r**k for k, (a, b) in enumerate(zip(first[0], second[0], strict=True)))
    coarse = mpmath.fsum(a * b * r**k for k, (a, b) in enumerate(zip(first[1], second[1], strict=True)))
    rests = [square - mpmath.fsum(a * a for a in fine) for fine, _, square in (first, second)]
    tail = abs(r) ** (ORDER + 1) * mpmath.sqrt(abs(rests[0] * rests[1]))
    return value, abs(value - coarse) + tail + mpf(10) ** -25


def line(f: Function, g: Function, q1: Fraction, q2: Fraction, sign: int = 1) -> tuple[Any, Any]:
    """(E f(sqrt(q1) Z) g(sign sqrt(q2) Z), bound on its error) for smooth f and g: correlation +1 or -1."""
    nodes, weights, _ = grid()
    first, second = (mpmath.sqrt(mpf(q.numerator) / q.denominator) for q in (q1, q2))
    values = [w * f(first * z) * g(sign * second * z) for z, w in zip(nodes, weights, strict=True)]
    value = mpmath.fsum(values)
    return value, abs(value - 2 * mpmath.fsum(values[::2])) + mpf(10) ** -25


def polar(f: Function, degree: int, q1: Fraction, q2: Fraction, cosine: Fraction) -> tuple[Any, Any]:
    """(E f(u) f(v), bound on its error) for f(c x) = c^degree f(x), c > 0, with breaks only at zero.

    (u, v) = R (sqrt(q1) cos t, sqrt(q2) cos(t - theta)) with R^2 / 2 standard exponential: E R^(2m) = 2^m m!.
    """
    theta = mpmath.acos(mpf(cosine.numerator) / cosine.denominator)
    half = mp.pi / 2
    breaks = sorted({-half, half, theta - half, 3 * half, theta + half})
    breaks = [t for t in breaks if -half <= t <= 3 * half]
    integral = mpf(0)
    for low, high in pairwise(breaks):
        middle = (low + high) / 2
        # One sign pattern on the whole piece: evaluate f by its branch, so that rounding at the ends cannot switch it.
        left, right = mpmath.cos(middle), mpmath.cos(middle - theta)
        integral += (
            f(left / abs(left))
            * f(right / abs(right))
            * mpmath.quad(
                lambda t: abs(mpmath.cos(t) * mpmath.cos(t - theta)) ** degree, [low, high], method="gauss-legendre"
            )
        )
    scale = mpmath.sqrt(mpf((q1 * q2).numerator) / (q1 * q2).denominator) ** degree
    return scale * 2**degree * mpmath.factorial(degree) * integral / (2 * mp.pi), mpf(10) ** -25


@lru_cache(maxsize=4096)
def moment(a: int, b: int, q1: Fraction, q2: Fraction, r: Fraction) -> Fraction:
    """E[u^a v^b] exactly, by Isserlis' recursion."""
    if a == 0:
        return moment(b, 0, q2, q1, r) if b else Fraction(1)
    if (a + b) % 2:
        return Fraction(0)
    lower = (a - 1) * q1 * moment(a - 2, b, q1, q2, r) if a > 1 else Fraction(0)
    return lower + (b * r * moment(a - 1, b - 1, q1, q2, r) if b else 0)


def polynomial_mean(c: Sequence[Fraction], q1: Fraction, q2: Fraction, r: Fraction) -> Fraction:
    """E[s(u) s(v)] for s(t) = sum_k c_k t^k, exactly."""
    terms = [(i, a, j, b) for i, a in enumerate(c) if a for j, b in enumerate(c) if b]
    return sum((a * b * moment(i, j, q1, q2, r) for i, a, j, b in terms), Fraction(0))
