"""Weighted values of the normalised Hermite polynomials at the nodes of a rule."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from certify.activations.analytic.means import weights_of
from certify.activations.analytic.rule import Rule
from certify.arithmetic.protocol import Arithmetic

_BLOCK = 32


class Table:
    """w_j h_k(z_j) for the nodes z_j = j h >= 0 and k < terms, w_j = h phi(z_j), halved at z_0 = 0.

    `even` and `odd` map the even and odd part of a function, f(z_j) +- f(-z_j), to its coefficients. Method: h_(k+1) =
    (z h_k - sqrt(k) h_(k-1)) / sqrt(k+1), in enough bits to bear the growth of its enclosures, exp(z sqrt(k)).
    """

    def __init__(self, rule: Rule, number: Arithmetic) -> None:
        self.rule, self.number = rule, number
        with number.active():
            self.weights = weights_of(rule, number)
        columns: list[list[Any]] = []
        for start in range(0, rule.last + 1, _BLOCK):
            nodes = range(start, min(start + _BLOCK, rule.last + 1))
            extra = max(rule.amplification(j) for j in nodes)
            columns.extend(self._columns(nodes, number.at(number.bits + math.ceil(extra))))
        with number.active():
            self.even = number.linear_map([[column[k] for column in columns] for k in range(0, rule.terms, 2)])
            self.odd = number.linear_map([[column[k] for column in columns] for k in range(1, rule.terms, 2)])

    def _columns(self, nodes: range, fine: Arithmetic) -> list[list[Any]]:
        terms, number = self.rule.terms, self.number
        with fine.active():
            roots = [fine.sqrt(fine.exact(k)) for k in range(terms + 1)]
            inverses = [fine.exact(1), *(1 / root for root in roots[1:])]
            ratios = [root * inverse for root, inverse in zip(roots, inverses[1:], strict=False)]
            values = [self._polynomials(fine.exact(j * self.rule.step), inverses, ratios) for j in nodes]
        with number.active():
            return [
                [number.rounded(value) * self.weights[j] for value in column]
                for j, column in zip(nodes, values, strict=True)
            ]

    def _polynomials(self, z: Any, inverses: list[Any], ratios: list[Any]) -> list[Any]:
        current, previous = inverses[0], inverses[0] * 0
        column = [current]
        for k in range(self.rule.terms - 1):
            current, previous = z * (inverses[k + 1] * current) - ratios[k] * previous, current
            column.append(current)
        return column

    def nodes(self) -> list[Fraction]:
        return [j * self.rule.step for j in range(self.rule.last + 1)]
