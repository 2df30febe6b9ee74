"""The Taylor coefficients of a kernel profile, enclosed from its values.

F(rho) = sum_p c_p rho^p with c_p >= 0 is bounded by F(1) on the unit disc. On [-r, r] its Chebyshev coefficients are
then at most 2 F(1) s^-k, s the parameter of the Bernstein ellipse in the disc, and interpolation in N points folds
those beyond N back (Trefethen 2013, Theorems 8.1 and 4.2). The absolute coefficients of T_k sum to less than (1 + sqrt
2)^k, which for r = 1/4 (s > 7.8) leaves an error of 0.31^N 4^p F(1) in c_p.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from flint import arb, ctx, fmpq

from certify.arithmetic.chebyshev import chebyshev_coefficients, chebyshev_points, from_chebyshev
from certify.kernels.float64.local import ellipse_parameter
from certify.kernels.float64.profile import Profile

_RADIUS = Fraction(1, 4)
_SPARE = 64
MOST_COEFFICIENTS = 256
GRID = 60
"""Coefficients are rounded down to multiples of 2**-GRID of a power of two near F(1)."""


def taylor_coefficients(profile: Profile, count: int) -> list[arb]:
    """Balls around c_0, ..., c_(count-1)."""
    points = 2 * count + _SPARE
    # A coefficient is a sum of values times up to 4^N 2^N: so many bits are lost.
    bits = profile.bits + 4 * points
    before, ctx.prec = ctx.prec, bits
    try:
        f = profile.at_bits(bits)
        radius = arb(fmpq(_RADIUS.numerator, _RADIUS.denominator))
        values = [f(radius * x) for x in chebyshev_points(points, bits)]
        polynomial = from_chebyshev(chebyshev_coefficients(values, bits))
        growth = (1 + arb(2).sqrt()) / ellipse_parameter(Fraction(0), _RADIUS)
        # What lies beyond N comes once by itself and at most once folded back: every alias of T_k is below T_k.
        tail = (4 * f.at_one.upper() * growth**points / (1 - growth)).upper()
        return [polynomial[p] / radius**p + arb(0, tail / radius**p) for p in range(count)]
    finally:
        ctx.prec = before


@lru_cache(maxsize=16)
def rounded_coefficients(profile: Profile, count: int) -> tuple[tuple[int, ...], int]:
    """Integers a and an exponent e with 0 <= a_p 2^e <= c_p for p < count, as large as the grid allows."""
    with_error = taylor_coefficients(profile, count)
    mantissa, binary = profile.at_one.mid().man_exp()
    exponent = int(binary) + int(mantissa).bit_length() - GRID
    scale = arb(2) ** -exponent
    before, ctx.prec = ctx.prec, 256
    try:
        floors = [(ball * scale).lower().floor().unique_fmpz() for ball in with_error]
    finally:
        ctx.prec = before
    return tuple(max(int(value), 0) if value is not None else 0 for value in floors), exponent


def rounded_up(count: int) -> int:
    """The next power of two, so that few sets of coefficients are ever computed."""
    return max(8, 1 << max(count - 1, 0).bit_length())
