"""How fast the Jacobian of a finite network can change: a bound on a ball of weights, in exact rationals.

For changes of size t_k in layer k, the preactivation a_k changes by at most sum_j c_kj t_j with c_kk = |z_(k-1)| and
c_kj = |W_k| |s'| c_(k-1)j; the output's derivative by a_k is at most b_k. Its second variation

    d^2 f = sum_k 2 b_k . (dW_k dz_(k-1)) + sum_k (W_(k+1)' b_(k+1)) . (s''(a_k) da_k^2)

is therefore at most t'M t, and |J(v) - J(w)| <= sqrt(N) |M|_F |v - w|. Spectral norms are bounded by Frobenius norms.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from certify.empirical.network import FiniteNetwork
from certify.points import Points
from certify.spectrum.fixed_point import scaled

ROOT_BITS = 64


def root_upper(value: Fraction) -> Fraction:
    """A rational of few bits, at least the square root of value >= 0."""
    if value <= 0:
        return Fraction(0)
    places = max(0, ROOT_BITS - (value.numerator.bit_length() - value.denominator.bit_length()) // 2)
    square = -((-value.numerator << 2 * places) // value.denominator)
    return Fraction(isqrt(square - 1) + 1, 1 << places)


@dataclass(frozen=True)
class Reach:
    """On the ball of radius r around the weights: upper bounds of |W_k| without and with biases, of every layer's
    |inputs|, of |J(v) - J(w)| / |v - w|, and of every hidden preactivation's change."""

    plain: tuple[Fraction, ...]
    whole: tuple[Fraction, ...]
    inputs: tuple[Fraction, ...]
    lipschitz: Fraction
    moved: tuple[Fraction, ...]


def reach(network: FiniteNetwork, points: Points, r: Fraction) -> Reach:
    """The bounds on the ball of radius r >= 0, if no preactivation meets a kink there."""
    s, bias, depth = network.architecture.activation, int(network.architecture.bias), len(network.layers)
    unit = scaled(1, 2 * network.exponent)
    plain, whole = [], []
    for layer in network.layers:
        total = sum(v * v for row in layer for v in row)
        whole.append(root_upper(total * unit) + r)
        plain.append(root_upper((total - bias * sum(row[-1] * row[-1] for row in layer)) * unit) + r)
    longest = max(sum(v * v for v in row) for row in points.rows)
    inputs = [root_upper(Fraction(longest, points.denominator**2) + bias)]
    for k in range(depth - 1):
        width = root_upper(Fraction(len(network.layers[k])))
        size = s.at_zero * width + s.slope * whole[k] * inputs[k]
        size = size if s.bound is None else min(size, s.bound * width)
        inputs.append(root_upper(size * size + bias))
    outer = [Fraction(1)]
    for k in reversed(range(depth - 1)):
        outer.insert(0, plain[k + 1] * s.slope * outer[0])
    change = [[Fraction(0)] * depth for _ in range(depth)]
    form = [[Fraction(0)] * depth for _ in range(depth)]
    moved = [Fraction(0)]
    for k in range(depth):
        for j in range(k):
            change[k][j] = plain[k] * s.slope * change[k - 1][j]
            form[k][j] = form[k][j] + outer[k] * s.slope * change[k - 1][j]
            form[j][k] = form[k][j]
        change[k][k] = inputs[k]
        moved.append(r * inputs[k] + plain[k] * s.slope * moved[-1])
    for k in range(depth - 1):
        bend = s.bend * plain[k + 1] * outer[k + 1]
        for j in range(k + 1):
            for m in range(k + 1):
                form[j][m] += bend * change[k][j] * change[k][m]
    square = points.n * sum((v * v for row in form for v in row), Fraction(0))
    return Reach(tuple(plain), tuple(whole), tuple(inputs), root_upper(square), tuple(moved[1:depth]))
