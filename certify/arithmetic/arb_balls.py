"""Arb balls through python-flint: the reference number system.

Numbers are plain `flint.arb` objects, so their + - * / and these functions work at `flint.ctx.prec`, which is global to
the process: combine them inside `active()`. Outside of it every result still encloses the truth, only less tightly.
F. Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66 (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction

from flint import arb, arb_mat, arb_poly, ctx, fmpq

from certify.errors import InputError

LARGEST_ALIGNMENT = 2**20
"""Places by which `endpoints` shifts at most; what lies lower is rounded outward, as exponents of arb are unbounded."""


def _finite(x: arb, function: str) -> arb:
    if not x.is_finite():
        raise ArithmeticError(f"{x.str(10)} met in {function} of balls: raise the precision or scale the input")
    return x


def _shift_floor(value: int, places: int) -> int:
    return value << places if places >= 0 else value >> -places


class ArbArithmetic:
    """The protocol `Arithmetic` on `flint.arb` at a precision of `bits` >= 2.

    A NaN or an infinity raises ArithmeticError in the function that meets it; one made by + - * / of arb itself (a
    quotient by a ball that contains zero) does so in the next function or in `endpoints`, and is never positive.
    """

    def __init__(self, bits: int) -> None:
        if bits < 2:
            raise InputError(f"bits={bits} for ArbArithmetic: give a precision of at least 2 bits")
        self.bits = bits
        with self.active():
            self.pi = arb.pi()

    def __repr__(self) -> str:
        return f"ArbArithmetic({self.bits})"

    @contextmanager
    def active(self) -> Iterator[None]:
        """Sets flint's global precision to `bits` and gives back the previous one, also after an exception."""
        previous = ctx.prec
        ctx.prec = self.bits
        try:
            yield
        finally:
            ctx.prec = previous

    def exact(self, value: Fraction | int) -> arb:
        """A ball around a rational number, of radius zero where it is representable."""
        return arb(value) if isinstance(value, int) else arb(fmpq(value.numerator, value.denominator))

    def sqrt(self, x: arb) -> arb:
        """Square root of a number known to be >= 0; where the ball reaches below zero, a ball around [0, sqrt(sup x)].

        That ball may itself reach below zero by the rounding of its radius. Raises ArithmeticError when all of x is
        negative.
        """
        if _finite(x, "sqrt") >= 0:
            return _finite(x.sqrt(), "sqrt")
        above = x.upper()
        if above < 0:
            raise ArithmeticError(f"square root of {x.str(10)}, which is negative throughout")
        return _finite(arb(0).union(above.sqrt()), "sqrt")

    def exp(self, x: arb) -> arb:
        """Exponential. Raises ArithmeticError on overflow of arb's exponents."""
        return _finite(_finite(x, "exp").exp(), "exp")

    def log(self, x: arb) -> arb:
        """Natural logarithm. Raises ArithmeticError where x may be zero or negative."""
        return _finite(_finite(x, "log").log(), "log")

    def cos(self, x: arb) -> arb:
        """Cosine."""
        return _finite(_finite(x, "cos").cos(), "cos")

    def atan(self, x: arb) -> arb:
        """Arc tangent."""
        return _finite(_finite(x, "atan").atan(), "atan")

    def at(self, bits: int) -> ArbArithmetic:
        """Balls at another precision."""
        return ArbArithmetic(bits)

    def rounded(self, x: arb) -> arb:
        """x rounded to the precision in force, the rounding added to its radius."""
        return +x

    def up_to(self, bound: arb) -> arb:
        """A ball around zero that contains every number of magnitude at most sup |bound|."""
        above = _finite(bound, "up_to").abs_upper()
        return arb(0).union(above).union(-above)

    def polynomial(self, coefficients: Sequence[arb]) -> Callable[[arb], arb]:
        """Evaluation by FLINT's polynomial over balls."""
        return arb_poly([*coefficients])

    def linear_map(self, rows: Sequence[Sequence[arb]]) -> Callable[[Sequence[arb]], list[arb]]:
        """Products of balls by FLINT's matrix product."""
        matrix = arb_mat([list(row) for row in rows])
        return lambda vector: (matrix * arb_mat([[x] for x in vector])).entries()

    def correlations(self, first: Sequence[arb], second: Sequence[arb], start: int, count: int) -> list[arb]:
        """Coefficients of FLINT's product of a polynomial and a reversed one."""
        product = (arb_poly([*first]) * arb_poly([*reversed(second)])).coeffs()
        at = start + len(second) - 1
        zero = arb(0)
        return [product[k] if 0 <= k < len(product) else zero for k in range(at, at + count)]

    def is_positive(self, x: arb) -> bool:
        """True exactly when the ball lies to the right of zero; a NaN does not."""
        return bool(x > 0)

    def is_within(self, x: arb, target: arb) -> bool:
        """True only when x is finite and its radius at most every number in `target`."""
        return bool(x.is_finite() and x.rad() <= target)

    def endpoints(self, x: arb) -> tuple[int, int, int]:
        """Integers (lo, hi, e) with lo * 2**e <= x <= hi * 2**e.

        They are the exact end points, taken from midpoint and radius since arb's own lower() and upper() round to the
        precision in force; where the two lie more than 2**20 places apart the smaller is rounded outward.
        """
        _finite(x, "endpoints")
        midpoint, midpoint_exponent = (int(part) for part in x.mid().man_exp())
        radius, radius_exponent = (int(part) for part in x.rad().man_exp())
        if not radius:
            return midpoint, midpoint, midpoint_exponent
        if not midpoint:
            return -radius, radius, radius_exponent
        top = max(midpoint_exponent + midpoint.bit_length(), radius_exponent + radius.bit_length())
        exponent = max(min(midpoint_exponent, radius_exponent), top - LARGEST_ALIGNMENT)
        up = -_shift_floor(-radius, radius_exponent - exponent)
        low = _shift_floor(midpoint, midpoint_exponent - exponent) - up
        high = -_shift_floor(-midpoint, midpoint_exponent - exponent) + up
        return low, high, exponent
