"""The mean m(c) = E 1/(1 + c|Z|)^2 for a standard normal Z, as pieces of polynomials in integers.

Below c = 2^-6 it is sum_k (-1)^k (k+1) E|Z|^k c^k: as 1/(1+y)^2 is alternating in y >= 0, what K terms leave is at most
(K+1) E|Z|^K c^K.  Above, an octave [2^e, 2^(e+1)) is cut into eight pieces around m = (2 i + 1) 2^(e-4), i = 8..15,
with Taylor polynomials in u = (c - m)/2^e, |u| <= 1/16.  Their coefficients, up to the sign (-1)^k,

    (k+1) sqrt(2/pi) int exp(-y^2/2) (2^e y)^k / (1 + m y)^(k+2) dy,

are at most k+1, so K terms leave at most 2 (K+2) 16^-K.  The integrals are trapezoidal sums on the grid of
`softsign_grid`: in its strip |2^e y/(1 + m y)| < 1, |1 + m y| >= 1 and sqrt(2/pi) int |y exp(-y^2/2)| dlog|y| < 2.5, so
they miss 5 (k+1) 2^-B, and 1.6 (k+1) 2^-B in the tails: together below 8 2^-B in m, as sum (k+1) 16^-k < 1.14.
"""

from typing import NamedTuple

from .answers import Unsupported
from .softsign_grid import Grid, root_of_two_over_pi

NEAR = 6
LOST = 10
"""Every m(c) is off by at most LOST 2^-B, beside what leaving out terms costs, and lies in [0, 1]."""


class _Node(NamedTuple):
    """y exp(-y^2/2) in units of 2^-F, and y = place 2^exponent to F + 40 bits of its own."""

    weight: int
    place: int
    exponent: int


class Means:
    """The pieces for one grid, made when they are first needed."""

    def __init__(self, grid: Grid) -> None:
        self.grid, self.fine = grid, grid.fine
        self.terms = terms_for(grid.bits + 20)
        # sqrt(2/pi) in units of 2^-F.
        self.density = root_of_two_over_pi(self.fine)
        self.pieces: dict[tuple[int, int], tuple[int, list[int]]] = {}
        self.small = self._moments()
        self.nodes = self._nodes()

    def _moments(self) -> list[int]:
        """Coefficients for c < 2^-NEAR, the last first, in units of 2^-F."""
        one, wanted = 1 << self.fine, 1 << (self.fine - self.grid.bits)
        found = [one, -2 * self.density]
        moments = [one, self.density]
        while True:
            k = len(found)
            moments.append((k - 1) * moments[k - 2])
            # One more for what the moments are too low.
            if ((k + 1) * (moments[k] + (moments[k] >> 20) + 1)) >> (NEAR * k) < wanted:
                return found[::-1]
            if k > 2 << 2 * NEAR:
                raise Unsupported("the mean of a Softsign is not known to this precision here")
            found.append((-1) ** k * (k + 1) * moments[k])

    def _nodes(self) -> list[_Node]:
        grid, nodes = self.grid, list[_Node]()
        bits = self.fine + 40
        for n, bell in enumerate(grid.bells, grid.first):
            if n >= 0:
                place, exponent = grid.powers[n], -bits
            else:
                # As many bits as there are at 1.
                shift = bits + grid.powers[-n].bit_length()
                place, exponent = (1 << shift) // grid.powers[-n], bits - shift
            nodes.append(_Node(bell * place >> -exponent, place, exponent))
        return nodes

    def _piece(self, octave: int, eighth: int) -> list[int]:
        """Coefficients around (2 eighth + 1) 2^(octave - 4), the last first, in units of 2^-F."""
        fine, one = self.fine, 1 << self.fine
        sums = [0] * self.terms
        numerator = 2 * eighth + 1
        for weight, place, exponent in self.nodes:
            shift = fine + exponent + octave - 4
            grown = numerator * place << shift if shift >= 0 else numerator * place >> -shift
            inverse = (one << fine) // (one + grown)
            ratio = 16 * (one - inverse) // numerator
            term = (weight * inverse >> fine) * inverse >> fine
            for k in range(self.terms):
                if not term:
                    break
                sums[k] += term
                term = term * ratio >> fine
        step = self.grid.step
        factor = self.density * step.numerator // step.denominator
        return [(-1) ** k * ((k + 1) * sums[k] * factor >> fine) for k in reversed(range(self.terms))]

    def at(self, c: int, terms: int) -> int:
        """m(c / 2^F) for c >= 0 in units of 2^-F, with so many terms of the Taylor polynomial."""
        fine = self.fine
        if c >> (fine - NEAR) == 0:
            total = 0
            for a in self.small:
                total = (total * c >> fine) + a
            return total
        size = c.bit_length()
        key = (size, c >> (size - 4))
        found = self.pieces.get(key)
        if found is None:
            found = self.pieces[key] = (2 * key[1] + 1) << (size - 5), self._piece(size - 1 - fine, key[1])
        middle, coefficients = found
        shift = size - 1 - fine
        u = (c - middle) >> shift if shift >= 0 else (c - middle) << -shift
        total = 0
        for a in coefficients[-terms:]:
            total = (total * u >> fine) + a
        return total


def terms_for(bits: int) -> int:
    """K with 2 (K+2) 16^-K below 2^-bits, at least 1."""
    terms = max(1, -(-bits // 4))
    while 2 * (terms + 2) >> max(0, 4 * terms - bits):
        terms += 1
    return terms
