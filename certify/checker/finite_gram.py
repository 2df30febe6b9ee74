"""The empirical tangent kernel K = J J' of a finite network, enclosed entry by entry in integers.

The gradient of the output by layer k's weights is the outer product of the derivative b_k by the preactivations and the
layer's inputs z_(k-1), so K_ij = sum_k (<z_i, z_j> + bias) <b_i, b_j>: a sum of Hadamard products.
"""

from collections.abc import Iterator
from operator import mul

from . import limits
from .answers import Unsupported
from .budget import Budget, elementary_seconds, product_seconds
from .finite_pass import Balls, Passed, Passes, precision
from .finite_shape import FiniteNetwork
from .gram import FixedMatrix, FixedRow
from .points import Points


class _Vectors:
    """One layer's vectors over all points: middles, radii, and sums of sizes for the error of an inner product."""

    def __init__(self, balls: list[Balls]) -> None:
        self.middles = [ball.middles for ball in balls]
        self.radii = [ball.radius for ball in balls]
        self.sizes = [sum(map(abs, ball.middles)) for ball in balls]
        self.length = len(self.middles[0])

    def inner(self, i: int, j: int) -> tuple[int, int]:
        """Middle and radius of <v_i, v_j>."""
        middle = sum(map(mul, self.middles[i], self.middles[j]))
        a, b = self.radii[i], self.radii[j]
        return middle, self.sizes[i] * b + self.sizes[j] * a + self.length * a * b


class FiniteGram:
    """The empirical tangent kernel of a network on points, at the certificate's `bits`."""

    def __init__(self, network: FiniteNetwork, points: Points, bits: int, budget: Budget) -> None:
        self.network, self.points = network, points
        self.q = precision(network, bits)
        if self.q > limits.MAX_BITS:
            raise Unsupported(f"the network asks for more than {limits.MAX_BITS} bits")
        size = len(points.rows)
        widths = network.widths
        hidden, pairs = sum(widths[1:-1]), size * (size + 1) / 2
        terms = sum(widths) + hidden + 1
        product = 4e-8 + product_seconds(self.q)
        budget.charge(
            size * (2 * network.parameters * product + hidden * elementary_seconds(self.q + 16))
            + pairs * (terms * product + len(network.layers) * 3e-6),
            "the empirical tangent kernel",
        )
        passes = Passes(network, points, self.q)
        self.passed: list[Passed] = [passes.point(i) for i in range(size)]

    def _rows(self) -> Iterator[FixedRow]:
        depth = len(self.network.layers)
        features = [_Vectors([p.features[k] for p in self.passed]) for k in range(depth)]
        gradients = [_Vectors([p.gradients[k] for p in self.passed]) for k in range(depth)]
        squared = self.points.denominator**2
        bias = int(self.network.bias)
        q = self.q
        one = bias << 2 * q
        for i in range(len(self.passed)):
            row = FixedRow([], [])
            for j in range(i + 1):
                low = high = 0
                for k in range(depth):
                    f, f_radius = features[k].inner(i, j)
                    g, g_radius = gradients[k].inner(i, j)
                    if k == 0:
                        f += bias * squared
                        low += (f * g - abs(f) * g_radius) // squared
                        high -= (-f * g - abs(f) * g_radius) // squared
                        continue
                    f += one
                    radius = abs(f) * g_radius + abs(g) * f_radius + f_radius * g_radius
                    low += f * g - radius >> 2 * q
                    high -= -f * g - radius >> 2 * q
                row.lows.append(low)
                row.highs.append(high)
            yield row

    def matrix(self) -> FixedMatrix:
        """The lower triangle in units of 2**(-2 q), computed as it is walked."""
        return FixedMatrix(len(self.passed), -2 * self.q, self._rows())
