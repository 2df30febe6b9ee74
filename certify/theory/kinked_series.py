"""Hermite coefficients of functions with kinks: piecewise linear ones, ELU and SELU.

a_k = E s(sqrt(q) Z) h_k(Z) = q^(k/2) E s^(k)(sqrt(q) Z) / sqrt(k!), where derivatives beyond the second are made of
those of Dirac's delta at the kinks, and E delta_t^(j)(sqrt(q) Z) = q^(-(j+1)/2) He_j(x) phi(x), x = t / sqrt(q). For k
>= 2

    kinks of weight w_i at t_i:   a_k = sqrt(q) sum_i w_i phi(t_i / sqrt(q)) h_(k-2)(t_i / sqrt(q)) / sqrt(k (k - 1)),
    exp(x) - 1 for x < 0, x above, with alpha before the former: s'' = alpha e + (1 - alpha) delta, e = exp(x) [x < 0],
        e' = e - delta, so E s^(k) = alpha (E e - sum_(j < k - 2) E delta^(j)) + (1 - alpha) E delta^(k-2);

a_0^2 = V and a_1^2 / q = V' at correlation 0.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from flint import arb

from certify.activations import Activation, ExponentialLinear, Pair, PiecewiseLinearFunction
from certify.activations.normal_orthants import Normal
from certify.arithmetic.arb_balls import ArbArithmetic

KINKED = (PiecewiseLinearFunction, ExponentialLinear)


def kinked_squares(
    activation: Activation, variance: arb, terms: int, number: ArbArithmetic
) -> tuple[list[arb], list[arb]]:
    """(a_k^2 for k < terms, (k + 1) a_(k+1)^2 / q for k < terms) of one of `KINKED`. Call inside `number.active()`."""
    value, slope = activation.duals(number)(Pair(number, variance, variance, number.exact(0)))
    last = terms + 1
    if isinstance(activation, PiecewiseLinearFunction):
        later = _piecewise(activation, variance, last, number)
    else:
        assert isinstance(activation, ExponentialLinear)
        later = _exponential(activation, variance, last, number)
    squares = [value, variance * slope, *(a * a for a in later)]
    return squares[:terms], [(k + 1) * squares[k + 1] / variance for k in range(terms)]


def _normalised(place: Any, count: int, number: ArbArithmetic) -> list[arb]:
    """h_0, ..., h_(count - 1) at a place, by their recurrence in enough bits to bear its growth exp(|z| sqrt(k))."""
    reach = float(place.abs_upper()) * math.sqrt(count)
    fine = number.at(number.bits + math.ceil(reach / math.log(2)) + 2 * count.bit_length() + 16)
    with fine.active():
        current, previous = arb(1), arb(0)
        found = []
        for k in range(count):
            found.append(current)
            current, previous = (place * current - arb(k).sqrt() * previous) / arb(k + 1).sqrt(), current
    return [number.rounded(value) for value in found]


def _piecewise(activation: PiecewiseLinearFunction, variance: arb, last: int, number: ArbArithmetic) -> list[arb]:
    """a_2, ..., a_last."""
    root, normal = number.sqrt(variance), Normal(number)
    places, slopes, _ = activation.pieces
    totals = [arb(0)] * (last - 1)
    for place, (before, after) in zip(places, pairwise(slopes), strict=True):
        at = number.exact(place) / root
        weight = number.exact(after - before) * normal.density(at)
        totals = [total + weight * h for total, h in zip(totals, _normalised(at, last - 1, number), strict=True)]
    return [root * total / number.sqrt(number.exact(k * (k - 1))) for k, total in enumerate(totals, 2)]


def _exponential(activation: ExponentialLinear, variance: arb, last: int, number: ArbArithmetic) -> list[arb]:
    """a_2, ..., a_last."""
    root, normal = number.sqrt(variance), Normal(number)
    scale, alpha = (number.exact(value) for value in activation.parameters)
    below = number.exp(variance / 2) * normal.tail(root)
    # E delta^(j) = q^(-(j+1)/2) sqrt(j!) h_j(0) phi(0).
    deltas, power = [], normal.density(number.exact(0)) / root
    for j, h in enumerate(_normalised(number.exact(0), last, number)):
        if j:
            power = power * number.sqrt(number.exact(j)) / root
        deltas.append(power * h)
    found, gone, scaling = [], arb(0), root
    for k in range(2, last + 1):
        scaling = scaling * root / number.sqrt(number.exact(k))
        mean = alpha * (below - gone) + (1 - alpha) * deltas[k - 2]
        found.append(scale * scaling * mean)
        gone = gone + deltas[k - 2]
    return found
