"""Arrays of balls in float64: midpoints and radii, from + - * / sqrt alone.

A result is off by what the operands bring (their radii) and by the rounding of the midpoint, UNIT times its size where
nothing underflows; radii are computed upward by a factor. Overflow, underflow and division by what may be zero raise
FloatingPointError or ArithmeticError: the caller answers by another arithmetic. Use inside `active()`, which makes
numpy raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb, arb_poly, ctx
from numpy.typing import NDArray

from certify.arithmetic.chebyshev import chebyshev_coefficients, chebyshev_points, from_chebyshev

FloatArray = NDArray[np.float64]

UNIT = 2.0**-53
_UP = 1 + 2.0**-46
_LEAST = 2.0**-1000
_LARGEST_EXPONENT, _LEAST_EXPONENT = 690.0, -160.0
_FAR = 2.0**-228
"""More than exp(1 - 160): far below that, products of a few exponentials would underflow."""


class FloatBall:
    """Real numbers x with |x - mid| <= rad, elementwise; mid and rad are arrays or scalars that broadcast."""

    __slots__ = ("mid", "rad")
    __array_ufunc__ = None

    def __init__(self, mid: Any, rad: Any) -> None:
        self.mid, self.rad = mid, rad

    def __add__(self, other: FloatBall | int) -> FloatBall:
        if isinstance(other, int):
            other = _integer(other)
        mid = self.mid + other.mid
        rad = np.abs(mid)
        rad *= UNIT
        rad += self.rad
        rad += other.rad
        rad *= _UP
        return FloatBall(mid, rad)

    __radd__ = __add__

    def __neg__(self) -> FloatBall:
        return FloatBall(-self.mid, self.rad)

    def __sub__(self, other: FloatBall | int) -> FloatBall:
        return self + (-other)

    def __rsub__(self, other: int) -> FloatBall:
        return _integer(other) + (-self)

    def __mul__(self, other: FloatBall | int) -> FloatBall:
        if isinstance(other, int):
            if other in (2, 4):  # a power of two multiplies exactly
                return FloatBall(self.mid * other, self.rad * other)
            other = _integer(other)
        if other is self:
            mid = self.mid * self.mid
            size = np.abs(self.mid)
            rad = size * (2.0 * _UP)
            rad += self.rad
            rad *= self.rad
            rad += mid * (UNIT * _UP)
            rad *= _UP
            return FloatBall(mid, rad)
        big, small = (self, other) if np.size(self.mid) >= np.size(other.mid) else (other, self)
        # |xy - ab| <= |a| s + (|b| + s) r for balls (a, r) and (b, s); the rounding is at most UNIT |a| |b|.
        size = np.abs(small.mid)
        of_size = (small.rad + UNIT * size) * _UP
        of_radius = (size + small.rad) * _UP
        rad = np.abs(big.mid) * of_size
        rad += of_radius * big.rad
        rad *= _UP
        return FloatBall(self.mid * other.mid, rad)

    __rmul__ = __mul__

    def __truediv__(self, other: FloatBall | int) -> FloatBall:
        if isinstance(other, int):
            if other in (2, 4):
                return FloatBall(self.mid / other, self.rad / other)
            other = _integer(other)
        least = (np.abs(other.mid) - other.rad) * (1 - 2.0**-46)
        if not np.all(least > 0):
            raise ArithmeticError("division by a ball that may hold zero")
        mid = self.mid / other.mid
        size = np.abs(mid)
        rad = size * other.rad
        rad += self.rad
        rad /= least
        size *= 2 * UNIT
        rad += size
        rad *= _UP
        return FloatBall(mid, rad)

    def __rtruediv__(self, other: int) -> FloatBall:
        return _integer(other) / self


def _integer(value: int) -> FloatBall:
    mid = np.float64(value)
    return FloatBall(mid, np.float64(0.0) if abs(value) <= 2**53 else np.abs(mid) * 2 * UNIT)


class FloatArithmetic:
    """The protocol `Arithmetic` on FloatBall, at the precision of float64."""

    bits = 53

    def __init__(self) -> None:
        before, ctx.prec = ctx.prec, 120
        try:
            self.pi = _nearest(arb.pi())
        finally:
            ctx.prec = before
        # Made here and now: FLINT's precision belongs to the process, and threads may be at work later.
        for make in (exponential_polynomial, arc_tangent_polynomial, _logarithm_of_two):
            make()

    @contextmanager
    def active(self) -> Iterator[None]:
        """numpy raises FloatingPointError on overflow, underflow, division by zero and invalid operations inside."""
        with np.errstate(all="raise"):
            yield

    def exact(self, value: Fraction | int) -> FloatBall:
        """A ball around a rational number. Raises ArithmeticError beyond float64."""
        value = Fraction(value)
        try:
            mid = np.float64(float(value))
        except OverflowError:
            raise ArithmeticError(f"a constant of {value.numerator.bit_length()} bits is beyond float64") from None
        if value and abs(mid) < _LEAST:
            raise ArithmeticError("a constant is too small for float64")
        # Scalars of numpy, so that its traps see what becomes of them.
        return FloatBall(mid, np.float64(0.0) if Fraction(float(mid)) == value else np.abs(mid) * UNIT * _UP)

    def sqrt(self, x: FloatBall) -> FloatBall:
        """Square root of numbers >= 0: |sqrt(a) - sqrt(b)| <= |a - b| / sqrt(a), and at most sqrt(|a - b|)."""
        mid = np.maximum(x.mid, 0.0)
        root = np.sqrt(mid)
        rad = x.rad / np.maximum(np.maximum(root, np.sqrt(x.rad)), _LEAST)
        return FloatBall(root, (rad + UNIT * root) * _UP)

    def exp(self, x: FloatBall) -> FloatBall:
        """Exponential, for arguments below 690; below -160 it is a ball around zero.

        x = k log 2 + r, log 2 in two parts the first of which has so few bits that k times it is exact; a polynomial of
        proven error in r. A radius r at the argument brings exp(x) (r + r^2), r <= 1.
        """
        if not (np.all(np.asarray(x.mid) < _LARGEST_EXPONENT) and np.all(np.asarray(x.rad) <= 1.0)):
            raise ArithmeticError("an exponential beyond float64")
        argument = np.maximum(x.mid, _LEAST_EXPONENT)
        polynomial, reduction = exponential_polynomial(), _logarithm_of_two()
        k = np.rint(argument * reduction.inverse)
        r = (argument - k * reduction.high) - k * reduction.low
        value = _horner(polynomial.coefficients, r)
        relative = polynomial.error + np.abs(k) * reduction.error + 4 * UNIT
        mid = np.ldexp(value, np.asarray(k, dtype=np.int64))
        far = np.asarray(x.mid) < _LEAST_EXPONENT
        rad = (mid * (relative + (x.rad + x.rad * x.rad))) * _UP
        return FloatBall(np.where(far, 0.0, mid), np.where(far, _FAR, rad))

    def atan(self, x: FloatBall) -> FloatBall:
        """Arc tangent: |atan a - atan b| <= |a - b|.

        atan z = sign(z) (pi/2 - atan(1/|z|)) for |z| > 1, and atan z = 2 atan(z / (1 + sqrt(1 + z^2))), then z times a
        polynomial of proven error in z^2 <= 3 - 2 sqrt 2.
        """
        size = np.abs(np.asarray(x.mid))
        large = size > 1.0
        z = np.where(large, 1.0 / np.maximum(size, 1.0), size)
        half = z / (1.0 + np.sqrt(1.0 + z * z))
        polynomial = arc_tangent_polynomial()
        value = 2.0 * half * _horner(polynomial.coefficients, half * half)
        pi = self.pi
        value = np.copysign(np.where(large, pi.mid / 2 - value, value), x.mid)
        # z and its half carry a relative error of 5 UNIT, to which atan adds none; the quarter turn one of its own.
        rounding = (polynomial.error + 9 * UNIT) * np.abs(value) + np.where(large, 8 * UNIT + pi.rad, 0.0)
        return FloatBall(value, (x.rad + rounding) * _UP)

    def cos(self, x: FloatBall) -> FloatBall:
        """Cosine of constants, by Arb."""
        before, ctx.prec = ctx.prec, 120
        try:
            result = _nearest(arb(float(x.mid), float(x.rad)).cos())
        finally:
            ctx.prec = before
        return result

    def is_positive(self, x: FloatBall) -> bool:
        return bool(np.all(x.mid > x.rad))

    def is_within(self, x: FloatBall, target: FloatBall) -> bool:
        return bool(np.all(x.rad <= (target.mid - target.rad) * (1 - 2.0**-46)))

    def endpoints(self, x: FloatBall) -> tuple[int, int, int]:
        """Of a single ball."""
        mid, rad = Fraction(float(x.mid)), Fraction(float(x.rad))
        common = max(mid.denominator, rad.denominator)
        low, high = (mid - rad) * common, (mid + rad) * common
        return int(low), int(high), 1 - common.bit_length()


def _nearest(x: arb) -> FloatBall:
    mid = float(x.mid())
    return FloatBall(np.float64(mid), np.float64(float(abs(x - arb(mid)).upper().mid()) * _UP))


class _Reduction:
    """log 2 = high + low up to a relative error; k * high is exact for |k| <= 2**11."""

    def __init__(self) -> None:
        before, ctx.prec = ctx.prec, 200
        try:
            log2 = arb(2).log()
            self.high = float(np.rint(float(log2.mid()) * 2.0**40) / 2.0**40)
            self.low = float((log2 - arb(self.high)).mid())
            self.inverse = 1.0 / float(log2.mid())
            rest = float(abs(log2 - arb(self.high) - arb(self.low)).upper().mid())
        finally:
            ctx.prec = before
        # Per unit of k: the rest of log 2, the rounding of k * low.
        self.error = (rest + abs(self.low) * UNIT) * 2


@lru_cache(maxsize=1)
def _logarithm_of_two() -> _Reduction:
    return _Reduction()


class ProvenPolynomial:
    """Coefficients in float64, and a bound on |computed - f| / |f| over the whole range."""

    def __init__(self, coefficients: tuple[float, ...], error: float) -> None:
        self.coefficients, self.error = coefficients, error


@lru_cache(maxsize=1)
def exponential_polynomial() -> ProvenPolynomial:
    """exp on |r| <= 0.347 > log(2)/2, where it is at least 0.7, by its Taylor polynomial."""

    def series() -> tuple[list[arb], arb]:
        return [1 / arb(k + 1).gamma() for k in range(25)], 2 * arb("0.347") ** 25 / arb(26).gamma()

    return _proven(series, "-0.347", "0.347", "0.7")


@lru_cache(maxsize=8)
def arc_tangent_polynomial(stop: str = "0.1716") -> ProvenPolynomial:
    """atan(z)/z as a function of z^2 <= stop, where it is at least 0.88, by its alternating series.

    stop: at most 0.26; 0.1716 > 3 - 2 sqrt 2 is the square of what is left of [0, 1] after halving the angle.
    """

    def series() -> tuple[list[arb], arb]:
        return [arb((-1) ** k) / (2 * k + 1) for k in range(40)], arb(stop) ** 40

    return _proven(series, "0", stop, "0.88")


def _proven(series: Callable[[], tuple[list[arb], arb]], start: str, stop: str, least: str) -> ProvenPolynomial:
    """A polynomial of lower degree close to a series (coefficients, bound of the tail) on [start, stop].

    The error, relative to the least value there, is that of the tail, of the Chebyshev coefficients left out, of the
    rounding of the coefficients and of Horner's rule.
    """
    before, ctx.prec = ctx.prec, 200
    try:
        taylor, tail = series()
        low, reach = arb(start), arb(stop)
        centre, half = (reach + low) / 2, (reach - low) / 2
        given = arb_poly(taylor)
        values = [given(centre + half * x) for x in chebyshev_points(len(taylor), 200)]
        chebyshev = chebyshev_coefficients(values, 200)
        degree = max(k for k, c in enumerate(chebyshev) if not abs(c) < 2.0**-57)
        tail += sum((abs(c) for c in chebyshev[degree + 1 :]), arb(0))
        scaled = from_chebyshev(chebyshev[: degree + 1])
        exact = scaled(arb_poly([-centre / half, 1 / half])).coeffs()
        coefficients = tuple(float(c.mid()) for c in exact)
        drift = arb_poly([abs(a - arb(c)) for a, c in zip(exact, coefficients, strict=True)])(reach)
        size, error = abs(arb(coefficients[-1])), arb(0)
        for c in reversed(coefficients[:-1]):
            product = reach * (size + error) * (1 + arb(UNIT))
            error = reach * error + UNIT * product + UNIT * (abs(arb(c)) + product)
            size = abs(arb(c)) + reach * size
        total = (tail + drift + error) / arb(least)
        return ProvenPolynomial(coefficients, float(total.upper().mid()) * _UP)
    finally:
        ctx.prec = before


def _horner(coefficients: tuple[float, ...], x: Any) -> Any:
    total = x * coefficients[-1]
    for c in coefficients[-2:0:-1]:
        total += c
        total *= x
    total += coefficients[0]
    return total
