"""What an expression does where the real part is large, with proven errors: the algebra of leading terms.

On a half strip S = {z : Re z >= X, |Im z| <= d}, X >= 4, a `Term` with a lead c stands for every function w = c z^m
exp(b z) (1 + e(z)) with |e(z)| <= error < 1, principal power; without a lead for every w with |w| <= size |z|^m
exp(b Re z). Each rule below follows from these inequalities alone, from |z| >= Re z >= X and |arg z| <= atan(d/X).
`linear` = (a, k, t) says more where it is known: |w - a z - k| <= t. Where a rule applies the function is analytic.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction

from flint import acb, arb

from certify.activations.expressions.balls import BallAlgebra, NotAnalytic, exact_ball
from certify.arithmetic.arb_balls import ArbArithmetic

LOOSE = 0.9
MOST_RATE = 64
_BITS = 64


class FurtherOut(ArithmeticError):
    """Nothing is shown from this X on; a larger one may do."""


class NotShown(ArithmeticError):
    """No rule covers what the expression does on this half strip."""


class TooFast(ArithmeticError):
    """The exponential of something that grows faster than linearly to plus infinity."""


@dataclass(frozen=True)
class Term:
    """See the head of the file; `size` bounds |c| (1 + error) where there is a lead."""

    lead: arb | None
    size: arb
    m: Fraction
    b: Fraction
    error: arb
    linear: tuple[Fraction, arb, arb] | None = None
    rational: Fraction | None = None

    @property
    def key(self) -> tuple[Fraction, Fraction]:
        return self.b, self.m


_NIL = Fraction(0)


def _led(lead: arb, m: Fraction, b: Fraction, error: arb, linear: tuple[Fraction, arb, arb] | None = None) -> Term:
    """With a lead where that is told from zero and the error is moderate, else without."""
    error = error.abs_upper()
    size = (lead.abs_upper() * (1 + error)).abs_upper()
    if not size.is_finite():
        raise FurtherOut("a bound is not finite")
    if (lead > 0 or lead < 0) and error < LOOSE:
        return Term(lead, size, m, b, error, linear)
    return _bounded(size, m, b, linear)


def _bounded(
    size: arb, m: Fraction = _NIL, b: Fraction = _NIL, linear: tuple[Fraction, arb, arb] | None = None
) -> Term:
    size = size.abs_upper()
    if not size.is_finite():
        raise FurtherOut("a bound is not finite")
    return Term(None, size, m, b, arb(0), linear)


class EndAlgebra:
    """The algebra on one half strip. Call inside `active()`."""

    def __init__(self, start: int, width: Fraction) -> None:
        self.start, self.width = start, width
        self.number = ArbArithmetic(_BITS)
        with self.active():
            self.x, self.d = arb(start), exact_ball(width)
            self.tilt = (self.d / self.x).atan().upper()
            self.minus = self.constant(Fraction(-1))

    def active(self) -> AbstractContextManager[None]:
        return self.number.active()

    def variable(self, sign: int) -> Term:
        """z or -z."""
        return Term(arb(sign), arb(1), Fraction(1), _NIL, arb(0), (Fraction(sign), arb(0), arb(0)))

    def supremum(self, m: Fraction, b: Fraction) -> arb:
        """A bound on |z|^m exp(b Re z) on S, for b < 0, or b = 0 and m <= 0."""
        if b > 0 or (b == 0 and m > 0):
            raise NotShown("a term that is not bounded")
        growth = (exact_ball(b) * self.x).exp()
        if m <= 0:
            return (self.x ** exact_ball(m) * growth).abs_upper()
        # (x + d)^m exp(b x) decreases from x = m / |b| - d on.
        if self.start * -b < m:
            raise FurtherOut("a power that an exponential overtakes further out")
        return ((self.x + self.d) ** exact_ball(m) * growth).abs_upper()

    def greatest(self, w: Term) -> arb:
        """A bound on |w| on S."""
        return (w.size * self.supremum(w.m, w.b)).abs_upper()

    def angle(self, w: Term) -> arb:
        """A bound on the argument of c z^m exp(b z) / c."""
        return (exact_ball(abs(w.m)) * self.tilt + exact_ball(abs(w.b)) * self.d).upper()

    def forward(self, w: Term) -> arb:
        """k > 0 with Re(w) sign(c) >= k |z|^m exp(b Re z) on S, for w with a lead."""
        if w.lead is None or w.m < 0:
            raise NotShown("a function of a term whose sign or growth is not known")
        turn = self.angle(w)
        if not turn < arb.pi() / 2:
            raise NotShown("a term that turns by a right angle in the strip")
        margin = turn.cos() - w.error
        if not margin > 0:
            raise FurtherOut("the sign of a term")
        return (w.lead.abs_lower() * margin).lower()

    def constant(self, value: Fraction) -> Term:
        number = exact_ball(value)
        linear = (_NIL, number, arb(0))
        size = number.abs_upper()
        return Term(number if value else None, size, _NIL, _NIL, arb(0), linear, value)

    def add(self, f: Term, g: Term) -> Term:
        if f.rational == 0 or g.rational == 0:
            return g if f.rational == 0 else f
        linear = None
        if f.linear and g.linear:
            linear = (f.linear[0] + g.linear[0], f.linear[1] + g.linear[1], f.linear[2] + g.linear[2])
        if f.rational is not None and g.rational is not None:
            return self.constant(f.rational + g.rational)
        if f.key < g.key:
            f, g = g, f
        share = (g.size * self.supremum(g.m - f.m, g.b - f.b)).abs_upper()
        if f.lead is None:
            return _bounded(f.size + share, f.m, f.b, linear)
        if f.key == g.key and g.lead is not None:
            total = f.lead + g.lead
            slack = f.lead.abs_upper() * f.error + g.lead.abs_upper() * g.error
            if total > 0 or total < 0:
                return _led(total, f.m, f.b, slack / total.abs_lower(), linear)
            return _bounded(total.abs_upper() + slack, f.m, f.b, linear)
        error = f.error + share / f.lead.abs_lower()
        if not error < LOOSE and f.key > g.key:
            raise FurtherOut("the largest of two terms")
        return _led(f.lead, f.m, f.b, error, linear)

    def multiply(self, f: Term, g: Term) -> Term:
        if f.rational == 0 or g.rational == 0:
            return self.constant(_NIL)
        if f.rational is not None and g.rational is not None:
            return self.constant(f.rational * g.rational)
        linear = None
        for one, other in ((f, g), (g, f)):
            if one.rational is not None and other.linear is not None:
                scale = exact_ball(one.rational)
                a, k, t = other.linear
                linear = (one.rational * a, scale * k, (scale * t).abs_upper())
        m, b = f.m + g.m, f.b + g.b
        if f.lead is None or g.lead is None:
            return _bounded(f.size * g.size, m, b, linear)
        return _led(f.lead * g.lead, m, b, f.error + g.error + f.error * g.error, linear)

    def divide(self, f: Term, g: Term) -> Term:
        if g.lead is None:
            raise NotShown("a denominator that may vanish far out")
        if g.rational is not None:
            return self.multiply(self.constant(1 / g.rational), f)
        error = g.error / (1 - g.error)
        inverse = Term(1 / g.lead, (1 / g.lead).abs_upper() * (1 + error), -g.m, -g.b, error.abs_upper())
        if not error < LOOSE:
            inverse = _bounded(inverse.size, -g.m, -g.b)
        return self.multiply(f, inverse)

    def apply(self, function: str, w: Term) -> tuple[Term, Term]:
        if function == "exp":
            value = self._exp(w)
            return value, value
        if function == "log":
            return self._log(w), self.divide(self.constant(Fraction(1)), w)
        if function == "sqrt":
            value = self._sqrt(w)
            return value, self.divide(self.constant(Fraction(1, 2)), value)
        if w.b < 0 or (w.b == 0 and w.m < 0):
            return self._near_zero(function, w)
        if not any(w.key):
            return self._near_constant(function, w)
        if function in ("sin", "cos"):
            if w.linear is None:
                raise NotShown(f"{function} of a term that is not linear")
            a, _, t = w.linear
            most = _bounded((exact_ball(abs(a)) * self.d + t).cosh())
            return most, most
        return self._tanh_far(w) if function == "tanh" else self._arctan_far(w)

    def _exp(self, w: Term) -> Term:
        if w.linear is not None:
            a, k, t = w.linear
            linear = (_NIL, k.exp(), (k.exp() * t.expm1()).abs_upper()) if a == 0 else None
            return _led(k.exp(), _NIL, a, t.expm1(), linear)
        if w.b < 0 or (w.b == 0 and w.m <= 0):
            most = self.greatest(w)
            return _led(arb(1), _NIL, _NIL, most.expm1(), (_NIL, arb(1), most.expm1().abs_upper()))
        k = self.forward(w)
        assert w.lead is not None
        if w.lead < 0:
            return _bounded(arb(1), _NIL, -self._rate(w, k))
        if w.b > 0 or w.m > 1:
            raise TooFast("the exponential of a term that grows faster than linearly")
        rate = w.size.upper()
        whole = Fraction(int(rate.ceil().unique_fmpz() or 0) or 1)
        if not exact_ball(whole) >= rate:
            raise NotShown("a rate of growth")
        return _bounded((exact_ball(whole) * self.d).exp(), _NIL, whole)

    def _rate(self, w: Term, k: arb) -> Fraction:
        """A rate r >= 0 with k |z|^m exp(b Re z) >= r Re z on S, where that grows."""
        if w.b < 0 or (w.b == 0 and w.m < 1) or w.b * self.start + w.m < 1:
            return _NIL
        slope = (k * self.x ** exact_ball(w.m - 1) * (exact_ball(w.b) * self.x).exp()).lower()
        if slope > MOST_RATE:
            return Fraction(MOST_RATE)
        return Fraction(max(0, int((16 * slope).floor().unique_fmpz() or 0)), 16)

    def _principal(self, w: Term) -> arb:
        """The lead of a term whose values avoid the negative axis, where log and sqrt follow their principal branch."""
        if w.lead is None or not w.lead > 0:
            raise NotShown("a logarithm or a root of a term that is not positive")
        if not self.angle(w) + w.error.asin() < arb.pi():
            raise NotShown("a logarithm or a root of a term that turns too far in the strip")
        return w.lead

    def _log(self, w: Term) -> Term:
        lead = self._principal(w)
        slack = -(1 - w.error).log()
        k = lead.log()
        linear = (w.b, k, slack.abs_upper()) if w.m == 0 else None
        if w.b:
            rest = exact_ball(abs(w.m)) * (self.x.log() + arb.pi() / 2) + abs(k) + slack
            error = rest / (exact_ball(abs(w.b)) * self.x)
            if not error < LOOSE:
                raise FurtherOut("a logarithm")
            return _led(exact_ball(w.b), Fraction(1), _NIL, error, linear)
        if w.m == 0:
            if k > 0 or k < 0:
                return _led(k, _NIL, _NIL, slack / k.abs_lower(), linear)
            return _bounded(k.abs_upper() + slack, _NIL, _NIL, linear)
        # log t <= sqrt t.
        root = self.x.sqrt()
        size = exact_ball(abs(w.m)) * (1 + arb.pi() / 2 / root) + (abs(k) + slack) / root
        return _bounded(size, Fraction(1, 2))

    def _sqrt(self, w: Term) -> Term:
        lead = self._principal(w).sqrt()
        error = 1 - (1 - w.error).sqrt()
        linear = (_NIL, lead, (lead * error).abs_upper()) if not any(w.key) else None
        return _led(lead, w.m / 2, w.b / 2, error, linear)

    def _near_zero(self, function: str, w: Term) -> tuple[Term, Term]:
        """sin, cos, tanh, arctan of a term that goes to zero: |f(w) - w| <= |w| (g(|w|) / |w| - 1), where g has the
        Taylor coefficients of f in magnitude, and likewise for f' - 1."""
        s = self.greatest(w)
        if not s < 0.5:
            raise FurtherOut("a term that goes to zero")
        bent = {"sin": s.sinh(), "cos": s.sinh(), "tanh": s.tan(), "arctan": s.atanh()}[function]
        swing = {"sin": s.cosh() - 1, "cos": s.cosh() - 1, "tanh": s.tan() ** 2, "arctan": s**2 / (1 - s**2)}[function]
        stretched = Term(w.lead, (w.size * bent / s).abs_upper() if s > 0 else w.size, w.m, w.b, w.error)
        if w.lead is not None and s > 0:
            stretched = _led(w.lead, w.m, w.b, (1 + w.error) * (bent / s) - 1)
        one = _led(arb(1), _NIL, _NIL, swing, (_NIL, arb(1), swing.abs_upper()))
        if function == "cos":
            return one, self.multiply(self.minus, stretched)
        return stretched, one

    def _near_constant(self, function: str, w: Term) -> tuple[Term, Term]:
        """Functions of a bounded term, on a complex ball that holds all of its values."""
        middle = arb(0) if w.lead is None else w.lead
        radius = (w.size if w.lead is None else w.lead.abs_upper() * w.error).abs_upper()
        ball = acb(middle) + acb(arb(0, radius), arb(0, radius))
        try:
            value, slope = BallAlgebra().apply(function, ball)
        except NotAnalytic:
            raise NotShown(f"{function} of a term that may reach a singularity") from None
        return _of_ball(value), _of_ball(slope)

    def _tanh_far(self, w: Term) -> tuple[Term, Term]:
        """|tanh w - 1| <= 2 q / (1 - q) and |tanh' w| <= 4 q / (1 - q)^2 for q = exp(-2 Re w) < 1; odd."""
        k = self.forward(w)
        assert w.lead is not None
        sign = 1 if w.lead > 0 else -1
        least = k * self.x ** exact_ball(w.m) * (exact_ball(w.b) * self.x).exp()
        q = (-2 * least).exp().upper()
        if not q < 0.25:
            raise FurtherOut("a hyperbolic tangent")
        error = 2 * q / (1 - q)
        value = _led(arb(sign), _NIL, _NIL, error, (_NIL, arb(sign), error.abs_upper()))
        factor = 4 / (1 - q) ** 2
        if w.linear is not None and w.linear[0] * sign > 0:
            a, c, t = w.linear
            return value, _bounded(factor * (-2 * (sign * c - t)).exp(), _NIL, -2 * abs(a))
        return value, _bounded(factor, _NIL, -2 * self._rate(w, k))

    def _arctan_far(self, w: Term) -> tuple[Term, Term]:
        """|arctan w - pi/2| = |arctan(1/w)| <= artanh(1/|w|) for Re w > 0 and |w| > 1; odd."""
        k = self.forward(w)
        assert w.lead is not None
        sign = 1 if w.lead > 0 else -1
        least = (k * self.x ** exact_ball(w.m) * (exact_ball(w.b) * self.x).exp()).lower()
        if not least > 2:
            raise FurtherOut("an arc tangent")
        half = arb.pi() / 2
        off = (1 / least).atanh().abs_upper()
        value = _led(sign * half, _NIL, _NIL, off / half, (_NIL, sign * half, off))
        one = self.constant(Fraction(1))
        return value, self.divide(one, self.add(one, self.multiply(w, w)))


def _of_ball(value: acb) -> Term:
    middle = arb(value.real.mid())
    off = (value - acb(middle)).abs_upper()
    linear = (_NIL, middle, off)
    if (middle > 0 or middle < 0) and off / middle.abs_lower() < LOOSE:
        return _led(middle, _NIL, _NIL, off / middle.abs_lower(), linear)
    return _bounded(value.abs_upper(), _NIL, _NIL, linear)
