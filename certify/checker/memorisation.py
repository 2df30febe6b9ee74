"""Memorisation: that weights near the given ones fit every target exactly.

Let F(w) = (f(w; x_i) - y_i)_i and J = DF(w_0), K = J J' with smallest eigenvalue at least lambda > 0, and let
|J(v) - J(w)| <= L |v - w| on the ball of radius r around w_0. R = J' K^-1 is a right inverse, |R| <= 1 / sqrt(lambda).
The map T(s) = s - R F(w_0 + s) has |T(0)| <= e := |F(w_0)| / sqrt(lambda) and |DT(s)| <= L |s| / sqrt(lambda) on the
range of R, so with h := L |F(w_0)| / lambda < 1/2 it maps the ball of radius 2 e / (1 + sqrt(1 - 2 h)) <= e / (1 - h)
to itself and contracts there (Kantorovich; here from Banach's theorem). Its fixed point solves R F = 0, hence
F = J R F = 0. All that is needed is r >= e / (1 - h), and r is the claimed distance.

L: with t_k the size of the change of layer k, |change of a_k| <= sum_j c_kj t_j, c_kk = |inputs of layer k|,
c_kj = |W_k| |s'| c_(k-1)j, and |d f / d a_k| <= b_k, the second variation of f is at most t' M t with
M_kj = M_jk += b_k |s'| c_(k-1)j (j < k), M += |s''| |d f / d z_k| c_k c_k'. Then L^2 <= N |M|_F^2.
An activation with a kink is linear on the ball where no preactivation can change sign; there s'' = 0.
"""

from fractions import Fraction
from math import isqrt

from .answers import Invalid
from .finite_gram import FiniteGram
from .finite_shape import FiniteNetwork, Memorisation
from .points import Points

_ROOT_BITS = 64


def root_above(value: Fraction) -> Fraction:
    """A short rational at least the square root of a number that is not negative."""
    if not value:
        return value
    scale = max(0, _ROOT_BITS - (value.numerator.bit_length() - value.denominator.bit_length()) // 2)
    scaled = -((-value.numerator << 2 * scale) // value.denominator)
    whole = isqrt(scaled)
    return Fraction(whole + (whole * whole < scaled), 1 << scale)


class _Sizes:
    """Bounds over the ball of radius r: |W_k| without and with biases, and the largest |inputs of layer k|."""

    def __init__(self, network: FiniteNetwork, points: Points, r: Fraction) -> None:
        unit = Fraction(2) ** (2 * network.exponent)
        bias = int(network.bias)
        self.plain: list[Fraction] = []
        self.whole: list[Fraction] = []
        for layer in network.layers:
            biases = sum(row[-1] * row[-1] for row in layer) * bias
            squares = sum(value * value for row in layer for value in row)
            self.plain.append(root_above((squares - biases) * unit) + r)
            self.whole.append(root_above(squares * unit) + r)
        longest = max(sum(value * value for value in row) for row in points.rows)
        self.inputs = [root_above(Fraction(longest, points.denominator**2) + bias)]
        s = network.activation
        for k, layer in enumerate(network.layers[:-1]):
            width = root_above(Fraction(len(layer)))
            reach = abs(s.at_zero) * width + s.slope * self.whole[k] * self.inputs[k]
            if s.bound is not None:
                reach = min(reach, s.bound * width)
            self.inputs.append(root_above(reach * reach + bias))


def lipschitz_above(network: FiniteNetwork, points: Points, r: Fraction) -> Fraction:
    """An upper bound of L on the ball of radius r, if no preactivation meets a kink there."""
    sizes, s = _Sizes(network, points, r), network.activation
    depth = len(network.layers)
    gradients = [Fraction(1)] * depth
    for k in reversed(range(depth - 1)):
        gradients[k] = sizes.plain[k + 1] * gradients[k + 1] * s.slope
    c = [[Fraction(0)] * depth for _ in range(depth)]
    form = [[Fraction(0)] * depth for _ in range(depth)]
    for k in range(depth):
        c[k][k] = sizes.inputs[k]
        for j in range(k):
            c[k][j] = sizes.plain[k] * s.slope * c[k - 1][j]
            mixed = gradients[k] * s.slope * c[k - 1][j]
            form[k][j] += mixed
            form[j][k] += mixed
    for k in range(depth - 1):
        bend = s.bend * sizes.plain[k + 1] * gradients[k + 1]
        for j in range(k + 1):
            for m in range(k + 1):
                form[j][m] += bend * c[k][j] * c[k][m]
    return root_above(len(points.rows) * sum((value * value for row in form for value in row), Fraction(0)))


def _require_no_kink(gram: FiniteGram, r: Fraction) -> None:
    network = gram.network
    s = network.activation
    if s.smooth is not None or s.negative == s.positive:
        return
    sizes = _Sizes(network, gram.points, r)
    moved = Fraction(0)
    for k in range(len(network.layers) - 1):
        moved = r * sizes.inputs[k] + (sizes.plain[k] * network.activation.slope * moved if k else 0)
        if min(passed.margins[k] for passed in gram.passed) <= moved * 2**gram.q:
            raise Invalid("a unit may change sign within the claimed distance")


def check_memorisation(gram: FiniteGram, claim: Memorisation, eigenvalue: Fraction) -> None:
    """Raises Invalid unless weights within the claimed distance fit every target; `eigenvalue` > 0 bounds that of K
    from below."""
    distance = claim.distance
    if distance <= 0:
        raise Invalid("the claimed distance is not positive")
    unit, bottom = 1 << gram.q, claim.denominator
    # |f - y| in units of 1 / (unit bottom).
    worst = [
        max(abs(p.output[0] * bottom - target * unit), abs(p.output[1] * bottom - target * unit))
        for p, target in zip(gram.passed, claim.targets, strict=True)
    ]
    residual = root_above(Fraction(sum(value * value for value in worst), (unit * bottom) ** 2))
    _require_no_kink(gram, distance)
    h = lipschitz_above(gram.network, gram.points, distance) * residual / eigenvalue
    if 2 * h >= 1:
        raise Invalid("the condition h < 1/2 of the fixed-point theorem fails")
    if residual * residual > eigenvalue * (distance * (1 - h)) ** 2:
        raise Invalid("the claimed distance is shorter than what the fixed-point theorem gives")
