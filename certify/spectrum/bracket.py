"""Both bounds from one ball: a shift just below the smallest eigenvalue, a factor, a vector, and the exact proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from certify.spectrum.cholesky import NotPositive, TiledFactor, cholesky
from certify.spectrum.cholesky_float import float_cholesky, float_cholesky_allows
from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix, floor_log2
from certify.spectrum.guess import refine_vector, round_vector, vector_bits
from certify.spectrum.residual import prove_lower, rayleigh_midpoint, rayleigh_upper
from certify.spectrum.triangular import descent_direction, solve

_FINEST_TOLERANCE = Fraction(1, 2**43)
_COARSEST_TOLERANCE = Fraction(1, 2**7)
_MOST_ATTEMPTS = 60
# Factor by which the distance of the shift grows after a failure; squared after every further one.
_GROWTH = 16
_MOST_PROOFS = 3


@dataclass(frozen=True)
class Bracket:
    """lower <= lambda_min(A) <= upper for every A of the ball it came from, with the data to prove it again."""

    lower: Fraction
    upper: Fraction
    shift: Dyadic
    factor: ScaledMatrix
    vector: tuple[int, ...]


def bracket_float(ball: FixedPointBall, vector: Sequence[int], rel_width: Fraction, floor: Fraction) -> Bracket | None:
    """Bounds about max(rel_width * |lambda_min|, floor) apart beyond the radius of the ball, from LAPACK's factor.

    vector: guess of the eigenvector, accurate enough for its Rayleigh quotient to be within a quarter of that width
    of the eigenvalue. None where float64 cannot give the width. floor >= 0.
    """
    quotient = rayleigh_midpoint(ball, vector)
    width = max(rel_width * abs(quotient), floor)
    if width == 0 or not float_cholesky_allows(ball.n, ball.magnitude, width):
        return None
    shift = _dyadic_below(quotient - width / 4, width)
    factor = float_cholesky(*ball.float64, shift.fraction(), _factor_exponent(ball, width))
    if factor is None:
        return None
    result = _prove(ball, shift, factor, _rounded_for(ball, vector, width))
    return result if shift.fraction() - ball.max_radius - result.lower <= width / 4 else None


def bracket_fixed_point(ball: FixedPointBall, vector: Sequence[int], rel_width: Fraction, floor: Fraction) -> Bracket:
    """Bounds about max(rel_width * |lambda_min|, floor) apart beyond the radius of the ball, by fixed-point factors.

    vector: any nonzero guess of the eigenvector; a poor one costs more factorisations. floor > 0.
    """
    quotient, vector, factor = _search(ball, vector, rel_width, floor)
    width = max(rel_width * abs(quotient), floor)
    polished = _rounded_for(ball, solve(factor, vector), width)
    if rayleigh_midpoint(ball, polished) > quotient:
        polished = _rounded_for(ball, vector, width)
    return _prove_refining(ball, factor, polished, width)


def _search(
    ball: FixedPointBall, vector: Sequence[int], rel_width: Fraction, floor: Fraction
) -> tuple[Fraction, Sequence[int], TiledFactor]:
    """(Rayleigh quotient, vector, factor for a shift a quarter of the width below the quotient), on the midpoints.

    Method: the shift starts there. Where the shifted matrix has no factor, the failed pivot gives a vector whose
    quotient is below the shift, and the shift goes further down, up to where the matrix is diagonally dominant. Where
    it has one, but too far below, inverse iteration with that factor improves the vector, and the shift comes back up
    to what the iteration can have missed.
    """
    quotient = rayleigh_midpoint(ball, vector)
    distance = Fraction(0)
    growth = _GROWTH
    for attempt in range(2 * _MOST_ATTEMPTS):
        width = max(rel_width * abs(quotient), floor)
        if distance <= width / 4:
            distance, growth = width / 4, _GROWTH
        factor = cholesky(ball, _dyadic_below(quotient - distance, width), _factor_exponent(ball, width))
        if isinstance(factor, NotPositive):
            candidate = descent_direction(factor, ball.n, vector_bits(width, ball.n, ball.magnitude))
            distance = min(distance * growth, 4 * ball.n * Fraction(2) ** ball.magnitude + width)
            growth *= growth
        elif distance == width / 4 or attempt >= _MOST_ATTEMPTS:
            return quotient, vector, factor
        else:
            tolerance = min(max(width / (16 * distance), _FINEST_TOLERANCE), _COARSEST_TOLERANCE)
            candidate = refine_vector(factor, vector, float(tolerance))
            distance *= 4 * tolerance
            growth = _GROWTH
        candidate = _rounded_for(ball, candidate, width)
        value = rayleigh_midpoint(ball, candidate)
        if value < quotient:
            vector, quotient = candidate, value
    raise ArithmeticError(f"no shift below the spectrum was found in {2 * _MOST_ATTEMPTS} factorisations")


def _rounded_for(ball: FixedPointBall, vector: Sequence[int], width: Fraction) -> list[int]:
    """The vector in as few bits as the width allows."""
    return round_vector(vector, vector_bits(width, ball.n, ball.magnitude))


def _prove_refining(ball: FixedPointBall, factor: TiledFactor, vector: Sequence[int], width: Fraction) -> Bracket:
    """The proof, with a finer factor where the residual turns out larger than an eighth of the width."""
    shift = factor.shift
    result = _prove(ball, shift, factor.matrix(), vector)
    for _ in range(_MOST_PROOFS - 1):
        if shift.fraction() - ball.max_radius - result.lower <= width / 8:
            break
        finer = cholesky(ball, shift, factor.exponent - 4)
        if isinstance(finer, NotPositive):
            break
        factor = finer
        result = _prove(ball, shift, factor.matrix(), vector)
    return result


def _prove(ball: FixedPointBall, shift: Dyadic, factor: ScaledMatrix, vector: Sequence[int]) -> Bracket:
    return Bracket(
        prove_lower(ball, shift, factor), rayleigh_upper(ball, vector), shift, factor, tuple(int(v) for v in vector)
    )


def _dyadic_below(value: Fraction, width: Fraction) -> Dyadic:
    """A dyadic number of few bits at most width / 64 below the value."""
    exponent = floor_log2(width) - 6
    units = value / Fraction(2) ** exponent
    return Dyadic(units.numerator // units.denominator, exponent)


def _factor_exponent(ball: FixedPointBall, width: Fraction) -> int:
    """Exponent of the rounding of L: a row of the residual is n products of it with entries of L, whose squares are at
    most the entries of the shifted matrix."""
    largest = max(ball.magnitude, floor_log2(width))
    return floor_log2(width / (8 * ball.n)) - (largest + 1) // 2
