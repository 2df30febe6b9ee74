"""Finite networks as users write them: the names of `certify.stax`, with the widths that the infinite ones ignore."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.empirical.activations import FiniteActivation, finite_activation
from certify.errors import InputError
from certify.programs import Dense

MOST_PARAMETERS = 10_000_000
EXAMPLE = "serial(Dense(20, b_var=1), Tanh(), Dense(20, b_var=1), Tanh(), Dense(1, b_var=1))"


@dataclass(frozen=True)
class Architecture:
    """Widths of the layers (the last is 1), one activation between them, biases or none, and the variances of a start.

    A weight starts as a normal number of variance W_var / fan-in, a bias with variance b_var: the 'standard'
    parametrisation of neural-tangents, in which the weights themselves are the parameters.
    """

    widths: tuple[int, ...]
    activation: FiniteActivation
    bias: bool
    variances: tuple[tuple[Fraction, Fraction], ...]

    def parameters(self, columns: int) -> int:
        """How many parameters the network has on points of so many columns."""
        fan_ins = (columns, *self.widths[:-1])
        return sum(n * (fan_in + self.bias) for n, fan_in in zip(self.widths, fan_ins, strict=True))

    def start(self, columns: int, seed: int) -> list[NDArray[np.float64]]:
        """Random weights, one matrix (width, fan-in, and one column more with biases) a layer."""
        draw = np.random.default_rng(seed)
        layers = []
        fan_in = columns
        for width, (weight, bias) in zip(self.widths, self.variances, strict=True):
            matrix = draw.standard_normal((width, fan_in)) * float(weight / fan_in) ** 0.5
            if self.bias:
                matrix = np.hstack([matrix, draw.standard_normal((width, 1)) * float(bias) ** 0.5])
            layers.append(matrix)
            fan_in = width
        return layers

    def __str__(self) -> str:
        return f"{'-'.join(map(str, self.widths))} {self.activation.text}{' with biases' if self.bias else ''}"


def parse_finite(text: str) -> Architecture:
    """The finite network of an expression such as ``serial(Dense(20, b_var=1), Tanh(), Dense(1, b_var=1))``.

    Every Dense but the last needs its width; all of them have a positive b_var, or none. Raises InputError for anything
    else than Dense layers with one smooth or piecewise linear activation between them.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body if len(text) < 10_000 else None
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        tree = None
    if not isinstance(tree, ast.Call) or _name(tree) != "serial" or tree.keywords:
        raise InputError(f"the network {text[:60]!r} has no finite form: write for example {EXAMPLE}.")
    calls = [layer for layer in tree.args if isinstance(layer, ast.Call)]
    dense, between = calls[::2], calls[1::2]
    if len(calls) != len(tree.args) or len(calls) % 2 == 0 or any(_name(layer) != "Dense" for layer in dense):
        raise InputError(f"the network {text[:60]!r} is no sequence of Dense and activations in turn: write {EXAMPLE}.")
    names = {ast.unparse(layer).removeprefix("stax.") for layer in between}
    if len(names) > 1:
        raise InputError(f"a finite network has one activation, not {' and '.join(sorted(names))}: use one.")
    activation = finite_activation(names.pop() if names else "Tanh()")
    widths, variances = [], []
    for number, layer in enumerate(dense, 1):
        width, value = _dense(layer, last=number == len(dense), number=number)
        widths.append(width)
        variances.append((value.W_var, value.b_var))
    biased = [bool(b) for _, b in variances]
    if any(biased) != all(biased):
        raise InputError("some Dense layers have a b_var and some have none: give all of them one, or none.")
    return Architecture(tuple(widths), activation, biased[0], tuple(variances))


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).removeprefix("stax.")


def _dense(call: ast.Call, *, last: bool, number: int) -> tuple[int, Dense]:
    try:
        arguments = [ast.literal_eval(argument) for argument in call.args]
        keywords = {str(entry.arg): ast.literal_eval(entry.value) for entry in call.keywords}
        value = Dense(*arguments, **keywords)
    except (ValueError, TypeError, SyntaxError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"Dense number {number} of the network is not readable: write Dense(20).") from None
    width = arguments[0] if arguments else keywords.get("out_dim")
    if width is None and last:
        width = 1
    if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width <= MOST_PARAMETERS:
        raise InputError(
            f"Dense number {number} of the network has no width: a finite network needs one, as Dense(20)."
        )
    if last and width != 1:
        raise InputError(f"the last Dense has width {width}: one output is taken here, so write Dense(1).")
    return width, value
