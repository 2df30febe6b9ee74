"""From a network and points to enclosures: what `network.kernel` calls."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.enclosure import Enclosure, from_entries, rational_endpoints
from certify.kernels.entries import EntryEvaluator
from certify.kernels.inputs import InputProducts, input_products
from certify.kernels.mean_readout import as_mean_readout, exact_entries
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
    layers: Sequence[Layer],
    x1: Any,
    x2: Any,
    *,
    get: str | Sequence[str] = "ntk",
    arithmetic: str = "auto",
    bits: int | None = None,
    normalize: str = "none",
    parametrization: str = "ntk",
) -> Enclosure | tuple[Enclosure, ...]:
    """Enclosures of the requested kernels of a network, see `Network.kernel`."""
    names, precision = _asked(get, bits)
    spelled, make = arithmetic_named(arithmetic)
    first, second = load_points(x1), None if x2 is None else load_points(x2)
    evaluator: EntryEvaluator | ProgramEvaluator
    if is_plain(layers) and parametrization == "ntk":
        evaluator = EntryEvaluator(layers, check_inputs(first, second, normalize), names, precision, make)
    else:
        evaluator = network_evaluator(layers, parametrization, first, second, normalize, names, precision, make)
    return _collected(evaluator, names, get, second is None, precision, spelled)


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
    if isinstance(get, str):
        return results[0]
    return _named(names, results)


def program_kernel(
    program: Program,
    x1: Any,
    x2: Any = None,
    get: str | Sequence[str] = "ntk",
    arithmetic: str = "auto",
    bits: int | None = None,
    normalize: str = "none",
) -> Enclosure | tuple[Enclosure, ...]:
    """Enclosures of the kernel of a program of one's own, with the arguments of `Network.kernel`.

    The program must pass its check (`certify.programs.check_program`): then the kernel is the sum over all pairs of
    uses of each matrix (Yang 2020, Tensor Programs II, Corollary 7.3 and eq. 12). Of the paper's counterexample, which
    does not pass, the true limit of n times the NTK is given (`certify.kernels.counterexample` has the heuristic too).

    Raises InputError with the reason where the check does not pass, or where a rule is not known.
    """
    names, precision = _asked(get, bits)
    spelled, make = arithmetic_named(arithmetic)
    first, second = load_points(x1), None if x2 is None else load_points(x2)
    parts = as_mean_readout(program)
    if parts is not None and names == ("ntk",) and normalize == "none":
        exact = exact_entries(parts, first, first if second is None else second)
        rows = [[rational_endpoints(ntk.truth, precision) for _, ntk in row] for row in exact]
        answer = from_entries(rows, False, precision, "exact")
        return answer if isinstance(get, str) else _named(names, [answer])
    evaluator = program_evaluator(program, first, second, normalize, names, precision, make)
    return _collected(evaluator, names, get, second is None, precision, spelled)


def _named(names: Sequence[str], results: Sequence[Enclosure]) -> tuple[Enclosure, ...]:
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", names)(*results)
    return bundle
