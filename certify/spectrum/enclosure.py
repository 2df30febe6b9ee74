"""Bounds on the smallest eigenvalue of a matrix that can be had at any precision: the climb to max_bits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np

from certify.spectrum.bracket import Bracket, bracket_fixed_point, bracket_float
from certify.spectrum.cholesky import NotPositive, cholesky
from certify.spectrum.fixed_point import BallMaker, Dyadic, FixedPointBall, ScaledMatrix, floor_log2
from certify.spectrum.guess import float_guess, refine_vector
from certify.spectrum.residual import rayleigh_midpoint, rayleigh_upper
from certify.spectrum.triangular import descent_direction

Progress = Callable[[int, str], None]

# With a few guard bits of their maker, the midpoints are still machine words to FLINT: no entry is allocated.
_FIRST_BITS = 58
_LADDER = tuple(b << k for k in range(1, 20) for b in (64, 96))
_LEAST_CLAIMED_BITS = 53
_LEAST_STEP = 8
_MOST_PROOFS = 6
_VECTOR_BITS = 60
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class EigenvalueEnclosure:
    """lower <= lambda_min(A) <= upper, proved, and the witness that lets somebody else prove it again.

    verdict: "positive definite" (lower > 0), "negative" (upper < 0) or "undecided". bits: precision of the entries that
    suffices for repeating the proof. shift s, factor L (lower triangular, any real entries) and vector v (integers):
    lower <= s - max_i sum_j |A_ij - s delta_ij - (L L')_ij| and v'Av / v'v <= upper. No factor where a certificate will
    carry none.
    """

    lower: Fraction
    upper: Fraction
    bits: int
    shift: Dyadic
    factor: ScaledMatrix | None
    vector: tuple[int, ...]

    @property
    def verdict(self) -> str:
        if self.lower > 0:
            return "positive definite"
        return "negative" if self.upper < 0 else "undecided"

    def is_within(self, rel_width: Fraction) -> bool:
        """Whether upper - lower <= rel_width times the bound nearer to zero, both of one strict sign."""
        nearer = self.lower if self.lower > 0 else -self.upper
        return nearer > 0 and self.upper - self.lower <= rel_width * nearer


@dataclass(frozen=True)
class _Request:
    make_ball: BallMaker
    rel_width: Fraction
    max_bits: int
    progress: Progress
    reserve: bool


@dataclass(frozen=True)
class _Level:
    """A ball, the precision it was asked for, and whether asking for more is of no use or not allowed."""

    ball: FixedPointBall
    bits: int
    final: bool

    @property
    def rounding(self) -> Fraction:
        """What the rounding of the entries can hide in an eigenvalue."""
        return self.ball.n * Fraction(2) ** (self.ball.magnitude - self.bits)


def enclose_smallest_eigenvalue(
    make_ball: BallMaker,
    n: int,
    *,
    rel_width: Fraction,
    max_bits: int,
    progress: Progress | None = None,
    reserve: bool = True,
) -> EigenvalueEnclosure:
    """Both bounds on lambda_min(A), valid for every symmetric A that lies in the balls of all precisions.

    make_ball(bits): a ball of order n whose radii are about 2**-bits of the largest entry, or larger where the matrix
    is not known better (then the climb stops, for more bits cannot help). rel_width > 0: wanted upper - lower
    relative to the bound nearer to zero. max_bits: the most that is asked of make_ball. progress: called with (bits,
    what is done).
    reserve: the bounds leave room for a verifier with enclosures of its own, each of radius at most
    2**-bits * max_i A_ii: its interval for A_ij reaches at most twice that beyond A_ij, so n times twice that is taken
    off the lower bound and added to the upper one (|v|_1^2 <= n v'v).
    Method: float64 eigenvalues and LAPACK's factor where they suffice; else fixed-point factors of the matrix itself at
    growing precision until its smallest eigenvalue stands out of the rounding or a vector shows a negative one; then
    the bits that the width needs are known, and one more ball suffices.
    Raises ArithmeticError where make_ball gives a ball of another order.
    """
    request = _Request(make_ball, Fraction(rel_width), max_bits, progress or (lambda bits, stage: None), reserve)
    bits = min(_FIRST_BITS, max_bits)
    ball = make_ball(bits)
    if ball.n != n:
        raise ArithmeticError(f"the ball has order {ball.n} where {n} was expected")
    level = _Level(ball, bits, bits >= max_bits)
    request.progress(bits, "float64 eigenvalues")
    guess = float_guess(ball.float64[0])
    if guess is None:
        return _resolve(request, level, [1] * n)
    vector = [round(entry) for entry in np.ldexp(guess.vector, _VECTOR_BITS).tolist()]
    if abs(guess.value) > 16 * guess.noise:
        return _prove(request, level, vector)
    return _resolve(request, level, vector)


def _resolve(request: _Request, level: _Level, vector: Sequence[int]) -> EigenvalueEnclosure:
    """Climb until the sign of the smallest eigenvalue is known, then prove; at the last level prove what there is."""
    while True:
        ball, bits = level.ball, level.bits
        request.progress(bits, "fixed-point factor")
        noise = max(level.rounding, ball.max_radius + _slack(request, ball, bits))
        wanted = next(step for step in _LADDER if step > bits)
        lowest = min(range(ball.n), key=lambda i: ball.diagonal[i] - ball.radius_row_sums[i])
        if ball.least_diagonal_lower <= 0:
            vector = [int(i == lowest) for i in range(ball.n)]
            negative = rayleigh_upper(ball, vector) + _slack(request, ball, bits) < 0
        else:
            exponent = floor_log2(noise / (8 * ball.n)) - (ball.magnitude + 1) // 2
            factor = cholesky(ball, Dyadic(0, 0), exponent)
            if isinstance(factor, NotPositive):
                candidate = descent_direction(factor, ball.n, bits + 32)
                negative = rayleigh_upper(ball, candidate) + _slack(request, ball, bits) < 0
                wanted = max(wanted, _forecast(ball, factor, bits, exponent))
            else:
                candidate = refine_vector(factor, vector, 1e-3)
                negative = False
            if rayleigh_midpoint(ball, candidate) <= rayleigh_midpoint(ball, vector) or negative:
                vector = candidate
        quotient = rayleigh_midpoint(ball, vector)
        if negative or quotient > 4 * noise or level.final:
            return _prove(request, level, vector)
        least = ball.least_diagonal_lower
        if least > 0:
            wanted = max(wanted, ball.magnitude - floor_log2(least) + 32)
        level = _sharper(request, level, wanted)


def _prove(request: _Request, level: _Level, vector: Sequence[int]) -> EigenvalueEnclosure:
    """Bounds around the Rayleigh quotient of a vector, at the bits that the wanted width needs."""
    rel_width = min(request.rel_width, _HALF)
    for _ in range(_MOST_PROOFS):
        quotient = abs(rayleigh_midpoint(level.ball, vector))
        needed = _needed_bits(level.ball, rel_width * quotient) if quotient else request.max_bits
        if needed > level.bits and not level.final:
            level = _sharper(request, level, needed)
            quotient = abs(rayleigh_midpoint(level.ball, vector))
        result = _prove_at(request, level, vector, rel_width, quotient)
        if level.final or result.is_within(request.rel_width):
            break
        vector = result.vector
        level = _sharper(request, level, level.bits + 32)
    return result


def _prove_at(
    request: _Request, level: _Level, vector: Sequence[int], rel_width: Fraction, quotient: Fraction
) -> EigenvalueEnclosure:
    """Bounds from one ball, their width limited by what the ball can give."""
    ball = level.ball
    width = rel_width * quotient
    bits = level.bits
    if request.reserve and width:
        bits = min(bits, max(_needed_bits(ball, width), _LEAST_CLAIMED_BITS))
    slack = _slack(request, ball, bits)
    noise = ball.max_radius + slack
    floor = max(noise, level.rounding) / 8
    if quotient <= max(noise, level.rounding) and noise <= 8 * level.rounding:
        # Nothing will be decided here: one factorisation with room to succeed is worth more than a sharp width.
        floor *= 128
    request.progress(bits, "proof")
    found = bracket_float(ball, vector, rel_width, floor) or bracket_fixed_point(ball, vector, rel_width, floor)
    return _claim(found, bits, slack)


def _claim(found: Bracket, bits: int, slack: Fraction) -> EigenvalueEnclosure:
    return EigenvalueEnclosure(found.lower - slack, found.upper + slack, bits, found.shift, found.factor, found.vector)


def _slack(request: _Request, ball: FixedPointBall, bits: int) -> Fraction:
    """Room left on each side for a verifier whose entries have radius 2**-bits of the largest diagonal entry."""
    return ball.n * Fraction(2) ** (1 - bits) * ball.diagonal_upper if request.reserve else Fraction(0)


def _needed_bits(ball: FixedPointBall, width: Fraction) -> int:
    """Bits at which radii and reserve, on both sides, take at most a sixteenth of the width (> 0)."""
    return floor_log2(96 * ball.n / width) + 2 + ball.magnitude


def _sharper(request: _Request, level: _Level, wanted: int) -> _Level:
    """The ball at more bits; final where max_bits is reached or where the radius did not shrink."""
    bits = min(max(wanted, level.bits + _LEAST_STEP), request.max_bits)
    request.progress(bits, "entries")
    ball = request.make_ball(bits)
    stuck = ball.max_radius > 0 and 4 * ball.max_radius > level.ball.max_radius
    return _Level(ball, bits, stuck or bits >= request.max_bits)


def _forecast(ball: FixedPointBall, failure: NotPositive, bits: int, exponent: int) -> int:
    """Bits at which the factorisation might go through, from how far it came; at most twice the bits it had.

    Pivots of smooth kernels fall faster at first, so the bits grow no faster than about the square root of the row
    reached. A sudden fall, from far above the rounding to nothing, speaks for nearly dependent rows: no use in small
    steps.
    """
    lost = ball.magnitude // 2 - exponent - failure.least_pivot.bit_length()
    if failure.leading is not None and 4 * lost < bits:
        return 2 * bits
    reached = failure.index + 1
    return bits * min(isqrt(ball.n * 10**6 // reached), 2000) // 1000
