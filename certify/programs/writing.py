"""Writing a program: vectors as expressions, `program` turns the output into an immutable value.

W1, W2, v = Matrix("W1"), Matrix("W2"), Matrix("v")
x = vector_input()
h = matmul(W2, apply(Relu(), matmul(W1, x)))
net = program(matmul(v, apply(Relu(), h)))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from certify.activations import Activation
from certify.arithmetic.rationals import exact_parameter
from certify.errors import InputError
from certify.programs import language
from certify.programs.language import Instruction, Matrix, Program, Rows, Taps, operands


@dataclass(frozen=True, eq=False)
class Vector:
    """A vector of a program in the making: an instruction (its operands not numbered yet) and what it reads.

    `+`, `-` and multiplication by a number give linear combinations, `*` of two vectors the coordinatewise product.
    """

    instruction: Instruction
    reads: tuple[Vector, ...] = ()

    def __add__(self, other: object) -> Vector:
        return combine((1, self), (1, _vector(other)))

    __radd__ = __add__

    def __sub__(self, other: object) -> Vector:
        return combine((1, self), (-1, _vector(other)))

    def __mul__(self, other: object) -> Vector:
        if isinstance(other, Vector):
            return multiply(self, other)
        return combine((other, self))

    __rmul__ = __mul__


def _vector(value: object) -> Vector:
    return value if isinstance(value, Vector) else constant(value)


def vector_input(positions: int = 1) -> Vector:
    """The data of the network, a vector for each position."""
    return Vector(language.Input(positions))


def noise(name: str, var: object = 1) -> Vector:
    """A bias: independent N(0, var) entries, trained."""
    value = exact_parameter(var, f"the variance of {name}")
    if value < 0:
        raise InputError(f"the variance of {name} is {value}: it must not be negative.")
    return Vector(language.Noise(name, value))


def constant(value: object) -> Vector:
    """The vector whose entries all are this number."""
    return Vector(language.Constant(exact_parameter(value, "a constant vector")))


def matrix(name: str, var: object = 1) -> Matrix:
    """A matrix W_ab ~ N(0, var / inputs), trained; the same name means the same matrix."""
    value = exact_parameter(var, f"the variance of {name}")
    if value <= 0:
        raise InputError(f"the variance of {name} is {value}: it must be positive.")
    return Matrix(name, value)


def matmul(matrix: Matrix, source: Vector, taps: Taps | None = None) -> Vector:
    """W z, or W^T z for `W.T`; with taps a convolution."""
    return Vector(language.MatMul(matrix, 0, taps), (source,))


def apply(activation: Activation, source: Vector) -> Vector:
    """s(z), coordinatewise."""
    return Vector(language.Nonlin(activation, 0), (source,))


def derivative(activation: Activation, source: Vector) -> Vector:
    """s'(z), coordinatewise."""
    return Vector(language.Nonlin(activation, 0, True), (source,))


def multiply(*sources: Vector) -> Vector:
    """The coordinatewise product."""
    return Vector(language.Product(()), sources)


def combine(*terms: tuple[Any, Vector]) -> Vector:
    """The linear combination of (coefficient, vector) pairs."""
    coefficients = tuple(exact_parameter(c, "a coefficient of a linear combination") for c, _ in terms)
    return Vector(language.Linear(coefficients, ()), tuple(source for _, source in terms))


def mix(rows: Rows, source: Vector) -> Vector:
    """Linear combinations of the positions of one vector."""
    return Vector(language.Mix(rows, 0), (source,))


def pick(position: int, source: Vector) -> Vector:
    """The vector at one position."""
    return mix((((position, Fraction(1)),),), source)


def attend(source: Vector, keys: Vector, scale: object = 1) -> Vector:
    """Softmax attention whose scores are scale (k_p . k_q) / width."""
    return Vector(language.Attend(0, 0, exact_parameter(scale, "the scale of attention")), (source, keys))


def normalise(source: Vector, eps: object = 0) -> Vector:
    """Layer norm of a vector of mean zero."""
    value = exact_parameter(eps, "eps of LayerNorm")
    if value < 0:
        raise InputError(f"eps of LayerNorm is {value}: it must not be negative.")
    return Vector(language.Normalise(0, value), (source,))


def flatten(source: Vector) -> Vector:
    """All positions joined."""
    return Vector(language.Flatten(0), (source,))


def concat(sources: Sequence[Vector]) -> Vector:
    """Equally wide vectors joined."""
    return Vector(language.Concat(()), tuple(sources))


def mean(source: Vector) -> Vector:
    """1^T z / width."""
    return Vector(language.Mean(0), (source,))


def program(output: Vector, parametrization: str = "ntk") -> Program:
    """The program that makes this output, every vector once, in the order in which they are first needed."""
    numbers: dict[Vector, int] = {}
    instructions: list[Instruction] = []
    waiting = [output]
    while waiting:
        vector = waiting[-1]
        missing = [source for source in vector.reads if source not in numbers]
        if vector in numbers:
            waiting.pop()
        elif missing:
            waiting.extend(reversed(missing))
        else:
            waiting.pop()
            numbers[vector] = len(instructions)
            instructions.append(_numbered(vector, [numbers[source] for source in vector.reads]))
    return Program(tuple(instructions), numbers[output], parametrization)


def _numbered(vector: Vector, sources: Sequence[int]) -> Instruction:
    instruction = vector.instruction
    if isinstance(instruction, (language.Product, language.Linear, language.Concat)):
        return replace(instruction, sources=tuple(sources))
    if isinstance(instruction, language.Attend):
        return replace(instruction, source=sources[0], keys=sources[1])
    if not operands(instruction):
        return instruction
    single: Any = instruction  # mypy does not know that all other instructions have one source
    replaced: Instruction = replace(single, source=sources[0])
    return replaced
