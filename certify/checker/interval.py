"""Intervals with integer mantissas and a binary exponent.

An interval is the tuple `(low, high, exponent)` with integers low <= high and stands for every real number between
low 2**exponent and high 2**exponent, ends included.  Every operation takes `bits`, the number of mantissa bits that it
keeps, and returns an interval that contains the exact result for every choice of points in its arguments: integer
arithmetic is exact, and what is cut off is cut off downward at the low end and upward at the high end.  Python's `>>`
and `//` round towards minus infinity, so `-(-x >> s)` and `-(-x // y)` round up.

Exponents are Python integers: magnitudes have no limit here, and nothing overflows or underflows.
"""

from fractions import Fraction
from math import isqrt

Interval = tuple[int, int, int]

ZERO: Interval = (0, 0, 0)
ONE: Interval = (1, 1, 0)
_NOTHING = -(1 << 62)


class TooWide(ArithmeticError):
    """An operation met an interval too wide for it: a divisor that may be zero, a square root that may not exist."""


def outward(low: int, high: int, exponent: int, bits: int) -> Interval:
    """The interval with these ends, its mantissas cut to `bits` bits, away from the inside."""
    surplus = max(low.bit_length(), high.bit_length()) - bits
    if surplus > 0:
        return low >> surplus, -(-high >> surplus), exponent + surplus
    return low, high, exponent


def from_integer(value: int, bits: int) -> Interval:
    """An enclosure of an integer; exact where it fits into `bits` bits."""
    surplus = value.bit_length() - bits
    if surplus > 0:
        return value >> surplus, -(-value >> surplus), surplus
    return value, value, 0


def from_ratio(numerator: int, denominator: int, bits: int) -> Interval:
    """An enclosure of numerator / denominator, denominator > 0; exact where the quotient is a short dyadic."""
    shift = max(0, bits + 2 + denominator.bit_length() - numerator.bit_length())
    quotient, rest = divmod(numerator << shift, denominator)
    if rest or not quotient:
        return outward(quotient, quotient + (rest > 0), -shift, bits)
    # Short mantissas make every later product cheaper: 2 and 1/100 are common, 2**130 2**-129 is not a good 2.
    zeros = (quotient & -quotient).bit_length() - 1
    return outward(quotient >> zeros, quotient >> zeros, zeros - shift, bits)


def from_fraction(value: Fraction, bits: int) -> Interval:
    """An enclosure of a rational number."""
    return from_ratio(value.numerator, value.denominator, bits)


def add(x: Interval, y: Interval, bits: int) -> Interval:
    """An enclosure of x + y."""
    a, b, e = x
    c, d, f = y
    if e < f:
        a, b, e, c, d, f = c, d, f, a, b, e
    gap = e - f
    if gap > 2 * bits + 64:
        # Aligning exactly could need any amount of memory; what lies far below the larger term is cut to an ulp.
        if not (a or b):
            return outward(c, d, f, bits)
        surplus = gap - bits - 8
        c, d, f, gap = c >> surplus, -(-d >> surplus), f + surplus, bits + 8
    low = (a << gap) + c
    high = (b << gap) + d
    surplus = max(low.bit_length(), high.bit_length()) - bits
    if surplus > 0:
        return low >> surplus, -(-high >> surplus), f + surplus
    return low, high, f


def negative(x: Interval) -> Interval:
    """-x, exactly."""
    return -x[1], -x[0], x[2]


def subtract(x: Interval, y: Interval, bits: int) -> Interval:
    """An enclosure of x - y."""
    return add(x, (-y[1], -y[0], y[2]), bits)


def multiply(x: Interval, y: Interval, bits: int) -> Interval:
    """An enclosure of x y."""
    a, b, e = x
    c, d, f = y
    if a >= 0:
        low = (a if c >= 0 else b) * c
        high = (b if d >= 0 else a) * d
    elif b <= 0:
        low = (a if d >= 0 else b) * d
        high = (b if c >= 0 else a) * c
    else:
        low = min(a * d, b * c)
        high = max(a * c, b * d)
    e += f
    surplus = max(low.bit_length(), high.bit_length()) - bits
    if surplus > 0:
        return low >> surplus, -(-high >> surplus), e + surplus
    return low, high, e


def square(x: Interval, bits: int) -> Interval:
    """An enclosure of x squared, never below zero."""
    a, b, e = x
    if a >= 0:
        return outward(a * a, b * b, 2 * e, bits)
    if b <= 0:
        return outward(b * b, a * a, 2 * e, bits)
    return outward(0, max(a * a, b * b), 2 * e, bits)


def divide(x: Interval, y: Interval, bits: int) -> Interval:
    """An enclosure of x / y.  Raises TooWide where y may be zero."""
    a, b, e = x
    c, d, f = y
    if d < 0:
        a, b, c, d = -b, -a, -d, -c
    if c <= 0:
        raise TooWide("division by an interval that may hold zero")
    shift = max(0, bits + 2 + d.bit_length() - max(a.bit_length(), b.bit_length()))
    low = (a << shift) // (d if a >= 0 else c)
    high = -((-b << shift) // (c if b >= 0 else d))
    return outward(low, high, e - f - shift, bits)


def root(x: Interval, bits: int) -> Interval:
    """An enclosure of the square root of the non-negative numbers in x.

    The caller knows that the exact value is not negative; a low end below zero is rounding and is lifted to zero.
    """
    a, b, e = x
    if b < 0:
        raise TooWide("square root of a negative interval")
    shift = max(0, 2 * bits + 2 - b.bit_length())
    shift += (e - shift) & 1
    low = isqrt(a << shift) if a > 0 else 0
    scaled = b << shift
    high = isqrt(scaled)
    if high * high < scaled:
        high += 1
    return outward(low, high, (e - shift) >> 1, bits)


def not_below_zero(x: Interval) -> Interval:
    """x without its negative part, for a quantity that is known not to be negative."""
    if x[0] >= 0:
        return x
    return 0, max(x[1], 0), x[2]


def times_power_of_two(x: Interval, power: int) -> Interval:
    """x 2**power, exactly."""
    return x[0], x[1], x[2] + power


def top(x: Interval) -> int:
    """A power of two above every magnitude in x: |value| < 2**top, far below every other one where x is zero."""
    size = max(x[0].bit_length(), x[1].bit_length())
    return size + x[2] if size else _NOTHING


def to_fixed(x: Interval, exponent: int) -> tuple[int, int]:
    """Integers (low, high) with x inside [low, high] 2**exponent."""
    shift = x[2] - exponent
    if shift >= 0:
        return x[0] << shift, x[1] << shift
    return x[0] >> -shift, -(-x[1] >> -shift)


def to_fractions(x: Interval) -> tuple[Fraction, Fraction]:
    """The two ends as exact rationals."""
    scale = Fraction(2) ** x[2]
    return x[0] * scale, x[1] * scale
