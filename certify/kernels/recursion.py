"""The layer recursion of NNGP and NTK for one pair of points, in any arithmetic.

With S the covariance of the preactivations and T their tangent kernel (Jacot, Gabriel and Hongler 2018, Proposition 1
and Theorem 1): the first Dense gives S = T = W_var <x, y> / d + b_var, an activation maps S to V(S) and T to T V'(S),
and every later Dense maps S to W_var S + b_var and T to W_var T + S.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.activations import Activation, Pair, Relation
from certify.activations.base import Duals
from certify.arithmetic.protocol import Arithmetic
from certify.kernels.inputs import InputProducts
from certify.programs import Dense, Layer, input_scaling
from certify.programs.shapes import require_chain


@dataclass(frozen=True, slots=True)
class DenseStep:
    weight: Any
    bias: Any
    has_bias: bool
    is_plain: bool


@dataclass(frozen=True, slots=True)
class ActivationStep:
    """An activation's duals, with what its symmetries do to each relation and to zeros."""

    duals: Duals
    image: dict[Relation, Relation]
    keeps_zero: bool
    is_zero: bool


@dataclass(frozen=True)
class Trace:
    """One point's way through the network: variance, and whether it is exactly zero, at the input of every
    activation."""

    variances: tuple[Any, ...]
    zeros: tuple[bool, ...]
    nngp: Any
    ntk: Any


class Recursion:
    """A network over given inner products in one arithmetic; evaluates diagonal and mixed entries."""

    def __init__(self, layers: Sequence[Layer], inputs: InputProducts, number: Arithmetic) -> None:
        require_chain(layers)
        self.number = number
        self.inputs = inputs
        alpha, beta, leading = input_scaling(layers, inputs.columns)
        self.beta_is_zero = not beta
        with number.active():
            self.alpha, self.beta = number.exact(alpha), number.exact(beta)
            self.one = number.exact(1)
            self.zero = number.exact(0)
            self.inverse_unit = number.exact(Fraction(1, inputs.unit))
            # D^2-free forms of the first discriminant: alpha^2 (ab - cc) + alpha beta (a + b - 2c).
            self.square_scale = number.exact((alpha / inputs.unit) ** 2)
            self.mixed_scale = number.exact(alpha * beta / inputs.unit)
            self.unit_square = number.exact(alpha * alpha)
            self.unit_mixed = number.exact(2 * alpha * beta)
            self.leading = [self._dense(layer) for layer in layers[:leading] if isinstance(layer, Dense)]
            self.first = number.exact(Fraction(1, inputs.columns))
            self.steps = [self._step(layer) for layer in layers[leading:] if isinstance(layer, (Dense, Activation))]

    def _dense(self, layer: Dense) -> DenseStep:
        plain = layer.W_var == 1 and not layer.b_var
        return DenseStep(self.number.exact(layer.W_var), self.number.exact(layer.b_var), bool(layer.b_var), plain)

    def _step(self, layer: Dense | Activation) -> DenseStep | ActivationStep:
        if isinstance(layer, Dense):
            return self._dense(layer)
        return ActivationStep(
            duals=layer.duals(self.number),
            image={relation: layer.image(relation) for relation in Relation},
            keeps_zero=layer.vanishes_at_zero,
            is_zero=layer.is_constant and layer.vanishes_at_zero,
        )

    def trace(self, norm: int) -> Trace:
        """The diagonal entry of a point with D^2 |x|^2 = norm, and the variances on the way. Call inside
        `number.active()`."""
        zero = not norm and self.beta_is_zero
        square = self.one if self.inputs.normalised else self.number.exact(norm) * self.inverse_unit
        variance = self.alpha * square + self.beta
        tangent = self._leading_tangent(square, variance)
        variances, zeros = [], []
        for step in self.steps:
            if isinstance(step, DenseStep):
                variance, tangent = self._apply(step, variance, tangent)
                zero = zero and not step.has_bias
            else:
                variances.append(variance)
                zeros.append(zero)
                value, derivative = step.duals(
                    Pair(self.number, variance, variance, variance, Relation.EQUAL, zero, zero)
                )
                tangent = tangent * derivative
                zero = step.is_zero or (zero and step.keeps_zero)
                variance = self.zero if zero else value
        return Trace(tuple(variances), tuple(zeros), variance, tangent)

    @staticmethod
    def _apply(step: DenseStep, covariance: Any, tangent: Any) -> tuple[Any, Any]:
        if not step.is_plain:
            covariance = step.weight * covariance + step.bias
            tangent = step.weight * tangent
        return covariance, tangent + covariance

    def _leading_tangent(self, product: Any, covariance: Any) -> Any:
        """T after the leading Dense layers, for <x, y> = product; `covariance` is S there."""
        if len(self.leading) == 1:
            return covariance
        s, t = self.first * product, self.zero
        for step in self.leading:
            s, t = self._apply(step, s, t)
        return t

    def entry(self, i: int, j: int, x: Trace, y: Trace, inverse_norms: tuple[Any, Any] | None) -> tuple[Any, Any]:
        """(NNGP, NTK) of the points i of the first and j of the second set. Call inside `number.active()`.

        `inverse_norms` are enclosures of 1/(D|x|) and 1/(D|y|), needed under unit normalisation.
        """
        inputs = self.inputs
        a, b, c = inputs.norms1[i], inputs.norms2[j], inputs.cross(i, j)
        relation = inputs.relation(a, b, c)
        product, discriminant = self._input_pair(a, b, c, relation, inverse_norms)
        return self.walk(product, discriminant, relation, x, y)

    def walk(self, product: Any, discriminant: Any, relation: Relation, x: Trace, y: Trace) -> tuple[Any, Any]:
        """(NNGP, NTK) of two points with <x, y> = product and this exact relation; `discriminant` is that of their
        first preactivations."""
        number = self.number
        covariance = self.alpha * product + self.beta
        tangent = self._leading_tangent(product, covariance)
        if not self.beta_is_zero:
            relation = relation.after_bias()
        position = 0
        for step in self.steps:
            if isinstance(step, DenseStep):
                covariance, tangent = self._apply(step, covariance, tangent)
                discriminant = None
                if step.has_bias:
                    relation = relation.after_bias()
                continue
            q1, q2 = x.variances[position], y.variances[position]
            if relation is Relation.EQUAL:
                covariance = q1
            elif relation is Relation.OPPOSITE:
                covariance = -q1
            pair = Pair(number, q1, q2, covariance, relation, x.zeros[position], y.zeros[position], discriminant)
            covariance, derivative = step.duals(pair)
            if step.is_zero or (pair.degenerate and step.keeps_zero):
                covariance = self.zero
            tangent = tangent * derivative
            relation = step.image[relation]
            discriminant = None
            position += 1
        return covariance, tangent

    def _input_pair(
        self, a: int, b: int, c: int, relation: Relation, inverse_norms: tuple[Any, Any] | None
    ) -> tuple[Any, Any]:
        """<x, y> of the meant points, and the discriminant of the first preactivations without cancellation."""
        number = self.number
        gap = a * b - c * c
        if inverse_norms is None:
            discriminant = self.square_scale * number.exact(gap)
            if not self.beta_is_zero:
                discriminant = discriminant + self.mixed_scale * number.exact(a + b - 2 * c)
            return number.exact(c) * self.inverse_unit, discriminant
        if relation is Relation.EQUAL:
            return self.one, self.zero
        correlation = (
            -self.one if relation is Relation.OPPOSITE else number.exact(c) * inverse_norms[0] * inverse_norms[1]
        )
        product = number.exact(a * b)
        root = number.sqrt(product)
        if c > 0:
            below = number.exact(gap) / (product + number.exact(c) * root)
            above = 1 + correlation
        else:
            below = 1 - correlation
            above = number.exact(gap) / (product - number.exact(c) * root)
        discriminant = self.unit_square * (below * above)
        if not self.beta_is_zero:
            discriminant = discriminant + self.unit_mixed * below
        return correlation, discriminant
