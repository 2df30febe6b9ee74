"""From a network and points to enclosures: what `network.kernel` calls."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.enclosure import Enclosure, from_entries
from certify.kernels.entries import EntryEvaluator
from certify.kernels.inputs import InputProducts, input_products
from certify.kernels.program_entries import ProgramEvaluator
from certify.kernels.program_facade import network_evaluator, program_evaluator
from certify.points import Points, load_points
from certify.programs import Layer, Program
from certify.programs.shapes import is_plain

KERNELS = ("ntk", "nngp")
DEFAULT_BITS = 53
MAX_BITS = 65_536


def arithmetic_named(name: str) -> tuple[str, Callable[[int], Arithmetic]]:
    """The number system of this name and its constructor from a working precision."""
    if name in ("auto", "arb"):
        from certify.arithmetic.arb_balls import ArbArithmetic

        return "arb", ArbArithmetic
    if name == "mpmath":
        from certify.arithmetic.mpmath_intervals import MpmathArithmetic

        return "mpmath", MpmathArithmetic
    raise InputError(f"arithmetic={name!r} is not available: use 'auto', 'arb' or 'mpmath'.")


def check_inputs(x1: Points, x2: Points | None, normalize: str) -> InputProducts:
    """Exact inner products of the points, once they are known to fit together."""
    if normalize not in ("none", "unit"):
        raise InputError(f"normalize={normalize!r} is unknown: use 'none' or 'unit'.")
    if x2 is not None and x1.columns != x2.columns:
        raise InputError(f"the points have {x1.columns} and {x2.columns} columns: both sets need the same number.")
    inputs = input_products(x1, x2, normalize)
    if normalize == "unit":
        for norms, which in ((inputs.norms1, "x1"), (inputs.norms2, "x2")):
            if 0 in norms:
                raise InputError(
                    f"row {norms.index(0)} of {which} is zero and has no direction: remove it or use normalize='none'."
                )
    return inputs


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
    names = (get,) if isinstance(get, str) or not isinstance(get, Sequence) else tuple(get)
    if not names or not all(name in KERNELS for name in names) or len(set(names)) < len(names):
        raise InputError(f"get={get!r} is unknown: use 'ntk', 'nngp' or a tuple of the two.")
    precision = DEFAULT_BITS if bits is None else bits
    if isinstance(precision, bool) or not isinstance(precision, int) or not 2 <= precision <= MAX_BITS:
        raise InputError(f"bits={bits!r}: give a whole number from 2 to {MAX_BITS}.")
    spelled, make = arithmetic_named(arithmetic)
    first, second = load_points(x1), None if x2 is None else load_points(x2)
    evaluator: EntryEvaluator | ProgramEvaluator
    if isinstance(layers, Program):
        evaluator = program_evaluator(layers, first, second, normalize, names, precision, make)
    elif is_plain(layers) and parametrization == "ntk":
        evaluator = EntryEvaluator(layers, check_inputs(first, second, normalize), names, precision, make)
    else:
        evaluator = network_evaluator(layers, parametrization, first, second, normalize, names, precision, make)
    symmetric = second is None
    endpoints = evaluator.level(0).number.endpoints
    rows = [[tuple(endpoints(value) for value in entry) for entry in row] for row in evaluator.rows()]
    results = [
        from_entries([[entry[k] for entry in row] for row in rows], symmetric, precision, spelled)
        for k in range(len(names))
    ]
    if isinstance(get, str):
        return results[0]
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", names)(*results)
    return bundle
