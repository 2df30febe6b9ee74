"""Tails of the normal distribution and of a normal pair, in any arithmetic.

Owen's T(h, a) = (1 / 2 pi) int_0^a exp(-h^2 (1 + x^2) / 2) / (1 + x^2) dx (D. B. Owen, Ann. Math. Stat. 27, 1956).
With m = h^2 / 2 and d_j = P(Poisson(m) > j) <= m^(j+1) / (j+1)!,

    2 pi T(h, a) = atan a - sum_j (-1)^j d_j a^(2j+1) / (2j+1)   (M. Patefield and D. Tandy 2000, method T1),

and for a > 0 T(h, a) + T(a h, 1/a) = (c(h) + c(a h)) / 2 - c(h) c(a h) with the upper tail c. For standard normal X, Y
of correlation rho, w = sqrt(1 - rho^2): P(X > h, Y > k) = share(h, (k - rho h) / w) + share(k, (h - rho k) / w).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from certify.arithmetic.protocol import Arithmetic

_TURN = Fraction(36, 25)


class Normal:
    """Density, upper tail, Owen's function and shares of orthants at one precision."""

    def __init__(self, number: Arithmetic) -> None:
        self.number = number
        self.nats = (number.bits + 8) * math.log(2)
        self.half = number.exact(Fraction(1, 2))
        self.turn = number.exact(_TURN)
        with number.active():
            self.around = 1 / (2 * number.pi)
            self.peak = number.sqrt(self.around)

    def _size(self, x: Any) -> float:
        """A float at least as large as every |x|, infinite where that does not fit."""
        low, high, exponent = self.number.endpoints(x)
        top = max(abs(low), abs(high))
        size = top.bit_length() + exponent
        return (
            math.inf
            if size > 900
            else 0.0
            if size < -900
            else float(top >> max(0, top.bit_length() - 60))
            * (1 + 2.0**-50)
            * 2.0 ** (exponent + max(0, top.bit_length() - 60))
            + 2.0**-900
        )

    def density(self, x: Any) -> Any:
        """exp(-x^2 / 2) / sqrt(2 pi)."""
        return self.peak * self.number.exp(-(x * x) / 2)

    def tail(self, x: Any) -> Any:
        """P(X > x). Method: phi(x) sum_k x^(2k+1) / (2k+1)!!, whose terms decrease at least by half from x^2 on."""
        size = self._size(x)
        if size * size > 2 * self.nats + 16:
            below = self.number.exp(-(x * x) / 2) / 4
            if self.number.is_positive(x):
                return below + self.number.up_to(below)
            if self.number.is_positive(-x):
                return 1 - below - self.number.up_to(below)
            raise ArithmeticError("a tail of the normal distribution at an enclosure that is too wide")
        square = x * x
        term = total = x
        k, estimate = 1, size
        while estimate > 2.0 ** -min(self.number.bits + 4, 1000) or 2 * k + 1 < 2 * size * size + 4:
            term = term * square / (2 * k + 1)
            total = total + term
            estimate *= size * size / (2 * k + 1)
            k += 1
            if k > 40 + self.number.bits + 4 * size * size:
                break
        rest = self.number.up_to(term) * square / (2 * k + 1)
        return self.half - self.density(x) * (total + 2 * self.number.up_to(rest))

    def owen(self, h: Any, a: Any) -> Any:
        """T(h, a), for |a| of at most about 5/4."""
        size = self._size(h)
        if size * size > 2 * self.nats + 16:
            return self.number.up_to(self.number.exp(-(h * h) / 2) / 4)
        m, square = h * h / 2, a * a
        decay = self.number.exp(-m)
        term = decay
        left = 1 - decay
        power, total = a, self.number.exact(0)
        # The rest from j on is at most |a| (a^2 m)^j m / (j+1)! / (1 - a^2 m / (j+2)).
        bound_m, bound_a = size * size / 2, self._size(a)
        weight, j = bound_m, 0
        product = bound_a * bound_a * bound_m
        while weight > 2.0 ** -min(self.number.bits + 4, 1000) or j + 2 <= 2 * product:
            part = power * left / (2 * j + 1)
            total = total - part if j % 2 else total + part
            power = power * square
            j += 1
            term = term * m / j
            left = left - term
            weight *= product / (j + 1)
            if j > 80 + 2 * self.number.bits + 8 * product:
                break
        rest = self.number.exact(2)
        for i in range(1, j + 1):
            rest = rest * (square * m) / i
        rest = rest * m * a / (j + 1)
        if j + 2 <= 2 * product:
            raise ArithmeticError("Owen's function at an enclosure that is too wide")
        return self.around * (self.number.atan(a) - total + self.number.up_to(rest))

    def share(self, h: Any, g: Any) -> Any:
        """c(h) / 2 - T(h, g / h), less 1/2 for h < 0, where g is known to be of one sign or small against h."""
        number = self.number
        if number.is_positive(self.turn * g * g - h * h):
            if number.is_positive(g):
                return self.tail(g) * (self.tail(h) - self.half) + self.owen(g, h / g)
            if number.is_positive(-g):
                return self.tail(h) - self.share(h, -g)
        elif number.is_positive(h):
            return self.half * self.tail(h) - self.owen(h, g / h)
        elif number.is_positive(-h):
            return self.owen(-h, -(g / h)) - self.half * self.tail(-h)
        raise ArithmeticError("an orthant of a normal pair cannot be enclosed at this precision")
