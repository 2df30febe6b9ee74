"""The power series of NNGP and NTK (Murray, Jin, Bowman and Montufar, arXiv 2211.07844, Theorem 3.1), with exact tails.

For points of norm one let t be the correlation of the first preactivations: t = rho without a bias before the first
activation, t = (W rho + b) / (W + b) with one. Both kernels are sum_p kappa_p t^p with kappa_p >= 0: an activation at
variance q has V = sum_k a_k^2 c^k in the correlation c of its input, c is such a series itself, and the layers compose.
Terms k >= K of the outer series add at most sum_(k >= K) a_k^2 to every coefficient, as powers of c have coefficients
between 0 and 1; and what all coefficients from p = P on add up to is the value at t = 1 less the sum of the others.

As printed, the theorem expands in rho also where there is a bias in the first layer, with the powers of t in its place:
its equation for G_2 uses X X' for the square root of G_1. With t it is right; `printed_value` is what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, arb_poly

from certify.activations import Activation, Pair, Relation
from certify.activations.analytic.dual import HermiteDual
from certify.activations.analytic.strip import StripActivation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.arb_series import SeriesArithmetic
from certify.errors import InputError
from certify.kernels.enclosure import dyadic
from certify.programs import Dense, Identity, check_network
from certify.stax import Network, parse
from certify.theory.kinked_series import KINKED, kinked_squares

MAX_TERMS = 5000
Bounds = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class PowerSeries:
    """kappa_p of both kernels in t, enclosed; `total` is the value at t = 1, `tail` the sum of all from `terms` on.

    `slope` and `offset`: t = slope * rho + offset with rho = <x, y> for unit rows.
    """

    network: str
    slope: Fraction
    offset: Fraction
    nngp: tuple[Bounds, ...]
    ntk: tuple[Bounds, ...]
    total: tuple[Bounds, Bounds]
    tail: tuple[Bounds, Bounds]

    def effective_rank(self, kernel: str = "ntk") -> Fraction | None:
        """An upper bound on trace / lambda_max for any unit rows: total / kappa_0 (Theorem 4.1), as K - kappa_0 1 1' is
        positive semidefinite; None if kappa_0 may be 0."""
        index = _index(kernel)
        first = (self.nngp, self.ntk)[index][0][0]
        return self.total[index][1] / first if first > 0 else None

    def centred_ratio(self, kernel: str = "ntk") -> Fraction | None:
        """An upper bound on sum_(p >= 1) kappa_p / kappa_1: the effective rank of K - kappa_0 1 1' is at most that many
        times the one of X X' (Theorem 4.3), for unit rows; None if kappa_1 may be 0, or where t is not <x, y>."""
        index = _index(kernel)
        values = (self.nngp, self.ntk)[index]
        if self.offset or len(values) < 2 or not values[1][0]:
            return None
        later = sum((high for _, high in values[1:]), self.tail[index][1])
        return later / values[1][0]


def _index(kernel: str) -> int:
    if kernel not in ("nngp", "ntk"):
        raise InputError(f"kernel={kernel!r} is not available: use 'ntk' or 'nngp'.")
    return int(kernel == "ntk")


def power_series(net: Network | str, terms: int = 20, *, columns: int = 1, bits: int = 128) -> PowerSeries:
    """The coefficients of a network Dense, activation, Dense, ... on unit rows.

    `columns` is the d of the first layer's W <x, y> / d; the paper has none, which is 1. Coefficients are enclosed to
    about `bits` bits of the total. Raises InputError for another network, or where an activation has no series here.
    """
    network = parse(net) if isinstance(net, str) else net
    check_network(network.layers)
    layers = [layer for layer in network.layers if not isinstance(layer, Identity)]
    if not all(isinstance(layer, (Dense, Activation)) for layer in layers):
        raise InputError(f"{network!r} has no power series here: use Dense layers and activations in a row.")
    for name, value, least, most in (
        ("terms", terms, 1, MAX_TERMS),
        ("columns", columns, 1, 10**9),
        ("bits", bits, 53, 4096),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InputError(f"{name} is {value!r}: give a whole number from {least} to {most}.")
    number = ArbArithmetic(bits + 32)
    with number.active():
        return _compose(network, layers, terms, columns, number)


def _compose(network: Network, layers: list[Any], terms: int, columns: int, number: ArbArithmetic) -> PowerSeries:
    alpha, beta = Fraction(1, columns), Fraction(0)
    position = 0
    tangents: list[tuple[Fraction, Fraction]] = []
    t1: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    for layer in layers:
        if not isinstance(layer, Dense):
            break
        alpha, beta = layer.W_var * alpha, layer.W_var * beta + layer.b_var
        t1 = (layer.W_var * t1[0] + alpha, layer.W_var * t1[1] + beta)
        tangents.append(t1)
        position += 1
    whole = alpha + beta
    slope, offset = alpha / whole, beta / whole
    # The tangent kernel is affine in rho, and rho = (t - offset) / slope.
    covariance = _pad([arb(0), number.exact(whole)], terms)
    lift = number.exact(t1[0] / slope)
    tangent = _pad([number.exact(t1[1]) - lift * number.exact(offset), lift], terms)
    variance, diagonal = number.exact(whole), number.exact(t1[0] + t1[1])
    for layer in layers[position:]:
        if isinstance(layer, Dense):
            weight, bias = number.exact(layer.W_var), number.exact(layer.b_var)
            covariance = [weight * value for value in covariance]
            covariance[0] = covariance[0] + bias
            variance = weight * variance + bias
            tangent = [weight * a + b for a, b in zip(tangent, covariance, strict=True)]
            diagonal = weight * diagonal + variance
            continue
        outer, inner, value, derivative = dual_series(layer, variance, terms, number)
        correlation = arb_poly([entry / variance for entry in covariance])
        covariance = _composed(outer, correlation, terms)
        slopes = arb_poly(_composed(inner, correlation, terms))
        tangent = _pad(list((arb_poly(tangent) * slopes).coeffs()), terms)
        variance, diagonal = value, diagonal * derivative
    kernels = [[_bounds(entry, number) for entry in series] for series in (covariance, tangent)]
    totals = variance, diagonal
    tails = [total - sum(series, arb(0)) for total, series in zip(totals, (covariance, tangent), strict=True)]
    return PowerSeries(
        repr(network),
        slope,
        offset,
        tuple(kernels[0]),
        tuple(kernels[1]),
        (_bounds(totals[0], number), _bounds(totals[1], number)),
        (_bounds(tails[0], number), _bounds(tails[1], number)),
    )


def _pad(values: list[arb], terms: int) -> list[arb]:
    return [*values, *(arb(0) for _ in range(terms - len(values)))][:terms]


def _bounds(value: arb, number: ArbArithmetic) -> Bounds:
    """Ends of an enclosure of a quantity that is known not to be negative."""
    low, high, exponent = number.endpoints(value)
    return dyadic(max(low, 0), exponent), dyadic(max(high, 0), exponent)


def _composed(outer: tuple[list[arb], arb], inner: arb_poly, terms: int) -> list[arb]:
    """Coefficients below `terms` of sum_k outer[k] inner^k, with the rest of the outer series as an error.

    The inner series c has non-negative coefficients of sum at most 1, so for 0 < s <= 1 the coefficient at p of its
    k-th power is at most c(s)^k / s^p, and for k >= K at most c(s)^K / s^p; where c(0) = 0 it vanishes for k > p.
    """
    coefficients, rest = outer
    if inner[0].is_zero() and inner.degree() <= 1:
        powers = [arb(1)]
        for _ in range(terms - 1):
            powers.append(powers[-1] * inner[1])
        known = [*coefficients, *(arb(0).union(rest) for _ in range(terms - len(coefficients)))]
        return [value * power for value, power in zip(known, powers, strict=False)]
    total = arb_poly([0])
    for value in reversed(coefficients):
        total = (total * inner).truncate(terms) + value
    found = _pad(list(total.coeffs()), terms)
    if inner[0].is_zero() and len(coefficients) >= terms:
        return found
    bounds = []
    for j in range(1, 9):
        s = 1 - arb(1) / 2**j
        beyond = (1 - sum(inner.coeffs(), arb(0))).abs_upper() * s**terms
        bounds.append((s, (rest * min((inner(s) + beyond).abs_upper(), arb(1)) ** len(coefficients)).abs_upper()))
    slacks = [min([rest, *((bound / s**p).abs_upper() for s, bound in bounds)]) for p in range(terms)]
    return [entry + arb(0).union(slack) for entry, slack in zip(found, slacks, strict=True)]


def dual_series(
    activation: Activation, variance: arb, terms: int, number: ArbArithmetic
) -> tuple[tuple[list[arb], arb], tuple[list[arb], arb], arb, arb]:
    """(a_k^2 and their rest, (k+1) a_(k+1)^2 / q and their rest, V(q, q, q), V'(q, q, q))."""
    equal = Pair(number, variance, variance, variance, Relation.EQUAL)
    value, derivative = activation.duals(number)(equal)
    if isinstance(activation, StripActivation):
        dual = HermiteDual(activation, number)
        values, slopes = dual.squares(variance)
    elif isinstance(activation, KINKED):
        values, slopes = kinked_squares(activation, variance, max(2 * terms, 128), number)
    else:
        series = SeriesArithmetic(number.bits + 32, max(4 * terms, 256))
        try:
            with series.active():
                pair = Pair(series, variance, variance, variance * series.variable)
                both = activation.duals(series)(pair)
                values, slopes = (series.coefficients(entry) for entry in both)
        except ArithmeticError:
            raise InputError(
                f"{activation!r} has no power series here: use an activation without kinks off 0."
            ) from None
    rest, slope_rest = value - sum(values, arb(0)), derivative - sum(slopes, arb(0))
    return (values, _upper(rest)), (slopes, _upper(slope_rest)), value, derivative


def _upper(value: arb) -> arb:
    return value.abs_upper()


def printed_value(net: Network | str, rho: Fraction, terms: int = 200) -> tuple[Bounds, Bounds]:
    """(the truth, what the theorem says as printed) for the NTK of one hidden layer at <x, y> = rho, enclosed.

    The truth is sum kappa_p t^p; printed is the same recursion in powers of rho, from kappa_(0,1) = b, kappa_(1,1) = W.
    """
    network = parse(net) if isinstance(net, str) else net
    layers = [layer for layer in network.layers if not isinstance(layer, Identity)]
    first, activation, last = (*layers, None, None, None)[:3]
    if not (isinstance(first, Dense) and isinstance(activation, Activation) and isinstance(last, Dense)):
        raise InputError(f"{network!r} is not Dense, activation, Dense: the printed theorem is settled for one layer.")
    number = ArbArithmetic(160)
    with number.active():
        variance = number.exact(first.W_var + first.b_var)
        outer, inner, _, _ = dual_series(activation, variance, terms, number)
        weight, bias = number.exact(last.W_var), number.exact(last.b_var)
        x = number.exact(rho)
        t = number.exact((first.W_var * rho + first.b_var) / (first.W_var + first.b_var))
        found = []
        for argument, base in ((t, variance * t), (x, variance * t)):
            left = abs(argument) ** min(len(outer[0]), len(inner[0]))
            values = arb_poly(outer[0])(argument) + number.up_to(outer[1] * left)
            slopes = arb_poly(inner[0])(argument) + number.up_to(inner[1] * left)
            found.append(_bounds(weight * values + bias + weight * slopes * base, number))
        return found[0], found[1]
