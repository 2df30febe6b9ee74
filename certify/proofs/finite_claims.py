"""What the engines outside the checker share about finite networks: the network of a claim, and its memorisation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certify.checker import limits
from certify.checker.answers import Invalid, Unsupported
from certify.checker.finite_shape import FiniteNetwork as ClaimedNetwork
from certify.checker.points import Points as ClaimedPoints
from certify.checker.shape import FiniteClaim
from certify.empirical import Architecture, FiniteNetwork
from certify.empirical.activations import Kink, finite_activation
from certify.empirical.network import GUARD, EmpiricalBalls
from certify.empirical.newton_kantorovich import contraction, residual_upper
from certify.points import Points
from certify.spectrum import FixedPointBall

FINER_BITS = 96
"""The checker's enclosures have 32 bits of guard."""


@dataclass(frozen=True)
class Subject:
    """The network and the points of a claim, passed forward and backward at the precision of its proof."""

    balls: EmpiricalBalls

    @classmethod
    def of(cls, claim: FiniteClaim, read: ClaimedPoints, bits: int) -> Subject:
        """Raises Unsupported where the network asks for too many bits, or a preactivation meets a kink."""
        network = _network(claim.network)
        if bits + GUARD + network.growth > limits.MAX_BITS:
            raise Unsupported(f"the network asks for more than {limits.MAX_BITS} bits")
        balls = EmpiricalBalls(network, Points.reduced(read.rows, read.denominator))
        try:
            balls.at(bits)
        except Kink:
            raise Unsupported("a preactivation cannot be told from the kink of the activation") from None
        return cls(balls)

    def finest(self, bits: int) -> FixedPointBall:
        """The kernel more finely than the checker encloses it for a proof at `bits`."""
        more = bits + FINER_BITS
        return self.balls.at(more).kernel(more)

    def check_memorisation(self, claim: FiniteClaim) -> None:
        """Raises Invalid where the claim states a distance, and weights that fit are not proved to exist within it;
        the claimed lower bound of the smallest eigenvalue is taken as proved."""
        stated, lower = claim.memorisation, claim.bounds.lower
        if stated is None:
            return
        if lower is None or lower <= 0:
            raise Invalid("memorisation needs a positive lower bound of the smallest eigenvalue")
        distance = stated.distance
        if distance <= 0:
            raise Invalid("the claimed distance is not positive")
        passes = self.balls.at(0)
        missing = residual_upper(passes.outputs, [Fraction(value, stated.denominator) for value in stated.targets])
        h = contraction(self.balls.network, self.balls.points, passes, missing, lower, distance)
        if isinstance(h, str):
            raise Invalid(h)
        if missing * missing > lower * (distance * (1 - h)) ** 2:
            raise Invalid("the claimed distance is shorter than what the fixed-point theorem gives")


def _network(claimed: ClaimedNetwork) -> FiniteNetwork:
    nothing = ((Fraction(0), Fraction(0)),) * len(claimed.layers)
    activation = finite_activation(claimed.activation.text)
    architecture = Architecture(claimed.widths[1:], activation, claimed.bias, nothing)
    return FiniteNetwork(architecture, claimed.layers, claimed.exponent)
