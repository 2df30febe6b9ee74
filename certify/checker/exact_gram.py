"""The rational Gram matrix of networks with polynomial activations, as integers over one common denominator.

S and T of all pairs are kept as integers over the same denominator delta, layer by layer.  A Dense layer maps
s/delta to (W_n b_d s + b_n W_d delta) / (W_d b_d delta).  With V = sum_l l! r^l B_l(q1) B_l(q2) / divisor, coefficients
c_k = n_k / C and highest exponent K, the integers P_l(q) = sum_i n_k C(k, l) (2i - 1)!! q^i delta^(m_l - i), with
k = l + 2 i and m_l = floor((K - l) / 2), give V = sum_l l! r^l P_l P_l delta^(K - l - 2 m_l) over divisor C^2 delta^K.
V' has one r less, so T V' has the same denominator as V.

With a modulus everything is reduced along the way: the result is the matrix of integers modulo it.  Under unit
normalisation the network must be homogeneous; then K_unit = D K D with a positive diagonal D, and the raw rows decide.
"""

from fractions import Fraction
from math import comb, factorial, lcm
from operator import mul
from typing import NamedTuple

from . import limits
from .activations import HermiteFunction, PolynomialFunction, TwoSlopes, exponents_of, hermite_coefficients
from .answers import Invalid, Unsupported
from .budget import Budget, product_seconds
from .networks import Dense, Network
from .points import Points
from .polynomial_duals import odd_factorial


class PolynomialStep(NamedTuple):
    """An activation whose dual is that of sum_k coefficients[k] x^k over the divisor."""

    divisor: int
    coefficients: tuple[Fraction, ...]


class Order(NamedTuple):
    """What one l contributes: l, l! times delta^(0 or 1), and terms (i, factor) of P_l."""

    order: int
    weight: int
    terms: tuple[tuple[int, int], ...]


class Affine(NamedTuple):
    """s -> weight s + bias, t -> weight t + (weight s + bias)."""

    weight: int
    bias: int


Step = Affine | tuple[Order, ...]


def _polynomial_of(layer: object) -> PolynomialStep:
    if isinstance(layer, HermiteFunction):
        values = hermite_coefficients(layer.degree)
        return PolynomialStep(factorial(layer.degree), tuple(Fraction(value) for value in values))
    if isinstance(layer, PolynomialFunction):
        return PolynomialStep(1, layer.coefficients)
    if isinstance(layer, TwoSlopes) and layer.negative == layer.positive:
        return PolynomialStep(1, (Fraction(0), layer.positive))
    raise Invalid("the Gram matrix is not rational: an activation is not a polynomial")


def require_rational(network: Network, unit: bool) -> None:
    """Raises Invalid unless the Gram matrix is rational, or under unit normalisation congruent to a rational one."""
    if network.shaped is not None:
        raise Invalid("a rational Gram matrix is known for chains of Dense layers and activations only")
    for layer in network.layers:
        if isinstance(layer, Dense):
            if unit and layer.bias:
                raise Invalid("the Gram matrix of unit points is not rational: the network has a bias")
            continue
        exponents = exponents_of(layer)
        if exponents is None:
            raise Invalid("the Gram matrix is not rational: an activation is not a polynomial")
        if unit and len(exponents) != 1:
            raise Invalid("the Gram matrix of unit points is not rational: an activation is not homogeneous")


def _orders(step: PolynomialStep, delta: int, modulus: int | None) -> tuple[tuple[Order, ...], int]:
    """The orders of one activation at denominator delta, and the new denominator."""
    common = lcm(*(value.denominator for value in step.coefficients))
    numerators = [value.numerator * (common // value.denominator) for value in step.coefficients]
    degree = len(numerators) - 1
    orders: list[Order] = []
    for order in range(degree + 1):
        half = (degree - order) // 2
        terms = [
            (i, numerators[order + 2 * i] * comb(order + 2 * i, order) * odd_factorial(i) * delta ** (half - i))
            for i in range(half + 1)
            if numerators[order + 2 * i]
        ]
        if not terms:
            continue
        weight = factorial(order) * delta ** (degree - order - 2 * half)
        if modulus:
            weight, terms = weight % modulus, [(i, value % modulus) for i, value in terms]
        orders.append(Order(order, weight, tuple(terms)))
    denominator = step.divisor * common * common * delta**degree
    return tuple(orders), denominator % modulus if modulus else denominator


class ExactGram:
    """Entries of the rational Gram matrix times a common denominator, exactly or modulo a modulus."""

    def __init__(self, network: Network, ntk: bool, points: Points, modulus: int | None, budget: Budget) -> None:
        self.ntk, self.modulus, self.rows = ntk, modulus, points.rows
        self._charge_setup(network, points, budget)
        self.steps: list[Step] = []
        delta = points.denominator**2 * points.columns
        for layer in network.layers:
            if isinstance(layer, Dense):
                weight, bias = layer.weight, layer.bias
                self.steps.append(
                    Affine(weight.numerator * bias.denominator, bias.numerator * weight.denominator * delta)
                )
                delta *= weight.denominator * bias.denominator
            else:
                orders, delta = _orders(_polynomial_of(layer), delta, modulus)
                self.steps.append(orders)
        # For every point and activation the values P_l of its variance, made when first needed.
        self.chains: dict[int, tuple[list[list[int]], int]] = {}

    def _charge_setup(self, network: Network, points: Points, budget: Budget) -> None:
        """Refuses numbers that would grow beyond reach before they are built."""
        size = 2.0 * max(max(map(int.bit_length, row)) for row in points.rows) + points.columns.bit_length()
        size = max(size, 2.0 * points.denominator.bit_length() + points.columns.bit_length())
        operations, self.entry_seconds = 0, 0.0
        for layer in network.layers:
            if isinstance(layer, Dense):
                size += sum(
                    value.bit_length()
                    for number in (layer.weight, layer.bias)
                    for value in (number.numerator, number.denominator)
                )
                operations = 4
            else:
                coefficients = _polynomial_of(layer).coefficients
                degree = len(coefficients) - 1
                longest = max(max(v.numerator.bit_length(), v.denominator.bit_length()) for v in coefficients)
                dense = sum(value.denominator.bit_length() for value in coefficients if value)
                size = size * max(degree, 1) + 2 * (longest + dense) + 4 * degree * max(degree, 2).bit_length()
                operations = 4 * (degree + 1)
                budget.charge((degree + 1) ** 2 / 4 * product_seconds(min(size, 1e8)), "the rational Gram matrix")
            if self.modulus is None and size > limits.MAX_BITS * 16:
                raise Unsupported("the entries of the rational Gram matrix are longer than this engine handles")
            reached = size if self.modulus is None else 2.0 * self.modulus.bit_length()
            self.entry_seconds += operations * (1e-7 + product_seconds(reached))
        longest = max(max(map(int.bit_length, row)) for row in points.rows)
        self.entry_seconds += points.columns * (4e-8 + product_seconds(longest)) + 1e-6

    def _reduced(self, value: int) -> int:
        return value % self.modulus if self.modulus else value

    def _values(self, orders: tuple[Order, ...], variance: int) -> list[int]:
        """P_l of a variance, for every order."""
        powers = [1]
        for _ in range(max((terms[-1][0] for _, _, terms in orders), default=0)):
            powers.append(self._reduced(powers[-1] * variance))
        return [self._reduced(sum(factor * powers[i] for i, factor in terms)) for _, _, terms in orders]

    def _walk(self, s: int, chains: tuple[list[list[int]], list[list[int]]] | None) -> tuple[int, list[list[int]]]:
        """S or T at the output, from the inner product; for a point with itself also its values on the way."""
        t, own, index = 0, list[list[int]](), 0
        for step in self.steps:
            if isinstance(step, Affine):
                s = self._reduced(step.weight * s + step.bias)
                t = self._reduced(step.weight * t + s)
                continue
            if chains is None:
                own.append(self._values(step, s))
                first = second = own[-1]
            else:
                first, second = chains[0][index], chains[1][index]
            index += 1
            value, slope, power, reached = 0, 0, 1, 1
            for (order, weight, _), left, right in zip(step, first, second, strict=True):
                term = self._reduced(weight * left * right)
                if order == 0:
                    value = term
                    continue
                while reached < order:
                    power = self._reduced(power * s)
                    reached += 1
                term = self._reduced(term * power)
                value += term * s
                slope += order * term
            s, t = self._reduced(value), self._reduced(t * slope)
        return (t if self.ntk else s), own

    def chain(self, i: int) -> tuple[list[list[int]], int]:
        """The values of point i at every activation, and its diagonal entry."""
        if i not in self.chains:
            row = self.rows[i]
            entry, own = self._walk(sum(map(mul, row, row)), None)
            self.chains[i] = own, entry
        return self.chains[i]

    def entry(self, i: int, j: int) -> int:
        """Entry (i, j) times the common denominator (modulo the modulus, where there is one)."""
        if i == j:
            return self.chain(i)[1]
        product = sum(map(mul, self.rows[i], self.rows[j]))
        return self._walk(product, (self.chain(i)[0], self.chain(j)[0]))[0]
