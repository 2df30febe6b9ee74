"""Softsign as a mixture of error functions: the weights of the mixture, in integers.

s'(x) = 1/(1+|x|)^2 and s(x)/x = 1/(1+|x|) are functions of x^2 with a positive spectrum: by residues they are
(4/pi) int y^2/(1+y^2)^2 dy/(x^2+y^2) and (2/pi) int y^2/(1+y^2) dy/(x^2+y^2) over y > 0, and 1/(x^2+y^2) is the
integral of exp(-z^2 (x^2+y^2)/2) z dz over z > 0.  So s'(x) = int exp(-z^2 x^2/2) z^2 w(z) dlog z, and s(x)/x likewise
with g, where, substituting v = z y, with H(y) = y/(1+y^2) and J(y) = H(y)/(1+y^2),

    z^2 w(z) = (4/pi) int v^2 exp(-v^2/2) J(v/z) dlog v,    z^2 g(z) = (2/pi) int v^2 exp(-v^2/2) H(v/z) dlog v.

All integrals are trapezoidal sums in the logarithm, on one grid exp(n step).  In the strip |Im log v| < 7/10 one has
|1+y^2| >= sqrt(1+|y|^4), so |H| < 0.71 and |J| < 0.58, and |exp(-v^2/2)| <= exp(-0.169 |v|^2/2): the integrals of the
moduli along a line are below 4.4.  Trefethen and Weideman (SIAM Rev. 56, 2014, Theorem 5.1): the error is at most twice
that over exp(2 pi 0.7/step) - 1, which is below 2^-B here; with the tails, 10 2^-B.

A number inside is an integer X that stands for X / 2^F, F = B + 32.
"""

from fractions import Fraction
from functools import lru_cache
from math import floor, log, pi
from operator import mul
from typing import NamedTuple

from .answers import Unsupported
from .elementary import exponential
from .elementary import pi as enclose_pi
from .interval import divide, from_fraction, from_integer, multiply, root, to_fixed

FINER = 32
_POWER_BITS = 40
_MOST = 900


class Grid(NamedTuple):
    """The grid for an accuracy of B = `bits` bits, with F = `fine`.

    powers: exp(n step), n >= 0, each too low by a relative error below 2^(-F-20), in units of 2^-(F+40).
    bells: for n = first..last, exp(-v^2/2) at v = exp(n step), off by less than an ulp.
    slopes, values: for j = -half..half, z^2 w(z) and z^2 g(z) at z = exp(2 j step), off by less than 11 2^-B.
    """

    bits: int
    fine: int
    step: Fraction
    powers: tuple[int, ...]
    first: int
    bells: tuple[int, ...]
    half: int
    slopes: tuple[int, ...]
    values: tuple[int, ...]


def _step(bits: int) -> Fraction:
    """A step with exp(2 pi 0.7 / step) > 2^bits + 1."""
    numerator = floor(65536 * 1.4 * pi / (bits * log(2) + 1))
    while True:
        step = Fraction(numerator, 65536)
        reach = multiply(from_fraction(Fraction(7, 5) / step, 64), enclose_pi(64), 64)
        low, _, exponent = exponential(reach, 64)
        if Fraction(low) * Fraction(2) ** exponent > 2**bits + 1:
            return step
        numerator -= 1


def _powers(step: Fraction, count: int, fine: int) -> list[int]:
    """exp(n step), n = 0..count: the factor is too low by 2 units at most, a product by one, and 3 count < 2^20."""
    bits = fine + _POWER_BITS
    factor = to_fixed(exponential(from_fraction(step, bits + 8), bits + 8), -bits)[0]
    found = [1 << bits]
    for _ in range(count):
        found.append(found[-1] * factor >> bits)
    return found


def grid_size(bits: int, step: float | None = None) -> tuple[int, int, int]:
    """How many nodes z there are on each side of 1, and nodes v below and above 1: guesses, and what is charged for."""
    nats = bits * log(2)
    step = step or 1.4 * pi / (nats + 1)
    return int(nats / (2 * step)) + 2, int(nats / step) + 2, int(log(2 * nats + 4) / (2 * step)) + 2


@lru_cache(maxsize=8)
def build_grid(bits: int) -> Grid:
    """The grid. Raises Unsupported where the precision is beyond what it is made for."""
    if bits > _MOST:
        raise Unsupported("the variances before a Softsign are too large for the precision of the certificate")
    fine, step = bits + FINER, _step(bits)
    one = 1 << fine
    count, before, after = grid_size(bits, float(step))
    # The tails: |z| from 2^-B to 2^B, v from 2^-B to exp(-v^2/2) < 2^-B.
    needed = max(4 * count, before + 2 * count, 2 * after) + 8
    powers = _powers(step, needed, fine)
    far_enough = min(powers[2 * count], powers[before]) >> (fine + _POWER_BITS + bits) > 0
    bells, squared = _bells(powers, before, after, fine)
    if not far_enough or 3 * needed >= 1 << 20 or bells[-1] >= 1 << FINER:
        raise Unsupported("the mixture of a Softsign does not reach far enough at this precision")
    shift = fine + _POWER_BITS
    # exp(-m step), and H and J at exp(m step) for m of either sign: each off by at most 3 ulps.
    falls = [(1 << (fine + shift)) // value for value in powers]
    reach = before + 2 * count
    high, low, even = [], [], []
    for e in falls[: reach + 1]:
        whole = one + (e * e >> fine)
        h = (e << fine) // whole
        even.append(h)
        low.append((h << fine) // whole)
        high.append(((h * e // whole) * e) >> fine)
    h_table = even[:0:-1] + even
    j_table = low[:0:-1] + high
    moments = [bell * square >> fine for bell, square in zip(bells, squared, strict=True)]
    # 2 step / pi, in which the weights of both integrals are expressed.
    scale = to_fixed(divide(from_fraction(2 * step, fine), enclose_pi(fine), fine), -fine)[0]
    slopes, values = [], []
    for j in range(-count, count + 1):
        start = reach - before - 2 * j
        part = slice(start, start + len(moments))
        values.append((sum(map(mul, moments, h_table[part])) >> fine) * scale >> fine)
        slopes.append((sum(map(mul, moments, j_table[part])) >> fine) * scale >> (fine - 1))
    return Grid(bits, fine, step, tuple(powers), -before, tuple(bells), count, tuple(slopes), tuple(values))


def _bells(powers: list[int], before: int, after: int, fine: int) -> tuple[list[int], list[int]]:
    """exp(-v^2/2) and v^2 at v = exp(n step), n = -before..after, off by less than an ulp (of itself beyond 1)."""
    bits = fine + _POWER_BITS
    bells, squares = [], []
    for n in range(-before, after + 1):
        square = powers[2 * n] if n >= 0 else (1 << 2 * bits) // powers[-2 * n]
        # Both ends of the exponent enclose it: the square is too low by 2^(-F-20) of itself, or a unit too high.
        low, _ = to_fixed(exponential((-square - (square >> (fine + 16)) - 1, -square + 1, -bits - 1), fine + 8), -fine)
        bells.append(max(low, 0))
        squares.append(square >> _POWER_BITS)
    return bells, squares


def root_of_two_over_pi(bits: int) -> int:
    """sqrt(2/pi) in units of 2^-bits, too low by less than two."""
    ratio = divide(from_integer(2, bits + 8), enclose_pi(bits + 8), bits + 8)
    return to_fixed(root(ratio, bits + 8), -bits)[0]
