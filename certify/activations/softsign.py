"""Softsign, x / (1 + |x|): in the plane of two independent normal variables, an integral over an angle.

With c_i = sqrt(q_i) and theta the angle of the pair, (u, v) = R (c1 sin psi, c2 sin(L - psi)), L = pi - theta and 0 <
psi < L, is the quadrant u, v > 0. With F and D the means over the radius (`softsign_radius`) and Q_F(L), Q_D(L) their
integrals over 0 < psi < L (`softsign_angle`), the oddness of s gives for the four quadrants

    V = (Q_F(pi - theta) - Q_F(theta)) / pi,      V' = (Q_D(pi - theta) + Q_D(theta)) / pi.

Both are computed at the midpoints of c1, c2 and theta; with x the normal variable of u and |s'| <= 1, |s''| <= 2,

    |dV/dc1| = |E s'(u) x s(v)| <= min(1, c2),    |dV/dtheta| = c1 c2 sin(theta) |V'| <= c1 c2,
    |dV'/dc1| = |E s''(u) x s'(v)| <= 2,          |dV'/dtheta| = c1 c2 sin(theta) |E s''(u) s''(v)| <= 4 c1 c2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb

from certify.activations.base import Activation, Duals, Parity
from certify.activations.pair import Pair
from certify.activations.relation import Relation
from certify.activations.softsign_angle import quadrant
from certify.activations.softsign_panels import Panels
from certify.activations.softsign_radius import GUARD_BITS, Radius, radius_at
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError


@dataclass(frozen=True, repr=False)
class Softsign(Activation):
    """x / (1 + |x|)."""

    def __repr__(self) -> str:
        return "Softsign()"

    @property
    def is_dear_at_unequal_variances(self) -> bool:
        return True

    @property
    def parity(self) -> Parity:
        return Parity.ODD

    def duals(self, number: Arithmetic) -> Duals:
        if not isinstance(number, ArbArithmetic):
            raise InputError("the dual of Softsign is known in Arb balls only: use arithmetic='arb'.")
        return SoftsignDual(number).evaluate


class SoftsignDual:
    """The dual in one arithmetic; what depends on the variances only is kept."""

    def __init__(self, number: ArbArithmetic) -> None:
        self.number = number
        self.fine = number.at(number.bits + GUARD_BITS)
        self.aligned: dict[tuple[Any, Any], tuple[arb, arb]] = {}
        self.panels = Panels(number.bits, self._at_one_variance)

    def evaluate(self, pair: Pair) -> tuple[arb, arb]:
        with self.fine.active():
            value, slope = self._evaluate(pair)
        return self.number.rounded(value), self.number.rounded(slope)

    def _evaluate(self, pair: Pair) -> tuple[arb, arb]:
        zero, pi = arb(0), arb.pi()
        c1 = zero if pair.zero1 else self.fine.sqrt(pair.q1)
        c2 = zero if pair.zero2 else self.fine.sqrt(pair.q2)
        if pair.degenerate:
            # One of the two is zero, and any angle gives the pair.
            return zero, self._at(c1, c2, pi / 2, zero)[1]
        if pair.relation is Relation.GENERIC:
            angle = pair.angle
            middle, spread = angle.mid(), arb(angle.rad())
            if middle <= 0:
                return self._at(c1, c2, zero, spread - middle)
            if not pi - middle > 0:
                value, slope = self._at(c1, c2, zero, spread + abs(pi - middle))
                return -value, slope
            return self._near(c1, c2, middle, spread)
        same = pair.relation in (Relation.EQUAL, Relation.OPPOSITE)
        first, second = c1, c1 if same else c2
        key = self.fine.endpoints(first), self.fine.endpoints(second)
        if key not in self.aligned:
            self.aligned[key] = self._at(first, second, zero, zero)
        value, slope = self.aligned[key]
        return (value if pair.relation.aligned else -value), slope

    def _at(self, c1: arb, c2: arb, theta: arb, spread: arb) -> tuple[arb, arb]:
        """V and V' for all angles (mirrored at 0 and pi) nearer than `spread` to theta, in [0, pi)."""
        return _widened(self._exactly(c1.mid(), c2.mid(), theta), c1, c2, spread)

    def _exactly(self, c1: arb, c2: arb, theta: arb) -> tuple[arb, arb]:
        """V and V' for exact c1, c2 and an angle in [0, pi)."""
        radius: Radius = radius_at(self.number.bits)
        wide = quadrant(radius, c1, c2, arb.pi() - theta)
        narrow = quadrant(radius, c1, c2, theta) if theta > 0 else (arb(0), arb(0))
        return (wide[0] - narrow[0]) / arb.pi(), (wide[1] + narrow[1]) / arb.pi()

    def _at_one_variance(self, c: arb, theta: arb) -> tuple[arb, arb]:
        return _widened(self._exactly(c, c, theta.mid()), c, c, arb(theta.rad()))

    def _near(self, c1: arb, c2: arb, theta: arb, spread: arb) -> tuple[arb, arb]:
        """V and V' for all angles nearer than `spread` to theta, in (0, pi)."""
        if c1.mid() == c2.mid():
            acute = theta < arb.pi() / 2
            angle = theta if acute else arb.pi() - theta
            found = self.panels.evaluate(c1.mid(), angle.mid())
            if found is not None:
                value, slope = _widened(found, c1, c2, spread + arb(angle.rad()))
                return (value if acute else -value), slope
        return self._at(c1, c2, theta, spread)


def _widened(found: tuple[arb, arb], c1: arb, c2: arb, spread: arb) -> tuple[arb, arb]:
    """V and V' for all of c1 and c2 and all angles nearer than `spread`, from those at the midpoints."""
    value, slope = found
    apart1, apart2 = arb(c1.rad()), arb(c2.rad())
    high1, high2 = c1.abs_upper(), c2.abs_upper()
    turned = high1 * high2 * spread
    value_error = apart1 * high2.min(1) + apart2 * high1.min(1) + turned
    slope_error = 2 * (apart1 + apart2) + 4 * turned
    return _clipped(value + arb(0, value_error.upper()), -1), _clipped(slope + arb(0, slope_error.upper()), 0)


def _clipped(x: arb, low: int) -> arb:
    """|V| <= 1 and 0 <= V' <= 1 where the enclosure knows no better."""
    if not x.is_finite() or x.rad() > 1:
        return arb(low).union(arb(1))
    return x
