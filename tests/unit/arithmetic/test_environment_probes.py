"""The start-up test passes here and sees every defect that is planted, in one operation or in the whole process."""

from __future__ import annotations

import math
import operator
import platform
import subprocess
import sys
import textwrap
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.environment import (
    CONSTANTS,
    ROUNDING,
    SUBNORMALS,
    BrokenEnvironment,
    on_arrays,
    probe_enclosures,
    probe_floats,
    probe_operation,
    probe_product_error,
    probe_products,
    probe_subnormal_products,
    probe_version,
    tiny,
    verify_environment,
)
from certify.arithmetic.mpmath_intervals import MpmathArithmetic

OPERATIONS: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "sqrt": math.sqrt,
}
each_operation = pytest.mark.parametrize("name", list(OPERATIONS))


def test_this_environment_passes() -> None:
    verify_environment()


def exact_side(name: str, operands: tuple[float, ...], result: float) -> int:
    """The sign of (exact result of the operation) - result."""
    x, r = Fraction(operands[0]), Fraction(result)
    difference = x - r * r if name == "sqrt" else OPERATIONS[name](x, Fraction(operands[1])) - r
    return (difference > 0) - (difference < 0)


@each_operation
@pytest.mark.parametrize("cases", [ROUNDING, SUBNORMALS])
def test_the_expected_results_are_the_nearest_doubles(name: str, cases: Any) -> None:
    for operands, expected in cases[name]:
        # On the far side of the midpoint to either neighbour, or on it with an even last bit.
        for direction in (-math.inf, math.inf):
            middle = (Fraction(expected) + Fraction(math.nextafter(expected, direction))) / 2
            x = [Fraction(operand) for operand in operands]
            exact = middle * middle if name == "sqrt" else OPERATIONS[name](*x)
            distance = (x[0] - exact) if name == "sqrt" else exact - middle
            inside = distance > 0 if direction < 0 else distance < 0
            even = np.float64(expected).view(np.int64) % 2 == 0
            assert inside or (distance == 0 and even)


@each_operation
@pytest.mark.parametrize("mode", ["down", "up", "to zero", "away"])
@pytest.mark.parametrize("lift", [lambda f: f, lambda f: on_arrays(np.vectorize(f))], ids=["scalar", "array"])
def test_a_directed_rounding_is_seen_in_each_operation(name: str, mode: str, lift: Any) -> None:
    def rounded(*operands: float) -> float:
        result = OPERATIONS[name](*operands)
        side = exact_side(name, operands, result)
        upward = {"down": False, "up": True, "to zero": result < 0, "away": result > 0}[mode]
        if side > 0 and upward:
            return math.nextafter(result, math.inf)
        if side < 0 and not upward:
            return math.nextafter(result, -math.inf)
        return result

    with pytest.raises(BrokenEnvironment, match=r"the result of .* is not .*; restore"):
        probe_operation("here", name, lift(rounded), ROUNDING, "restore")


def test_double_rounding_through_an_extended_register_is_seen() -> None:
    if np.finfo(np.longdouble).nmant != 63:
        pytest.skip("no 80-bit long double here")
    with pytest.raises(BrokenEnvironment, match="fesetround"):
        probe_floats("here", {"+": lambda a, b: float(np.longdouble(a) + np.longdouble(b))})


@each_operation
@pytest.mark.parametrize("side", ["operands", "result"])
def test_flushing_subnormals_to_zero_is_seen(name: str, side: str) -> None:
    if name == "sqrt" and side == "result":
        pytest.skip("a root is never subnormal")

    def flush(x: float) -> float:
        return math.copysign(0.0, x) if abs(x) < 2.0**-1022 else x

    def flushing(*operands: float) -> float:
        if side == "operands":
            return OPERATIONS[name](*map(flush, operands))
        return flush(OPERATIONS[name](*operands))

    with pytest.raises(BrokenEnvironment, match="fast-math"):
        probe_floats("here", {name: flushing})


def test_one_wrong_lane_of_a_vector_is_seen() -> None:
    def add(a: Any, b: Any) -> Any:
        result = a + b
        result[-1] = np.nextafter(result[-1], 2.0)
        return result

    with pytest.raises(BrokenEnvironment, match="numpy"):
        probe_floats("numpy", {"+": on_arrays(add)})


def single_precision(x: Any, y: Any) -> Any:
    return (x.astype(np.float32) @ y.astype(np.float32)).astype(np.float64)


def off_by_one(x: Any, y: Any) -> Any:
    result = np.array(x @ y)
    result.flat[-1] += 1.0
    return result


def wrong_for_transposed(x: Any, y: Any) -> Any:
    return x @ x if y.base is x and x.shape == y.shape else x @ y


def lower_triangle_only(x: Any, y: Any) -> Any:
    return np.tril(x @ y) if y.base is x else x @ y


def wrong_at_the_edge(x: Any, y: Any) -> Any:
    """Forgets the last summand when their number is no multiple of four."""
    n = x.shape[-1] - (1 if x.shape[-1] % 4 else 0)
    return x[..., :n] @ y[:n]


@pytest.mark.parametrize(
    "product", [single_precision, off_by_one, wrong_for_transposed, lower_triangle_only, wrong_at_the_edge]
)
def test_a_broken_integer_product_is_seen(product: Any) -> None:
    with pytest.raises(BrokenEnvironment, match="product of integers"):
        probe_products("here", product)


def test_a_product_that_flushes_subnormals_is_seen() -> None:
    def flushing(x: Any, y: Any) -> Any:
        result = x @ y
        return np.where(np.abs(result) < 2.0**-1022, 0.0, result)

    probe_products("here", flushing)
    with pytest.raises(BrokenEnvironment, match="subnormal results"):
        probe_subnormal_products("here", flushing)


def strassen(x: Any, y: Any) -> Any:
    h = len(x) // 2
    a, b, c, d = x[:h, :h], x[:h, h:], x[h:, :h], x[h:, h:]
    e, f, g, k = y[:h, :h], y[:h, h:], y[h:, :h], y[h:, h:]
    p1, p2, p3 = a @ (f - k), (a + b) @ k, (c + d) @ e
    p4, p5, p6, p7 = d @ (g - e), (a + d) @ (e + k), (b - d) @ (g + k), (a - c) @ (e + f)
    return np.block([[p5 + p4 - p2 + p6, p1 + p2], [p3 + p4, p1 + p5 - p3 - p7]])


def rounded_operands(x: Any, y: Any) -> Any:
    """Products of operands cut to 26 bits, exactly summed: what a faster unit might do."""
    short = [np.ldexp(np.rint(np.ldexp(m, 26)), e - 26) for m, e in (np.frexp(x), np.frexp(y))]
    return short[0] @ short[1]


def nan_in_one_block(x: Any, y: Any) -> Any:
    result = x @ y
    result[-200:] = np.nan
    return result


def twice_the_bound(x: Any, y: Any) -> Any:
    return x @ y + 2.2 * len(x) * 2.0**-53 * (np.abs(x) @ np.abs(y))


@pytest.mark.parametrize("product", [strassen, single_precision, rounded_operands, nan_in_one_block, twice_the_bound])
def test_a_product_outside_of_its_error_bound_is_seen(product: Any) -> None:
    with pytest.raises(BrokenEnvironment, match="misses its error bound"):
        probe_product_error("here", product)


def test_every_order_of_summation_passes_the_probes() -> None:
    def shuffled(x: Any, y: Any) -> Any:
        order = np.random.default_rng(3).permutation(x.shape[-1])
        return x[..., order] @ y[order]

    def sequential(x: Any, y: Any) -> Any:
        return sum(np.multiply.outer(x[..., k], y[k]) for k in range(x.shape[-1]))

    for product in (shuffled, sequential):
        probe_products("here", product)
        probe_subnormal_products("here", product)
        probe_product_error("here", product)


@pytest.mark.parametrize("found", ["0.8.0", "0.8", "", "unknown"])
def test_an_old_or_unreadable_version_is_refused(found: str) -> None:
    with pytest.raises(BrokenEnvironment, match=r"pip install 'python-flint>=0\.9'"):
        probe_version("python-flint", found, (0, 9))


@pytest.mark.parametrize("found", ["0.9.0", "0.10.1", "1.0", "0.9rc1"])
def test_a_new_enough_version_is_accepted(found: str) -> None:
    probe_version("python-flint", found, (0, 9))


@pytest.mark.parametrize("system", [ArbArithmetic, MpmathArithmetic])
@pytest.mark.parametrize("name", list(CONSTANTS))
@pytest.mark.parametrize("wrong", ["shifted", "wide"])
def test_a_constant_that_is_not_enclosed_is_seen(system: Any, name: str, wrong: str, monkeypatch: Any) -> None:
    decimal, enclose = CONSTANTS[name]

    def broken(arithmetic: Any) -> Any:
        nudge = arithmetic.exact(Fraction(1, 2**90))
        x = enclose(arithmetic)
        return x + nudge if wrong == "shifted" else x + nudge * (arithmetic.exact(Fraction(1, 3)) * 3 - 1) * 2**115

    monkeypatch.setitem(CONSTANTS, name, (decimal, broken))
    with pytest.raises(BrokenEnvironment, match="does not enclose"):
        probe_enclosures("here", system(120))


def test_subnormals_are_built_from_their_bits() -> None:
    assert [tiny(0), tiny(1), tiny(2**52), tiny(2**53)] == [0.0, math.ldexp(1, -1074), 2.0**-1022, 2.0**-1021]


@pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.platform != "linux", reason="writes the control register of x86-64 on Linux"
)
def test_a_process_with_a_changed_control_register_is_refused() -> None:
    program = """
        import ctypes, mmap
        from certify.arithmetic.environment import BrokenEnvironment, verify_environment
        code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(bytes.fromhex("0fae17c3"))  # ldmxcsr [rdi]; ret
        load = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        def control(value):
            word = ctypes.c_uint32(value)
            load(ctypes.addressof(word))
        settings = {"flush": 0x9F80, "zero operands": 0x1FC0, "down": 0x3F80, "up": 0x5F80, "to zero": 0x7F80}
        for name, value in settings.items():
            control(value)
            try:
                verify_environment()
                outcome = "passed"
            except BrokenEnvironment as error:
                outcome = str(error)
            finally:
                control(0x1F80)
            print(name, outcome, sep="|")
        verify_environment()
        print("default|passed")
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)
    if run.returncode and "mmap" in run.stderr:
        pytest.skip("no executable memory here")
    assert run.returncode == 0, run.stderr
    outcomes = dict(line.split("|") for line in run.stdout.splitlines())
    assert outcomes.pop("default") == "passed"
    assert len(outcomes) == 5
    for name, outcome in outcomes.items():
        assert ("fast-math" if name in ("flush", "zero operands") else "fesetround") in outcome
