"""Polynomials in float64 that stand for a kernel profile, with an error that is proved when they are built.

A profile F with F(rho) = sum_p c_p rho^p, c_p >= 0, is all that is asked for: any network at points of one norm, and
any dual that can be enclosed by Arb. In the middle a polynomial in rho; towards rho = +-1 one in v = (1 -+ rho)^(2^-m),
where rectifiers (m = 1) and nested jumps (m = 2, 3) are smooth; or a single one in rho where that is enough. A
candidate is interpolated from values; then, on each of the cells of `local`, the difference between the polynomial
known to be near F and the candidate is a polynomial in v of known degree d, whose maximum is at most 1 / cos(pi d / 2
k) times that in k > d Chebyshev points (Ehlich and Zeller, Schwankung von Polynomen zwischen Gitterpunkten, 1964).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_poly, ctx, fmpq

from certify.arithmetic.chebyshev import chebyshev_coefficients, chebyshev_points, from_chebyshev
from certify.kernels.float64.local import OVERLAP, Cell, Function, cells_towards_one, enclose_on_cell
from certify.kernels.float64.polynomials import UPWARD, FloatPolynomial, above, rounded_polynomial

MIDDLE = Fraction(29, 64)
"""The polynomial in rho serves |rho| <= MIDDLE."""
_TARGET = 2.0**-56
_MOST_DEGREE = 44
_MOST_PIECES = 14
_SAMPLES = 64
_CENTRE_DEGREE = 48
NEAREST = 2.0**-62
"""Pairs with 1 - |rho| below this are told apart by exact arithmetic, not by a polynomial."""


@dataclass(frozen=True)
class Approximant:
    """|value computed from v - F(rho)| <= error + slope * |v - v(rho)| wherever it serves.

    `sign` 0: v = rho. `sign` +-1: v = (1 - sign * rho)^(2^-roots), for 1 - sign * rho from max(gaps[0], NEAREST) to
    gaps[1] and a little beyond.
    """

    polynomial: FloatPolynomial
    sign: int
    roots: int
    error: float
    gaps: tuple[float, float] = (0.0, 1.0)

    @property
    def slope(self) -> float:
        return self.polynomial.slope


@dataclass(frozen=True)
class ProfileApproximant:
    """F on [-1, 1]: `whole` alone, or `middle` for |rho| <= MIDDLE and polynomials towards each end, the farthest from
    it first.

    Values are F / 2**exponent. `at_one` and `at_minus_one` are (midpoint, radius) of the two ends.
    """

    exponent: int
    whole: Approximant | None
    middle: Approximant | None
    positive: tuple[Approximant, ...]
    negative: tuple[Approximant, ...]
    at_one: tuple[float, float]
    at_minus_one: tuple[float, float]


class NoApproximant(ArithmeticError):
    """The profile is zero, beyond float64, or too rough near +-1 for a polynomial of moderate degree."""


def build_approximant(f: Function, bits: int) -> ProfileApproximant:
    """An approximant of F / 2**k, k so that F(1) / 2**k lies in [1/2, 1].

    f encloses F at balls and rationals in [-1, 1], narrowly at a working precision of `bits`. Raises NoApproximant
    where none is found.
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        return _build(f, bits)
    finally:
        ctx.prec = before


def _build(f: Function, bits: int) -> ProfileApproximant:
    top = f(Fraction(1))
    if not top > 0 or not top.is_finite():
        raise NoApproximant("the diagonal of the kernel cannot be told from zero")
    mantissa, binary = top.mid().man_exp()
    exponent = int(binary) + int(mantissa).bit_length()
    scale = arb(2) ** -exponent

    def scaled(rho: arb | Fraction) -> arb:
        return f(rho) * scale

    bound = scaled(Fraction(1)).upper()
    ends = _ball(scaled(Fraction(1))), _ball(scaled(Fraction(-1)))
    start = MIDDLE - OVERLAP
    cells = {sign: cells_towards_one(scaled, sign, start, bound, bits) for sign in (1, -1)}
    whole = _whole(scaled, cells[1] + cells[-1], bound, bits)
    if whole is not None:
        return ProfileApproximant(exponent, whole, None, (), (), *ends)
    sides = {sign: _towards_one(scaled, sign, cells[sign], bits) for sign in (1, -1)}
    return ProfileApproximant(exponent, None, _middle(scaled, bound, bits), sides[1], sides[-1], *ends)


def _ball(x: arb) -> tuple[float, float]:
    mid = float(x.mid())
    return mid, above(abs(x - arb(mid)))


def _middle(f: Function, bound: arb, bits: int) -> Approximant:
    half = MIDDLE + OVERLAP
    reach = arb(fmpq(half.numerator, half.denominator))
    fitted = _fit(f, arb(0), reach, bits)
    if fitted is None:
        raise NoApproximant("the kernel takes too many coefficients")
    polynomial = rounded_polynomial(fitted, 0.0, above(reach))
    cell = enclose_on_cell(f, Fraction(0), half, bound, _CENTRE_DEGREE, bits)
    distance = _distance_in_rho(cell, _exactly(polynomial), bits)
    return Approximant(polynomial, 0, 0, (distance + polynomial.rounding) * UPWARD)


def _whole(f: Function, cells: Sequence[Cell], bound: arb, bits: int) -> Approximant | None:
    """One polynomial in rho on [-1, 1], where the profile is smooth enough for it."""
    fitted = _fit(f, arb(0), arb(1), bits)
    if fitted is None:
        return None
    polynomial = rounded_polynomial(fitted, 0.0, 1.0)
    exact = _exactly(polynomial)
    centre = enclose_on_cell(f, Fraction(0), MIDDLE, bound, _CENTRE_DEGREE, bits)
    distance = max(_distance_in_rho(cell, exact, bits) for cell in (centre, *cells))
    # Beyond the last cell F lies between its values at the cell's end and at +-1, and so it does around -1: even and
    # odd part move by at most as much as their sum.
    last = max(abs(end) for cell in cells for end in cell.ends)
    rise = above(f(Fraction(1)) - f(last))
    tail = max(above(abs(f(Fraction(s)) - exact(arb(s)))) for s in (1, -1))
    distance = max(distance, tail + rise + polynomial.slope * float(1 - last) * UPWARD)
    if distance > 2.0**-51:
        return None
    return Approximant(polynomial, 0, 0, (distance + polynomial.rounding) * UPWARD)


def _towards_one(f: Function, sign: int, cells: Sequence[Cell], bits: int) -> tuple[Approximant, ...]:
    """One polynomial for all cells, or one for the first cell and the same again for the others."""
    pieces: list[Approximant] = []
    for first in range(min(_MOST_PIECES, len(cells))):
        near = cells[first:]
        rest = _piece(f, sign, near, bits, to_the_end=True)
        if rest is not None:
            return (*pieces, rest)
        piece = _piece(f, sign, near[:1], bits, to_the_end=False)
        if piece is None:
            break
        pieces.append(piece)
    raise NoApproximant("the kernel is too rough near correlation +-1 for a few polynomials")


def _piece(f: Function, sign: int, cells: Sequence[Cell], bits: int, *, to_the_end: bool) -> Approximant | None:
    far, near = cells[0].gaps[1], Fraction(0) if to_the_end else cells[-1].gaps[0]
    best: tuple[int, list[arb], float, float] | None = None
    for roots in range(4):
        high, low = (_root(gap, roots) for gap in (far, near))
        centre = float(((high + low) / 2).mid())
        reach = above(((high - low) / 2).max(high - arb(centre)).max(arb(centre) - low))

        def in_v(v: arb, roots: int = roots) -> arb:
            return _from_cells(f, cells, sign, v ** (2**roots))

        fitted = _fit(in_v, arb(centre), arb(reach), bits)
        # A root more costs a pass, and doubles the degree of what is smooth already.
        if fitted is not None and (best is None or len(fitted) + 3 * roots < len(best[1]) + 3 * best[0]):
            best = roots, fitted, centre, reach
    if best is None:
        return None
    roots, fitted, centre, reach = best
    polynomial = rounded_polynomial(fitted, centre, reach)
    exact = _exactly(polynomial)
    distance = max(_distance_in_root(cell, exact, sign, roots, bits) for cell in cells)
    # The cells overlap: what is served may end a little before they do.
    served = 0.0 if to_the_end else float(near * (1 + OVERLAP)), float(far)
    return Approximant(polynomial, sign, roots, (distance + polynomial.rounding) * UPWARD, served)


def _from_cells(f: Function, cells: Sequence[Cell], sign: int, gap: arb) -> arb:
    """About F(sign * (1 - gap)), from the polynomial of a cell where there is one: quicker than F, good for a guess."""
    size = float(gap.mid())
    for cell in cells:
        low, high = cell.rough_gaps
        if low <= size <= high:
            return cell.value(sign * (1 - gap))
    return f(sign * (1 - gap))


def _root(gap: Fraction, roots: int) -> arb:
    value = arb(fmpq(gap.numerator, gap.denominator))
    for _ in range(roots):
        value = value.sqrt()
    return value


def _fit(f: Callable[[arb], arb], centre: arb, reach: arb, bits: int) -> list[arb] | None:
    """Coefficients in powers of v - centre of an interpolant that seems good enough; None where none seems so."""
    values = [f(centre + reach * x) for x in chebyshev_points(_SAMPLES, bits)]
    coefficients = chebyshev_coefficients(values, bits)
    sizes = [float(abs(c).upper().mid()) for c in coefficients]
    tails = [sum(sizes[k:]) for k in range(_SAMPLES)]
    degree = next((k for k in range(1, _MOST_DEGREE + 2) if tails[k] < _TARGET), None)
    if degree is None:
        return None
    powers = from_chebyshev(coefficients[:degree]).coeffs()
    powers += [arb(0)] * (degree - len(powers))
    return [c / reach**k for k, c in enumerate(powers)]


def _exactly(polynomial: FloatPolynomial) -> arb_poly:
    """The polynomial that float64 evaluates, in powers of its argument, up to rounding at the precision in force."""
    return arb_poly([arb(c) for c in polynomial.coefficients])(arb_poly([-arb(polynomial.centre), 1]))


def _distance_in_rho(cell: Cell, exact: arb_poly, bits: int) -> float:
    degree = max(cell.polynomial.degree(), exact.degree())
    middle, half = (arb(fmpq(x.numerator, x.denominator)) for x in (cell.middle, cell.half))
    differences = [above(abs(cell.polynomial(x) - exact(middle + half * x))) for x in _check_points(degree, bits)]
    return (2 * max(differences) + above(cell.error)) * UPWARD


def _distance_in_root(cell: Cell, exact: arb_poly, sign: int, roots: int, bits: int) -> float:
    """max |polynomial of the cell - candidate| over the cell, plus the error of the cell."""
    degree = max(cell.polynomial.degree() * 2**roots, exact.degree())
    low, high = (_root(gap, roots) for gap in cell.gaps)
    centre, reach = (high + low) / 2, (high - low) / 2
    differences = []
    for x in _check_points(degree, bits):
        v = centre + reach * x
        rho = sign * (1 - v ** (2**roots))
        differences.append(above(abs(cell.value(rho) - exact(v))))
    return (2 * max(differences) + above(cell.error)) * UPWARD


def _check_points(degree: int, bits: int) -> tuple[arb, ...]:
    """So many Chebyshev points that a polynomial of that degree is at most twice its maximum over them."""
    return chebyshev_points(math.ceil(3 * max(degree, 1) / 2), bits)
