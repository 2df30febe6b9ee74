"""Layers that are no activations."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certify.activations.base import spell
from certify.activations.parameters import keyword
from certify.arithmetic.rationals import exact_parameter
from certify.errors import InputError


@dataclass(frozen=True, repr=False, init=False)
class Dense:
    """Fully connected layer y = sqrt(W_var / d) W x + sqrt(b_var) b, with independent standard normal W and b, all of
    them trained.

    `out_dim`, the width, is accepted and ignored: kernels are those of the limit. Variances are exact; `W_std` and
    `b_std` are squared exactly, and giving a parameter both ways is an error. The 'ntk' parametrisation of Jacot,
    Gabriel and Hongler (2018), as in neural-tangents, with d the number of inputs.
    """

    W_var: Fraction
    b_var: Fraction

    def __init__(
        self,
        out_dim: object = None,
        W_std: object = None,
        b_std: object = None,
        *,
        W_var: object = None,
        b_var: object = None,
    ) -> None:
        object.__setattr__(self, "W_var", weight_variance("W", W_std, W_var, "Dense"))
        object.__setattr__(self, "b_var", variance("b", b_std, b_var, "Dense", Fraction(0)))

    def __repr__(self) -> str:
        return spell("Dense", keyword("W_var", self.W_var, 1), keyword("b_var", self.b_var, 0))


def variance(letter: str, std: object, var: object, layer: str, default: Fraction) -> Fraction:
    """A variance, given as itself or by its square root. Raises InputError where it is given both ways or negative."""
    if std is not None and var is not None:
        raise InputError(f"{layer} got both {letter}_std={std!r} and {letter}_var={var!r}: give one of them.")
    if std is not None:
        return exact_parameter(std, f"{letter}_std of {layer}") ** 2
    if var is None:
        return default
    value = exact_parameter(var, f"{letter}_var of {layer}")
    if value < 0:
        raise InputError(f"{letter}_var of {layer} is {value}: a variance must not be negative.")
    return value


def weight_variance(letter: str, std: object, var: object, layer: str) -> Fraction:
    """The variance of weights, 1 unless given. Raises InputError where it is not positive."""
    value = variance(letter, std, var, layer, Fraction(1))
    if not value:
        raise InputError(f"{letter}_var of {layer} is 0: it must be positive.")
    return value


@dataclass(frozen=True, repr=False)
class Parametrization:
    """What the weights and biases of the whole network are trained as, where that is not the usual: the last entry of
    its layers, written as an argument of `serial`."""

    name: str

    def __repr__(self) -> str:
        return f'parametrization="{self.name}"'


@dataclass(frozen=True, repr=False)
class Identity:
    """The layer that changes nothing."""

    def __repr__(self) -> str:
        return "Identity()"
