"""The dual of a min(x, 0) + b max(x, 0) over arrays, without the growth of radii that ball arithmetic brings.

With P = q1 q2 the dual V = f sqrt(P - r^2) + r (m - f theta), f = (a - b)^2 / (2 pi), m = (a^2 + b^2) / 2, has
|dV/dr| <= m and 0 <= dV/dq1 = f sqrt(P - r^2) / (2 q1) <= f sqrt(q2 / q1) / 2, and goes on as m r, or (m - f pi) r,
where a midpoint has left |r| <= sqrt(P). So it is evaluated at the midpoints, and the radii of the arguments come in by
the mean value theorem. What is computed at the midpoints is V at a product that is off by at most 2 UNIT (P + r^2), the
rounding of P - r^2, with relative errors of a few UNIT in the root and in the angle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from certify.activations import Pair, Rectifier
from certify.arithmetic.float_balls import UNIT, FloatArithmetic, FloatBall, arc_tangent_polynomial
from certify.arithmetic.protocol import Arithmetic

_UP = 1 + 2.0**-9
_NARROW = 2.0**-12


def rectifier_duals(activation: Rectifier, number: FloatArithmetic) -> Callable[[Pair], tuple[FloatBall, FloatBall]]:
    """Dual and derivative dual of generic pairs of positive variances. Raises ArithmeticError for wide arguments."""
    a, b = activation.slopes
    mean_square = number.exact((a * a + b * b) / 2)
    kink = number.exact((a - b) ** 2 / 2) / cast(FloatBall, cast(Arithmetic, number).pi)
    m, f = float(mean_square.mid + mean_square.rad) * _UP, float(kink.mid + kink.rad) * _UP
    # Half the angle is at most 0.8 and carries a relative error of 9 UNIT and that of the arc tangent.
    angle = 60 * UNIT + 2 * arc_tangent_polynomial().error
    derivative_error = f * angle + 4 * float(kink.rad) + float(mean_square.rad) + UNIT * (4 * f + m)
    rounding = (derivative_error + float(kink.rad) + 8 * UNIT * (f + m)) * _UP

    def evaluate(pair: Pair) -> tuple[FloatBall, FloatBall]:
        derivative = mean_square - kink * pair.angle
        q1, q2, r = pair.q1, pair.q2, pair.r
        root = np.sqrt(pair.product.mid)
        size = np.abs(r.mid)
        share1, share2 = q1.rad / q1.mid, q2.rad / q2.mid
        if not (np.all(share1 <= _NARROW) and np.all(share2 <= _NARROW) and np.all(size <= 2 * root)):
            raise ArithmeticError("a covariance that is too wide for float64")
        mid = kink.mid * pair.sine.mid
        mid += r.mid * derivative.mid
        size += root
        size *= rounding
        root *= f / 2 * _UP
        root *= share1 + share2
        size += root
        size += m * r.rad
        size *= _UP
        return FloatBall(mid, size), derivative

    return evaluate
