"""The dual of a rectifier a min(x, 0) + b max(x, 0) at all pairs of positions, in integers.

With c = r / sqrt(q1 q2), theta = arccos c, A = (a^2 + b^2) / 2 and f = (a - b)^2 / (2 pi), Cho and Saul's formula is
V' = A - f theta and V = sqrt(q1 q2) g, g = f sqrt(1 - c^2) + c V'.  Both are evaluated at the middles of r and
L = sqrt(q1 q2), and the mean value theorem adds the radii: |theta'| = 1 / sqrt(1 - c^2), dV/dr = V',
dV/d(log L) = L f sqrt(1 - c^2).

A number inside is an integer X that stands for X / 2**F, and an ulp is 2**-F.  What is not covered is None: pairs that
are parallel up to their enclosures, variances that may be zero.  They are left to the general formulas.
"""

from fractions import Fraction
from functools import lru_cache
from math import comb, isqrt
from typing import NamedTuple

from .elementary import arctan, pi
from .fixed_sums import FINER
from .interval import ONE, Interval, divide, from_fraction, multiply, root, times_power_of_two, to_fixed

# Logarithm of the cells of the table, largest spread of the lengths of a point.
_CELL_BITS, _SPREAD = 8, 64
_SLOPE_LOST, _VALUE_LOST = 18, 30
# Logarithm of the largest radius of V', in ulps.
_WIDEST = FINER + 6


class Lengths(NamedTuple):
    """sqrt(q) at every position of a point and its inverse, as mantissas of F bits or more with one exponent.

    losses: 1.01 times a bound of the relative error of the root, in ulps; None where the variance may be zero.  The
    inverse is that of the mantissa of the root, up to an ulp of itself.
    """

    roots: list[int]
    inverses: list[int]
    losses: list[int | None]
    root_exponent: int
    inverse_exponent: int


def lengths_of(variances: list[Interval], working_bits: int) -> Lengths | None:
    """None where the lengths are of very different magnitude."""
    bits = working_bits + FINER
    found: dict[int, tuple[int, int, int]] = {}
    for place, q in enumerate(variances):
        if q[0] > 0:
            low, high, exponent = root(q, bits)
            extra = max(0, bits + 1 - (low + high).bit_length())
            # Middle and radius in units of half an ulp of the interval.
            found[place] = (low + high) << extra, (high - low) << extra, exponent - 1 - extra
    if not found:
        return None
    lowest = min(exponent for _, _, exponent in found.values())
    if max(exponent for _, _, exponent in found.values()) - lowest > _SPREAD:
        return None
    roots, inverses = [0] * len(variances), [0] * len(variances)
    losses: list[int | None] = [None] * len(variances)
    longest = max((middle << (exponent - lowest)).bit_length() for middle, _, exponent in found.values())
    for place, (middle, radius, exponent) in found.items():
        roots[place] = middle << (exponent - lowest)
        inverses[place] = (1 << (longest + bits)) // roots[place]
        loss = (65 * radius << bits) // (64 * middle) + 1
        if loss <= 1 << (bits - 10):
            losses[place] = loss
    return Lengths(roots, inverses, losses, lowest, -lowest - longest - bits)


@lru_cache(maxsize=16)
def _table(bits: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """cos and angle of arcsin(k / 256) for k = 0..182, off by one and by two ulps, and the series of arcsin x / x.

    arcsin x = sum_n binomial(2n, n) / (4^n (2n + 1)) x^(2n + 1), from the last coefficient to the first.  With N terms
    and |x| < 2**-8.4 what is left is below x^(2N + 1), less than an ulp as 8.4 (2N + 1) >= F.
    """
    cells, finer = 1 << _CELL_BITS, bits + 32
    cosines, angles = [], []
    for k in range(183):
        cosines.append(isqrt((cells * cells - k * k) << (2 * (bits - _CELL_BITS))))
        tangent = isqrt((k * k << 2 * finer) // (cells * cells - k * k))
        angles.append(to_fixed(arctan((tangent, tangent + 1, -finer), finer), -bits)[0])
    terms = (bits * 10 // 84 + 2) // 2
    series = tuple((comb(2 * n, n) << bits) // (4**n * (2 * n + 1)) for n in reversed(range(terms)))
    return tuple(cosines), tuple(angles), series


def fixed_angle(c: int, sine: int, bits: int) -> int:
    """arccos c for |c| < 1 and sine = floor(sqrt(1 - c^2)), off by at most 10 ulps.

    Let `small` be the smaller and `large` the larger of |c| and sine, and phi = arcsin(k / 256) with k / 256 next to
    `small` <= 0.7072, so k <= 181.  arcsin(small) = phi + arcsin(s), s = small cos phi - large sin phi, |s| < 2**-8.4.
    In s the sine loses an ulp times a number up to 1, cos phi one times 0.71, and the rounding one: 2.8.  The
    derivative of arcsin is below 1.001 there.  The series and its rounding lose 1 + 0.1, the last product 1, the angle
    of the table 2, pi / 2 or pi two: below 10.
    """
    cosines, angles, series = _table(bits)
    size = abs(c)
    steep = size < sine
    small, large = (size, sine) if steep else (sine, size)
    fine = bits - _CELL_BITS
    k = (small + (1 << (fine - 1))) >> fine
    s = (small * cosines[k] - (large * k << fine)) >> bits
    square = s * s >> bits
    total = 0
    for coefficient in series:
        total = (total * square >> bits) + coefficient
    found = angles[k] + (total * s >> bits)
    if steep:
        quarter = _half_turn(bits) >> 1
        return quarter - found if c > 0 else quarter + found
    return found if c > 0 else _half_turn(bits) - found


@lru_cache(maxsize=16)
def _half_turn(bits: int) -> int:
    """pi, off by less than an ulp."""
    return to_fixed(pi(bits + 8), -bits)[0]


class TwoSlopesMany:
    """The dual at many pairs, at one working precision; the slopes a and b differ."""

    def __init__(self, negative: Fraction, positive: Fraction, working_bits: int) -> None:
        self.bits = bits = working_bits + FINER
        self.working_bits = working_bits
        aligned = (negative**2 + positive**2) / 2
        # A / 2**scale <= 1, and f <= 2 A / pi, so that f / 2**scale < 0.64.
        self.scale = aligned.numerator.bit_length() - aligned.denominator.bit_length() + 1
        around = divide(ONE, times_power_of_two(pi(bits + 8), 1), bits + 8)
        bend = multiply(from_fraction((negative - positive) ** 2, bits + 8), around, bits + 8)
        # Off by one and by two ulps: the interval of the bend is narrower than one.
        self.aligned = to_fixed(from_fraction(aligned, bits + 8), self.scale - bits)[0]
        self.bend = to_fixed(bend, self.scale - bits)[0]
        # Above 1.03 f in units of 2**-32.
        self.steepness = ((self.bend + 2) * 1055 << 22 >> bits) + 1

    def line(
        self, one: Lengths, p: int, two: Lengths, covariances: list[Interval]
    ) -> list[tuple[Interval, Interval] | None]:
        """(V, V') at position p of the first point and all positions of the second."""
        bits, aligned, bend, scale = self.bits, self.aligned, self.bend, self.scale
        steepness, lost_here = self.steepness, one.losses[p]
        if lost_here is None:
            return [None] * len(covariances)
        root_here, inverse_here = one.roots[p], one.inverses[p]
        cut = bits - 2
        # The products of mantissas are 2**(2F) at least, hence off by less than an ulp of themselves when cut.
        unit = one.inverse_exponent + two.inverse_exponent + cut + bits - 1
        value_exponent = one.root_exponent + two.root_exponent + cut + scale
        slope_exponent = scale - bits
        whole = 1 << 2 * bits
        found: list[tuple[Interval, Interval] | None] = []
        for (low, high, exponent), lost, root_there, inverse_there in zip(
            covariances, two.losses, two.roots, two.inverses, strict=True
        ):
            shift = -unit - exponent
            if lost is None or shift < 0:
                found.append(None)
                continue
            inverse = inverse_here * inverse_there >> cut
            c = (low + high) * inverse >> shift
            lengths_lost = lost_here + lost
            # |c| <= 1 by Cauchy and Schwarz: the errors of the covariance and the two lengths, and five roundings.
            covariance_radius = ((high - low) * (inverse + 3) >> shift) + 1
            radius = covariance_radius + lengths_lost + 6
            rest = whole - c * c
            # radius <= (1 - c^2) / 64 keeps |theta'| <= 1.04 / sqrt(1 - c^2) within the radius.
            if radius << (bits + 6) > rest:
                found.append(None)
                continue
            sine = isqrt(rest)
            slope = aligned - (bend * fixed_angle(c, sine, bits) >> bits)
            # f |theta'| radius.  Lost: A one; f theta 0.64 10 + 2 3.2; rounding one, and one for this quotient.
            slope_radius = (steepness * radius << bits) // (sine << 32) + _SLOPE_LOST
            if slope_radius >> _WIDEST:
                # So near to parallel the general formulas may do better, from an exact discriminant.
                found.append(None)
                continue
            value = bend * sine + c * slope >> bits
            # V = L g(r / L): dV/dr = V' and dV/d(log L) = L f sqrt(1 - c^2).  In units of L are lost: 2 sqrt(1 - c^2),
            # 0.64, 16 from V', 4 from c, four roundings, and one for the product of the lengths.
            value_radius = (covariance_radius * (abs(slope) + slope_radius) >> bits) + _VALUE_LOST
            value_radius += lengths_lost * steepness * (sine + 1) >> (bits + 32)
            product = root_here * root_there >> cut
            middle = value * product >> bits
            around = (value_radius * (product + 1) >> bits) + 2
            found.append(
                (
                    (middle - around, middle + around, value_exponent),
                    (slope - slope_radius, slope + slope_radius, slope_exponent),
                )
            )
        return found


@lru_cache(maxsize=32)
def two_slopes_many(negative: Fraction, positive: Fraction, working_bits: int) -> TwoSlopesMany:
    """The dual at many pairs, made once for a precision."""
    return TwoSlopesMany(negative, positive, working_bits)
