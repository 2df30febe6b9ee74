"""Finite networks from a program: values, exact gradients, and the empirical kernel.

An independent check of every kernel: the network is run with weights of finite width and differentiated by the chain
rule, attention and layer norm included. The kernel of the limit should lie within the band of the mean over seeds, up
to an error that falls like width^(-1/2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.errors import InputError
from certify.programs.language import (
    Attend,
    Concat,
    Constant,
    Flatten,
    Input,
    Linear,
    MatMul,
    Mean,
    Mix,
    Noise,
    Nonlin,
    Normalise,
    Product,
    Program,
    operands,
)
from certify.programs.scalar_functions import float64_function

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Simulation:
    """The mean of empirical kernels over seeds, and the standard error of that mean; (n, n) each."""

    width: int
    seeds: int
    ntk: Array
    ntk_error: Array
    nngp: Array
    nngp_error: Array


def simulate(program: Program, points: Any, width: int, seeds: int = 10) -> Simulation:
    """Run finite networks of this width on points (n, positions, channels), or (n, channels), of float64.

    Every seed gives a network of its own; the NTK of each is the inner product of the gradients by all weights, in the
    parametrisation of the program, and the NNGP the product of its outputs. Raises InputError for programs whose output
    is not one number, for points that do not fit, and for activations that are not simulated.
    """
    data = np.asarray(points, dtype=np.float64)
    count = program.input_positions
    if data.size % (len(data) * count):
        raise InputError(f"the points do not divide into the {count} positions of the program: give their shape.")
    data = data.reshape(len(data), count, -1)
    if isinstance(width, bool) or not isinstance(width, int) or width < 1 or seeds < 2:
        raise InputError(f"width={width!r} and seeds={seeds!r}: give a positive width and at least two seeds.")
    tangents, outputs = [], []
    for seed in range(seeds):
        network = _Network(program, width, data.shape[2], np.random.default_rng(seed))
        runs = [network.run(x) for x in data]
        tangents.append(network.tangent_kernel(runs))
        values = np.array([run[0][program.output].item() for run in runs])
        outputs.append(np.outer(values, values))
    return Simulation(width, seeds, *_summary(tangents), *_summary(outputs))


def _summary(samples: Sequence[Array]) -> tuple[Array, Array]:
    stacked = np.array(samples)
    return stacked.mean(axis=0), stacked.std(axis=0, ddof=1) / np.sqrt(len(samples))


class _Network:
    """Weights of one finite network. Arrays of a run are (positions, width of the vector)."""

    def __init__(self, program: Program, width: int, channels: int, rng: np.random.Generator) -> None:
        self.program, self.width, self.rng = program, width, rng
        self.readouts = self._find_readouts()
        self.dims = self._dimensions(channels)
        self.weights: dict[str, Array] = {}
        self.biases: dict[str, Array] = {}

    def _find_readouts(self) -> set[int]:
        """The vectors of the output layer, which have width one: those from which no matrix leads to the output."""
        found, waiting = set[int](), [self.program.output]
        while waiting:
            index = waiting.pop()
            if index in found:
                continue
            found.add(index)
            if not isinstance(self.program.instructions[index], (MatMul, Mean)):
                waiting.extend(operands(self.program.instructions[index]))
        return found

    def _dimensions(self, channels: int) -> list[int]:
        dims: list[int] = []
        for index, instruction in enumerate(self.program.instructions):
            below = [dims[k] for k in operands(instruction)]
            match instruction:
                case Input():
                    dims.append(channels)
                case MatMul() | Noise() | Constant():
                    dims.append(1 if index in self.readouts else self.width)
                case Mean():
                    dims.append(1)
                case Flatten(source):
                    dims.append(below[0] * self.program.positions(source))
                case Concat():
                    dims.append(sum(below))
                case _:
                    dims.append(below[0])
        if dims[self.program.output] != 1 or self.program.positions(self.program.output) != 1:
            raise InputError("the program does not end in one number: end it with a matrix at one position.")
        return dims

    def _matrix(self, index: int, instruction: MatMul) -> Array:
        """The standard normal entries behind a matrix, (taps, outputs, inputs)."""
        name = instruction.matrix.name
        if name not in self.weights:
            taps = 1 if instruction.taps is None else len(instruction.taps[0])
            shape = self.dims[index], self.dims[instruction.source]
            if instruction.matrix.transposed:
                shape = shape[1], shape[0]
            self.weights[name] = self.rng.standard_normal((taps, *shape))
        weights = self.weights[name]
        return np.swapaxes(weights, 1, 2) if instruction.matrix.transposed else weights

    def _factor(self, instruction: MatMul) -> float:
        taps = 1 if instruction.taps is None else len(instruction.taps[0])
        return float((float(instruction.matrix.var) / (self.dims[instruction.source] * taps)) ** 0.5)

    def _bias(self, index: int, instruction: Noise) -> Array:
        if instruction.name not in self.biases:
            self.biases[instruction.name] = self.rng.standard_normal((1, self.dims[index]))
        return self.biases[instruction.name]

    def run(self, x: Array) -> tuple[list[Array], list[Array]]:
        """The value of every vector, and the gradient of the output by it."""
        values: list[Array] = []
        for index in range(len(self.program.instructions)):
            values.append(self._value(index, values, x))
        gradients = [np.zeros_like(value) for value in values]
        gradients[self.program.output][:] = 1
        for index in range(len(values) - 1, -1, -1):
            self._pass_on(index, values, gradients)
        return values, gradients

    def _value(self, index: int, values: Sequence[Array], x: Array) -> Any:
        match self.program.instructions[index]:
            case Input():
                return x
            case Noise(_, var) as instruction:
                return float(var) ** 0.5 * self._bias(index, instruction)
            case Constant(value):
                return np.full((1, self.dims[index]), float(value))
            case MatMul() as instruction:
                return self._factor(instruction) * sum(
                    part @ weights.T
                    for part, weights in zip(
                        self._tapped(instruction, values[instruction.source]),
                        self._matrix(index, instruction),
                        strict=True,
                    )
                )
            case Nonlin(activation, source, False):
                return float64_function(activation)[0](values[source])
            case Product(sources):
                total = values[sources[0]]
                for k in sources[1:]:
                    total = total * values[k]
                return total
            case Linear(coefficients, sources):
                return sum(
                    (float(c) * values[k] for c, k in zip(coefficients, sources, strict=True)),
                    np.zeros((self.program.positions(index), self.dims[index])),
                )
            case Mix(rows, source):
                return self._mixing(rows, len(values[source])) @ values[source]
            case Attend(source, keys, scale):
                return _attention(values[keys], float(scale)) @ values[source]
            case Normalise(source, eps):
                z = values[source]
                return z / np.sqrt((z * z).mean(axis=1, keepdims=True) + float(eps))
            case Flatten(source):
                return values[source].reshape(1, -1)
            case Concat(sources):
                return np.concatenate([values[k] for k in sources], axis=1)
            case Mean(source):
                return values[source].mean(axis=1, keepdims=True)
        raise InputError("a derivative is no part of a network that can be simulated.")

    @staticmethod
    def _tapped(instruction: MatMul, z: Array) -> list[Array]:
        """What each tap sees at every output position."""
        if instruction.taps is None:
            return [z]
        padded = np.concatenate([z, np.zeros((1, z.shape[1]))])
        places = np.array([[-1 if k is None else k for k in at] for at in instruction.taps])
        return [padded[column] for column in places.T]

    @staticmethod
    def _mixing(rows: Any, count: int) -> Array:
        matrix = np.zeros((len(rows), count))
        for p, row in enumerate(rows):
            for q, c in row:
                matrix[p, q] += float(c)
        return matrix

    def _pass_on(self, index: int, values: Sequence[Array], gradients: list[Array]) -> None:
        """The chain rule: from the gradient by a vector to those by what it reads."""
        gradient, instruction = gradients[index], self.program.instructions[index]

        def give(k: int, part: Array) -> None:
            rows = gradients[k].shape[0]
            gradients[k] += part if rows == len(part) else part.sum(axis=0, keepdims=True)

        match instruction:
            case MatMul(_, source, taps):
                for t, weights in enumerate(self._matrix(index, instruction)):
                    part = self._factor(instruction) * gradient @ weights
                    if taps is None:
                        give(source, part)
                        continue
                    for p, at in enumerate(taps):
                        if at[t] is not None:
                            gradients[source][at[t]] += part[p]
            case Nonlin(activation, source, _):
                give(source, gradient * float64_function(activation)[1](values[source]))
            case Product(sources):
                for place, k in enumerate(sources):
                    others = gradient
                    for other, j in enumerate(sources):
                        if other != place:
                            others = others * values[j]
                    give(k, others)
            case Linear(coefficients, sources):
                for c, k in zip(coefficients, sources, strict=True):
                    give(k, float(c) * gradient)
            case Mix(rows, source):
                give(source, self._mixing(rows, len(values[source])).T @ gradient)
            case Attend(source, keys, scale):
                weights, width = _attention(values[keys], float(scale)), values[keys].shape[1]
                give(source, weights.T @ gradient)
                change = gradient @ values[source].T
                scores = weights * (change - (weights * change).sum(axis=1, keepdims=True)) * float(scale) / width
                give(keys, (scores + scores.T) @ values[keys])
            case Normalise(source, eps):
                z = values[source]
                length = np.sqrt((z * z).mean(axis=1, keepdims=True) + float(eps))
                inner = (gradient * z).mean(axis=1, keepdims=True)
                give(source, gradient / length - z * inner / length**3)
            case Flatten(source):
                give(source, gradient.reshape(values[source].shape))
            case Concat(sources):
                start = 0
                for k in sources:
                    give(k, gradient[:, start : start + self.dims[k]])
                    start += self.dims[k]
            case Mean(source):
                give(source, np.broadcast_to(gradient / self.dims[source], values[source].shape))
            case _:
                pass

    def tangent_kernel(self, runs: Sequence[tuple[list[Array], list[Array]]]) -> Array:
        """Inner products of gradients by all weights and biases."""
        ntk = self.program.parametrization == "ntk"
        gradients: dict[str, list[Array]] = {}
        for values, received in runs:
            own: dict[str, Array] = {}
            for index, instruction in enumerate(self.program.instructions):
                if isinstance(instruction, MatMul):
                    factor = self._factor(instruction) / (1 if ntk else float(instruction.matrix.var) ** 0.5)
                    parts = self._tapped(instruction, values[instruction.source])
                    found = factor * np.array([received[index].T @ part for part in parts])
                    if instruction.matrix.transposed:
                        found = np.swapaxes(found, 1, 2)
                    name = f"W {instruction.matrix.name}"
                elif isinstance(instruction, Noise):
                    factor = float(instruction.var) ** 0.5 if ntk else float(bool(instruction.var))
                    found, name = factor * received[index], f"b {instruction.name}"
                else:
                    continue
                own[name] = own[name] + found if name in own else found
            for name, found in own.items():
                gradients.setdefault(name, []).append(found.ravel())
        return np.asarray(sum(np.array(rows) @ np.array(rows).T for rows in gradients.values()), dtype=np.float64)


def _attention(keys: Array, scale: float) -> Array:
    scores = scale * (keys @ keys.T) / keys.shape[1]
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Array = weights / weights.sum(axis=1, keepdims=True)
    return result
