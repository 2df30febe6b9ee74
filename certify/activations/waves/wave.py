"""Activations as a line and a sum of waves, up to a proven error.

Let s(x) = mean + line x + W(x), W(x) = jump sgn(x) + bend |x| + p(x), |p(x)| <= (flat + lean |x|) exp(-decay |x|), and
let W_L be the antiperiodic sum over m of (-1)^m W(x - m L): a square wave for the jump, L/2 and a triangular wave for
|x|, and p_L = sum (-1)^m p(x - m L). By Poisson's formula, with F the Fourier transform of W away from 0,

    W_L(x) = bend L/2 + (2/L) sum_(k odd > 0) (Re F(w_k) cos(w_k x) - Im F(w_k) sin(w_k x)),    w_k = pi k / L.

On |x| <= L the square and the triangular wave are exact, and for decay L >= 4 the terms of p_L other than p add up to
at most 2 exp(-decay (L - |x|)) sum_(m >= 0) (flat + lean (m + 2) L) exp(-4 m) <= (3 flat + 5 lean L) exp(-decay (L -
|x|)). So |p_L| <= sup |p| + 3 flat + 5 lean L everywhere; beyond L the square wave is off by 2 jump and the triangular
one by bend |x| <= bend L exp(l (|x| - L)), l >= 1/L. Hence, for all x and 1/L <= l <= decay,

    |W_L(x) - W(x)| <= M exp(-l (L - |x|)),    M = 2 jump + (bend + 6 lean) L + 5 flat,    and |W_L| <= 2 M.

For u normal with variance q, E exp(l |u|) <= 2 exp(l^2 q / 2). With D(l) = exp(-l L + l^2 q / 2) and the error e = W_L
- W this gives E |e(u)| <= 2 M D and E e(u)^2 <= 2 M^2 D, the second with l/2 in place of l: so 2/L <= l <= decay. As
W W = W_L W_L - e W_L - W_L e + e e, for a pair (u, v)

    |E W(u) W(v) - E W_L(u) W_L(v)| <= 4 M M' D' + 4 M M' D + 2 M M' sqrt(D D') <= 5 M M' (D + D').

The same holds for s', whose wave W' has the jump `bend`, no bend, and a p' of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from certify.arithmetic.protocol import Arithmetic


class Amplitudes(NamedTuple):
    """-Im F and Re F at a frequency w > 0, None where they vanish everywhere, and `size` >= |F|.

    size and w size are decreasing in w, and so is size exp(rate w).
    """

    sine: Any
    cosine: Any
    size: Any


@dataclass(frozen=True)
class Wave(ABC):
    """The numbers and functions of the head of the file; `turns` is rate / pi. With `slope_flat` and `slope_lean`:
    |p'(x)| <= (slope_flat + slope_lean |x|) exp(-decay |x|) for x != 0."""

    mean: Fraction
    line: Fraction
    jump: Fraction
    bend: Fraction
    flat: int
    lean: int
    slope_flat: int
    slope_lean: int
    decay: Fraction
    turns: Fraction

    @abstractmethod
    def amplitudes(self, number: Arithmetic, frequency: Any) -> Amplitudes:
        """Enclosures at an enclosure of some frequency > 0. Call inside `number.active()`."""

    def bound(self, number: Arithmetic, half_period: Any) -> Any:
        """M for the value."""
        return number.exact(self.bend + 6 * self.lean) * half_period + number.exact(2 * self.jump + 5 * self.flat)

    def slope_bound(self, number: Arithmetic, half_period: Any) -> Any:
        """M for the slope."""
        return 6 * self.slope_lean * half_period + number.exact(2 * self.bend + 5 * self.slope_flat)
