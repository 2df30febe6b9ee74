"""What may be taken away from a kernel before it is whitened, from little to much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certify.kernels.float64.profile import Profile
from certify.kernels.float64.remainders import Remainder, cut, soft
from certify.kernels.float64.taylor import rounded_coefficients, rounded_up
from certify.kernels.float64.values import Taken

_COUNTS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 36, 40, 44, 48, 56, 64, 72, 80)
_MORE_COUNTS = (96, 112, 128, 160, 192, 224, 256)
_ORDER = 4
_SCALES = tuple(2**k for k in range(7, 23))


@dataclass(frozen=True)
class Candidate:
    """A remainder of a profile: what it is, and how it is proved to be one."""

    make: Callable[[], Remainder]
    describe: Callable[[], Taken]

    @property
    def taken(self) -> Taken:
        return self.describe()


def candidates(profile: Profile, odd: int | None = None) -> list[Candidate]:
    """Remainders in the order of what is left of F(1): without the first coefficients, then soft ones.

    odd: how many odd powers are taken away at most; None: as many as even ones. Where points are nearly opposite, a
    kernel without its odd part cannot tell them apart.
    """
    found = [_cut(profile, count, count if odd is None else min(count, odd)) for count in _COUNTS + _MORE_COUNTS]
    return found + ([_soft(profile, scale) for scale in _SCALES] if odd is None else [])


def _cut(profile: Profile, even: int, odd: int) -> Candidate:
    def taken() -> Taken:
        known, exponent = rounded_coefficients(profile, rounded_up(even))
        values = np.array([float(value) for value in known[:even]]) * 2.0**exponent
        values[1::2][np.arange(1, even, 2) >= odd] = 0.0
        return Taken(0, Fraction(1, 2), values)

    return Candidate(lambda: cut(profile, even, odd), taken)


def _soft(profile: Profile, scale: int) -> Candidate:
    return Candidate(lambda: soft(profile, _ORDER, scale), lambda: Taken(_ORDER, 1 - Fraction(1, scale), np.zeros(0)))
