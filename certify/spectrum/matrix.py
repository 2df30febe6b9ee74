"""The smallest eigenvalue of any symmetric float64 matrix, known exactly or up to radii: the public function."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from certify.errors import InputError
from certify.spectrum.enclosure import EigenvalueEnclosure, Progress, enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import FixedPointBall
from certify.spectrum.semidefinite import ExactlySingular, prove_semidefinite_singular
from certify.spectrum.symmetric_input import read_symmetric_ball

_LEAST_BITS = 16
_BITS_BEFORE_EXACT = 128
# Bits between the largest float64 and the smallest subnormal one, with room for the rest of the largest.
_ALL_BITS = 2200


@dataclass(frozen=True)
class SmallestEigenvalue:
    """lower <= lambda_min(A) <= upper for every symmetric A of the ball.

    verdict: "positive definite" (lower > 0), "negative" (upper < 0), "singular" (both 0: proved for an exactly known
    matrix), or "undecided". bits: precision of the proof (0 where exact arithmetic gave the answer). witness: shift,
    factor and vector behind the bounds; singular: the exact proof; each None where the other one or neither was needed.
    """

    lower: Fraction
    upper: Fraction
    verdict: str
    bits: int
    witness: EigenvalueEnclosure | None = field(default=None, repr=False)
    singular: ExactlySingular | None = field(default=None, repr=False)


def smallest_eigenvalue(
    mid: Any,
    rad: Any = 0.0,
    rel_width: Fraction | float | str = 1e-3,
    max_bits: int = 4096,
    *,
    progress: Progress | None = None,
) -> SmallestEigenvalue:
    """Proved bounds on lambda_min(A) for every symmetric A with |A_ij - mid_ij| <= rad_ij.

    mid: n x n float64 (or integers that float64 holds), taken as the exact numbers that they are. rad: radii >= 0, n
    x n or one number. Where mid is not symmetric, A_ij lies in the intersection of both intervals of the pair.
    rel_width: wanted upper - lower relative to the bound nearer to zero; radii may make that impossible, then the
    bounds are as narrow as the radii allow. max_bits: the most bits, relative to the largest entry, to climb to.
    Method: `enclose_smallest_eigenvalue`; a matrix without radii whose sign stays open at low precision is tried by
    exact linear algebra before the climb goes on.
    Raises InputError for anything that is no such matrix, and for a rel_width or max_bits out of range.
    """
    middle, radius = read_symmetric_ball(mid, rad)
    width = _read_width(rel_width)
    if isinstance(max_bits, bool) or not isinstance(max_bits, int) or max_bits < _LEAST_BITS:
        raise InputError(f"max_bits is {max_bits!r}: give an integer of at least {_LEAST_BITS}.")
    if len(middle) == 1:
        return _one_entry(Fraction(float(middle[0, 0])), Fraction(float(radius[0, 0])))

    def make_ball(bits: int) -> FixedPointBall:
        return FixedPointBall.from_float64(middle, radius, bits)

    exact = not radius.any()
    for limit in sorted({min(_BITS_BEFORE_EXACT, max_bits), max_bits} if exact else {max_bits}):
        found = enclose_smallest_eigenvalue(
            make_ball, len(middle), rel_width=width, max_bits=limit, progress=progress, reserve=False
        )
        if found.is_within(width):
            break
        if exact and found.verdict == "undecided" and limit <= _BITS_BEFORE_EXACT:
            singular = prove_semidefinite_singular(make_ball(_ALL_BITS).mid, max_bits)
            if singular is not None:
                return SmallestEigenvalue(Fraction(0), Fraction(0), "singular", 0, singular=singular)
    return SmallestEigenvalue(found.lower, found.upper, found.verdict, found.bits, witness=found)


def _read_width(rel_width: Fraction | float | str) -> Fraction:
    try:
        width = Fraction(rel_width)
    except (ValueError, OverflowError, TypeError, ZeroDivisionError) as error:
        raise InputError(f"rel_width is {rel_width!r}: give a positive number such as 1e-3.") from error
    if width <= 0:
        raise InputError(f"rel_width is {rel_width!r}: give a positive number such as 1e-3.")
    return width


def _one_entry(value: Fraction, radius: Fraction) -> SmallestEigenvalue:
    lower, upper = value - radius, value + radius
    if lower == upper == 0:
        return SmallestEigenvalue(lower, upper, "singular", 0)
    verdict = "positive definite" if lower > 0 else "negative" if upper < 0 else "undecided"
    return SmallestEigenvalue(lower, upper, verdict, 0)
