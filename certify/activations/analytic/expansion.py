"""The Hermite series of one activation at one variance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.activations.analytic.means import Means
from certify.activations.analytic.rule import errors_of
from certify.activations.analytic.table import Table
from certify.arithmetic.protocol import Arithmetic

if TYPE_CHECKING:
    from certify.activations.analytic.strip import StripActivation


@dataclass(frozen=True)
class Expansion:
    """s(sqrt(q) z) - s(0) = sum_k coefficients[k] h_k(z), with z standard normal.

    `rest[k]` bounds sum_(j >= k) a_j^2 and `slope_rest[k]` bounds sum_(j >= k) j a_j^2, both from above, for k =
    0..terms; `rest_size` and `slope_rest_size` are their binary logarithms, guesses for choosing k.
    """

    coefficients: tuple[Any, ...]
    rest: tuple[Any, ...]
    slope_rest: tuple[Any, ...]
    rest_size: tuple[float, ...]
    slope_rest_size: tuple[float, ...]


def expand(activation: StripActivation, table: Table, means: Means, variance: Any, number: Arithmetic) -> Expansion:
    """The series at a variance > 0 that is at most the largest of the table's rule. Call inside `number.active()`.

    The tail is what is left of the energy: sum_(k >= K) a_k^2 = E g^2 - sum_(k < K) a_k^2 (Parseval), and
    sum_(k >= K) k a_k^2 = q E s'^2 - sum_(k < K) k a_k^2, since E s'^2 = V'(q, q, q).
    """
    rule = table.rule
    errors = errors_of(rule, activation.slope_bound, means.root, number, activation.growth)
    about = [activation.values(number, means.root * number.exact(z)) for z in table.nodes()]
    slack = number.up_to(errors.coefficient)
    coefficients: list[Any] = [None] * rule.terms
    coefficients[0::2] = table.even([v.right + v.left for v in about])
    coefficients[1::2] = table.odd([v.right - v.left for v in about])
    coefficients = [value + slack for value in coefficients]
    squares = [value * value for value in coefficients]
    weighted = [k * value for k, value in enumerate(squares)]
    rest = _remainders(means.square, squares, number)
    slope_rest = _remainders(variance * means.slope_square, weighted, number)
    return Expansion(
        coefficients=tuple(coefficients),
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
