"""The waves of Mish, x m(x) with m(x) = tanh(log(1 + exp x)) = 1 - 2 / (v^2 + 1), v = 1 + exp(x).

m has the poles a +- 3 i pi / 4 (modulo 2 pi i), a = log(2) / 2, with residues (1 -+ i) / 2. Moving the path of its
Fourier transform by 2 pi i gives, away from w = 0,

    -i pi exp(-i a w) N(w) / sinh(pi w),    N(w) = cosh(pi w / 4) + i sinh(pi w / 4),

and i times its derivative is that of x m(x):

    F(w) = pi exp(-i a w) (N'(w) - i a N(w) - pi coth(pi w) N(w)) / sinh(pi w).

|N'| = (pi / 4) |N| and |N|^2 = cosh(pi w / 2), so |F| is at most pi (a + pi / 4 + pi coth(pi w)) / (2 sinh(pi w / 2)
sqrt(cosh(pi w / 2))): a product of decreasing functions, also times w, and also times exp(3 pi w / 4), where it is one
of increasing functions of exp(-pi w).

With e = exp(-|x|): 1 - m <= 2 e^2 for x > 0 and m = e (e + 2) / (e^2 + 2 e + 2) <= e for x < 0, so |p| <= 2 |x| e; m' =
4 v exp(x) / (v^2 + 1)^2 is at most 4 e, so |p'| <= (2 + 4 |x|) e.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.waves.wave import Amplitudes, Wave
from certify.arithmetic.protocol import Arithmetic


@dataclass(frozen=True)
class _Mish(Wave):
    """F above, with t = exp(-pi w / 4)."""

    def amplitudes(self, number: Arithmetic, frequency: Any) -> Amplitudes:
        pi = number.pi
        shift = number.log(number.exact(2)) / 2
        t = number.exp(-pi * frequency / 4)
        square = t * t
        fourth = square * square
        eighth = fourth * fourth
        rest = 1 - eighth
        # cosh(pi w / 4), sinh(pi w / 4) over sinh(pi w), and coth(pi w).
        even, odd = square * t * (1 + square) / rest, square * t * (1 - square) / rest
        ratio = pi * (1 + eighth) / rest
        real = (shift + pi / 4) * odd - ratio * even
        imaginary = (pi / 4 - shift) * even - ratio * odd
        angle = shift * frequency
        cosine, sine = number.cos(angle), number.cos(angle - pi / 2)
        # 2 sinh(y) sqrt(cosh y) = exp(3 y / 2) (1 - exp(-2 y)) sqrt((1 + exp(-2 y)) / 2) at y = pi w / 2.
        size = pi * square * t * (shift + pi / 4 + ratio) / ((1 - fourth) * number.sqrt((1 + fourth) / 2))
        return Amplitudes(
            sine=pi * (real * sine - imaginary * cosine), cosine=pi * (real * cosine + imaginary * sine), size=size
        )


MISH = _Mish(
    mean=Fraction(0),
    line=Fraction(1, 2),
    jump=Fraction(0),
    bend=Fraction(1, 2),
    flat=0,
    lean=2,
    slope_flat=2,
    slope_lean=4,
    decay=Fraction(1),
    turns=Fraction(3, 4),
)
