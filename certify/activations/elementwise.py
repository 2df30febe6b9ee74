"""A user's own function: an expression that is understood here, or a callable of which the user states the analyticity.

An expression is read, never run; its strip and growth are proved (`certify.activations.expressions`). A callable maps a
complex Arb ball to one that contains its values there; that it is analytic for |Im z| <= strip, with |s'(z)| <= slope
exp(growth |Re z|) there, is the user's word, which every certificate that rests on it names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import acb, arb

from certify.activations.analytic.strip import StripActivation, Values
from certify.activations.base import Parity, spell
from certify.activations.expressions.balls import exact_ball
from certify.activations.expressions.evaluation import RealAlgebra, evaluate
from certify.activations.expressions.reading import read_expression
from certify.activations.expressions.strip import find_strip
from certify.activations.expressions.tree import (
    Expression,
    depends_on_x,
    exactly_at_zero,
    parity_of,
    spelled,
)
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.protocol import Arithmetic
from certify.arithmetic.rationals import exact_parameter, spell_rational
from certify.errors import InputError

BallFunction = Callable[[acb], acb]
LARGEST_SLOPE = 2**80
_CIRCLE_GUARD = 8


@dataclass(frozen=True, repr=False, init=False)
class Elementwise(StripActivation):
    """Elementwise("x*tanh(log(1+exp(x)))"), or Elementwise(f, strip="1/2", slope=3, name="mine") for a callable f.

    `f`: a text over x, numbers, + - * /, whole powers (** or ^) and arctan, cos, exp, log, sigmoid, sin, softplus,
    sqrt, tanh; or a callable from `flint.acb` to `flint.acb`, real on the real axis. `strip`: the half width to use
    (found where left out; a callable needs it). `slope` and `growth`, for callables only: |s'(z)| <= slope exp(growth
    |Re z|) in the strip. `name`: how networks spell a callable.

    Raises InputError for a text that cannot be read, a function that is not analytic on the real axis or grows faster
    than exp(c |x|), a strip in which that cannot be shown, and a statement that the callable's own values contradict.
    """

    source: Expression | BallFunction
    name: str
    strip: Fraction = field(compare=False)
    slope_bound: int = field(compare=False)
    growth: Fraction = field(compare=False)

    def __init__(
        self,
        f: str | BallFunction | None = None,
        *,
        strip: object = None,
        slope: object = None,
        growth: object = 0,
        name: str | None = None,
    ) -> None:
        width = None if strip is None else exact_parameter(strip, "strip of Elementwise")
        if width is not None and not 0 < width <= 1000:
            raise InputError(f"strip of Elementwise is {width}: it must lie between 0 and 1000.")
        if isinstance(f, str):
            if slope is not None or growth != 0 or name is not None:
                raise InputError("slope, growth and name of Elementwise are for callables: leave them out for a text.")
            tree = read_expression(f)
            found = find_strip(tree, width)
            _require_variation(tree)
            self._set(tree, "", found.width, found.slope, found.growth)
            return
        if not callable(f):
            raise InputError(
                f'f of Elementwise is {f!r}: give an expression such as "x*tanh(x)", or in Python a function of '
                "flint.acb with strip and slope."
            )
        if width is None or slope is None:
            raise InputError("a callable in Elementwise needs strip= and slope=: state where it is analytic.")
        bound, rate = (exact_parameter(v, f"{k} of Elementwise") for v, k in ((slope, "slope"), (growth, "growth")))
        if not 0 < bound <= LARGEST_SLOPE or not 0 <= rate <= 64:
            raise InputError(f"slope={bound}, growth={rate} of Elementwise: give 0 < slope <= 2**80, growth 0 to 64.")
        shown = name if name is not None else getattr(f, "__name__", "f")
        if not isinstance(shown, str) or not shown.isidentifier() or not shown.isascii():
            shown = "f"
        self._set(f, shown, width, -int(-bound // 1), rate)
        _require_plausible(self)

    def _set(
        self, source: Expression | BallFunction, name: str, strip: Fraction, slope_bound: int, growth: Fraction
    ) -> None:
        for key, value in (
            ("source", source),
            ("name", name),
            ("strip", strip),
            ("slope_bound", slope_bound),
            ("growth", growth),
        ):
            object.__setattr__(self, key, value)

    @property
    def tree(self) -> Expression | None:
        """The expression; None for a callable."""
        return None if callable(self.source) else self.source

    @property
    def assumption(self) -> str | None:
        """What is taken from the user, None for an expression."""
        if self.tree is not None:
            return None
        bound = f"{self.slope_bound}" + (f" exp({self.growth} |Re z|)" if self.growth else "")
        return (
            f"the user's function {self.name} encloses what it names, is real on the real axis, analytic for |Im z| <= "
            f"{self.strip}, and has |s'(z)| <= {bound} there"
        )

    @property
    def parity(self) -> Parity:
        found = 0 if self.tree is None else parity_of(self.tree)
        return {1: Parity.EVEN, -1: Parity.ODD, 0: Parity.NONE}[found]

    @property
    def is_constant(self) -> bool:
        return self.tree is not None and not depends_on_x(self.tree)

    @property
    def vanishes_at_zero(self) -> bool:
        return self.tree is not None and exactly_at_zero(self.tree) == 0

    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        known = None if self.tree is None else exactly_at_zero(self.tree)
        value, slope = self._at(number, number.exact(0))
        return (value if known is None else number.exact(known)), slope

    def values(self, number: Arithmetic, x: Any) -> Values:
        base = self.at_zero(number)[0]
        right, slope_right = self._at(number, x)
        left, slope_left = self._at(number, -x)
        return Values(right - base, left - base, slope_right, slope_left)

    def _at(self, number: Arithmetic, x: Any) -> tuple[Any, Any]:
        """s(x) and s'(x)."""
        if self.tree is not None:
            value, slope = evaluate(self.tree, RealAlgebra(number), x, number.exact(1))
            return value, number.exact(0) if slope is None else slope
        if not isinstance(number, ArbArithmetic):
            raise InputError(f"the callable {self.name} of Elementwise takes Arb balls: use arithmetic='arb'.")
        return _called(self, x, number.bits)

    def __repr__(self) -> str:
        if self.tree is not None:
            return spell("Elementwise", f'"{spelled(self.tree)}"')
        growth = f"growth={spell_rational(self.growth)}" if self.growth else ""
        return spell(
            "Elementwise",
            growth,
            f'name="{self.name}"',
            f"slope={self.slope_bound}",
            f"strip={spell_rational(self.strip)}",
        )


def _require_variation(tree: Expression) -> None:
    """Raises InputError for a function like x - x, whose values agree to 200 bits wherever they are looked at: its
    variance, and so its kernel, could never be told from a constant's."""
    if not depends_on_x(tree):
        return
    number = ArbArithmetic(400)
    with number.active():
        places = (Fraction(0), Fraction(1, 3), Fraction(-2, 7), Fraction(5, 3), Fraction(-7, 2))
        values = [evaluate(tree, RealAlgebra(number), number.exact(x), number.exact(1))[0] for x in places]
        if all(abs(value - values[0]) < arb(2) ** -200 for value in values):
            raise InputError(f"the function {spelled(tree)!r} cannot be told from a constant: write the constant.")


def _call(activation: Elementwise, z: acb) -> acb:
    assert callable(activation.source)
    try:
        value = activation.source(z)
    except Exception as error:
        raise InputError(
            f"the callable {activation.name} of Elementwise failed on the ball {z.str(5)} ({type(error).__name__}: "
            f"{str(error)[:80]}): it must take and give flint.acb."
        ) from None
    if isinstance(value, arb):
        return acb(value)
    if not isinstance(value, acb):
        raise InputError(
            f"the callable {activation.name} of Elementwise gives {type(value).__name__}: it must give flint.acb."
        )
    return value


def _called(activation: Elementwise, x: arb, bits: int) -> tuple[arb, arb]:
    """s(x), and s'(x) by the trapezoidal rule for Cauchy's integral over the circle of half the strip.

    With N nodes that gives sum_(m >= 0) c_(1 + m N) r^(m N) of the Taylor coefficients c_j at x, and |c_j| d^j <= max
    |s(z) - s(x)| <= B d exp(c (|x| + d)) over |z - x| = d (Cauchy), r = d / 2.
    """
    count = bits + _CIRCLE_GUARD
    d = exact_ball(activation.strip)
    total = acb(0)
    for k in range(count // 2 + 1):
        turn = acb(arb(2 * k) / count).exp_pi_i()
        part = _call(activation, acb(x) + d / 2 * turn) / turn
        once = k == 0 or 2 * k == count
        total = total + (part.real if once else 2 * part.real)
    slope = total.real / count / (d / 2)
    bound = activation.slope_bound * (exact_ball(activation.growth) * (abs(x).upper() + d)).exp()
    missed = (bound * arb(2) ** -count / (1 - arb(2) ** -count)).abs_upper()
    value, slope = _call(activation, acb(x)).real, slope + arb(0, missed)
    if not (value.is_finite() and slope.is_finite()):
        raise InputError(
            f"the callable {activation.name} of Elementwise is not finite near x = {float(x.mid()):.4g}: its strip is "
            "wrong, or it loses all digits there."
        )
    return value, slope


def _require_plausible(activation: Elementwise) -> None:
    """Raises InputError where values of the callable on balls over |Re z| <= 8 contradict what is stated."""
    with ArbArithmetic(64).active():
        base = _call(activation, acb(0))
        waiting = [(Fraction(k), Fraction(k + 1), Fraction(0), activation.strip, 12) for k in range(-8, 8)]
        while waiting:
            left, right, low, high, depth = waiting.pop()
            z = acb(exact_ball(left).union(exact_ball(right)), exact_ball(low).union(exact_ball(high)))
            value = _call(activation, z)
            corner = acb(exact_ball(left), exact_ball(high))
            if not value.is_finite():
                if depth:
                    waiting += _quarters(left, right, low, high, depth - 1)
                    continue
                what = "is not finite"
            elif low == 0 and not value.imag.contains(0):
                what = "is not real"
            elif (_call(activation, corner) - base).abs_lower() > _farthest(activation, corner):
                what = "is farther from its value at 0 than the slope allows"
            else:
                continue
            raise InputError(
                f"the callable {activation.name} of Elementwise {what} near z = {float(left):.4g} + "
                f"{float(high):.4g}i, within strip={activation.strip}: state a smaller strip or a larger slope."
            )


def _farthest(activation: Elementwise, z: acb) -> arb:
    """The bound on |s(z) - s(0)| that the statement of the user gives."""
    return activation.slope_bound * z.abs_upper() * (exact_ball(activation.growth) * z.real.abs_upper()).exp()


def _quarters(
    left: Fraction, right: Fraction, low: Fraction, high: Fraction, depth: int
) -> list[tuple[Fraction, Fraction, Fraction, Fraction, int]]:
    x, y = (left + right) / 2, (low + high) / 2
    return [(a, b, c, d, depth) for a, b in ((left, x), (x, right)) for c, d in ((low, y), (y, high))]
