"""A factor for a shift that somebody else states: for verifying a proof that came without its factor."""

from __future__ import annotations

from fractions import Fraction

from certify.spectrum.cholesky import NotPositive, cholesky
from certify.spectrum.cholesky_float import float_cholesky, float_cholesky_allows
from certify.spectrum.fixed_point import Dyadic, FixedPointBall, ScaledMatrix, floor_log2


def factor_for_shift(ball: FixedPointBall, shift: Dyadic, width: Fraction) -> ScaledMatrix | None:
    """L with L L' close to A - s I, its residual expected below the width (> 0), or None where A - s I seems not
    positive definite.

    No claim: L is a guess.
    """
    exponent = floor_log2(width / (16 * ball.n)) - (ball.magnitude + 1) // 2
    if float_cholesky_allows(ball.n, ball.magnitude, width):
        quick = float_cholesky(*ball.float64, shift.fraction(), exponent)
        if quick is not None:
            return quick
    factor = cholesky(ball, shift, exponent)
    return None if isinstance(factor, NotPositive) else factor.matrix()
