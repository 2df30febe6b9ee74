"""What is exactly known of the vectors of a program from its text alone."""

from __future__ import annotations

from certify.programs.language import (
    Attend,
    Constant,
    Input,
    Instruction,
    Linear,
    MatMul,
    Mix,
    Noise,
    Normalise,
    Program,
    operands,
)


class Structure:
    """For every vector: whether it is Gaussian of mean zero in the limit, and which random variables it is made of."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.gaussian: list[bool] = []
        self.origins: list[frozenset[str]] = []
        for instruction in program.instructions:
            self.gaussian.append(self._is_gaussian(instruction))
            self.origins.append(self._origins(instruction))

    def _is_gaussian(self, instruction: Instruction) -> bool:
        if isinstance(instruction, (MatMul, Noise)):
            return True
        if isinstance(instruction, (Linear, Mix, Attend, Normalise)):
            return all(self.gaussian[source] for source in operands(instruction))
        return False

    def _origins(self, instruction: Instruction) -> frozenset[str]:
        """The matrices, biases and data whose randomness the vector shares; vectors without a common one are
        independent given what lies below (Box 1 of the paper: different matrices give independent Gaussians)."""
        if isinstance(instruction, MatMul):
            return frozenset({f"matrix {instruction.matrix}"})
        if isinstance(instruction, Noise):
            return frozenset({f"noise {instruction.name}"})
        if isinstance(instruction, Input):
            return frozenset({"input"})
        if isinstance(instruction, Constant):
            return frozenset()
        return frozenset().union(*(self.origins[source] for source in operands(instruction)))
