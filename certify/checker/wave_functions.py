"""Activations as a line plus a sum of waves, and how far that is from the truth.

s(x) = mean + line x + W(x) with W(x) = jump sgn x + bend |x| + p(x), |p(x)| <= (flat + lean |x|) exp(-decay |x|), and
for x != 0 |p'(x)| <= (slope_flat + slope_lean |x|) exp(-decay |x|):

    tanh       jump 1, p = -+2 exp(-2|x|) / (1 + exp(-2|x|)); tanh' <= 4 exp(-2|x|)
    sigmoid    1/2 + tanh(x/2) / 2
    softplus   x/2 + |x|/2 + log(1 + exp(-|x|))
    swish      x/2 + |x|/2 - |x| / (exp |x| + 1), p' = -+(1 / (exp |x| + 1) - |x| exp |x| / (exp |x| + 1)^2)

W_L(x) = sum_m (-1)^m W(x - m L) changes its sign under a shift by L, so only odd multiples of h = pi / L are
frequencies.  Its coefficients are (2 h / pi) times the Fourier transform of W at w = (2a + 1) h (Poisson): sines for
tanh and sigmoid, with pi / sinh(pi w / 2) and pi / sinh(pi w); cosines for softplus and swish, with -pi / (w sinh(pi
w)) and -pi^2 cosh(pi w) / sinh(pi w)^2, beside the mean bend L / 2 of the triangular wave.

Error.  Where |x| <= L jump and bend are met exactly, and with decay L >= 4 the shifted p add up to at most (3 flat + 5
lean L) exp(-decay (L - |x|)): sums of exp(-4m) and (m + 2) exp(-4m) over m >= 0 are below 1.02 and 2.06.  Beyond L,
jump and bend are off by 2 jump + bend |x|, and |x| <= L exp(l (|x| - L)) for l >= 1/L.  So |W_L - W| <= M exp(-l (L -
|x|)) everywhere, M = 2 jump + (bend + 6 lean) L + 5 flat, 1/L <= l <= decay; |W_L| <= 2 M.  Let D = exp(-l L + l^2 q /
2), 2/L <= l <= decay.  As E exp(l |u|) <= 2 exp(l^2 q / 2), E |W_L - W| <= 2 M D and E (W_L - W)^2 <= 2 M^2 D;
multiplying out, E W(u) W(v) is met up to 4 M M' (D + D') + 2 M M' sqrt(D D') <= 5 M M' (D + D').  Slopes likewise: jump
is bend there.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from .elementary import pi
from .interval import ONE, Interval, add, divide, multiply, negative, square, subtract, times_power_of_two


class WaveData(NamedTuple):
    """The constants above; `odd` says that the waves are sines.  `turns` pi is the rate at which coefficients fall, and
    `amplitude` gives them but for 2 h / pi, from w and e = exp(-turns pi w).

    They have one sign; they decrease in magnitude, also when multiplied by w or by exp(turns pi w): x / sinh x, coth x
    and exp(x) / sinh(x) decrease.
    """

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
    odd: bool
    amplitude: Callable[[Interval, Interval, int], Interval]


def _pi_over_sinh(frequency: Interval, e: Interval, bits: int) -> Interval:
    """pi / sinh(x) with e = exp(-x)."""
    twice = times_power_of_two(multiply(pi(bits), e, bits), 1)
    return divide(twice, subtract(ONE, square(e, bits), bits), bits)


def _softplus(frequency: Interval, e: Interval, bits: int) -> Interval:
    return negative(divide(_pi_over_sinh(frequency, e, bits), frequency, bits))


def _swish(frequency: Interval, e: Interval, bits: int) -> Interval:
    squared = square(e, bits)
    hyperbolic = divide(add(ONE, squared, bits), subtract(ONE, squared, bits), bits)
    first = _pi_over_sinh(frequency, e, bits)
    return negative(multiply(multiply(pi(bits), hyperbolic, bits), first, bits))


_NONE, _HALF, _ALL = Fraction(0), Fraction(1, 2), Fraction(1)

WAVES: dict[str, WaveData] = {
    "Tanh": WaveData(_NONE, _NONE, _ALL, _NONE, 2, 0, 4, 0, Fraction(2), _HALF, True, _pi_over_sinh),
    "Sigmoid": WaveData(_HALF, _NONE, _HALF, _NONE, 1, 0, 1, 0, _ALL, _ALL, True, _pi_over_sinh),
    "Softplus": WaveData(_NONE, _HALF, _NONE, _HALF, 1, 0, 1, 0, _ALL, _ALL, False, _softplus),
    "Swish": WaveData(_NONE, _HALF, _NONE, _HALF, 0, 1, 1, 1, _ALL, _ALL, False, _swish),
}
