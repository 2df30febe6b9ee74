"""Training of small problems at 60 digits by mpmath, with the kernel of `net.kernel`: an independent evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from certify import stax

DIGITS = 60


def real(value: Fraction) -> Any:
    return mpf(value.numerator) / value.denominator


def matrix(net: stax.Network, x1: Any, x2: Any = None, get: str = "ntk") -> Any:
    enclosure: Any = net.kernel(x1, x2, get=get, bits=256)
    return mp.matrix([[real(value) for value in row] for row in enclosure.lower_exact.tolist()])


class Problem:
    """f_t on x and on others, for f_0 = 0 and for a Gaussian start."""

    def __init__(self, net: stax.Network, x: Any, y: Sequence[Any], others: Any) -> None:
        mp.dps = DIGITS
        self.n = len(y)
        self.y = mp.matrix([real(Fraction(v)) for v in y])
        self.cross = matrix(net, others, x)
        self.nngp, self.nngp_cross = matrix(net, x, get="nngp"), matrix(net, others, x, "nngp")
        self.nngp_own = matrix(net, others, get="nngp")
        self.values, self.vectors = mp.eigsy(matrix(net, x) / self.n)

    def apply(self, function: Any) -> Any:
        """function(K / N)."""
        return self.vectors * mp.diag([function(v) for v in self.values]) * self.vectors.T

    def decay(self, time: Any) -> Any:
        return self.apply(lambda v: mp.exp(-v * time))

    def gain(self, time: Any) -> Any:
        return self.apply(lambda v: (1 - mp.exp(-v * time)) / v if time is not None else 1 / v)

    def training(self, time: Any) -> Any:
        return self.y - self.decay(time) * self.y

    def loss(self, time: Any) -> Any:
        residual = self.decay(time) * self.y
        return (residual.T * residual)[0] / (2 * self.n)

    def held_out(self, time: Any) -> Any:
        return self.cross * self.gain(time) * self.y / self.n

    def held_out_loss(self, time: Any, targets: Sequence[Any]) -> Any:
        errors = [f - real(Fraction(t)) for f, t in zip(self.held_out(time), targets, strict=True)]
        return sum(e * e for e in errors) / (2 * len(errors))

    def deviations(self, time: Any) -> list[Any]:
        decay = self.decay(time)
        covariance = decay * self.nngp * decay
        return [mp.sqrt(covariance[i, i]) for i in range(self.n)]

    def held_out_deviations(self, time: Any) -> list[Any]:
        weights = self.cross * self.gain(time) / self.n
        covariance = self.nngp_own - weights * self.nngp_cross.T - self.nngp_cross * weights.T
        covariance += weights * self.nngp * weights.T
        return [mp.sqrt(covariance[i, i]) for i in range(covariance.rows)]
