"""The Hermite series of one activation at one variance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.activations.analytic.rule import errors_of
from certify.activations.analytic.table import Table
from certify.arithmetic.protocol import Arithmetic

if TYPE_CHECKING:
    from certify.activations.analytic.strip import StripActivation


@dataclass(frozen=True)
class Expansion:
    """s(sqrt(q) z) - s(0) = sum_k coefficients[k] h_k(z), with z standard normal, and its exact energies.

    `square`, `opposite`: E g(u)^2 and E g(u) g(-u); `slope_square`, `slope_opposite`: the same for s'; `slope_mean`: E
    s'(u). `rest[k]` bounds sum_(j >= k) a_j^2 and `slope_rest[k]` bounds sum_(j >= k) j a_j^2, both from above, for k =
    0..terms; `rest_size` and `slope_rest_size` are their binary logarithms, guesses for choosing k.
    """

    root: Any
    coefficients: tuple[Any, ...]
    square: Any
    opposite: Any
    slope_square: Any
    slope_opposite: Any
    slope_mean: Any
    rest: tuple[Any, ...]
    slope_rest: tuple[Any, ...]
    rest_size: tuple[float, ...]
    slope_rest_size: tuple[float, ...]


def expand(activation: StripActivation, table: Table, variance: Any, number: Arithmetic) -> Expansion:
    """The series at a variance > 0 that is at most the largest of the table's rule. Call inside `number.active()`.

    The tail is what is left of the energy: sum_(k >= K) a_k^2 = E g^2 - sum_(k < K) a_k^2 (Parseval), and
    sum_(k >= K) k a_k^2 = q E s'^2 - sum_(k < K) k a_k^2, since E s'^2 = V'(q, q, q).
    """
    rule = table.rule
    root = number.sqrt(variance)
    errors = errors_of(rule, activation.slope_bound, root, number)
    about = [activation.values(number, root * number.exact(z)) for z in table.nodes()]
    slack = number.up_to(errors.coefficient)
    even = table.even([v.right + v.left for v in about])
    odd = table.odd([v.right - v.left for v in about])
    coefficients: list[Any] = [None] * rule.terms
    coefficients[0::2], coefficients[1::2] = even, odd
    coefficients = [value + slack for value in coefficients]

    def mean(values: list[Any], error: Any) -> Any:
        total = number.up_to(error)
        for weight, value in zip(table.weights, values, strict=True):
            total = total + weight * value
        return total

    square = mean([v.right * v.right + v.left * v.left for v in about], errors.square)
    slope_square = mean([v.slope_right * v.slope_right + v.slope_left * v.slope_left for v in about], errors.slope)
    squares = [value * value for value in coefficients]
    weighted = [k * value for k, value in enumerate(squares)]
    rest = _remainders(square, squares, number)
    slope_rest = _remainders(variance * slope_square, weighted, number)
    return Expansion(
        root=root,
        coefficients=tuple(coefficients),
        square=square,
        opposite=mean([2 * (v.right * v.left) for v in about], errors.square),
        slope_square=slope_square,
        slope_opposite=mean([2 * (v.slope_right * v.slope_left) for v in about], errors.slope),
        slope_mean=mean([v.slope_right + v.slope_left for v in about], errors.slope),
        rest=rest,
        slope_rest=slope_rest,
        rest_size=tuple(_size(value, number) for value in rest),
        slope_rest_size=tuple(_size(value, number) for value in slope_rest),
    )


def _remainders(total: Any, parts: list[Any], number: Arithmetic) -> tuple[Any, ...]:
    """Upper bounds on the sums of all parts from the k-th on, also of those beyond the last given, for every k.

    Only the last is a difference; the others add to it what is positive.
    """
    left = total
    for part in parts:
        left = left - part
    found = [number.up_to(left)]
    for part in reversed(parts):
        found.append(found[-1] + number.up_to(part))
    return tuple(reversed(found))


def _size(value: Any, number: Arithmetic) -> float:
    _, high, exponent = number.endpoints(value)
    return math.log2(high) + exponent if high > 0 else -math.inf
