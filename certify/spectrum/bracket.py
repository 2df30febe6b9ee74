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
from certify.spectrum.triangular import solve

_FINEST_TOLERANCE = Fraction(1, 10**13)
_COARSEST_TOLERANCE = Fraction(1, 100)
_MOST_ROUNDS = 12
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
    Method: the shift starts a quarter of the width below the Rayleigh quotient of the vector. Where the shifted matrix
    has no factor, the shift goes down until it has, inverse iteration with that factor improves the vector, and the
    shift starts again; each round gains the accuracy of the inverse iteration.
    """
    quotient = rayleigh_midpoint(ball, vector)
    distance = Fraction(0)
    for _ in range(_MOST_ROUNDS):
        width = max(rel_width * abs(quotient), floor)
        factor, distance = _factor_below(ball, quotient, max(width / 4, distance), width)
        if distance <= width / 4:
            break
        tolerance = min(max(width / (16 * distance), _FINEST_TOLERANCE), _COARSEST_TOLERANCE)
        refined = _rounded_for(ball, refine_vector(factor, vector, float(tolerance)), width)
        value = rayleigh_midpoint(ball, refined)
        if value <= quotient:
            vector, quotient = refined, value
        distance *= 4 * tolerance
    width = max(rel_width * abs(quotient), floor)
    polished = _rounded_for(ball, solve(factor, vector), width)
    if rayleigh_midpoint(ball, polished) > quotient:
        polished = _rounded_for(ball, vector, width)
    return _prove_refining(ball, factor, polished, width)


def _factor_below(
    ball: FixedPointBall, quotient: Fraction, distance: Fraction, width: Fraction
) -> tuple[TiledFactor, Fraction]:
    """(factor of mid - s I for s = quotient - distance, distance), the distance grown as often as the factor fails.

    The growth is squared at every failure; at n times the largest entry the shifted matrix is diagonally dominant, so
    the search ends.
    """
    growth = 16
    while True:
        result = cholesky(ball, _dyadic_below(quotient - distance, width), _factor_exponent(ball, width))
        if not isinstance(result, NotPositive):
            return result, distance
        distance *= growth
        growth *= growth


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
    """Exponent of the rounding of L: a residual row is n products of it with entries up to 2**(magnitude / 2)."""
    return floor_log2(width / (8 * ball.n)) - (ball.magnitude + 1) // 2
