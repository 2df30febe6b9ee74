"""The waves of activations made of the logistic function.

tanh' = 1/cosh^2 has the Fourier transform pi w / sinh(pi w / 2), so W = tanh has F = -i pi / sinh(pi w / 2). Scaling
gives -i pi / sinh(pi w) for tanh(x/2)/2, its integral log(2 cosh(x/2)) divides that by i w, and (x/2) tanh(x/2) has i
times its derivative.

    tanh       sgn(x) - 2 sgn(x) exp(-2|x|) / (1 + exp(-2|x|)); tanh' <= 4 exp(-2|x|)
    sigmoid    1/2 + sgn(x)/2 - sgn(x) exp(-|x|) / (1 + exp(-|x|)); its slope is at most exp(-|x|)
    softplus   x/2 + |x|/2 + log(1 + exp(-|x|)); |p'| = 1 / (1 + exp(|x|))
    swish      x/2 + |x|/2 - |x| / (exp(|x|) + 1); |p'| <= (1 + |x|) exp(-|x|)

1/sinh, coth and w/sinh(w) decrease, and so do exp(w)/sinh(w) and 1/w: the sizes below, times exp(rate w), decrease,
and w times the sizes decrease.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations.waves.wave import Amplitudes, Wave
from certify.arithmetic.protocol import Arithmetic

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class _Step(Wave):
    """-i pi / sinh(turns pi w)."""

    def amplitudes(self, number: Arithmetic, frequency: Any) -> Amplitudes:
        e = number.exp(-number.exact(self.turns) * number.pi * frequency)
        size = 2 * number.pi * e / (1 - e * e)
        return Amplitudes(size, None, size)


@dataclass(frozen=True)
class _Softplus(Wave):
    """-pi / (w sinh(pi w))."""

    def amplitudes(self, number: Arithmetic, frequency: Any) -> Amplitudes:
        e = number.exp(-number.pi * frequency)
        size = 2 * number.pi * e / ((1 - e * e) * frequency)
        return Amplitudes(None, -size, size)


@dataclass(frozen=True)
class _Swish(Wave):
    """-pi^2 cosh(pi w) / sinh(pi w)^2."""

    def amplitudes(self, number: Arithmetic, frequency: Any) -> Amplitudes:
        e = number.exp(-number.pi * frequency)
        rest = 1 - e * e
        size = 2 * number.pi * number.pi * e * (1 + e * e) / (rest * rest)
        return Amplitudes(None, -size, size)


TANH = _Step(
    mean=Fraction(0),
    line=Fraction(0),
    jump=Fraction(1),
    bend=Fraction(0),
    flat=2,
    lean=0,
    slope_flat=4,
    slope_lean=0,
    decay=Fraction(2),
    turns=HALF,
)
SIGMOID = _Step(
    mean=HALF,
    line=Fraction(0),
    jump=HALF,
    bend=Fraction(0),
    flat=1,
    lean=0,
    slope_flat=1,
    slope_lean=0,
    decay=Fraction(1),
    turns=Fraction(1),
)
SOFTPLUS = _Softplus(
    mean=Fraction(0),
    line=HALF,
    jump=Fraction(0),
    bend=HALF,
    flat=1,
    lean=0,
    slope_flat=1,
    slope_lean=0,
    decay=Fraction(1),
    turns=Fraction(1),
)
SWISH = _Swish(
    mean=Fraction(0),
    line=HALF,
    jump=Fraction(0),
    bend=HALF,
    flat=0,
    lean=1,
    slope_flat=1,
    slope_lean=1,
    decay=Fraction(1),
    turns=Fraction(1),
)
