"""What is left of a kernel profile when a positive semidefinite part is taken away.

With F(rho) = sum_p c_p rho^p, c_p >= 0, an order m >= 0, a ratio s in (0, 1) and 0 <= a_p <= c_p (1 - s^p)^m,

    R(rho) = sum_k (-1)^k binomial(m, k) F(s^k rho) - sum_p a_p rho^p = sum_p (c_p (1 - s^p)^m - a_p) rho^p

has coefficients >= 0, so it can be approximated as F is; and so has F - R, which makes (F - R)(G) positive semidefinite
for every matrix G of correlations (Schur's product theorem). Powers far below 1/(1 - s) are all but gone from R.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb, arb_poly, fmpq

from certify.kernels.float64.approximants import NoApproximant
from certify.kernels.float64.profile import Profile
from certify.kernels.float64.taylor import MOST_COEFFICIENTS, rounded_coefficients, rounded_up

MOST_ORDER = 16


@dataclass(frozen=True)
class Remainder:
    """R for a_p = coefficients[p] 2^exponent; made by `remainder`, which knows that a_p is small enough."""

    profile: Profile
    order: int
    ratio: Fraction
    coefficients: tuple[int, ...]
    exponent: int

    @property
    def bits(self) -> int:
        """Cancellation takes `order` times the digits of 1 - s, and what the coefficients have in common with F."""
        lost = self.order * (
            2 + (self.ratio.denominator // (self.ratio.denominator - self.ratio.numerator)).bit_length()
        )
        return self.profile.bits + 64 + lost + 2 * len(self.coefficients)

    def at_bits(self, bits: int) -> Remainder:
        return replace(self, profile=self.profile.at_bits(bits))

    @property
    def at_one(self) -> arb:
        return self(Fraction(1))

    def __call__(self, rho: arb | Fraction) -> arb:
        value = self.profile(rho)
        ball = arb(fmpq(rho.numerator, rho.denominator)) if isinstance(rho, Fraction) else rho
        for k in range(1, self.order + 1):
            factor = self.ratio**k
            scaled = ball * arb(fmpq(factor.numerator, factor.denominator))
            value += (-1) ** k * math.comb(self.order, k) * self.profile(scaled)
        taken: arb = arb_poly(list(self.coefficients))(ball) * arb(2) ** self.exponent
        return value - taken


def remainder(profile: Profile, order: int, ratio: Fraction, coefficients: Sequence[int], exponent: int) -> Remainder:
    """R, at the precision that its approximation needs.

    Raises NoApproximant where the coefficients cannot be shown to be small enough, and beyond 256 of them, order 16 or
    a ratio closer to one than 2^-40.
    """
    if len(coefficients) > MOST_COEFFICIENTS or order > MOST_ORDER or not 0 < 1 - ratio < 1 or 1 - ratio < 2.0**-40:
        raise NoApproximant("a remainder of too many coefficients, of too high an order or of a ratio out of range")
    if coefficients:
        allowed, grid = rounded_coefficients(profile, rounded_up(len(coefficients)))
        for p, (value, most) in enumerate(zip(coefficients, allowed, strict=False)):
            bound = most * Fraction(2) ** grid * (1 - ratio**p) ** order
            if value < 0 or value * Fraction(2) ** exponent > bound:
                raise NoApproximant(f"coefficient {p} is not known to be at most that of the kernel")
    made = Remainder(profile, order, ratio, tuple(coefficients), exponent)
    return made.at_bits(made.bits)


def sharp(profile: Profile, count: int) -> Remainder:
    """F without its first `count` coefficients, as far as they are known."""
    return cut(profile, count, count)


def cut(profile: Profile, even: int, odd: int) -> Remainder:
    """F without its coefficients of even degree below `even` and odd degree below `odd`, as far as they are known."""
    known, exponent = rounded_coefficients(profile, rounded_up(max(even, odd)))
    taken = [value if p < (odd if p % 2 else even) else 0 for p, value in enumerate(known[: max(even, odd)])]
    return remainder(profile, 0, Fraction(1, 2), taken, exponent)


def soft(profile: Profile, order: int, scale: int) -> Remainder:
    """F with its coefficients of degree p times (1 - s^p)^order, s = 1 - 1/scale."""
    return remainder(profile, order, 1 - Fraction(1, scale), (), 0)
