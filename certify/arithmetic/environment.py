"""The self-test of the arithmetic that every float64 bound rests on, run at start-up.

Assumed elsewhere and tested here: Python and numpy round + - * / sqrt to nearest, ties to even, in every lane;
subnormal numbers are kept (a shared library built with -ffast-math turns them off for the whole process); a matrix
product sums float64 products in any order, with |error| <= n u |x|'|y| (C.-P. Jeannerod and S. M. Rump, Improved error
bounds for inner products in floating-point arithmetic, SIAM J. Matrix Anal. Appl. 34 (2013)); the exact libraries are
new enough and enclose known constants. A test proves nothing about inputs it does not try; it catches a machine, a
library or a setting that is plainly unfit.

A probe takes the operation under test as an argument, so that a broken one can be planted. Comparisons are of bit
patterns, and subnormal operands are made from bit patterns: with subnormals off, arithmetic on them hides the defect.
"""

from __future__ import annotations

import math
import operator
import re
import struct
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, TypeAlias

import flint
import mpmath
import numpy as np
import numpy.typing as npt

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic
from certify.arithmetic.protocol import Arithmetic

Product: TypeAlias = Callable[[Any, Any], Any]
Cases: TypeAlias = dict[str, tuple[tuple[tuple[float, ...], float], ...]]
Operations: TypeAlias = dict[str, Callable[..., Any]]
IntegerMatrix: TypeAlias = npt.NDArray[np.int64]


class BrokenEnvironment(RuntimeError):
    """Arithmetic or a library here does not do what the bounds rely on, so nothing computed here would be proved."""


_ULP = 2.0**-52


def tiny(units: int) -> float:
    """units * 2**-1074 for 0 <= units <= 2**53, without any floating-point operation."""
    return float(struct.unpack("<d", struct.pack("<q", units))[0])


_NORMAL = tiny(2**52)

ROUNDING: Cases = {
    "+": (
        ((1.0, _ULP / 2), 1.0),
        ((1.0 + _ULP, _ULP / 2), 1.0 + 2 * _ULP),
        ((1.0, 0.75 * _ULP), 1.0 + _ULP),
        ((-1.0, -_ULP / 2), -1.0),
        ((-1.0, -0.75 * _ULP), -1.0 - _ULP),
        ((1.0, math.ldexp(2**12 + 1, -65)), 1.0 + _ULP),  # an 80-bit register would round twice, to 1
    ),
    "-": (
        ((1.0, _ULP / 4), 1.0),
        ((1.0, 0.375 * _ULP), 1.0 - _ULP / 2),
        ((-1.0, -_ULP / 4), -1.0),
        ((2.0**53, -1.0), 2.0**53),
    ),
    "*": (
        ((1.0 + _ULP, 1.0 + _ULP), 1.0 + 2 * _ULP),
        ((1.0 + _ULP, 1.5), 1.5 + 2 * _ULP),
        ((1.0 + 3 * _ULP, -1.5), -1.5 - 4 * _ULP),
        ((1.0 - _ULP / 2, 1.0 + _ULP), 1.0),
        ((-(1.0 - _ULP / 2), 1.0 - _ULP / 2), -(1.0 - _ULP)),
    ),
    "/": (
        ((1.0, 3.0), float.fromhex("0x1.5555555555555p-2")),
        ((-1.0, 3.0), float.fromhex("-0x1.5555555555555p-2")),
        ((1.0, 10.0), float.fromhex("0x1.999999999999ap-4")),
        ((-1.0, 10.0), float.fromhex("-0x1.999999999999ap-4")),
        ((1.0, 1.0 - _ULP / 2), 1.0 + _ULP),
    ),
    "sqrt": (
        ((2.0,), float.fromhex("0x1.6a09e667f3bcdp+0")),
        ((3.0,), float.fromhex("0x1.bb67ae8584caap+0")),
        ((1.0 + _ULP,), 1.0),
        ((1.0 - _ULP / 2,), 1.0 - _ULP / 2),
    ),
}
"""Operands and the double nearest to the exact result; every other rounding mode fails one of each operation."""

SUBNORMALS: Cases = {
    "+": (((tiny(1), tiny(1)), tiny(2)), ((_NORMAL, -tiny(1)), tiny(2**52 - 1))),
    "-": (((_NORMAL, tiny(1)), tiny(2**52 - 1)), ((tiny(3 * 2**51), _NORMAL), tiny(2**51))),
    "*": (((_NORMAL, 0.5), tiny(2**51)), ((tiny(1), 2.0**60), 2.0**-1014), ((tiny(3), 0.5), tiny(2))),
    "/": (((_NORMAL, 4.0), tiny(2**50)), ((tiny(1), 2.0**-60), 2.0**-1014), ((tiny(5), 2.0), tiny(2))),
    "sqrt": (((tiny(1),), 2.0**-537),),
}
"""Operands and the double nearest to the exact result, with a subnormal number on one side at least."""


def probe_operation(where: str, name: str, operation: Callable[..., Any], cases: Cases, remedy: str) -> None:
    """Compares operation(*operands), a number or an array of equal numbers, with each case listed under `name`.

    Raises BrokenEnvironment.
    """
    for operands, expected in cases[name]:
        result = np.asarray(operation(*operands), dtype=np.float64)
        if not np.all(result.view(np.int64) == np.float64(expected).view(np.int64)):
            shown = ", ".join(operand.hex() for operand in operands)
            raise BrokenEnvironment(f"{where}: the result of {name} on {shown} is not {expected.hex()}; {remedy}.")


def probe_floats(where: str, operations: Operations) -> None:
    """Rounding to nearest and living subnormals in the operations named "+", "-", "*", "/", "sqrt"."""
    rounding = "restore round-to-nearest (fesetround) and IEEE doubles before starting"
    subnormals = "do not load the library, built with -ffast-math, that flushes subnormal numbers to zero"
    for name, operation in operations.items():
        probe_operation(where, name, operation, ROUNDING, rounding)
        probe_operation(where, name, operation, SUBNORMALS, subnormals)


def on_arrays(ufunc: Callable[..., Any], length: int = 67) -> Callable[..., Any]:
    """The function that applies a ufunc to constant arrays, long enough for vector lanes and their scalar tail."""
    return lambda *operands: ufunc(*(np.full(length, operand) for operand in operands))


@lru_cache(maxsize=1)
def _integer_products() -> list[tuple[IntegerMatrix, IntegerMatrix, bool, IntegerMatrix]]:
    """(left, right, whether right is left' on the same memory, exact product), with sums of products below 2**48."""
    generator = np.random.default_rng(1)
    square, other, long, thin = (
        generator.integers(-(2**20), 2**20, shape) for shape in ((70, 70), (70, 70), (37, 131), (131, 9))
    )
    pairs = [(square, other), (long.T, thin[:37]), (long, thin), (square, other[0]), (square[0], other[0])]
    gram = [(square, square.T), (long.T, long), (long, long.T)]
    # numpy multiplies integer matrices with its own loops, not with BLAS.
    return [(x, y, False, x @ y) for x, y in pairs] + [(x, y, True, x @ y) for x, y in gram]


def probe_products(where: str, product: Product) -> None:
    """Products of integers are exact in float64, since every partial sum is an integer below 2**53.

    The shapes reach blocked and threaded kernels: square, odd and thin, transposed, symmetric rank-k updates A A',
    vectors. Raises BrokenEnvironment.
    """
    for left, right, symmetric, exact in _integer_products():
        x = left.astype(np.float64)
        y = x.T if symmetric else right.astype(np.float64)
        if not _same_bits(product(x, y), exact.astype(np.float64)):
            raise BrokenEnvironment(
                f"{where}: a product of integers, {x.shape} by {y.shape}, is wrong; install numpy with another BLAS."
            )


def probe_subnormal_products(where: str, product: Product) -> None:
    """Products with subnormal results, integers times 2**-1074, are exact, in every thread of the BLAS.

    Raises BrokenEnvironment.
    """
    for left, right, symmetric, exact in _integer_products():
        if left.shape != right.shape:
            continue
        x = left * 2.0**-537
        y = x.T if symmetric else right * 2.0**-537
        magnitude = np.abs(exact).view(np.float64)  # the bit pattern n is n * 2**-1074
        if not _same_bits(product(x, y), np.where(exact < 0, -magnitude, magnitude)):
            raise BrokenEnvironment(
                f"{where}: a product with subnormal results, {x.shape} by {y.shape}, is wrong; install numpy with a "
                "BLAS that does not flush subnormal numbers to zero."
            )


def _same_bits(found: Any, expected: npt.NDArray[np.float64]) -> bool:
    bits = np.ascontiguousarray(found, dtype=np.float64).view(np.int64)
    return np.array_equal(bits.reshape(expected.shape), expected.view(np.int64))


def probe_product_error(where: str, product: Product, size: int = 256) -> None:
    """|computed - exact| <= n u |x|'|y| for sampled entries of a product of full 53-bit doubles, compared exactly.

    The second half of the rows and of the columns is 2**-40 times smaller: an algorithm that adds blocks before it
    multiplies (Strassen) carries the large blocks' error into the small one, and float32 or shorter products fail
    everywhere. Raises BrokenEnvironment.
    """
    generator = np.random.default_rng(2)
    mantissas = generator.integers(2**52, 2**53, (2, size, size)) * generator.choice([-1, 1], (2, size, size))
    exponents = np.where(np.arange(size) < size // 2, -53, -93)
    left = np.ldexp(mantissas[0].astype(np.float64), exponents[:, None])
    right = np.ldexp(mantissas[1].astype(np.float64), exponents[None, :])
    computed = np.asarray(product(left, right), dtype=np.float64)
    rows = range(1, size, size // 16)
    for i, j in [*zip(rows, rows, strict=True), *zip(rows, reversed(rows), strict=True)]:
        terms = [p * q for p, q in zip(mantissas[0, i].tolist(), mantissas[1, :, j].tolist(), strict=True)]
        unit = Fraction(2) ** int(exponents[i] + exponents[j])
        bound = size * Fraction(1, 2**53) * sum(map(abs, terms)) * unit
        entry = float(computed[i, j])
        if not math.isfinite(entry) or abs(Fraction(entry) - sum(terms) * unit) > bound:
            raise BrokenEnvironment(
                f"{where}: entry ({i}, {j}) of a product of order {size} misses its error bound; switch off "
                "products in reduced precision or of Strassen's kind, or install numpy with another BLAS."
            )


def probe_version(package: str, found: str, required: tuple[int, int]) -> None:
    """The first two numbers of a version string are not below those required. Raises BrokenEnvironment."""
    match = re.match(r"(\d+)\.(\d+)", found)
    if match is None or (int(match[1]), int(match[2])) < required:
        wanted = ".".join(map(str, required))
        raise BrokenEnvironment(f"{package} {found} is too old or unreadable: pip install '{package}>={wanted}'.")


CONSTANTS: dict[str, tuple[str, Callable[[Arithmetic], Any]]] = {
    "1/3": ("0." + "3" * 40, lambda a: a.exact(Fraction(1, 3))),
    "-1/3": ("-0." + "3" * 40, lambda a: -a.exact(Fraction(1, 3))),
    "1 - 3 * 7/5": ("-3.2", lambda a: 1 - 3 * a.exact(Fraction(7, 5))),
    "2/7": ("0.2857142857142857142857142857142857142857", lambda a: 2 / a.exact(7)),
    "sqrt(2)": ("1.4142135623730950488016887242096980785697", lambda a: a.sqrt(a.exact(2))),
    "exp(1)": ("2.7182818284590452353602874713526624977572", lambda a: a.exp(a.exact(1))),
    "pi": ("3.1415926535897932384626433832795028841972", lambda a: a.pi),
    "atan(1/2)": ("0.4636476090008061162142562314612144020285", lambda a: a.atan(a.exact(Fraction(1, 2)))),
    "cos(1)": ("0.5403023058681397174009366074429766037324", lambda a: a.cos(a.exact(1))),
}
"""Values to forty decimals, right to one unit of the last."""


def probe_enclosures(where: str, arithmetic: Arithmetic) -> None:
    """Each constant is enclosed, up to its own 10**-40, with a width below 2**-100; assumes 110 bits at least.

    Raises BrokenEnvironment.
    """
    with arithmetic.active():
        for name, (decimal, enclose) in CONSTANTS.items():
            low, high, exponent = arithmetic.endpoints(enclose(arithmetic))
            value, unit, scale = Fraction(decimal), Fraction(1, 10**40), Fraction(2) ** exponent
            if not (low * scale - unit <= value <= high * scale + unit and (high - low) * scale < Fraction(1, 2**100)):
                raise BrokenEnvironment(f"{where} does not enclose {name}; reinstall it.")


def verify_environment() -> None:
    """Runs every probe on the Python, numpy, BLAS, python-flint and mpmath of this process, in some 20 milliseconds.

    Raises BrokenEnvironment with one sentence that says what is broken and what to do.
    """
    probe_version("python-flint", flint.__version__, (0, 9))
    probe_version("mpmath", mpmath.__version__, (1, 3))
    probe_version("numpy", np.__version__, (1, 26))
    operators: Operations = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "sqrt": math.sqrt,
    }
    ufuncs: Operations = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "sqrt": np.sqrt}
    with np.errstate(all="ignore"):
        probe_floats("Python", operators)
        probe_floats("numpy", {name: on_arrays(ufunc) for name, ufunc in ufuncs.items()})
        probe_products("numpy.matmul", np.matmul)
        probe_products("numpy.dot", np.dot)
        probe_subnormal_products("numpy.matmul", np.matmul)
        probe_product_error("numpy.matmul", np.matmul)
    probe_enclosures("python-flint", ArbArithmetic(120))
    probe_enclosures("mpmath", MpmathArithmetic(120))


@cache
def ensure_environment() -> None:
    """`verify_environment`, once a process: what every proof calls first."""
    verify_environment()
