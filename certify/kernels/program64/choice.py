"""When float64 serves a program, and its kernel made ready."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certify.arithmetic.float_balls import FloatBall
from certify.kernels.classes import Classes
from certify.kernels.float64.approximants import NoApproximant
from certify.kernels.float64.layered import CLOSED_FORMS
from certify.kernels.plan import Operation, plan_kernel
from certify.kernels.positions import PositionInputs
from certify.kernels.program64.data import PositionArrays, position_arrays
from certify.kernels.program64.engine import ArrayEngine
from certify.kernels.program64.forward import points_of
from certify.kernels.program64.gram import CHUNK, ProgramGram, ProgramKernel, entries
from certify.kernels.program64.runs import Coder, Runs
from certify.programs import Program
from certify.programs.language import Nonlin

QUICK_DUALS = 300_000
"""From this many duals over all pairs on float64 saves more than a second."""


def is_quick_program(programs: tuple[Program, Program], inputs: PositionInputs) -> bool:
    """Whether float64 knows all duals of a program and is worth its while for so many points."""
    steps = [step for step in plan_kernel(*programs).steps if step.operation is Operation.DUAL]
    if not all(isinstance(step.parameter, CLOSED_FORMS) for step in steps):
        return False
    pairs = inputs.first.n * inputs.second.n // (2 if inputs.symmetric else 1)
    return pairs * sum(step.shape[0] * step.shape[1] for step in steps) >= QUICK_DUALS


def program_gram(programs: tuple[Program, Program], inputs: PositionInputs, kernel: str) -> ProgramGram:
    """The kernel "nngp" or "ntk" of a program at checked points, ready to be made in float64.

    Every point runs with itself first: variances, lengths, attention weights, the diagonal. Raises NoApproximant where
    an activation has no closed form, and where values lie beyond the range of float64.
    """
    for program in programs:
        for instruction in program.instructions:
            if isinstance(instruction, Nonlin) and not isinstance(instruction.activation, CLOSED_FORMS):
                raise NoApproximant(f"{instruction.activation} has no closed form")
    try:
        return _made(programs, inputs, kernel == "ntk")
    except ArithmeticError as error:
        raise NoApproximant(f"values beyond float64 ({error})") from None


def _made(programs: tuple[Program, Program], inputs: PositionInputs, ntk: bool) -> ProgramGram:
    classes, coder = Classes(), Coder()
    sets = [(programs[0], inputs.first)]
    if not inputs.symmetric:
        sets.append((programs[1], inputs.second))
    engine = ArrayEngine(plan_kernel(*programs))
    runs, arrays, diagonals = [], [], []
    with engine.number.active():
        for program, parts in sets:
            found = [classes.run(program, rows, inputs.normalised) for rows in parts.rows]
            own = Runs(program, coder.codes(program, found))
            held = position_arrays(parts, engine.number, inputs.normalised)
            one_plan = programs[0] is programs[1]
            alone = engine if one_plan else ArrayEngine(plan_kernel(program, program))
            diagonals.append(_with_themselves(alone, own, held, _factor(alone, inputs, held, held), ntk))
            runs.append(own)
            arrays.append(held)
        factor = _factor(engine, inputs, arrays[0], arrays[-1])
    ready = ProgramKernel(
        engine, ntk, (arrays[0], arrays[-1]), factor, (runs[0], runs[-1]), (diagonals[0], diagonals[-1])
    )
    return ProgramGram(programs, inputs, ready)


def _factor(engine: ArrayEngine, inputs: PositionInputs, one: PositionArrays, two: PositionArrays) -> FloatBall:
    """What turns products of the stored values into <x_p, y_q> / channels."""
    scale = 1 if inputs.normalised else Fraction(1 << (one.exponent + two.exponent), inputs.unit)
    return engine.constant(Fraction(scale) / inputs.first.channels)


def _with_themselves(engine: ArrayEngine, own: Runs, held: PositionArrays, factor: FloatBall, ntk: bool) -> FloatBall:
    """Fills in what the runs of points with themselves find out, and gives the diagonal entries."""
    count = held.values.mid.shape[-1]
    each = max(1, CHUNK // engine.largest)
    parts, mids, rads = [], [], []
    for start in range(0, count, each):
        chosen = points_of(count)[start : start + each]
        some = own.at(chosen)
        found = entries(engine, some, some, held.products(chosen, held, chosen, factor), ntk)
        parts.append(some)
        mids.append(found.mid)
        rads.append(found.rad)
    own.collect(parts)
    return FloatBall(np.concatenate(mids), np.concatenate(rads))
