"""Gaussian means of an activation and of its slope at one variance, by the trapezoidal rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.activations.analytic.rule import Rule, errors_of
from certify.arithmetic.protocol import Arithmetic

if TYPE_CHECKING:
    from certify.activations.analytic.strip import StripActivation


@dataclass(frozen=True)
class Means:
    """For u normal with a variance q, and g = s - s(0): `root` is sqrt(q), `square` and `opposite` are E g(u)^2 and
    E g(u) g(-u), `slope_square` and `slope_opposite` the same for s', `value` and `slope` are E g(u) and E s'(u)."""

    root: Any
    square: Any
    opposite: Any
    slope_square: Any
    slope_opposite: Any
    value: Any
    slope: Any


def weights_of(rule: Rule, number: Arithmetic) -> list[Any]:
    """h phi(z_j) for the nodes z_j = j h >= 0, halved at 0. Call inside `number.active()`."""
    scale = number.exact(rule.step) / number.sqrt(2 * number.pi)
    weights = [scale * number.exp(number.exact(-((j * rule.step) ** 2) / 2)) for j in range(rule.last + 1)]
    weights[0] = weights[0] / 2
    return weights


def gaussian_means(activation: StripActivation, rule: Rule, variance: Any, number: Arithmetic) -> Means:
    """The means at a variance > 0 that is at most the largest of the rule. Call inside `number.active()`."""
    root = number.sqrt(variance)
    errors = errors_of(rule, activation.slope_bound, root, number, activation.growth)
    totals = [number.up_to(errors.square), number.up_to(errors.square)]
    totals += [number.up_to(errors.slope), number.up_to(errors.slope)]
    totals += [number.up_to(errors.coefficient), number.up_to(errors.slope)]
    for j, weight in enumerate(weights_of(rule, number)):
        v = activation.values(number, root * number.exact(j * rule.step))
        parts = (
            v.right * v.right + v.left * v.left,
            2 * (v.right * v.left),
            v.slope_right * v.slope_right + v.slope_left * v.slope_left,
            2 * (v.slope_right * v.slope_left),
            v.right + v.left,
            v.slope_right + v.slope_left,
        )
        totals = [total + weight * part for total, part in zip(totals, parts, strict=True)]
    return Means(root, *totals)
