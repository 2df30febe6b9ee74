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
from certify.kernels.float64 import NoApproximant, enclose_in_float64, is_quick
from certify.kernels.float_enclosure import FloatEnclosure
from certify.kernels.inputs import InputProducts, input_products
from certify.points import Points, load_points
from certify.programs import Layer

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


def enclose_kernel(
    layers: Sequence[Layer],
    x1: Any,
    x2: Any,
    *,
    get: str | Sequence[str],
    arithmetic: str,
    bits: int | None,
    normalize: str,
) -> Enclosure | tuple[Enclosure, ...]:
    """Enclosures of the requested kernels; see `Network.kernel`."""
    names = (get,) if isinstance(get, str) or not isinstance(get, Sequence) else tuple(get)
    if not names or not all(name in KERNELS for name in names) or len(set(names)) < len(names):
        raise InputError(f"get={get!r} is unknown: use 'ntk', 'nngp' or a tuple of the two.")
    precision = DEFAULT_BITS if bits is None else bits
    if isinstance(precision, bool) or not isinstance(precision, int) or not 2 <= precision <= MAX_BITS:
        raise InputError(f"bits={bits!r}: give a whole number from 2 to {MAX_BITS}.")
    first, second = load_points(x1), None if x2 is None else load_points(x2)
    float64 = _float64(layers, first, second, names, arithmetic, bits, normalize)
    if float64 is not None:
        return _as_asked(get, names, float64)
    spelled, make = arithmetic_named("arb" if arithmetic == "float" else arithmetic)
    inputs = check_inputs(first, second, normalize)
    evaluator = EntryEvaluator(layers, inputs, names, precision, make)
    endpoints = evaluator.level(0).number.endpoints
    rows = [[tuple(endpoints(value) for value in entry) for entry in row] for row in evaluator.rows()]
    results = [
        from_entries([[entry[k] for entry in row] for row in rows], inputs.symmetric, precision, spelled)
        for k in range(len(names))
    ]
    return _as_asked(get, names, results)


def _as_asked(
    get: str | Sequence[str], names: Sequence[str], results: Sequence[Enclosure]
) -> Enclosure | tuple[Enclosure, ...]:
    if isinstance(get, str):
        return results[0]
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", names)(*results)
    return bundle


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
        if bits is not None or entries < BULK_ENTRIES or not is_quick(layers):
            return None
    elif arithmetic != "float":
        return None
    check_points(x1, x2, normalize)
    if arithmetic == "float" and bits is not None and bits > FLOAT_BITS:
        raise InputError(
            f"bits={bits} is more than float64 holds: use arithmetic='arb', or bits of at most {FLOAT_BITS}."
        )
    ensure_environment()
    try:
        return [enclose_in_float64(layers, x1, x2, name, normalize) for name in names]
    except NoApproximant:
        return None
