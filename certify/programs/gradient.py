"""The program of the backward pass: forward instructions, then those of the gradients, with transposed matrices."""

from __future__ import annotations

from fractions import Fraction

from certify.programs.language import (
    Constant,
    Input,
    Instruction,
    Linear,
    MatMul,
    Mean,
    Noise,
    Nonlin,
    Product,
    Program,
)

WRITTEN = (Input, Noise, Constant, MatMul, Nonlin, Product, Linear, Mean)


def gradient(program: Program) -> Program | None:
    """The program that goes on to compute sqrt(n) times the gradient of the output by every vector, the last of them
    being its output (Tensor Programs II, section 7.2); the readout becomes an input vector.

    None for programs with several positions, layer norm or attention, whose backward pass is not written out, for
    outputs behind a nonlinearity, and where the readout is a matrix of the network as well.
    """
    plain = all(isinstance(i, WRITTEN) and (not isinstance(i, MatMul) or i.taps is None) for i in program.instructions)
    several = any(program.positions(k) > 1 for k in range(len(program.instructions)))
    if not plain or several:
        return None
    written: list[Instruction] = list(program.instructions)
    received: dict[int, list[tuple[Fraction, int]]] = {}
    if not _seed(program, program.output, Fraction(1), written, received):
        return None
    seeds = {i.name for i in written[len(program.instructions) :] if isinstance(i, Noise)}
    matrices = [i.matrix.name for i in program.instructions if isinstance(i, MatMul)]
    if any(matrices.count(name) > 1 for name in seeds):
        return None
    for index in range(len(program.instructions) - 1, -1, -1):
        terms = received.get(index)
        if terms is None or isinstance(program.instructions[index], (Input, Noise, Constant)):
            continue
        if terms == [(Fraction(1), terms[0][1])]:
            total = terms[0][1]
        else:
            written.append(Linear(tuple(c for c, _ in terms), tuple(k for _, k in terms)))
            total = len(written) - 1
        _pass_on(program.instructions[index], total, written, received)
    return Program(tuple(written), len(written) - 1, program.parametrization)


def _seed(
    program: Program,
    index: int,
    factor: Fraction,
    written: list[Instruction],
    received: dict[int, list[tuple[Fraction, int]]],
) -> bool:
    """Gradients by the vectors right below the readout; False where the output has no readout."""
    instruction = program.instructions[index]
    match instruction:
        case MatMul(matrix, source, _):
            written.append(Noise(matrix.name, matrix.var))
        case Mean(source):
            written.append(Constant(Fraction(1)))
        case Noise():
            return True
        case Linear(coefficients, sources):
            return all(
                _seed(program, source, factor * c, written, received)
                for c, source in zip(coefficients, sources, strict=True)
            )
        case _:
            return False
    received.setdefault(source, []).append((factor, len(written) - 1))
    return True


def _pass_on(
    instruction: Instruction,
    total: int,
    written: list[Instruction],
    received: dict[int, list[tuple[Fraction, int]]],
) -> None:
    """Chain rule: from the gradient by the vector of this instruction to those by what it reads."""
    one = Fraction(1)
    match instruction:
        case MatMul(matrix, source, _) if not isinstance(written[source], Input):
            written.append(MatMul(matrix.T, total))
            received.setdefault(source, []).append((one, len(written) - 1))
        case Nonlin(activation, source, _):
            written.append(Nonlin(activation, source, True))
            written.append(Product((len(written) - 1, total)))
            received.setdefault(source, []).append((one, len(written) - 1))
        case Linear(coefficients, sources):
            for coefficient, source in zip(coefficients, sources, strict=True):
                received.setdefault(source, []).append((coefficient, total))
        case Product(sources):
            for place, source in enumerate(sources):
                others = sources[:place] + sources[place + 1 :]
                written.append(Product((*others, total)))
                received.setdefault(source, []).append((one, len(written) - 1))
        case _:
            pass
