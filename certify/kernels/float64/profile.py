"""The kernel of a whole network at points of one norm, as a function of their correlation.

At equal norms every dual is a power series in the correlation with coefficients >= 0 (Mehler's formula: the square of
a Hermite coefficient each), and so is its derivative dual; sums, products and compositions keep that. Hence the NNGP
and the NTK of a network of any depth are F(rho) = sum_p c_p rho^p with c_p >= 0 and sum_p c_p = F(1): F is bounded by
F(1) on the closed unit disc, and F and its derivatives grow on [0, 1] (Schoenberg 1942).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
from flint import arb

from certify.activations import SERIES, Activation, Relation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.kernels.inputs import InputProducts
from certify.kernels.recursion import Recursion, Trace
from certify.programs import Dense, Layer

_ANALYTIC = tuple(SERIES.values())
_ANALYTIC_BITS = 192


@dataclass(frozen=True)
class Profile:
    """F(rho) of a network on points with |x|^2 = square (> 0), enclosed by Arb.

    layers: a network. columns: dimension of the points. kernel: "nngp" or "ntk". Calling it with a correlation in [-1,
    1] gives a ball around F; ArithmeticError where it cannot be enclosed at `bits`.
    """

    layers: tuple[Layer, ...]
    columns: int
    square: Fraction
    kernel: str

    working: int = 0

    def __reduce__(self) -> tuple[Any, ...]:
        # Balls that were computed cannot be pickled, and need not.
        return Profile, (self.layers, self.columns, self.square, self.kernel, self.working)

    @property
    def bits(self) -> int:
        """The working precision: unless set, one that leaves enough digits where the correlation is 2**-64 from one.

        A layer of rectifiers loses half of those 64 bits; layers of analytic activations lose none, and their series
        cost much less at few bits.
        """
        activations = [layer for layer in self.layers if isinstance(layer, Activation)]
        if activations and all(isinstance(layer, _ANALYTIC) for layer in activations):
            return self.working or _ANALYTIC_BITS
        return self.working or 256 + 48 * len(activations)

    def at_bits(self, bits: int) -> Profile:
        """The same function at another working precision."""
        return replace(self, working=bits)

    @cached_property
    def _recursion(self) -> Recursion:
        numerator, denominator = self.square.numerator, self.square.denominator
        norms = (numerator,)
        inputs = InputProducts(
            self.columns, denominator, norms, norms, lambda: flint.fmpz_mat(1, 1), "none", symmetric=True
        )
        return Recursion(self.layers, inputs, ArbArithmetic(self.bits))

    @cached_property
    def _trace(self) -> Trace:
        with self._recursion.number.active():
            return self._recursion.trace(self.square.numerator)

    @cached_property
    def at_one(self) -> arb:
        """F(1), the diagonal entry."""
        value: arb = self._trace.ntk if self.kernel == "ntk" else self._trace.nngp
        return value

    def __call__(self, rho: arb | Fraction) -> arb:
        """F at a ball or at a rational number; exactly +-1 is known to be a relation of the points."""
        recursion = self._recursion
        number = recursion.number
        with number.active():
            relation = Relation.GENERIC
            if isinstance(rho, Fraction) and abs(rho) == 1:
                relation = Relation.EQUAL if rho == 1 else Relation.OPPOSITE
            correlation = number.exact(rho) if isinstance(rho, Fraction) else rho
            square = number.exact(self.square)
            product, below, above = square * correlation, 1 - correlation, 1 + correlation
            discriminant = (recursion.alpha * square) ** 2 * (below * above)
            if not recursion.beta_is_zero:
                discriminant = discriminant + 2 * recursion.alpha * recursion.beta * square * below
            both = recursion.walk(product, discriminant, relation, self._trace, self._trace)
            value: arb = both[1] if self.kernel == "ntk" else both[0]
            if not value.is_finite():
                raise ArithmeticError(f"the kernel cannot be enclosed at correlation {correlation.str(10)}")
            return value


def homogeneity(layers: Sequence[Layer]) -> int | None:
    """p with K(a x, b y) = (a b)^p K(x, y) for all a, b > 0 and x, y != 0; None where there is none for certain."""
    degree = 1
    for layer in layers:
        if isinstance(layer, Dense):
            if layer.b_var and degree:
                return None
        elif isinstance(layer, Activation) and degree:
            if layer.homogeneity is None:
                return None
            degree *= layer.homogeneity
    return degree
