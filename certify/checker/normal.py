"""The normal distribution: density, upper tail, Owen's function, and shares of orthants.

    c(x) = P(X > x) = 1/2 - phi(x) (x + x^3/3 + x^5/(3 5) + ...),                     c(x) <= exp(-x^2/2) / 2 for x >= 0
    T(h, a) = (1/2 pi) int_0^a exp(-h^2 (1 + t^2)/2) / (1 + t^2) dt                   |T| <= exp(-h^2/2) / 4
            = (arctan a - sum_j (-1)^j d_j a^(2j+1)/(2j+1)) / 2 pi, where d_j = 1 - exp(-m) sum_{i <= j} m^i/i! with
              m = h^2/2 is a tail of Poisson's distribution, hence at most m^(j+1)/(j+1)!

For X, Y of correlation rho and w = sqrt(1 - rho^2), P(X > h, Y > k) is the sum of two shares (Owen 1956): that of h is
c(h)/2 - T(h, g/h), less 1/2 where h < 0, with g = (k - rho h)/w.  By T(h, a) + T(ah, 1/a) = (c(h) + c(ah))/2
- c(h) c(ah), a > 0, a share with |h| <= 6 g / 5 is c(g) (c(h) - 1/2) + T(g, h/g); that of -g is c(h) less that of g.
"""

from math import log

from .elementary import arctan, exponential
from .elementary import pi as enclose_pi
from .interval import (
    ONE,
    ZERO,
    Interval,
    TooWide,
    add,
    divide,
    from_integer,
    multiply,
    negative,
    root,
    square,
    subtract,
    times_power_of_two,
    top,
)

_HALF: Interval = (1, 1, -1)


class Normal:
    """The functions at one precision; every method encloses the exact value for all numbers in its arguments."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.around = divide(ONE, times_power_of_two(enclose_pi(bits), 1), bits)
        self.peak = root(self.around, bits)
        self.far = int(2 * (bits + 8) * log(2)) + 16

    def _bell(self, x: Interval) -> Interval:
        """exp(-x^2 / 2)."""
        return exponential(negative(times_power_of_two(square(x, self.bits), -1)), self.bits)

    def density(self, x: Interval) -> Interval:
        """exp(-x^2 / 2) / sqrt(2 pi)."""
        return multiply(self.peak, self._bell(x), self.bits)

    def _beyond(self, x: Interval) -> bool:
        """Whether x^2 may exceed what a series is used for."""
        low, high, exponent = square(x, 64)
        return top((low, high, exponent)) > 40 or (high << exponent if exponent >= 0 else high >> -exponent) > self.far

    def tail(self, x: Interval) -> Interval:
        """P(X > x)."""
        bits = self.bits
        if self._beyond(x):
            bell = self._bell(x)
            below: Interval = (0, bell[1], bell[2] - 1)
            if x[0] > 0:
                return below
            if x[1] < 0:
                return subtract(ONE, below, bits)
            raise TooWide("a tail at an interval that is too wide")
        squared = square(x, bits)
        term = total = x
        k = 1
        # Terms at least halve from 2 k + 1 >= 2 x^2 on; then the rest is at most twice the next one.
        while top(term) > -bits - 4 or top(squared) + 1 >= (2 * k + 1).bit_length():
            term = divide(multiply(term, squared, bits), from_integer(2 * k + 1, bits), bits)
            total = add(total, term, bits)
            k += 1
        limit = 1 << 2
        rest: Interval = (-limit, limit, top(term)) if term[1] or term[0] else ZERO
        return subtract(_HALF, multiply(self.density(x), add(total, rest, bits), bits), bits)

    def owen(self, h: Interval, a: Interval) -> Interval:
        """T(h, a) for |a| <= 2."""
        bits = self.bits
        if self._beyond(h):
            bell = self._bell(h)
            return (-bell[1], bell[1], bell[2] - 2)
        m, squared = times_power_of_two(square(h, bits), -1), square(a, bits)
        product = multiply(m, squared, bits)
        poisson = exponential(negative(m), bits)
        left = subtract(ONE, poisson, bits)
        power, total = a, arctan(a, bits)
        bound, j = multiply(m, a, bits), 0
        # |rest from j on| <= |a| m (a^2 m)^j / (j+1)! / (1 - a^2 m / (j+2)), at most twice the first factor.
        while top(bound) > -bits - 4 or top(product) + 1 >= (j + 2).bit_length():
            part = divide(multiply(power, left, bits), from_integer(2 * j + 1, bits), bits)
            total = add(total, part, bits) if j & 1 else subtract(total, part, bits)
            power = multiply(power, squared, bits)
            j += 1
            poisson = divide(multiply(poisson, m, bits), from_integer(j, bits), bits)
            left = subtract(left, poisson, bits)
            bound = divide(multiply(bound, product, bits), from_integer(j + 1, bits), bits)
        if bound[0] or bound[1]:
            total = add(total, (-2, 2, top(bound)), bits)
        return multiply(self.around, total, bits)

    def share(self, h: Interval, g: Interval) -> Interval:
        """The share of h in P(X > h, Y > k), for g of known sign, or small against h."""
        bits = self.bits
        gap = subtract(multiply((36, 36, 0), square(g, bits), bits), multiply((25, 25, 0), square(h, bits), bits), bits)
        if gap[0] > 0:
            if g[0] > 0:
                inner = multiply(self.tail(g), subtract(self.tail(h), _HALF, bits), bits)
                return add(inner, self.owen(g, divide(h, g, bits)), bits)
            if g[1] < 0:
                return subtract(self.tail(h), self.share(h, negative(g)), bits)
        elif h[0] > 0:
            return subtract(times_power_of_two(self.tail(h), -1), self._slanted(h, g), bits)
        elif h[1] < 0:
            h = negative(h)
            return subtract(self._slanted(h, g), times_power_of_two(self.tail(h), -1), bits)
        raise TooWide("an orthant of a normal pair at intervals that are too wide")

    def _slanted(self, h: Interval, g: Interval) -> Interval:
        slope = divide(g, h, self.bits)
        if top(slope) > 1:
            raise TooWide("an orthant of a normal pair at intervals that are too wide")
        return self.owen(h, slope)
