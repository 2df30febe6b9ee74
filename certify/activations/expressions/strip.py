"""A strip around the real axis in which an expression is analytic, and how fast it grows there, with proof.

Value and derivative are enclosed on complex balls that cover |Re z| <= X, 0 <= Im z <= d (the function is real on the
real axis, so the lower half mirrors it), halved where they are too wide; the rest is left to the algebra of leading
terms. Widths d and places X are tried, largest and nearest first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from flint import acb, arb

from certify.activations.expressions.balls import BallAlgebra, NotAnalytic, exact_ball
from certify.activations.expressions.ends import EndAlgebra, FurtherOut, NotShown, TooFast
from certify.activations.expressions.evaluation import evaluate
from certify.activations.expressions.tree import Expression, depends_on_x, spelled
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.errors import InputError

WIDTHS = tuple(Fraction(k, 64) for k in (256, 192, 128, 96, 80, 64, 56, 48, 40, 32, 24, 16, 12, 8, 4, 1))
STARTS = (4, 8, 16, 32, 64, 128, 256, 1024)
MOST_BOXES = 6000
DEEPEST = 14
LARGEST_SLOPE = 2**80
BITS = 64


@dataclass(frozen=True)
class Strip:
    """|s'(z)| <= slope exp(growth |Re z|) for |Im z| <= width, where s is analytic."""

    width: Fraction
    slope: int
    growth: Fraction


@lru_cache(maxsize=256)
def find_strip(tree: Expression, asked: Fraction | None = None) -> Strip:
    """The strip of an expression, of the half width that was asked for where one was.

    Raises InputError where the function is not analytic on the real axis, grows too fast for a Gaussian mean, or where
    no strip can be shown.
    """
    text = spelled(tree)
    if not depends_on_x(tree):
        _require_real_axis(tree, text)
        return Strip(Fraction(4), 1, Fraction(0))
    singular: NotAnalytic | None = None
    for width in WIDTHS if asked is None else (asked,):
        found = _ends(tree, width, text)
        if found is None:
            continue
        start, far, growth = found
        try:
            near = _covered(tree, width, start, growth)
        except NotAnalytic as error:
            singular = error
            continue
        return Strip(width, max(1, math.ceil(max(near, far) * (1 + 1e-9))), growth)
    _require_real_axis(tree, text)
    if asked is not None:
        raise InputError(
            f"strip={asked} of the function {text!r}: it cannot be shown to be analytic for |Im z| <= {asked}, so give "
            "a smaller strip or leave it out."
        )
    reason = "too close to a singularity" if singular is not None else "its growth for large |x| is not understood"
    raise InputError(
        f"the function {text!r} cannot be shown to be analytic in a strip around the real axis ({reason}): write it in "
        "another way, or give a callable with strip and slope."
    )


def _ends(tree: Expression, width: Fraction, text: str) -> tuple[int, float, Fraction] | None:
    """X, the bound on s' beyond it on either side and the growth; None where none is shown in this strip."""
    for start in STARTS:
        algebra = EndAlgebra(start, width)
        with algebra.active():
            try:
                slopes = [
                    evaluate(tree, algebra, algebra.variable(sign), algebra.constant(Fraction(1)))[1]
                    for sign in (1, -1)
                ]
                growth = max(term.b + Fraction(term.m > 0, 4) for term in slopes)
                growth = max(growth, Fraction(0))
                bounds = [(term.size * algebra.supremum(term.m, term.b - growth)).abs_upper() for term in slopes]
            except FurtherOut:
                continue
            except NotShown:
                return None
            except TooFast:
                raise InputError(
                    f"the function {text!r} grows too fast for a Gaussian mean: use one that grows at most like "
                    "exp(c |x|)."
                ) from None
            largest = max(bounds, key=float)
            if largest < LARGEST_SLOPE:
                return start, float(largest), growth
    return None


def _covered(tree: Expression, width: Fraction, start: int, growth: Fraction) -> float:
    """A bound on |s'(z)| exp(-growth |Re z|) for |Re z| <= start, |Im z| <= width."""
    number, algebra = ArbArithmetic(BITS), BallAlgebra()
    waiting = [
        (Fraction(k), Fraction(k + 1), Fraction(0), width, DEEPEST) for k in sorted(range(-start, start), key=abs)
    ][::-1]
    largest, boxes = 1.0, 0
    with number.active():
        while waiting:
            left, right, low, high, depth = waiting.pop()
            boxes += 1
            if boxes > MOST_BOXES:
                raise NotAnalytic("too many balls")
            z = acb(_hull(left, right), _hull(low, high))
            near = min(abs(left), abs(right)) if left * right > 0 else Fraction(0)
            size = math.inf
            try:
                slope = evaluate(tree, algebra, z, acb(1))[1]
                size = float((slope.abs_upper() * (-exact_ball(growth * near)).exp()).upper()) * (1 + 1e-15)
            except NotAnalytic:
                if depth == 0:
                    raise
            if size < 16 * largest or (depth == 0 and size < LARGEST_SLOPE):
                largest = max(largest, size)
                continue
            if depth == 0:
                raise NotAnalytic("a derivative is too large")
            if right - left >= high - low:
                middle = (left + right) / 2
                waiting += [(left, middle, low, high, depth - 1), (middle, right, low, high, depth - 1)]
            else:
                middle = (low + high) / 2
                waiting += [(left, right, low, middle, depth - 1), (left, right, middle, high, depth - 1)]
    return largest


def _require_real_axis(tree: Expression, text: str) -> None:
    """Raises InputError naming a place on the real axis where the function cannot be enclosed."""
    algebra = BallAlgebra()
    with ArbArithmetic(BITS).active():
        waiting = [(Fraction(k), Fraction(k + 1), 20) for k in sorted(range(-64, 64), key=abs)][::-1]
        for _ in range(20 * MOST_BOXES):
            if not waiting:
                return
            left, right, depth = waiting.pop()
            try:
                evaluate(tree, algebra, acb(_hull(left, right)), acb(1))
            except NotAnalytic:
                if depth == 0:
                    raise InputError(
                        f"the function {text!r} is not analytic at every real number: something in it has a pole or a "
                        f"branch point near x = {float(left):.4g}, so choose another."
                    ) from None
                middle = (left + right) / 2
                waiting += [(middle, right, depth - 1), (left, middle, depth - 1)]


def _hull(low: Fraction, high: Fraction) -> arb:
    return exact_ball(low).union(exact_ball(high))
