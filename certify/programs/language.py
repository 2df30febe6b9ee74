"""The language Netsor-T: programs of random vectors as immutable values.

A program is a list of vectors, each made from earlier ones by one instruction (Yang 2020, arXiv 2006.14548, Definition
7.1). A vector may stand for several positions (the pixels of an image, the tokens of a sequence), all of them treated
alike; a plain vector has one position. Widths are infinite and therefore not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from certify.activations import Activation
from certify.errors import InputError

if TYPE_CHECKING:
    from certify.programs.simulation import Simulation

Taps = tuple[tuple[int | None, ...], ...]
Rows = tuple[tuple[tuple[int, Fraction], ...], ...]


@dataclass(frozen=True)
class Matrix:
    """A matrix of independent Gaussian weights W_ab ~ N(0, var / inputs). Two matrices of one name are one matrix."""

    name: str
    var: Fraction = Fraction(1)
    transposed: bool = False

    @property
    def T(self) -> Matrix:
        """The transpose: the same weights."""
        return Matrix(self.name, self.var, not self.transposed)

    def __str__(self) -> str:
        return f"{self.name}{'^T' if self.transposed else ''}"


@dataclass(frozen=True)
class Input:
    """The data: one vector of finite dimension for each position, C = <x_p, x'_q> / dimension."""

    positions: int = 1


@dataclass(frozen=True)
class Noise:
    """A vector of independent N(0, var) entries, the same at every position and for every input: a bias."""

    name: str
    var: Fraction


@dataclass(frozen=True)
class Constant:
    """The vector whose entries all are `value`."""

    value: Fraction


@dataclass(frozen=True)
class MatMul:
    """W z. With `taps` a convolution: the vector at position p is the mean of independent matrices applied to the
    positions taps[p] (None: padding by zero), scaled so that each has variance var / (inputs * taps)."""

    matrix: Matrix
    source: int
    taps: Taps | None = None


@dataclass(frozen=True)
class Nonlin:
    """s(z) coordinatewise, or its derivative s'(z)."""

    activation: Activation
    source: int
    derivative: bool = False


@dataclass(frozen=True)
class Product:
    """The coordinatewise product of vectors: the nonlinearity of several arguments."""

    sources: tuple[int, ...]


@dataclass(frozen=True)
class Linear:
    """sum_k c_k z_k."""

    coefficients: tuple[Fraction, ...]
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Mix:
    """At position p the sum of c times the vector at position q over the pairs (q, c) of rows[p]: pools, shifts."""

    rows: Rows
    source: int


@dataclass(frozen=True)
class Attend:
    """At position p the vector sum_q A_pq z_q, A = softmax over q of scale (k_p . k_q) / width, for keys k.

    The scores are moments of the program, hence deterministic in the limit.
    """

    source: int
    keys: int
    scale: Fraction = Fraction(1)


@dataclass(frozen=True)
class Normalise:
    """Layer norm over the coordinates of each position: z / sqrt(z . z / width + eps), the mean being zero."""

    source: int
    eps: Fraction = Fraction(0)


@dataclass(frozen=True)
class Flatten:
    """All positions joined into one vector."""

    source: int


@dataclass(frozen=True)
class Concat:
    """Equally wide vectors joined into one, position by position."""

    sources: tuple[int, ...]


@dataclass(frozen=True)
class Mean:
    """The number 1^T z / width: a readout that is not random."""

    source: int


Instruction = (
    Input | Noise | Constant | MatMul | Nonlin | Product | Linear | Mix | Attend | Normalise | Flatten | Concat | Mean
)


def operands(instruction: Instruction) -> tuple[int, ...]:
    """The earlier vectors that an instruction reads."""
    if isinstance(instruction, (Product, Linear, Concat)):
        return instruction.sources
    if isinstance(instruction, Attend):
        return tuple(dict.fromkeys((instruction.source, instruction.keys)))
    if isinstance(instruction, (Input, Noise, Constant)):
        return ()
    return (instruction.source,)


@dataclass(frozen=True)
class Program:
    """Instructions in order, each reading earlier ones only, and the index of the output.

    `parametrization` says what is trained: "ntk" the standard normal entries behind weights and biases, so that their
    gradient carries the variance; "s4" (Tensor Programs II) the entries of that variance, without the factor.
    """

    instructions: tuple[Instruction, ...]
    output: int
    parametrization: str = "ntk"

    def __post_init__(self) -> None:
        if self.parametrization not in ("ntk", "s4"):
            raise InputError(f"parametrization={self.parametrization!r} is unknown: use 'ntk' or 's4'.")
        if not 0 <= self.output < len(self.instructions):
            raise InputError(f"the output {self.output} is no vector of the program: name one of its instructions.")
        for index, instruction in enumerate(self.instructions):
            if any(not 0 <= source < index for source in operands(instruction)):
                raise InputError(f"instruction {index} of the program reads a vector that is not made before it.")
        object.__setattr__(self, "_positions", self._count_positions())

    def positions(self, index: int) -> int:
        """How many positions a vector has."""
        counts: tuple[int, ...] = self._positions  # type: ignore[attr-defined]
        return counts[index]

    def _count_positions(self) -> tuple[int, ...]:
        counts: list[int] = []
        variances: dict[str, tuple[Fraction, int]] = {}
        for index, instruction in enumerate(self.instructions):
            sources = {counts[source] for source in operands(instruction)} - {1}
            if len(sources) > 1:
                raise InputError(
                    f"instruction {index} of the program joins vectors of {' and '.join(map(str, sorted(sources)))} "
                    "positions: bring them to the same number first."
                )
            count = max(sources, default=1)
            match instruction:
                case Input(positions):
                    count = positions
                case MatMul(matrix, _, taps):
                    count = count if taps is None else len(taps)
                    shape = (matrix.var, 1 if taps is None else len(taps[0]))
                    if variances.setdefault(matrix.name, shape) != shape:
                        raise InputError(
                            f"the matrix {matrix.name} is used with two shapes or variances: give the second its own "
                            "name."
                        )
                case Mix(rows, _):
                    count = len(rows)
                case Flatten():
                    count = 1
                case _:
                    pass
            counts.append(count)
        return tuple(counts)

    @property
    def inputs(self) -> tuple[int, ...]:
        return tuple(k for k, instruction in enumerate(self.instructions) if isinstance(instruction, Input))

    @property
    def input_positions(self) -> int:
        """How many positions the data have."""
        return prod({self.positions(k) for k in self.inputs} or {1})

    def simulate(self, points: Any, width: int, seeds: int = 10) -> Simulation:
        """Empirical kernels of finite networks of this width: see `certify.programs.simulation.simulate`."""
        from certify.programs.simulation import simulate

        return simulate(self, points, width, seeds)

    def __str__(self) -> str:
        from certify.programs.printing import written

        return written(self)
