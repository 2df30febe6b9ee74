"""Intervals on mpmath's directed rounding: the second number system, independent of Arb below the formulas.

Soundness rests on libmp's + - * / alone, which round correctly in a chosen direction, on exact Python integers, and on
the series of `mpmath_functions`; mpmath's own elementary functions and its `iv` context are not used.

One condition comes with libmp's addition: where the exponents are far apart it replaces the smaller operand by a
perturbation below the last bit, which is right only when no operand is wider than the precision asked for. Hence an
interval carries its precision, an operation works at the larger of the two, and integers are rounded outward first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import cast

from mpmath.libmp import (
    fnone,
    fone,
    from_int,
    from_man_exp,
    fzero,
    mpf_add,
    mpf_div,
    mpf_le,
    mpf_lt,
    mpf_mul,
    mpf_neg,
    mpf_pos,
    mpf_shift,
    mpf_sub,
    round_ceiling,
    round_floor,
)

from certify.arithmetic.mpmath_functions import (
    LARGEST_ANGLE_BITS,
    Mpf,
    atan_bounds,
    cos_bounds,
    exp_bounds,
    log_bounds,
    pi_bounds,
    signed_mantissa,
)
from certify.errors import InputError


@dataclass(frozen=True, slots=True)
class Interval:
    """Every real number from lo to hi; both are finite and at most `bits` bits wide.

    + - * / with intervals and Python integers enclose the exact results, rounded outward to the larger precision of the
    operands. Division by an interval that contains zero raises ArithmeticError. There is no ordering: a comparison of
    intervals has three answers. == compares the end points, not the numbers enclosed.
    """

    lo: Mpf
    hi: Mpf
    bits: int

    def _operand(self, other: object) -> Interval | None:
        if isinstance(other, Interval):
            return other
        return enclose_ratio(other, 1, self.bits) if isinstance(other, int) else None

    def __add__(self, other: Interval | int) -> Interval:
        y = self._operand(other)
        if y is None:
            return NotImplemented
        bits = max(self.bits, y.bits)
        lo = mpf_add(self.lo, y.lo, bits, round_floor)
        return Interval(lo, mpf_add(self.hi, y.hi, bits, round_ceiling), bits)

    __radd__ = __add__

    def __sub__(self, other: Interval | int) -> Interval:
        y = self._operand(other)
        if y is None:
            return NotImplemented
        bits = max(self.bits, y.bits)
        lo = mpf_sub(self.lo, y.hi, bits, round_floor)
        return Interval(lo, mpf_sub(self.hi, y.lo, bits, round_ceiling), bits)

    def __rsub__(self, other: int) -> Interval:
        y = self._operand(other)
        return NotImplemented if y is None else y - self

    def __neg__(self) -> Interval:
        return Interval(mpf_neg(self.hi), mpf_neg(self.lo), self.bits)

    def __mul__(self, other: Interval | int) -> Interval:
        y = self._operand(other)
        if y is None:
            return NotImplemented
        bits = max(self.bits, y.bits)
        if not (self.lo[0] or y.lo[0]):  # no sign bit: both are non-negative
            lo = mpf_mul(self.lo, y.lo, bits, round_floor)
            return Interval(lo, mpf_mul(self.hi, y.hi, bits, round_ceiling), bits)
        if self.hi[0]:
            return -(-self * y)
        if y.hi[0]:
            return -(self * -y)
        lo = hi = mpf_mul(self.lo, y.lo)
        for product in (mpf_mul(self.lo, y.hi), mpf_mul(self.hi, y.lo), mpf_mul(self.hi, y.hi)):
            if mpf_lt(product, lo):
                lo = product
            elif mpf_lt(hi, product):
                hi = product
        return Interval(mpf_pos(lo, bits, round_floor), mpf_pos(hi, bits, round_ceiling), bits)

    __rmul__ = __mul__

    def __truediv__(self, other: Interval | int) -> Interval:
        y = self._operand(other)
        if y is None:
            return NotImplemented
        if y.hi[0]:
            return -self / -y
        if y.lo[0] or not y.lo[1]:
            raise ArithmeticError(f"division by {y}, which contains zero: raise the precision")
        bits = max(self.bits, y.bits)
        lo = mpf_div(self.lo, y.lo if self.lo[0] else y.hi, bits, round_floor)
        return Interval(lo, mpf_div(self.hi, y.hi if self.hi[0] else y.lo, bits, round_ceiling), bits)

    def __rtruediv__(self, other: int) -> Interval:
        y = self._operand(other)
        return NotImplemented if y is None else y / self

    def __str__(self) -> str:
        (low, low_exponent), (high, high_exponent) = signed_mantissa(self.lo), signed_mantissa(self.hi)
        return f"[{low}*2**{low_exponent}, {high}*2**{high_exponent}]"


def enclose_ratio(numerator: int, denominator: int, bits: int) -> Interval:
    """The tightest interval of `bits` bits around numerator / denominator, denominator > 0."""
    if denominator == 1 and numerator.bit_length() <= bits:
        point = from_int(numerator)
        return Interval(point, point, bits)
    p, q = _odd_part(numerator), _odd_part(denominator)
    return Interval(mpf_div(p, q, bits, round_floor), mpf_div(p, q, bits, round_ceiling), bits)


def _odd_part(n: int) -> Mpf:
    """n exactly; its factors of two go in one shift, where libmp takes eight at a time (seconds for 2**(2**20))."""
    zeros = (n & -n).bit_length() - 1 if n else 0
    return cast(Mpf, from_man_exp(n >> zeros, zeros))


def _sqrt_bounds(x: Mpf, bits: int) -> tuple[Mpf, Mpf]:
    """Square root of x >= 0 rounded down and up.

    By math.isqrt: libmp's integer square root for more than 600 bits starts from an estimate "almost certainly" within
    one unit and stops one or two units too early.
    """
    mantissa, exponent = signed_mantissa(x)
    shift = max(2 * bits + 2 - mantissa.bit_length(), 0)
    shift += exponent - shift & 1
    root = isqrt(mantissa << shift)
    exact = root * root == mantissa << shift
    half = exponent - shift >> 1
    return from_man_exp(root, half, bits, round_floor), from_man_exp(root + (not exact), half, bits, round_ceiling)


class MpmathArithmetic:
    """The protocol `Arithmetic` on `Interval` at a precision of `bits` >= 2; no global precision is involved.

    exp is supported below 2**21 and raises ArithmeticError above; cos of an interval wider than a period, or with an
    end point beyond 2**8192, is [-1, 1].
    """

    def __init__(self, bits: int) -> None:
        if bits < 2:
            raise InputError(f"bits={bits} for MpmathArithmetic: give a precision of at least 2 bits")
        self.bits = bits
        low, high = pi_bounds(bits + 8)
        self.pi = Interval(
            from_man_exp(low, -bits - 8, bits, round_floor), from_man_exp(high, -bits - 8, bits, round_ceiling), bits
        )

    def __repr__(self) -> str:
        return f"MpmathArithmetic({self.bits})"

    @contextmanager
    def active(self) -> Iterator[None]:
        """Nothing to set: an interval carries its precision."""
        yield

    def exact(self, value: Fraction | int) -> Interval:
        """The tightest enclosure of a rational number at this precision."""
        return enclose_ratio(value.numerator, value.denominator, self.bits)

    def sqrt(self, x: Interval) -> Interval:
        """Square root of a number known to be >= 0. Raises ArithmeticError when all of x is negative."""
        if x.hi[0]:
            raise ArithmeticError(f"square root of {x}, which is negative throughout")
        lo, hi = _sqrt_bounds(x.hi, self.bits)
        if x.lo != x.hi:
            lo = fzero if x.lo[0] else _sqrt_bounds(x.lo, self.bits)[0]
        return Interval(lo, hi, self.bits)

    def exp(self, x: Interval) -> Interval:
        """Exponential, increasing. Raises ArithmeticError where x reaches 2**21."""
        lo, hi = exp_bounds(x.lo, self.bits)
        if x.lo != x.hi:
            hi = exp_bounds(x.hi, self.bits)[1]
        return Interval(lo, hi, self.bits)

    def log(self, x: Interval) -> Interval:
        """Natural logarithm, increasing. Raises ArithmeticError where x may be zero or negative."""
        if not self.is_positive(x):
            raise ArithmeticError(f"logarithm of {x}, which may be zero or negative: raise the precision")
        lo, hi = log_bounds(x.lo, self.bits)
        if x.lo != x.hi:
            hi = log_bounds(x.hi, self.bits)[1]
        return Interval(lo, hi, self.bits)

    def atan(self, x: Interval) -> Interval:
        """Arc tangent, increasing."""
        lo, hi = atan_bounds(x.lo, self.bits)
        if x.lo != x.hi:
            hi = atan_bounds(x.hi, self.bits)[1]
        return Interval(lo, hi, self.bits)

    def cos(self, x: Interval) -> Interval:
        """Cosine: monotone between multiples of pi, and +-1 at those that may lie inside."""
        whole = Interval(fnone, fone, self.bits)
        if max(x.lo[2] + x.lo[3], x.hi[2] + x.hi[3]) > LARGEST_ANGLE_BITS:
            return whole
        first, last, (lo, hi) = cos_bounds(x.lo, self.bits)
        if x.lo != x.hi:
            _, last, (other_lo, other_hi) = cos_bounds(x.hi, self.bits)
            lo, hi = (other_lo if mpf_lt(other_lo, lo) else lo), (other_hi if mpf_lt(hi, other_hi) else hi)
        if last - first > 1:
            return whole
        if last > first:  # last * pi is the only multiple of pi that may lie inside
            return Interval(fnone, hi, self.bits) if last & 1 else Interval(lo, fone, self.bits)
        return Interval(lo, hi, self.bits)

    def at(self, bits: int) -> MpmathArithmetic:
        """Intervals at another precision."""
        return MpmathArithmetic(bits)

    def rounded(self, x: Interval) -> Interval:
        """x rounded outward to this precision."""
        lo, hi = mpf_pos(x.lo, self.bits, round_floor), mpf_pos(x.hi, self.bits, round_ceiling)
        return Interval(lo, hi, self.bits)

    def up_to(self, bound: Interval) -> Interval:
        """The smallest interval around zero that contains the bound and its negative."""
        low, high = mpf_neg(bound.lo), bound.hi
        above = high if mpf_le(low, high) else low
        return Interval(mpf_neg(above), above, bound.bits)

    def polynomial(self, coefficients: Sequence[Interval]) -> Callable[[Interval], Interval]:
        """Evaluation by Horner's rule."""

        def evaluate(x: Interval) -> Interval:
            total = self.exact(0)
            for coefficient in reversed(coefficients):
                total = total * x + coefficient
            return total

        return evaluate

    def linear_map(self, rows: Sequence[Sequence[Interval]]) -> Callable[[Sequence[Interval]], list[Interval]]:
        """Products of intervals, added in order."""

        def evaluate(vector: Sequence[Interval]) -> list[Interval]:
            return [sum((a * x for a, x in zip(row, vector, strict=True)), self.exact(0)) for row in rows]

        return evaluate

    def correlations(
        self, first: Sequence[Interval], second: Sequence[Interval], start: int, count: int
    ) -> list[Interval]:
        """Sums of products, lag by lag."""
        found = []
        for lag in range(start, start + count):
            near = range(max(0, lag), min(len(first), len(second) + lag))
            found.append(sum((first[a] * second[a - lag] for a in near), self.exact(0)))
        return found

    def is_positive(self, x: Interval) -> bool:
        """True exactly when the lower end point is > 0."""
        return not x.lo[0] and bool(x.lo[1])

    def is_within(self, x: Interval, target: Interval) -> bool:
        """True only when the radius of x is at most every number in `target`."""
        width = mpf_sub(x.hi, x.lo, x.bits, round_ceiling)
        return bool(mpf_le(width, mpf_shift(target.lo, 1)))

    def endpoints(self, x: Interval) -> tuple[int, int, int]:
        """Integers (lo, hi, e) with x = [lo * 2**e, hi * 2**e] exactly."""
        (low, low_exponent), (high, high_exponent) = signed_mantissa(x.lo), signed_mantissa(x.hi)
        exponent = min(low_exponent, high_exponent)
        return low << low_exponent - exponent, high << high_exponent - exponent, exponent
