"""From a network and points to enclosures: what `network.kernel` calls."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from certify.arithmetic.environment import ensure_environment
from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.enclosure import Enclosure, from_entries
from certify.kernels.entries import EntryEvaluator
from certify.kernels.float64 import NoApproximant, enclose_in_float64
from certify.kernels.float64.facade import enclose_tiles
from certify.kernels.float_enclosure import FloatEnclosure
from certify.kernels.inputs import InputProducts, input_products
from certify.kernels.positions import PositionInputs
from certify.kernels.program64 import PROGRAM_BITS, is_quick_program, program_gram
from certify.kernels.program_entries import ProgramEvaluator
from certify.kernels.program_facade import network_programs, program_inputs, require_formula
from certify.points import Points, load_points
from certify.programs import Layer, Program
from certify.programs.shapes import is_plain

KERNELS = ("ntk", "nngp")
DEFAULT_BITS = 53
FLOAT_BITS = 44
"""What the float64 path reaches almost everywhere."""
BULK_ENTRIES = 40_000
"""From this many entries on "auto" builds an approximant of the network: below, Arb is as quick and sharper."""
MAX_BITS = 65_536


def arithmetic_named(name: str) -> tuple[str, Callable[[int], Arithmetic]]:
    """The number system of this name and its constructor from a working precision."""
    if name in ("auto", "arb"):
        from certify.arithmetic.arb_balls import ArbArithmetic

        return "arb", ArbArithmetic
    if name == "mpmath":
        from certify.arithmetic.mpmath_intervals import MpmathArithmetic

        return "mpmath", MpmathArithmetic
    raise InputError(f"arithmetic={name!r} is not available: use 'auto', 'float', 'arb' or 'mpmath'.")


def check_inputs(x1: Points, x2: Points | None, normalize: str) -> InputProducts:
    """Exact inner products of the points, once they are known to fit together."""
    check_points(x1, x2, normalize)
    return input_products(x1, x2, normalize)


def check_points(x1: Points, x2: Points | None, normalize: str) -> None:
    """Raise InputError for sets of points that do not fit together, or not with the normalisation."""
    if normalize not in ("none", "unit"):
        raise InputError(f"normalize={normalize!r} is unknown: use 'none' or 'unit'.")
    if x2 is not None and x1.columns != x2.columns:
        raise InputError(f"the points have {x1.columns} and {x2.columns} columns: both sets need the same number.")
    if normalize == "unit":
        for points, which in ((x1, "x1"), (x2, "x2")):
            zero = None if points is None else next((i for i, row in enumerate(points.rows) if not any(row)), None)
            if zero is not None:
                raise InputError(
                    f"row {zero} of {which} is zero and has no direction: remove it or use normalize='none'."
                )


def _asked(get: str | Sequence[str], bits: int | None) -> tuple[tuple[str, ...], int]:
    """The kernels and the precision that were asked for."""
    names = (get,) if isinstance(get, str) or not isinstance(get, Sequence) else tuple(get)
    if not names or not all(name in KERNELS for name in names) or len(set(names)) < len(names):
        raise InputError(f"get={get!r} is unknown: use 'ntk', 'nngp' or a tuple of the two.")
    precision = DEFAULT_BITS if bits is None else bits
    if isinstance(precision, bool) or not isinstance(precision, int) or not 2 <= precision <= MAX_BITS:
        raise InputError(f"bits={bits!r}: give a whole number from 2 to {MAX_BITS}.")
    return names, precision


def enclose_kernel(
    layers: Sequence[Layer] | Program,
    x1: Any,
    x2: Any,
    *,
    get: str | Sequence[str] = "ntk",
    arithmetic: str = "auto",
    bits: int | None = None,
    normalize: str = "none",
    parametrization: str = "ntk",
) -> Enclosure | tuple[Enclosure, ...]:
    """Enclosures of the requested kernels of a network, see `Network.kernel`, or of a program of one's own."""
    names, precision = _asked(get, bits)
    first, second = load_points(x1), None if x2 is None else load_points(x2)
    plain = not isinstance(layers, Program) and is_plain(layers) and parametrization == "ntk"
    if plain and not isinstance(layers, Program):
        float64 = _float64(layers, first, second, names, arithmetic, bits, normalize)
        if float64 is not None:
            return _as_asked(get, names, float64)
    spelled, make = _exact_arithmetic(arithmetic)
    evaluator: EntryEvaluator | ProgramEvaluator
    if plain and not isinstance(layers, Program):
        evaluator = EntryEvaluator(layers, check_inputs(first, second, normalize), names, precision, make)
    else:
        if isinstance(layers, Program):
            require_formula(layers)
            programs = layers, layers
        else:
            programs = network_programs(layers, parametrization, first, second)
        inputs = program_inputs(programs, first, second, normalize)
        float64 = _program_in_float64(programs, inputs, names, arithmetic, bits)
        if float64 is not None:
            return _as_asked(get, names, float64)
        evaluator = ProgramEvaluator(programs, inputs, names, precision, make)
    return _collected(evaluator, names, get, second is None, precision, spelled)


def _exact_arithmetic(name: str) -> tuple[str, Callable[[int], Arithmetic]]:
    """The arithmetic for what float64 does not serve: Arb answers for it."""
    return arithmetic_named("arb" if name == "float" else name)


def _collected(
    evaluator: EntryEvaluator | ProgramEvaluator,
    names: Sequence[str],
    get: str | Sequence[str],
    symmetric: bool,
    precision: int,
    spelled: str,
) -> Enclosure | tuple[Enclosure, ...]:
    """All entries, one matrix for each kernel that was asked for."""
    endpoints = evaluator.level(0).number.endpoints
    rows = [[tuple(endpoints(value) for value in entry) for entry in row] for row in evaluator.rows()]
    results = [
        from_entries([[entry[k] for entry in row] for row in rows], symmetric, precision, spelled)
        for k in range(len(names))
    ]
    return _as_asked(get, names, results)


def _as_asked(
    get: str | Sequence[str], names: Sequence[str], results: Sequence[Enclosure]
) -> Enclosure | tuple[Enclosure, ...]:
    if isinstance(get, str):
        return results[0]
    return _named(names, results)


def _named(names: Sequence[str], results: Sequence[Enclosure]) -> tuple[Enclosure, ...]:
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", names)(*results)
    return bundle


def _program_in_float64(
    programs: tuple[Program, Program],
    inputs: PositionInputs,
    names: Sequence[str],
    arithmetic: str,
    bits: int | None,
) -> list[FloatEnclosure] | None:
    """As `_float64`, for programs."""
    if arithmetic == "auto":
        if bits is not None or not is_quick_program(programs, inputs):
            return None
    elif arithmetic != "float":
        return None
    _check_float_bits(bits, PROGRAM_BITS)
    ensure_environment()
    try:
        return [enclose_tiles(program_gram(programs, inputs, name)) for name in names]
    except NoApproximant:
        return None


def _check_float_bits(bits: int | None, most: int) -> None:
    if bits is not None and bits > most:
        raise InputError(f"bits={bits} is more than float64 holds: use arithmetic='arb', or bits of at most {most}.")


def _float64(
    layers: Sequence[Layer],
    x1: Points,
    x2: Points | None,
    names: Sequence[str],
    arithmetic: str,
    bits: int | None,
    normalize: str,
) -> list[FloatEnclosure] | None:
    """The kernels in float64 where that was asked for, or where "auto" may choose and it is quicker; None where it is
    not, or where float64 is of no use."""
    entries = x1.n * (x1.n + 1) // 2 if x2 is None else x1.n * x2.n
    if arithmetic == "auto":
        if bits is not None or entries < BULK_ENTRIES:
            return None
    elif arithmetic != "float":
        return None
    check_points(x1, x2, normalize)
    _check_float_bits(bits, FLOAT_BITS)
    ensure_environment()
    try:
        return [enclose_in_float64(layers, x1, x2, name, normalize) for name in names]
    except NoApproximant:
        return None
