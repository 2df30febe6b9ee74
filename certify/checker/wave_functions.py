"""Activations as a line plus a sum of waves, and how far that is from the truth.

s(x) = mean + line x + W(x) with W(x) = jump sgn x + bend |x| + p(x), |p(x)| <= (flat + lean |x|) exp(-decay |x|), and
for x != 0 |p'(x)| <= (slope_flat + slope_lean |x|) exp(-decay |x|):

    tanh       jump 1, p = -+2 exp(-2|x|) / (1 + exp(-2|x|)); tanh' <= 4 exp(-2|x|)
    sigmoid    1/2 + tanh(x/2) / 2
    softplus   x/2 + |x|/2 + log(1 + exp(-|x|))
    swish      x/2 + |x|/2 - |x| / (exp |x| + 1), p' = -+(1 / (exp |x| + 1) - |x| exp |x| / (exp |x| + 1)^2)
    mish       x m, m = 1 - 2 / (v^2 + 1), v = 1 + exp x; with e = exp(-|x|), 1 - m <= 2 e^2 for x > 0, m <= e for x <
    0, and
               m' = 4 v exp(x) / (v^2 + 1)^2 <= 4 e

W_L(x) = sum_m (-1)^m W(x - m L) changes its sign under a shift by L, so only odd multiples of h = pi / L are
frequencies.  Its coefficients are (2 h / pi) times the Fourier transform of W at w = (2a + 1) h (Poisson): sines for
tanh and sigmoid, with pi / sinh(pi w / 2) and pi / sinh(pi w); cosines for softplus and swish, with -pi / (w sinh(pi
w)) and -pi^2 cosh(pi w) / sinh(pi w)^2, beside the mean bend L / 2 of the triangular wave.  Mish has both; m has poles
at log(2) / 2 +- 3 i pi / 4 modulo 2 pi i with residues (1 -+ i) / 2, and x m has i times the derivative of its
transform.

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

from .elementary import cosine, exponential, log_two, pi
from .interval import (
    ONE,
    Interval,
    add,
    divide,
    multiply,
    negative,
    root,
    square,
    subtract,
    times_power_of_two,
    to_fractions,
)


class Amplitudes(NamedTuple):
    """Of sines and of cosines at a frequency, None where they vanish at all, and at least the magnitude of both."""

    sine: Interval | None
    cosine: Interval | None
    size: Interval


class WaveData(NamedTuple):
    """The constants above.  `turns` pi is the rate at which coefficients fall, and `amplitudes` gives them but for 2 h
    / pi, from w and e = exp(-turns pi w).

    Their sizes decrease in w, also times w, and also times exp(turns pi w): x / sinh x, coth x and exp(x) / sinh(x)
    decrease.
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
    has_sines: bool
    has_cosines: bool
    amplitudes: Callable[[Interval, Interval, int], Amplitudes]


def _pi_over_sinh(e: Interval, bits: int) -> Interval:
    """pi / sinh(x) with e = exp(-x)."""
    twice = times_power_of_two(multiply(pi(bits), e, bits), 1)
    return divide(twice, subtract(ONE, square(e, bits), bits), bits)


def _step(frequency: Interval, e: Interval, bits: int) -> Amplitudes:
    found = _pi_over_sinh(e, bits)
    return Amplitudes(found, None, found)


def _softplus(frequency: Interval, e: Interval, bits: int) -> Amplitudes:
    found = divide(_pi_over_sinh(e, bits), frequency, bits)
    return Amplitudes(None, negative(found), found)


def _swish(frequency: Interval, e: Interval, bits: int) -> Amplitudes:
    squared = square(e, bits)
    hyperbolic = divide(add(ONE, squared, bits), subtract(ONE, squared, bits), bits)
    found = multiply(multiply(pi(bits), hyperbolic, bits), _pi_over_sinh(e, bits), bits)
    return Amplitudes(None, negative(found), found)


def _cosine(x: Interval, bits: int) -> Interval:
    """Of every number in x: the slope is at most 1."""
    low, high = to_fractions(x)
    middle = cosine((low + high) / 2, bits)
    width = x[1] - x[0]
    return add(middle, (-width, width, x[2]), bits)


def _mish(frequency: Interval, e: Interval, bits: int) -> Amplitudes:
    """With a = log(2) / 2 and N = cosh(pi w / 4) + i sinh(pi w / 4), pi exp(-i a w) (N' - i a N - pi coth(pi w) N) /
    sinh(pi w), whose magnitude is at most pi (a + pi / 4 + pi coth(pi w)) / (2 sinh(pi w / 2) sqrt(cosh(pi w / 2)))."""
    shift, quarter = times_power_of_two(log_two(bits), -1), times_power_of_two(pi(bits), -2)
    slow = multiply(quarter, frequency, bits)
    t = exponential((-slow[1], -slow[0], slow[2]), bits)
    squared = square(t, bits)
    fourth = square(squared, bits)
    eighth = square(fourth, bits)
    rest = subtract(ONE, eighth, bits)
    cube = divide(multiply(squared, t, bits), rest, bits)
    # cosh(pi w / 4) / sinh(pi w), sinh(pi w / 4) / sinh(pi w) and pi coth(pi w).
    even, odd = multiply(cube, add(ONE, squared, bits), bits), multiply(cube, subtract(ONE, squared, bits), bits)
    ratio = multiply(pi(bits), divide(add(ONE, eighth, bits), rest, bits), bits)
    real = subtract(multiply(add(shift, quarter, bits), odd, bits), multiply(ratio, even, bits), bits)
    imaginary = subtract(multiply(subtract(quarter, shift, bits), even, bits), multiply(ratio, odd, bits), bits)
    angle = multiply(shift, frequency, bits)
    c, s = _cosine(angle, bits), _cosine(subtract(angle, times_power_of_two(quarter, 1), bits), bits)
    sine = subtract(multiply(real, s, bits), multiply(imaginary, c, bits), bits)
    whole = add(multiply(real, c, bits), multiply(imaginary, s, bits), bits)
    below = multiply(subtract(ONE, fourth, bits), root(times_power_of_two(add(ONE, fourth, bits), -1), bits), bits)
    slope = multiply(multiply(squared, t, bits), add(add(shift, quarter, bits), ratio, bits), bits)
    size = divide(slope, below, bits)
    return Amplitudes(*(multiply(pi(bits), x, bits) for x in (sine, whole, size)))


_NONE, _HALF, _ALL, _MOST = Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 4)

WAVES: dict[str, WaveData] = {
    "Tanh": WaveData(_NONE, _NONE, _ALL, _NONE, 2, 0, 4, 0, Fraction(2), _HALF, True, False, _step),
    "Sigmoid": WaveData(_HALF, _NONE, _HALF, _NONE, 1, 0, 1, 0, _ALL, _ALL, True, False, _step),
    "Softplus": WaveData(_NONE, _HALF, _NONE, _HALF, 1, 0, 1, 0, _ALL, _ALL, False, True, _softplus),
    "Swish": WaveData(_NONE, _HALF, _NONE, _HALF, 0, 1, 1, 1, _ALL, _ALL, False, True, _swish),
    "Mish": WaveData(_NONE, _HALF, _NONE, _HALF, 0, 2, 2, 4, _ALL, _MOST, True, True, _mish),
}
