"""The paper's counterexample to gradient independence, where the true limit is known.

y = 1^T s(W2 x1) / n with x1 = W1 xi + c: the readout is not random, W2^T meets a vector that depends on W2 itself, and
the heuristic that takes the transpose for a fresh matrix is wrong (Yang 2020, Tensor Programs II, section 6.3). With
dx1 = n times the gradient of y by x1 and h = W2 x1, whose covariance is r = sW2 C^{x1,x1'},

    heuristic  lim dx1 . dx1' / n = sW2 E[s'(h) s'(h')]
    truth      lim dx1 . dx1' / n = sW2 E[s'(h) s'(h')] + sW2^2 E[s''(h)] E[s''(h')] C^{x1,x1'}

since W2^T s'(h) has, besides a fresh Gaussian, the component E[s''(h)] sW2 x1 along x1. For polynomials s both are
rational numbers, exactly. For s = z^2, xi = 0, c = 1 and unit variances the heuristic gives 4 and the truth is 8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from certify.activations import PolynomialActivation
from certify.errors import InputError
from certify.points import Points, load_points
from certify.programs.language import Constant, Input, Linear, MatMul, Mean, Nonlin, Program


@dataclass(frozen=True)
class BothWays:
    """One quantity as gradient independence would have it, and as it is."""

    heuristic: Fraction
    truth: Fraction


@dataclass(frozen=True)
class MeanReadout:
    """The parts of a program of this class: s, c, and the variances of W1 and W2."""

    activation: PolynomialActivation
    constant: Fraction
    first: Fraction
    second: Fraction
    parametrization: str

    def entry(self, product: Fraction, square: Fraction, other: Fraction) -> tuple[BothWays, BothWays]:
        """(second moment of dx1, n times the NTK) of two inputs with <xi, xi'> / d, |xi|^2 / d and |xi'|^2 / d."""
        c, q1, q2 = (self.first * value + self.constant**2 for value in (product, square, other))
        rows = self.activation.mean_derivatives()
        means = [[_evaluated(row, self.second * q) for row in rows] for q in (q1, q2)]
        scale, r = self.activation.scale, self.second * c
        slope = scale * sum(
            (
                r ** (order - 1) / math.factorial(order - 1) * means[0][order] * means[1][order]
                for order in range(1, len(rows))
            ),
            Fraction(0),
        )
        curvature = scale * means[0][2] * means[1][2] if len(rows) > 2 else Fraction(0)
        heuristic = self.second * slope
        moment = BothWays(heuristic, heuristic + self.second**2 * curvature * c)
        ntk = self.parametrization == "ntk"
        inner = slope * c * (self.second if ntk else 1)
        outer = product * (self.first if ntk else 1)
        return moment, BothWays(inner + moment.heuristic * outer, inner + moment.truth * outer)


def _evaluated(row: Sequence[Fraction], q: Fraction) -> Fraction:
    return sum((a * q**k for k, a in enumerate(row)), Fraction(0))


def as_mean_readout(program: Program) -> MeanReadout | None:
    """The parts of a program of the class with a polynomial s; None for every other program."""
    vectors = program.instructions
    output = vectors[program.output]
    if not isinstance(output, Mean):
        return None
    outer = vectors[output.source]
    if not isinstance(outer, Nonlin) or outer.derivative or not isinstance(outer.activation, PolynomialActivation):
        return None
    hidden = vectors[outer.source]
    if not isinstance(hidden, MatMul) or hidden.taps is not None:
        return None
    inside = vectors[hidden.source]
    terms = [(Fraction(1), inside)]
    if isinstance(inside, Linear):
        terms = [(c, vectors[k]) for c, k in zip(inside.coefficients, inside.sources, strict=True)]
    maps = [(c, v) for c, v in terms if isinstance(v, MatMul)]
    constants = [c * v.value for c, v in terms if isinstance(v, Constant)]
    if len(maps) != 1 or len(maps) + len(constants) != len(terms) or maps[0][0] != 1:
        return None
    first = maps[0][1]
    data = vectors[first.source]
    if not isinstance(data, Input) or data.positions != 1 or first.taps is not None:
        return None
    if first.matrix.name == hidden.matrix.name or sum(isinstance(v, MatMul) for v in vectors) != 2:
        return None
    return MeanReadout(
        outer.activation, sum(constants, Fraction(0)), first.matrix.var, hidden.matrix.var, program.parametrization
    )


def counterexample(program: Program, x1: object, x2: object = None) -> list[list[tuple[BothWays, BothWays]]]:
    """Both values of the second moment of dx1 and of n times the NTK, exactly, for all pairs of points.

    Raises InputError for a program that is not of the class.
    """
    parts = as_mean_readout(program)
    if parts is None:
        raise InputError(
            "the program is no mean of a polynomial of W2 (W1 x + c): the true limit is known for that class only."
        )
    first = load_points(x1)
    return exact_entries(parts, first, first if x2 is None else load_points(x2))


def exact_entries(parts: MeanReadout, x1: Points, x2: Points) -> list[list[tuple[BothWays, BothWays]]]:
    """The entries of all pairs of points."""
    left, right = x1.as_fractions(), x2.as_fractions()
    if x1.columns != x2.columns:
        raise InputError(f"the points have {x1.columns} and {x2.columns} columns: both sets need the same number.")

    def product(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
        return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0)) / x1.columns

    return [[parts.entry(product(x, y), product(x, x), product(y, y)) for y in right] for x in left]
