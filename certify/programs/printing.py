"""Programs as text: one line a vector."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from certify.programs.language import (
    Attend,
    Concat,
    Constant,
    Flatten,
    Input,
    Instruction,
    Linear,
    MatMul,
    Mean,
    Mix,
    Noise,
    Nonlin,
    Normalise,
    Product,
)

if TYPE_CHECKING:
    from certify.programs.language import Program


def written(program: Program) -> str:
    """The program, one line a vector, and its output."""
    lines = []
    for index, instruction in enumerate(program.instructions):
        count = program.positions(index)
        at = f"   [{count} positions]" if count > 1 else ""
        lines.append(f"{name_of(program, index)} = {_right_side(program, instruction)}{at}")
    return "\n".join([*lines, f"output {name_of(program, program.output)}, parametrization {program.parametrization}"])


def name_of(program: Program, index: int) -> str:
    """How a vector is called in text: x for the input, b for noise, g for Gaussian vectors, z for the others."""
    instruction = program.instructions[index]
    letter = "z"
    if isinstance(instruction, Input):
        letter = "x"
    elif isinstance(instruction, Noise):
        letter = "b"
    elif isinstance(instruction, MatMul):
        letter = "g"
    return f"{letter}{index}"


def _term(coefficient: Fraction, name: str) -> str:
    return name if coefficient == 1 else f"{coefficient} {name}"


def _right_side(program: Program, instruction: Instruction) -> str:
    def name(index: int) -> str:
        return name_of(program, index)

    match instruction:
        case Input():
            return "input"
        case Noise(label, var):
            return f"noise {label}, variance {var}"
        case Constant(value):
            return f"constant {value}"
        case MatMul(matrix, source, taps):
            over = "" if taps is None else f" over {len(taps[0])} taps"
            return f"{matrix} {name(source)}{over}, variance {matrix.var}"
        case Nonlin(activation, source, derivative):
            return f"{activation}{chr(39) if derivative else ''} of {name(source)}"
        case Product(sources):
            return " * ".join(map(name, sources))
        case Linear(coefficients, sources):
            return " + ".join(_term(c, name(s)) for c, s in zip(coefficients, sources, strict=True))
        case Mix(rows, source):
            return f"mix of {name(source)}, {sum(map(len, rows))} terms"
        case Attend(source, keys, scale):
            return f"softmax({_term(scale, name(keys))} . {name(keys)}) {name(source)}"
        case Normalise(source, eps):
            return f"layer norm of {name(source)}, eps {eps}"
        case Flatten(source):
            return f"flatten {name(source)}"
        case Concat(sources):
            return f"concat {', '.join(map(name, sources))}"
        case Mean(source):
            return f"mean of {name(source)}"
