"""The Gram matrix of a network with positions or branches as a fixed-point ball, and what is exactly singular about
it."""

from __future__ import annotations

from collections.abc import Callable

from certify.arithmetic.protocol import Arithmetic
from certify.kernels import arithmetic_named, check_inputs
from certify.kernels.classes import Classes
from certify.kernels.program64 import ProgramGram, is_quick_program, program_gram
from certify.kernels.program_entries import ProgramEvaluator
from certify.kernels.program_facade import network_evaluator, network_programs, program_inputs
from certify.points import Points
from certify.programs.shapes import grid_of, is_plain
from certify.proofs.gram import GramBalls, Progress
from certify.spectrum import FamilyProof
from certify.stax import Network


def is_chain(network: Network) -> bool:
    """Whether the recursion for chains of Dense layers and activations covers the network."""
    return is_plain(network.layers) and network.parametrization == "ntk"


def claimed_shape(network: Network, points: Points) -> tuple[int, ...] | None:
    """The shape of a point as the network reads it, where it needs positions."""
    grid = grid_of(network.layers, points)
    if not grid:
        return None
    positions = 1
    for size in grid:
        positions *= size
    return (*grid, points.columns // positions)


def evaluator_of(
    network: Network,
    points: Points,
    normalize: str,
    kernel: str,
    bits: int,
    arithmetic: Callable[[int], Arithmetic] | None = None,
) -> ProgramEvaluator:
    """Entries of the Gram matrix of a network that is no chain."""
    make = arithmetic_named("arb")[1] if arithmetic is None else arithmetic
    return network_evaluator(network.layers, network.parametrization, points, None, normalize, (kernel,), bits, make)


def float_program_gram(
    network: Network, points: Points, normalize: str, kernel: str, quick: bool = False
) -> ProgramGram | None:
    """The Gram matrix of a network that is no chain, ready to be made in float64; None where that is not worth its
    while and `quick` asks for it to be.

    Raises NoApproximant where float64 is of no use.
    """
    programs = network_programs(network.layers, network.parametrization, points, None)
    inputs = program_inputs(programs, points, None, normalize)
    if quick and not is_quick_program(programs, inputs):
        return None
    return program_gram(programs, inputs, kernel)


class ProgramBalls(GramBalls):
    """Fixed-point balls around the Gram matrix of a network that is no chain, made when they are asked for."""

    def __init__(
        self,
        network: Network,
        points: Points,
        normalize: str,
        kernel: str,
        arithmetic: Callable[[int], Arithmetic],
        progress: Progress | None = None,
    ) -> None:
        super().__init__(network.layers, None, kernel, arithmetic, progress)
        self.network, self.points, self.normalize = network, points, normalize

    def evaluator(self, bits: int) -> ProgramEvaluator:
        return evaluator_of(self.network, self.points, self.normalize, self.kernel, bits, self.arithmetic)

    @property
    def size(self) -> int:
        return self.points.n


def gram_balls(
    network: Network,
    points: Points,
    normalize: str,
    kernel: str,
    arithmetic: Callable[[int], Arithmetic],
    progress: Progress | None = None,
) -> GramBalls:
    """Fixed-point balls around the Gram matrix of any network."""
    if is_chain(network):
        return GramBalls(network.layers, check_inputs(points, None, normalize), kernel, arithmetic, progress)
    return ProgramBalls(network, points, normalize, kernel, arithmetic, progress)


def decide_program_exactly(network: Network, points: Points, normalize: str) -> FamilyProof | None:
    """Two points at which the network is the same function of its parameters, or one at which it is zero.

    The exact classes of the output decide; where no two agree nothing is decided.
    """
    programs = network_programs(network.layers, network.parametrization, points, None)
    inputs = program_inputs(programs, points, None, normalize)
    classes, seen = Classes(), dict[object, int]()
    for i, rows in enumerate(inputs.first.rows):
        (output,) = classes.run(programs[0], rows, inputs.normalised)[programs[0].output][:1]
        if output is None:
            return FamilyProof("zero row", (i,))
        if output in seen:
            return FamilyProof("equal points", (seen[output], i))
        seen[output] = i
    return None
