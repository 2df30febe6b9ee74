"""Evaluators for networks that are more than a chain of Dense layers, and for programs that a user wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.positions import PositionInputs, position_inputs
from certify.kernels.program_entries import ProgramEvaluator
from certify.points import Points
from certify.programs import Program, check_program
from certify.programs.networks import program_of
from certify.programs.shapes import grid_of


def network_programs(
    layers: Sequence[object], parametrization: str, x1: Points, x2: Points | None
) -> tuple[Program, Program]:
    """The program of a network on each of two sets of points, one and the same where their shapes agree."""
    grid = grid_of(layers, x1)
    first = program_of(layers, grid, parametrization)
    other = grid if x2 is None else grid_of(layers, x2)
    return first, first if other == grid else program_of(layers, other, parametrization)


def program_inputs(programs: tuple[Program, Program], x1: Points, x2: Points | None, normalize: str) -> PositionInputs:
    """The points cut into the positions that the programs read, once they are known to fit.

    Raises InputError for points of different widths, and under "unit" for a zero point.
    """
    if normalize not in ("none", "unit"):
        raise InputError(f"normalize={normalize!r} is unknown: use 'none' or 'unit'.")
    counts = programs[0].input_positions, programs[1].input_positions
    widths = []
    for points, count in zip((x1, x1 if x2 is None else x2), counts, strict=True):
        if points.columns % count:
            raise InputError(
                f"{points.name} has {points.columns} columns, which do not divide into {count} positions: give a shape."
            )
        widths.append(points.columns // count)
    if widths[0] != widths[1]:
        raise InputError(
            f"the points have {widths[0]} and {widths[1]} channels at a position: both sets need the same number."
        )
    inputs = position_inputs(x1, x2, counts, normalize)
    if normalize == "unit":
        for parts, which in ((inputs.first, "x1"), (inputs.second, "x2")):
            if 0 in parts.norms:
                raise InputError(
                    f"row {parts.norms.index(0)} of {which} is zero and has no direction: remove it or use "
                    "normalize='none'."
                )
    return inputs


def network_evaluator(
    layers: Sequence[object],
    parametrization: str,
    x1: Points,
    x2: Points | None,
    normalize: str,
    kernels: Sequence[str],
    bits: int,
    arithmetic: Callable[[int], Arithmetic],
) -> ProgramEvaluator:
    """Entries of the kernel of any network of `stax`, by its program."""
    programs = network_programs(layers, parametrization, x1, x2)
    return ProgramEvaluator(programs, program_inputs(programs, x1, x2, normalize), kernels, bits, arithmetic)


def require_formula(program: Program) -> None:
    """Raises InputError, with the reason, unless a check says that the kernel is the sum over pairs of uses."""
    found = check_program(program)
    if not found.formula_holds:
        raise InputError(f"the kernel of this program is refused, since {found.reason}: see certify.programs.")


def program_evaluator(
    program: Program,
    x1: Points,
    x2: Points | None,
    normalize: str,
    kernels: Sequence[str],
    bits: int,
    arithmetic: Callable[[int], Arithmetic],
) -> ProgramEvaluator:
    """Entries of the kernel of a program, once its check has passed."""
    require_formula(program)
    inputs: Any = program_inputs((program, program), x1, x2, normalize)
    return ProgramEvaluator((program, program), inputs, kernels, bits, arithmetic)
