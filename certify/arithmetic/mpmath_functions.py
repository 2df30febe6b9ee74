"""exp, atan, cos and pi of one number, bounded below and above by series on Python integers.

Nothing here rests on an elementary function of a library. A real y is held as an integer Y "at scale s", meaning
Y / 2**s; a *unit* is 2**-s. Products are shifted down, so every step is exact up to less than one unit, and the
comments count those units: truncation, remainder of the series and argument reduction together give the bound that is
added and subtracted at the end. Only that last result is rounded, outward, to the requested number of bits.

Method: argument reduction and Taylor series as in R. P. Brent and P. Zimmermann, Modern Computer Arithmetic (2010),
sections 4.3 and 4.4; the number of halvings grows like the square root of the precision.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import TypeAlias

from mpmath.libmp import fone, from_man_exp, fzero, round_ceiling, round_floor

Mpf: TypeAlias = tuple[int, int, int, int]
"""A finite mpmath number (sign, mantissa, exponent, bit count)."""

LARGEST_EXPONENT_BITS = 21
"""exp is computed for |x| < 2**21, so that its exponents stay within about three million bits."""

LARGEST_ANGLE_BITS = 2**13
"""cos is reduced modulo pi for |x| < 2**8192; beyond that the answer is [-1, 1]."""

Bounds: TypeAlias = tuple[Mpf, Mpf]


def signed_mantissa(x: Mpf) -> tuple[int, int]:
    """Integers (m, e) with x = m * 2**e exactly."""
    sign, mantissa, exponent, _ = x
    return (-int(mantissa) if sign else int(mantissa)), int(exponent)


def shift_floor(value: int, places: int) -> int:
    """floor(value * 2**places)."""
    return value << places if places >= 0 else value >> -places


def shift_ceiling(value: int, places: int) -> int:
    """ceil(value * 2**places)."""
    return -shift_floor(-value, places)


def _rounded_outward(low: int, high: int, exponent: int, bits: int) -> Bounds:
    return from_man_exp(low, exponent, bits, round_floor), from_man_exp(high, exponent, bits, round_ceiling)


def _arctangent_of_reciprocal(q: int, sign: int, scale: int) -> tuple[int, int]:
    """(S, E) with |S - 2**scale * f(1/q)| <= E for q >= 3, where f is atan (sign -1) or atanh (sign +1).

    The series is sum_k sign**k / ((2k+1) q**(2k+1)).
    """
    power = (1 << scale) // q
    total, n, factor = power, 1, sign
    while power:
        # floor(floor(a/b)/c) = floor(a/(b c)): each term is below its exact value by less than one unit.
        power //= q * q
        n += 2
        total += factor * (power // n)
        factor *= sign
    # n terms are more than there are; the first omitted power is below one unit and the rest falls off like q**-2.
    return total, n + 2


@lru_cache(maxsize=256)
def pi_bounds(scale: int) -> tuple[int, int]:
    """Integers low <= pi * 2**scale <= high, at most two apart, by Machin's formula 16 atan(1/5) - 4 atan(1/239)."""
    guard = scale.bit_length() + 10
    first, first_error = _arctangent_of_reciprocal(5, -1, scale + guard)
    second, second_error = _arctangent_of_reciprocal(239, -1, scale + guard)
    total, error = 16 * first - 4 * second, 16 * first_error + 4 * second_error
    return shift_floor(total - error, -guard), shift_ceiling(total + error, -guard)


@lru_cache(maxsize=256)
def ln2_bounds(scale: int) -> tuple[int, int]:
    """Integers low <= ln(2) * 2**scale <= high, at most two apart: ln 2 = 2 atanh(1/3)."""
    guard = scale.bit_length() + 10
    total, error = _arctangent_of_reciprocal(3, 1, scale + guard)
    return shift_floor(2 * (total - error), -guard), shift_ceiling(2 * (total + error), -guard)


def reduce_modulo(x: Mpf, scale: int, period: tuple[int, int], guard: int) -> tuple[int, int, int]:
    """(k, low, high) with low <= (x - k c) * 2**scale <= high, where c * 2**(scale + guard) lies in `period`.

    k is floor(x / c) up to the uncertainty that low < 0 or high > c * 2**scale shows; any k would be correct.
    """
    mantissa, exponent = signed_mantissa(x)
    fixed = shift_floor(mantissa, exponent + scale + guard)
    below, above = period
    k, rest = divmod(fixed, below)
    # x is in [fixed, fixed + 1], k c between k * below and k * above, and rest = fixed - k * below.
    slack = k * (above - below)
    return k, shift_floor(rest - max(slack, 0), -guard), shift_ceiling(rest + 1 - min(slack, 0), -guard)


def exp_bounds(x: Mpf, bits: int) -> Bounds:
    """Two numbers of `bits` bits with low <= exp(x) <= high, at most a few units in the last place apart.

    For x <= -2**21 the bounds are 0 and 2**-(2**21). Raises ArithmeticError for x >= 2**21.
    """
    mantissa, exponent = signed_mantissa(x)
    if not mantissa:
        return fone, fone
    magnitude = exponent + mantissa.bit_length()
    if magnitude > LARGEST_EXPONENT_BITS:
        if mantissa > 0:
            raise ArithmeticError(
                f"exp overflows: its argument is at least 2**{magnitude - 1}, and exponents below "
                f"2**{LARGEST_EXPONENT_BITS} are supported; scale the input down"
            )
        return fzero, from_man_exp(1, -(1 << LARGEST_EXPONENT_BITS))  # exp(-t) < 2**-t

    halvings = isqrt(bits) // 2 + 2
    scale = bits + halvings + bits.bit_length() + 8
    coarse, guard = scale - halvings, max(magnitude, 0) + 3
    k, low, high = reduce_modulo(x, coarse, ln2_bounds(coarse + guard), guard)
    if low < 0:
        below, above = ln2_bounds(coarse)
        k, low, high = k - 1, low + below, high + above
    low, high = exp_at_scale(low, high, halvings, scale)
    return _rounded_outward(low, high, k - scale, bits)


def exp_at_scale(low: int, high: int, halvings: int, scale: int) -> tuple[int, int]:
    """Bounds of exp(r) * 2**scale for every r with low <= r * 2**(scale - halvings) <= high, where 0 <= r < 1.4.

    Squares the series of exp(t) as often as r was halved to t; needs halvings >= 2, hence t < 0.35.
    """
    term = total = 1 << scale
    n = 0
    while term:
        n += 1
        term = (term * low >> scale) // n
        total += term
    # Error e_n of term n: e_n <= e_(n-1) t/n + 1 < 2; n of them; tail: the first omitted term is below 2, ratio below
    # 1/2. Moving t by high - low units moves exp(t) by less than twice as many.
    upper = total + 2 * n + 4 + 2 * (high - low)
    for _ in range(halvings):
        total = total * total >> scale
        upper = -(-upper * upper >> scale)
    return total, upper


def log_bounds(x: Mpf, bits: int) -> Bounds:
    """Two numbers of `bits` bits with low <= log(x) <= high for x > 0; their distance is a few units of 2**-bits."""
    mantissa, exponent = signed_mantissa(x)
    k = exponent + mantissa.bit_length()
    guard = abs(k).bit_length() + bits.bit_length() + 8
    scale = bits + guard
    one = 1 << scale
    # x = v 2**k with 3/4 <= v < 3/2, v down to the unit; log v = 2 atanh(t), t = (v - 1)/(v + 1), |t| <= 1/5.
    value = shift_floor(mantissa, exponent - k + scale)
    if 4 * value < 3 * one:
        k, value = k - 1, shift_floor(mantissa, exponent - k + 1 + scale)
    power = (abs(value - one) << scale) // (value + one)
    square = power * power >> scale
    total, n, terms = 0, 1, 0
    while power:
        total += power // n
        power = power * square >> scale
        n += 2
        terms += 1
    # t and its square are off by at most 2 units, hence a power by 2, a term by 3; what is left is below 3 units.
    total, error = (-2 * total if value < one else 2 * total), 6 * terms + 6
    low, high = ln2_bounds(scale)
    return _rounded_outward(
        total - error + min(k * low, k * high), total + error + max(k * low, k * high), -scale, bits
    )


def atan_bounds(x: Mpf, bits: int) -> Bounds:
    """Two numbers of `bits` bits with low <= atan(x) <= high, at most a few units in the last place apart."""
    mantissa, exponent = signed_mantissa(x)
    if not mantissa:
        return fzero, fzero
    sign, mantissa = (-1, -mantissa) if mantissa < 0 else (1, mantissa)
    magnitude = exponent + mantissa.bit_length()
    if magnitude <= -(bits // 2) - 2:
        # x - x**3/3 < atan x < x for x > 0, and here x**2/3 < 2**-(bits + 4).
        places = bits + 4
        low, high, scale = (mantissa << places) - mantissa, mantissa << places, places - exponent
    else:
        low, high, scale = atan_of_positive(mantissa, exponent, magnitude, bits)
    if sign < 0:
        low, high = -high, -low
    return _rounded_outward(low, high, -scale, bits)


def atan_of_positive(mantissa: int, exponent: int, magnitude: int, bits: int) -> tuple[int, int, int]:
    """Integers (low, high, scale) with low <= atan(mantissa * 2**exponent) * 2**scale <= high."""
    # y = x below 1, else 1/x with atan x = pi/2 - atan(1/x): y <= 2**size <= 1.
    inverted = magnitude > 0
    size = 1 - magnitude if inverted else magnitude
    # A halving takes y = tan(a) to tan(a/2) <= y/2; after them y <= 2**-target <= 1/2.
    target = isqrt(bits) // 3 + 1
    halvings = max(0, target + size)
    scale = bits + max(0, -magnitude) + halvings + bits.bit_length() + 8
    one = 1 << scale
    if inverted:
        y = (1 << scale - exponent) // mantissa if exponent <= scale else 0
    else:
        y = shift_floor(mantissa, exponent + scale)
    # y is off by at most 2 units, here and after every halving y / (1 + sqrt(1 + y**2)): its slope is at most 1/2, the
    # floor costs less than 1 downwards, the truncated square root at most 1/4 upwards.
    for _ in range(halvings):
        y = (y << scale) // (one + isqrt((one << scale) + y * y))
    square = y * y >> scale
    power = total = y
    n, factor, terms = 1, -1, 0
    while power:
        power = power * square >> scale
        n += 2
        terms += 1
        total += factor * (power // n)
        factor = -factor
    # With y <= 1/2 a power is off by less than 2 units (e/4 + 1/2 + 1 <= 2), a term by 2/3 + 1 < 2, and the alternating
    # tail by its first term < 1; atan has slope at most 1, which gives 2 more for y itself.
    error = 2 * terms + 3 << halvings
    total <<= halvings
    if not inverted:
        return total - error, total + error, scale
    half_pi_low, half_pi_high = pi_bounds(scale - 1)
    return half_pi_low - total - error, half_pi_high - total + error, scale


def cos_bounds(x: Mpf, bits: int) -> tuple[int, int, Bounds]:
    """(first, last, (low, high)): low <= cos(x) <= high to `bits` bits, and first <= floor(x / pi) <= last.

    Assumes |x| < 2**8192. The bounds are a few units in the last place apart also near a zero of the cosine: the
    precision is raised until they are, which ends because cos(x) = 0 for no rational x.
    """
    mantissa, exponent = signed_mantissa(x)
    if not mantissa:
        return 0, 0, (fone, fone)
    guard = max(exponent + mantissa.bit_length(), 0) + 3
    work = bits
    while True:
        halvings = isqrt(work) // 2 + 2
        scale = work + 2 * halvings + work.bit_length() + 8
        coarse = scale - halvings
        pi_low, pi_high = pi_bounds(coarse)
        k, low, high = reduce_modulo(x, coarse, pi_bounds(coarse + guard), guard)
        first, last = (k - 1 if low < 0 else k), (k + 1 if high >= pi_low else k)
        # cos x = (-1)**k cos(angle), and cos(angle) = -cos(pi - angle) leaves 0 <= angle <= pi/2 up to `moved`.
        angle, moved, sign = max(low, 0), high - low, (-1 if k & 1 else 1)
        if 2 * angle > pi_low:
            angle, moved, sign = abs(pi_low - angle), moved + pi_high - pi_low, -sign
        value, error = cos_at_scale(angle, halvings, scale)
        error += moved << halvings
        missing = error.bit_length() + bits + 2 - abs(value).bit_length()
        if missing <= 0:
            break
        work += missing if value else work
    one = 1 << scale
    low, high = max(sign * value - error, -one), min(sign * value + error, one)
    return first, last, _rounded_outward(low, high, -scale, bits)


def cos_at_scale(angle: int, halvings: int, scale: int) -> tuple[int, int]:
    """(C, E) with |C - cos(a) * 2**scale| <= E, where a = angle * 2**(halvings - scale) <= 1.6 and halvings >= 2.

    Doubles v = 1 - cos(t): 1 - cos(2t) = 2 v (2 - v), from t = a / 2**halvings <= 0.4.
    """
    square = angle * angle >> scale
    term = versine = square >> 1
    n, factor, terms = 2, -1, 1
    while term:
        term = (term * square >> scale) // ((n + 1) * (n + 2))
        versine += factor * term
        n, factor, terms = n + 2, -factor, terms + 1
    # Each term is off by less than 2 units, the alternating tail by less than the first omitted term < 2.
    error = 2 * terms + 2
    two = 2 << scale
    for _ in range(halvings):
        # The slope 4 - 4v is at most 4 in modulus on [0, 2], and the floor costs one unit: e -> 4e + 1.
        versine = versine * (two - versine) >> scale - 1
    return (1 << scale) - versine, error + 1 << 2 * halvings
